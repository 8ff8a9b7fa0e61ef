"""Whether a figure is what a question asks for: its unit, aspect, stage and period, and what speaks for it."""

from __future__ import annotations

import re

from qa import wording
from qa.compute import COUNTS
from qa.inquiry import Inquiry
from qa.question import Form, Question
from vectorstore.figures import Aspect, Figure, Kind
from vectorstore.report import Part

_SHARE_OF = re.compile(r"(?:率|比重|占比|比例)$")
# What is counted over a time, not at its end.
_ADDED = re.compile(r"新增|累计|合计|净增|新建|建成|改造|完成|治理|培育|引进|实施|创建|减负")
# What tells how much there is or was.
LEVELS = frozenset((Aspect.LEVEL, Aspect.CHANGE_TO, Aspect.CHANGE_FROM))
# What is left out of an amount is not the amount.
_CUT = re.compile(r"压减|削减|节约|节省|压缩|核减|减少|减免")
_LESS = re.compile(
    r"[减削压缩砍降免轻]|节约|节省|省[了下出]|(?<!多)少[了花缴交付]|\b(?:cut|sav|reduc|less|reliev)"
)
_IN_ALL = re.compile(r"累计|总|共有|共计")
# A round number that was passed is less than the number itself: «迈上6万亿元台阶».
_STEP, _PASSED = re.compile(r"台阶|大关|关口"), 0.3
# A value for each person, where the whole is asked for, is another indicator.
_EACH, _SHARED = re.compile(r"人均(?!可支配|收入|消费|纯收入)|户均|每万人|每百户"), 0.3


def fits(question: Question, figure: Figure, *, just_that: bool) -> bool:
    """Tell whether the unit and the aspect of a figure are those asked for.

    A count of `just_that` thing may have another unit of counting.
    """
    unit = figure.quantity.unit
    whole_unit = unit.partition("/")[0]  # «7226元/年» are 元
    if question.units and not {unit, whole_unit} & question.units:
        counted = unit in COUNTS and not question.units.isdisjoint(COUNTS)
        if not counted or not just_that:
            return False  # «多少座» may be told in «101家», of just that thing
    share = _SHARE_OF.search(figure.indicator) and not just_that
    if share and not wording.asks_share(question.plain):
        return False  # «常住人口城镇化率» says nothing of how many live there
    whole = wording.OF_A_WHOLE.search(question.plain)
    if whole and "贡献" in figure.indicator and "贡献" not in question.plain:
        return False  # what it adds to growth is not what it is of the whole
    one_sided = not question.spans_parts and len(question.years) < 2
    if figure.kind is Kind.ACTUAL and question.targeted and one_sided:
        return False  # «2019年CPI的目标»: what was reached is no target
    if figure.kind is Kind.TARGET and question.actual and one_sided:
        return False
    if unit in wording.RATES and wording.SCALED.search(question.plain):
        return False  # «减少了多少万?»
    if _of_another_stage(question, figure):
        return False
    left = wording.LEFT_OVER.search(question.plain) and not wording.asks_share(question.plain)
    if left and not wording.TELLS_LEFT.search(figure.clause.of(figure.passage.text)):
        return False  # who is out of poverty tells nothing of who still is not
    if (
        _asks_total(question)
        and wording.ADDED.match(figure.indicator)
        and not _IN_ALL.search(figure.indicator)
    ):
        return False  # how many came anew is not how many there are
    anew = wording.ADDED.search(question.plain) and question.form is not Form.COMPARE
    if anew and _not_anew(figure):
        return False
    if _CUT.match(figure.indicator) and not _LESS.search(question.plain):
        return False  # by how much a thing was cut is not how much there is
    changed = figure.aspect in (Aspect.GROWTH, Aspect.DECLINE)
    if changed and whole:
        return False  # how much of the whole it is, not how much it grew
    if changed and question.aspect is None and wording.AMOUNT.search(question.plain):
        return figure.kind is Kind.TARGET  # «2019年利润总额是多少?»: its growth is another figure
    if question.aspect in (Aspect.GROWTH, Aspect.DECLINE):
        return figure.aspect in (Aspect.GROWTH, Aspect.DECLINE)
    if question.aspect is Aspect.LEVEL and not question.units:
        return figure.aspect in LEVELS
    return True


