"""Answers in words across reports: which of them speak of a thing, and what each says."""

from __future__ import annotations

import re
from collections.abc import Callable

from qa import wording
from qa.across import Look
from qa.answer import Abstention, Citation, Claim
from qa.citation import parse
from qa.extractive import compose
from qa.inquiry import Inquiry
from qa.places import english_name
from qa.points import Point, points
from qa.scope import Ask, Scope
from qa.table import Cell, Row, Table
from qa.wanted import Wanted, question_for

Told = tuple[list[Claim], Table]
Holds = Callable[[Claim], bool]

# A report speaks of a thing whose words one of its sentences has to this share.
_SPOKEN_OF = 0.8
_LONGEST = 70
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def mentioned(scope: Scope, wanted: Wanted, look: Look, holds: Holds) -> Told | None:
    """Tell which reports speak of a thing, each with its clause; nothing where none does."""
    claims, rows = [], []
    for ask in scope.asks:
        point = _speaking(ask, wanted, look) if ask.report else None
        claim = _claim(ask, point, scope) if point else None
        if claim is not None and holds(claim):
            claims.append(claim)
            rows.append(_row(ask, Cell(point.text if point else "", None, claim.citations[0])))
        else:
            rows.append(_row(ask, Cell("", missing=_absent(ask, english=scope.english))))
    rows.sort(key=lambda row: not row.cells[0].text)
    if not claims:
        return None
    return claims, Table(
        wanted.topic, ("mention",) if scope.english else ("报告所述",), tuple(rows)
    )


def _speaking(ask: Ask, wanted: Wanted, look: Look) -> Point | None:
    inquiry = look(ask, wanted.topic)
    if not inquiry.matcher.terms:
        return None
    # An amount is no term, yet who asks for «240小时过境免签» means just that.
    numbers = _NUMBER.findall(wording.YEAR.sub("", wanted.topic))
    for point in points(inquiry)[:6]:
        years = inquiry.question.years
        if years and not inquiry.speaks_of_period(point.passage):
            continue
        sentence = point.passage.sentences[point.sentence].of(point.passage.text)
        if not set(numbers) <= set(_NUMBER.findall(sentence)):
            continue
        covered = inquiry.matcher.coverage(sentence)
        if covered >= _SPOKEN_OF and not inquiry.matcher.neglects(sentence):
            return point
    return None


def _claim(ask: Ask, point: Point, scope: Scope) -> Claim:
    sentence = point.passage.sentences[point.sentence]
    said = point.text if len(point.text) <= _LONGEST else f"{point.text[:_LONGEST]}…"
    if scope.english:
        text = f"{english_name(ask.region)}: “{point.text}”."
    else:
        text = f"{ask.label}：{said}。"
    return Claim(text, (Citation(1, point.passage, sentence),))


def each_composed(scope: Scope, wanted: Wanted, look: Look, holds: Holds) -> Told | None:
    """Let each report answer on its own, under its label; nothing where none does."""
    claims: list[Claim] = []
    rows = []
    for ask in scope.asks:
        said = _composed(look(ask, question_for(wanted, ask, scope)), holds) if ask.report else []
        label = english_name(ask.region) if scope.english else ask.label
        if said:
            joint = ": " if scope.english else "："
            claims += [Claim(f"{label}{joint}{said[0].text}", said[0].citations), *said[1:]]
            text = "".join(claim.text for claim in said)
            rows.append(_row(ask, Cell(text, None, said[0].citations[0])))
        else:
            rows.append(_row(ask, Cell("", missing=_absent(ask, english=scope.english))))
    if not claims:
        return None
    title = wanted.topic.rstrip("?？")
    return claims, Table(title, ("answer",) if scope.english else ("报告所述",), tuple(rows))


def _composed(inquiry: Inquiry, holds: Holds, most: int = 3) -> list[Claim]:
    draft = compose(inquiry)
    if isinstance(draft, Abstention):
        return []
    return [claim for claim in parse(draft) if holds(claim)][:most]


def _row(ask: Ask, cell: Cell) -> Row:
    return Row(ask.label, ask.region, ask.year, ask.report.id if ask.report else None, (cell,))


def _absent(ask: Ask, *, english: bool) -> str:
    if ask.report is None:
        return "no report" if english else "没有报告"
    return "not mentioned" if english else "报告未提及"
