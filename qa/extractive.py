"""The answer generator that needs no model: composes from figures and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answer import Abstention, Citation, Reason
from qa.citation import Draft
from qa.facts import Candidate, candidates, sentence_span, statement
from qa.inquiry import Inquiry
from qa.points import Point, key_points, points
from qa.question import Form
from qa.refusal import refusal
from vectorstore.report import Passage, Span

# The share of a question's terms that evidence must speak of. Chosen on the
# development split as the knee of the coverage/error curve.
ENOUGH = 0.62
ENOUGH_NAMED = 0.45


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a draft, the places that prove it, and the operands if it is computed."""

    text: str
    places: tuple[tuple[Passage, Span], ...]
    operands: tuple[str, ...] = ()


def compose(inquiry: Inquiry) -> Draft | Abstention:
    """Write a draft that answers the question, or say why there is none."""
    form = inquiry.question.form
    if not inquiry.hits:
        return refusal(inquiry, Reason.NOT_MENTIONED)
    if form is Form.FIGURE:
        return _figure(inquiry)
    if form in (Form.MEASURES, Form.DEFINITION):
        return _points(inquiry, key_points(inquiry))
    return _points(inquiry, points(inquiry)[:1])


def _figure(inquiry: Inquiry) -> Draft | Abstention:
    ranked = candidates(inquiry)
    if not ranked:
        return _points(inquiry, points(inquiry)[:1])
    best = ranked[0]
    if best.covered < ENOUGH or best.named < ENOUGH_NAMED:
        return refusal(inquiry, Reason.NOT_MENTIONED)
    if not best.in_period:
        return refusal(inquiry, Reason.OTHER_PERIOD, best)
    if not best.fits:
        return refusal(inquiry, Reason.RELATED_ONLY, best)
    return draft_of([_stated(inquiry, best)])


def _stated(inquiry: Inquiry, candidate: Candidate) -> Statement:
    figure = candidate.figure
    return Statement(statement(inquiry, figure), ((figure.passage, sentence_span(figure)),))


def _points(inquiry: Inquiry, found: Sequence[Point]) -> Draft | Abstention:
    if not found or max(p.covered for p in found) < ENOUGH:
        return refusal(inquiry, Reason.NOT_MENTIONED)
    return draft_of(
        [Statement(p.text, ((p.passage, p.passage.sentences[p.sentence]),)) for p in found]
    )


def draft_of(statements: Sequence[Statement]) -> Draft:
    """Write statements as one draft, numbering each place once."""
    numbers: dict[tuple[str, int, Span], Citation] = {}
    pieces = []
    for said in statements:
        marks = ""
        for passage, span in said.places:
            key = (passage.report_id, passage.number, span)
            citation = numbers.setdefault(key, Citation(len(numbers) + 1, passage, span))
            marks += f"[{citation.number}]"
        body = re.sub(r"[。；;]+(?=.)", "，", said.text.rstrip("。；;,， "))
        pieces.append(f"{body}{marks}。")
    return Draft("".join(pieces), tuple(numbers.values()), tuple(s.operands for s in statements))
