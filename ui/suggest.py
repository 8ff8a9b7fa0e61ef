"""Follow-up questions that the report can really answer: each is asked before it is offered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice, takewhile

from qa import Answer, ReportQA
from vectorstore.figures import Aspect, Figure, Kind
from vectorstore.report import Passage

_ASKED = {
    Aspect.GROWTH: "增长多少",
    Aspect.DECLINE: "下降多少",
    Aspect.LEVEL: "是多少",
    Aspect.CHANGE_TO: "达到多少",
}
_NOT_COUNTED = ("%", "‰", "元", "美元", "倍", "个百分点")
_MOST_TRIED = 8
_LONGEST_INDICATOR = 14
_PATIENCE = 4.0  # seconds: the answer is ready, and the visitor waits


def follow_ups(qa: ReportQA, answer: Answer, known: frozenset[str], most: int = 3) -> list[str]:
    """Return up to `most` questions on figures near the answer's sources.

    `known` are questions asked before, which are not offered again. A question is
    kept if its answer cites the sentence of the figure and names it. That is tried
    without a language model: the visitor waits for it.
    """
    qa = qa.plain
    until = time.monotonic() + _PATIENCE
    regions = _regions(qa)
    near = (
        (figure, _question(figure, regions.get(figure.passage.report_id, "")))
        for figure in _one_of_each(_near(qa, answer))
    )
    tried = islice(((figure, asked) for figure, asked in near if asked not in known), _MOST_TRIED)
    patiently = takewhile(lambda _: time.monotonic() < until, tried)
    return list(
        islice((asked for figure, asked in patiently if _is_answered(qa, figure, asked)), most)
    )


def _regions(qa: ReportQA) -> dict[str, str]:
    """Return the region of each report by its id, where they are of several."""
    regions = {report.id: report.region or "" for report in qa.reports}
    return regions if len(set(regions.values())) > 1 else {}


def _near(qa: ReportQA, answer: Answer) -> Iterator[Figure]:
    """Yield figures not cited yet: of the cited paragraphs first, then of their sections."""
    cited = [(c.passage, c.span) for c in answer.citations]
    figures = [
        figure
        for figure in qa.figures()
        if len(figure.indicator) <= _LONGEST_INDICATOR
        and not any(
            passage == figure.passage and figure.quantity.text in answer.text
            for passage, _ in cited
        )
    ]
    paragraphs = [passage for passage, _ in cited]
    yield from (figure for figure in figures if figure.passage in paragraphs)
    sections = {_section(passage) for passage in paragraphs}
    yield from (figure for figure in figures if _section(figure.passage) in sections)


def _section(passage: Passage) -> tuple[str, ...]:
    return (passage.report_id, *passage.section[:1])


def _one_of_each(figures: Iterator[Figure]) -> Iterator[Figure]:
    """Yield one figure for each indicator, the first."""
    seen: set[str] = set()
    for figure in figures:
        if figure.indicator not in seen:
            seen.add(figure.indicator)
            yield figure


def _question(figure: Figure, region: str) -> str:
    when = f"{figure.period}年" if figure.period.isdigit() else ""
    of = f"{when}{region}{figure.indicator}"
    if figure.kind is Kind.TARGET:
        return f"{of}的目标是多少？"
    unit = figure.quantity.unit
    if figure.aspect is Aspect.LEVEL and unit and unit not in _NOT_COUNTED:
        return f"{of}多少{unit}？"
    return f"{of}{_ASKED[figure.aspect]}？"


def _is_answered(qa: ReportQA, figure: Figure, asked: str) -> bool:
    found = qa.ask(asked)
    return figure.quantity.core.of(figure.passage.text) in found.text and any(
        citation.passage == figure.passage and citation.span.contains(figure.span)
        for citation in found.citations
    )
