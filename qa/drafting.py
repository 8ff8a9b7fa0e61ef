"""Statements with the places that prove them, written as one draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answer import Citation
from qa.citation import Draft
from qa.facts import Candidate
from qa.inquiry import Inquiry
from qa.question import opens_in_english
from qa.statement import sentence_span, statement
from vectorstore.figures import Figure
from vectorstore.report import Passage, Span


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a draft, the places that prove it, and the operands if it is computed."""

    text: str
    places: tuple[tuple[Passage, Span], ...]
    operands: tuple[str, ...] = ()


def stated(inquiry: Inquiry, candidate: Candidate) -> Statement:
    """Say the figure of a candidate, with its sentence as its proof."""
    return figure_stated(inquiry, candidate.figure)


def figure_stated(inquiry: Inquiry, figure: Figure) -> Statement:
    """Say a figure, with its sentence as its proof."""
    return Statement(statement(inquiry, figure), ((figure.passage, sentence_span(figure)),))


def following_from(
    inquiry: Inquiry, operands: Sequence[Candidate], result: str, how: str
) -> Statement:
    """Say the operands, each as stated, what follows from them, and how that was reckoned."""
    said = [stated(inquiry, operand) for operand in operands]
    joint = ", " if inquiry.question.english else "，"
    return Statement(
        f"{joint.join(s.text for s in said).replace(', In ', ', in ')}{joint}{result}{how}",
        tuple(place for s in said for place in s.places),
        tuple(operand.figure.quantity.text for operand in operands),
    )


def draft_of(statements: Sequence[Statement]) -> Draft:
    """Write statements as one draft, numbering each place once."""
    numbers: dict[tuple[str, int, Span], Citation] = {}
    pieces = []
    statements = _joined(statements)
    for said in statements:
        marks = ""
        for passage, span in dict.fromkeys(said.places):
            key = (passage.report_id, passage.number, span)
            citation = numbers.setdefault(key, Citation(len(numbers) + 1, passage, span))
            marks += f"[{citation.number}]"
        body = re.sub(r"[。；;]+(?=.)", "，", said.text.rstrip("。；;,， "))
        pieces.append(f"{body}{marks}{'. ' if opens_in_english(body) else '。'}")
    return Draft("".join(pieces), tuple(numbers.values()), tuple(s.operands for s in statements))


def _in_one(before: str, text: str) -> str:
    """Write two statements as one sentence."""
    before = before.rstrip("。；;,， ")
    if opens_in_english(before):
        return f"{before}, and {text[:1].lower()}{text[1:]}"
    return f"{before}{'、' if len(text) < 16 and len(before) < 60 else '，'}{text}"


def _joined(statements: Sequence[Statement]) -> list[Statement]:
    """Join neighbours that the same place proves, so that its number stands once."""
    joined: list[Statement] = []
    for said in statements:
        if (
            joined
            and said.places == joined[-1].places
            and not (said.operands or joined[-1].operands)
        ):
            joined[-1] = replace(joined[-1], text=_in_one(joined[-1].text, said.text))
        else:
            joined.append(said)
    return joined