def bonus(inquiry: Inquiry, figure: Figure) -> float:
    """Return what a figure gains by being told as it is asked for, less what it loses."""
    question = inquiry.question
    return (
        _aspect_bonus(question, figure)
        + _verb_bonus(question, figure)
        + _part_bonus(question, figure)
        + _total_bonus(question, figure)
        - (_PASSED if _STEP.search(figure.indicator) else 0.0)
        - (_SHARED if _is_shared_out(inquiry, figure) else 0.0)
    )


def _of_another_stage(question: Question, figure: Figure) -> bool:
    """Tell whether a figure is of what is open where the question is about what was begun."""
    asked = wording.stages(question.plain)
    told = asked and wording.stages(figure.clause.of(figure.passage.text))
    return bool(told) and not asked & told


def _not_anew(figure: Figure) -> bool:
    """Tell whether a figure is of all there is, or of what there is for each, not of what came anew."""
    clause = figure.clause.of(figure.passage.text)
    whole = (
        figure.aspect is Aspect.CHANGE_TO  # «增至95条»
        or _IN_ALL.search(figure.indicator) is not None
        or _EACH.search(figure.indicator) is not None
    )
    return whole and not wording.ADDED.search(clause)


def _is_shared_out(inquiry: Inquiry, figure: Figure) -> bool:
    """Tell whether a figure is for each person, or so, and the question asks for none such."""
    each = _EACH.search(figure.indicator)
    return each is not None and not any(
        each[0] in name for term in inquiry.matcher.terms for name in term.names
    )


def _verb_bonus(question: Question, figure: Figure) -> float:
    """Prefer the figure that is told with the verb of the question: «突破了多少?»."""
    asked = wording.REACHING.search(question.plain)
    return 0.15 if asked and asked[0] in figure.verb + figure.quantity.text else 0.0


def _aspect_bonus(question: Question, figure: Figure) -> float:
    if question.aspect is not None and figure.aspect is question.aspect:
        return 0.2
    if question.aspect is None and figure.aspect in LEVELS:
        return 0.1
    return 0.0


def _asks_total(question: Question) -> bool:
    """Tell whether a question asks how many of one thing there are, not how many came anew."""
    total = wording.TOTAL.search(question.plain) and not wording.ADDED.search(question.plain)
    return bool(total) and question.form is not Form.COMPARE


def _total_bonus(question: Question, figure: Figure) -> float:
    """Asked how many there are in total, prefer what is so called to how many are new."""
    if not _asks_total(question):
        return 0.0
    if _IN_ALL.search(figure.indicator):
        return 0.3
    return -0.6 if wording.ADDED.match(figure.indicator) else 0.0


def _part_bonus(question: Question, figure: Figure) -> float:
    if question.part is None:
        # A figure without a period asked for is one that was reached.
        return 0.1 if figure.kind is Kind.ACTUAL else 0.0
    return 0.2 if figure.passage.part is question.part else 0.0


def in_period(inquiry: Inquiry, figure: Figure) -> bool:
    """Tell whether a figure is of the year or the part of the report asked for."""
    years = inquiry.question.years
    first, _, last = figure.period.partition("-")
    if years and last:
        if wording.SEVERAL_YEARS.search(inquiry.question.plain):
            return True
        before = figure.passage.text[figure.clause.start : figure.span.start]
        added = figure.aspect in (Aspect.GROWTH, Aspect.DECLINE) or _ADDED.search(
            figure.indicator + before
        )
        return not added and int(last) in years  # what was reached, was so at their end
    if years:
        return any(str(year) in first for year in years)
    if figure.aspect is Aspect.CHANGE_FROM:
        return False  # where it set out from, only who names the year asks for
    part = inquiry.question.part
    past = part is Part.REVIEW and figure.kind is Kind.ACTUAL  # a plan may look back
    return part is None or past or figure.passage.part is part
