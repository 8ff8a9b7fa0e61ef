"""Follow-up questions that the report can really answer: each is asked before it is offered."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

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


def follow_ups(qa: ReportQA, answer: Answer, known: frozenset[str], most: int = 3) -> list[str]:
    """Return up to `most` questions on figures near the answer's sources.

    `known` are questions asked before, which are not offered again. A question is
    kept if its answer cites the sentence of the figure and names it. That is tried
    without a language model: the visitor waits for it.
    """
    qa = qa.plain
    near = (figure for figure in _near(qa, answer) if _question(figure) not in known)
    tried = islice(_one_of_each(near), _MOST_TRIED)
    return list(islice((_question(f) for f in tried if _is_answered(qa, f)), most))


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


def _question(figure: Figure) -> str:
    year = f"{figure.period}年" if figure.period.isdigit() else ""
    if figure.kind is Kind.TARGET:
        return f"{year}{figure.indicator}的目标是多少？"
    unit = figure.quantity.unit
    if figure.aspect is Aspect.LEVEL and unit and unit not in _NOT_COUNTED:
        return f"{year}{figure.indicator}多少{unit}？"
    return f"{year}{figure.indicator}{_ASKED[figure.aspect]}？"


def _is_answered(qa: ReportQA, figure: Figure) -> bool:
    found = qa.ask(_question(figure))
    return figure.quantity.core.of(figure.passage.text) in found.text and any(
        citation.passage == figure.passage and citation.span.contains(figure.span)
        for citation in found.citations
    )
