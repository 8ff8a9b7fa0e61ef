"""Why a case scored as it did, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eval.evidence import Place, same_paragraph
from eval.metrics import items_stated, occurs, without_markers
from eval.scoring import Scored


def reasons(scored: Scored) -> Iterator[str]:
    """Yield what is wrong with an answer; nothing where all is well."""
    prediction = scored.prediction
    if prediction.error is not None:
        yield f"crashed: {prediction.error}"
    elif scored.score.failures:
        yield from _failures(scored)
    if scored.dangling:
        yield f"{scored.dangling} citations or markers point nowhere"


def _failures(scored: Scored) -> Iterator[str]:
    gold, prediction, failed = scored.gold, scored.prediction, scored.score.failures
    bare = without_markers(prediction.text)
    if "abstention" in failed:
        yield "answered, though the report does not say"
    if "false abstention" in failed:
        yield f"abstained ({prediction.reason}), though the report says"
    if "right" in failed and gold.items:
        yield f"states {items_stated(bare, gold.items)} of the items, {gold.minimum} are needed"
    elif "right" in failed:
        yield "states none of the accepted answers"
    stated = [value for value in gold.forbidden if occurs(value, bare)]
    if stated and not prediction.abstained:
        yield f"states what it must not: {', '.join(stated)}"
    if "cited" in failed:
        yield f"cites {paragraphs(c.place for c in prediction.citations)}, not {evidence(scored)}"
    if gold.answerable and gold.evidence:
        yield _whereabouts(scored)


def _whereabouts(scored: Scored) -> str:
    """Say whether search found the evidence, so that the failure has an address."""
    hits = scored.prediction.hits
    ranks = [
        next((h.number for h in hits if any(same_paragraph(h.place, p) for p in unit)), None)
        for unit in scored.gold.units
    ]
    found = ", ".join("not found" if rank is None else f"hit {rank}" for rank in ranks)
    return f"evidence in the search results: {found}"


def expected(scored: Scored) -> str:
    """Return what the case expects, in one line."""
    if not scored.gold.answerable:
        return f"no answer ({scored.case.near_miss or 'not mentioned'})"
    if scored.gold.items:
        items = "; ".join("|".join(aliases) for aliases in scored.gold.items)
        return f"at least {scored.gold.minimum} of: {items}"
    return " | ".join(scored.gold.answers)


def evidence(scored: Scored) -> str:
    """Return the paragraphs that prove the answer: «¶3 or ¶7», «¶3 and ¶7»."""
    joint = " and " if scored.gold.all_evidence else " or "
    return joint.join(dict.fromkeys(paragraphs(unit) for unit in scored.gold.evidence)) or "none"


def paragraphs(places: Iterable[Place]) -> str:
    """Return paragraphs in order of the text, «¶3 ¶7»; of several reports with their names."""
    addresses = sorted({place.address for place in places})
    several = len({report for report, _ in addresses}) > 1
    return (
        " ".join(f"{report if several else ''}¶{number}" for report, number in addresses) or "none"
    )
