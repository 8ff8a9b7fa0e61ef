"""Whether claims follow from what they cite, and whether citations point somewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from eval.metrics import amounts, states
from eval.predictions import Prediction, Source
from qa.compute import results
from vectorstore.report import Report, Span

_MARKER = re.compile(r"[\[［](\d+)[\]］]")


def is_supported(claim: str, quotes: Sequence[str], operands: Sequence[str] = ()) -> bool:
    """Tell whether every amount of a claim is stated in a quote that it cites.

    An amount may also be computed from the operands that the claim names, if each of
    these is stated. A claim without amounts needs a citation, and no more.
    """
    cited = [amount for quote in quotes for amount in amounts(quote)]
    parts = [amount for text in operands for amount in amounts(text)]
    stated = all(any(states(found, part) for found in cited) for part in parts)
    computed = results(parts) if stated else set()
    return bool(quotes) and all(
        any(states(found, amount) for found in cited) or (amount.value, amount.unit) in computed
        for amount in amounts(claim)
    )


def support(prediction: Prediction) -> float | None:
    """Return the share of the claims that are supported, or `None` without claims."""
    verdicts = [
        is_supported(
            claim.text, [prediction.citations[at].quote for at in claim.citations], claim.operands
        )
        for claim in prediction.claims
    ]
    return sum(verdicts) / len(verdicts) if verdicts else None


def dangling(prediction: Prediction, reports: Mapping[str, Report]) -> int:
    """Return how many markers number no citation, and citations quote what is not there."""
    numbers = {citation.number for citation in prediction.citations}
    marked = [int(number) for number in _MARKER.findall(prediction.text)]
    return sum(number not in numbers for number in marked) + sum(
        not _stands(citation, reports) for citation in prediction.citations
    )


def _stands(source: Source, reports: Mapping[str, Report]) -> bool:
    report = reports.get(source.report)
    passage = report.passage(source.paragraph) if report else None
    if passage is None or not source.quote:
        return False
    return Span(source.start, source.end).of(passage.text) == source.quote
