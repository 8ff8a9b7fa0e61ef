"""The answer generator that needs no model: composes from figures and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa import front, wording
from qa.answer import Abstention, Reason
from qa.calculated import calculated, got_from, with_plan
from qa.citation import Draft
from qa.drafting import Statement, draft_of, figure_stated, stated
from qa.facts import Candidate, candidates, one_of_many
from qa.inquiry import Inquiry, context
from qa.listing import COUNTED, announced_aims, counted_out, in_parallel, listed
from qa.misfits import plainer, unfit
from qa.points import Point, points, telling
from qa.proportions import proportion
from qa.question import Form, Question
from qa.refusal import refusal
from qa.second_look import told_otherwise
from qa.several import both_parts, several, several_named
from qa.shape import tells_what_is_asked
from qa.statement import sentence_span
from qa.supposed import false_premise, of_amount, verdict_on
from qa.topics import defining, key_points, stated_or_told
from vectorstore.figures import Aspect, Figure
from vectorstore.quantity import find_quantities
from vectorstore.report import Part

_WHAT_TARGET = re.compile(
    r"目标(?:是什么|有哪些|如何|怎样)?[?？。]?$|what (?:is|are) the .*(?:target|goal)"
)
_OVERALL = re.compile(r"主要(?:预期)?目标|预期目标|总体要求|main (?:target|goal)")
_AIMS = re.compile(
    r"(?:主要|预期|总体|发展)(?:预期|发展)?(?:目标|指标)(?!任务)|\b(?:targets|goals)\b",
    re.IGNORECASE,
)
_OF_AIMS = re.compile(
    r"目标|预期|主要|主要预期目标|预期目标|主要目标|经济|社会|发展|经济社会发展|社会发展|指标"
)
# «水质怎样?» asks for a state, «怎样改善水质?» for measures.
_STATE = re.compile(r"(?:怎么样|怎样|如何|情况|什么(?:程度|地步|水平)了?)[?？。]?$")
# So many of the next best may list what the best only names, if they are so little worse.
_NEXT, _WORSE = 3, 0.6


def compose(inquiry: Inquiry) -> Draft | Abstention:
    """Write a draft that answers the question, or say why there is none."""
    question = inquiry.question
    about = front.about_the_report(question, inquiry.library)
    if about is not None:
        return draft_of([Statement(about.text, ((about.passage, about.span),))])
    if wording.OF_THE_DAY.search(question.plain):
        return refusal(inquiry, Reason.OFF_TOPIC)
    if inquiry.foreign_place():
        return refusal(inquiry, Reason.NO_SUCH_REPORT)
    if aims := _aims_as_a_whole(inquiry):
        return _points(inquiry, aims)
    if not inquiry.hits or not inquiry.matcher.terms or inquiry.unknown_name():
        return refusal(inquiry, Reason.NOT_MENTIONED)
    answered = _by_form(inquiry)
    if isinstance(answered, Abstention) and answered.reason is Reason.NOT_MENTIONED:
        return _in_other_words(inquiry) or answered
    return answered


def _parts(inquiry: Inquiry) -> list[Point]:
    """Return what the one thing that a question names consists of: «“一区两群”包括哪些区域?»."""
    named = [term for term in inquiry.matcher.terms if term.essential and term.hard]
    if len(named) != 1 or not wording.CONSISTS_OF.search(inquiry.question.plain):
        return []
    found = defining(inquiry)
    return found if len(found) > 1 else []


def _in_other_words(inquiry: Inquiry) -> Draft | None:
    """Answer with what the nearest clause tells, where no wording of the question is found."""
    found = told_otherwise(inquiry)
    if isinstance(found, Figure):
        return draft_of([figure_stated(inquiry, found)])
    return None if found is None else draft_of([_quoted(inquiry, found)])


def _aims_as_a_whole(inquiry: Inquiry) -> list[Point]:
    """Return the aims that a report announces, where nothing narrower is asked for."""
    question = inquiry.question
    if not _AIMS.search(question.plain) or any(
        term.essential and not _OF_AIMS.fullmatch(term.text) for term in inquiry.matcher.terms
    ):
        return []
    for report in inquiry.library.reports:
        if question.years and report.year not in question.years:
            continue
        for passage in report.passages:
            if passage.part is Part.PLAN and (aims := announced_aims(passage)):
                return aims
    return []


def _by_form(inquiry: Inquiry) -> Draft | Abstention:
    form = inquiry.question.form
    if wording.CHANGED_OVER.search(inquiry.question.plain) and (change := got_from(inquiry)):
        return draft_of([change])
    asked = inquiry.question.plain
    explicit = wording.EQUAL_TO.search(asked) or wording.FOR_EACH.search(asked)
    if explicit and (made := proportion(inquiry, candidates(inquiry))):
        return draft_of([made])
    if form is Form.COMPARE:
        return _computed(inquiry)
    if form in (Form.MEASURES, Form.OPEN) and (corrected := false_premise(inquiry)):
        return corrected
    if _OVERALL.search(inquiry.question.plain) and (answered := _in_words(inquiry)):
        return answered
    if form is Form.FIGURE:
        return _figure(inquiry)
    if form is Form.OPEN and (inquiry.question.aspect or inquiry.question.units):
        told = _figure(inquiry)
        if isinstance(told, Draft) or told.reason is Reason.RELATED_ONLY:
            return told
    keywords = form is Form.OPEN and not wording.ASKS.search(asked)
    if keywords and (in_figures := _state_in_figures(inquiry)):
        return in_figures
    if form in (Form.ENTITY, Form.LIST) and (owner := of_amount(inquiry)):
        return owner
    if form is Form.YESNO and find_quantities(inquiry.question.plain):
        return _figure(inquiry)
    if form is Form.DEFINITION:
        return _points(inquiry, defining(inquiry))
    if form is Form.MEASURES:
        state = _STATE.search(inquiry.question.plain)
        if state and (stated := _state_in_figures(inquiry)):
            return stated
        return _points(inquiry, stated_or_told(inquiry) if state else key_points(inquiry))
    if form is Form.LIST:
        counted = counted_out(inquiry) or in_parallel(inquiry)
        return _points(inquiry, counted or _parts(inquiry) or _listed_or_next(inquiry))
    return _points(inquiry, [telling(inquiry, point) for point in points(inquiry)[:1]])


def _listed_or_next(inquiry: Inquiry) -> list[Point]:
    """Return the list that is found, or the next best that has as many things as are asked for."""
    found, asked = listed(inquiry), inquiry.question.plain
    counts = wording.number_asked(asked) is not None or COUNTED.search(asked)
    if not found or not counts or tells_what_is_asked(inquiry, found):
        return found
    first, *others = points(inquiry)
    for other in others[:_NEXT]:
        near = other.score >= first.score - _WORSE and not other.neglects
        if near and tells_what_is_asked(inquiry, [other]):
            return [other]
    return found


def _figure(inquiry: Inquiry) -> Draft | Abstention:
    ranked = candidates(inquiry)
    if summed := with_plan(inquiry, ranked):
        return draft_of([summed])
    problem = unfit(inquiry, ranked)
    if problem is not None and (made := proportion(inquiry, ranked)):
        return draft_of([made])
    if problem is not None and (each := several_named(inquiry, ranked)):
        return draft_of([stated(inquiry, found) for found in each])
    if problem is Reason.NOT_MENTIONED:
        return _counted(inquiry)
    if problem is Reason.RELATED_ONLY and (beside := _counted_beside(inquiry, ranked[0])):
        return beside
    if problem is not None:
        return _in_words(inquiry) or refusal(inquiry, problem, ranked[0])
    asked_itself = plainer(ranked)
    if asked_itself is not None:
        return refusal(inquiry, Reason.RELATED_ONLY, asked_itself)
    said = [stated(inquiry, found) for found in several(inquiry, ranked)]
    if len(said) == 1 and wording.EACH_OF_THEM.search(inquiry.question.plain):
        return refusal(inquiry, Reason.RELATED_ONLY, ranked[0])
    verdict = verdict_on(inquiry, ranked[0])
    return draft_of([replace(said[0], text=verdict + said[0].text), *said[1:]])


def _state_in_figures(inquiry: Inquiry) -> Draft | None:
    """Answer how a thing stands by its figures, where there are figures of just that thing."""
    good = [
        c
        for c in candidates(inquiry)[:2]
        if c.named >= 0.9 and c.in_period and not c.lacks and c.surplus < 0.35
    ]
    if inquiry.question.form is Form.OPEN:  # a bare name asks for one figure of a time
        good = list({c.figure.period: c for c in reversed(good)}.values())[::-1]
    return draft_of([stated(inquiry, found) for found in good]) if good else None


def _counted(inquiry: Inquiry) -> Draft | Abstention:
    """Answer with a clause that holds a number, where no indicator fact answers."""
    if inquiry.question.aspect in (Aspect.GROWTH, Aspect.DECLINE):
        return _in_words(inquiry) or refusal(inquiry, Reason.NOT_MENTIONED)
    units = inquiry.question.units
    amount = wording.AMOUNT.search(inquiry.question.plain)
    whole = wording.OF_A_WHOLE.search(inquiry.question.plain)
    for point in points(inquiry)[:2]:
        inside = find_quantities(point.text)
        if whole and not wording.SHARE_OF_WHOLE.search(point.text):
            inside = []
        if amount:  # how much something grew is no amount of it
            inside = [q for q in inside if q.unit not in wording.RATES]
        if (
            inside
            and (not inquiry.question.years or inquiry.speaks_of_period(point.passage))
            and (not units or any(q.unit in units for q in inside))
            and not inquiry.matcher.neglects(point.text)
            and not one_of_many(inquiry, point.text)
            and not _counts_another(inquiry, point.text)
            and inquiry.matcher.lacking(point.text) - point.given
            <= inquiry.thresholds.missing_at_most
            and point.direct + point.given >= inquiry.thresholds.enough
        ):
            return _points(inquiry, [point])
    return _in_words(inquiry) or refusal(inquiry, Reason.NOT_MENTIONED)


def _counts_another(inquiry: Inquiry, text: str) -> bool:
    """Tell whether the number in the unit asked for is of another thing than the one asked about.

    «1100平方公里水土流失和10个重点区县岩溶石漠化治理» tells no area of the second.
    """
    counts = find_quantities(text)
    own = [q for q in counts if q.unit in inquiry.question.units]
    if len(own) != 1 or len(counts) < 2:
        return False
    start = own[0].span.end
    end = min((q.span.start for q in counts if q.span.start >= start), default=len(text))
    things = inquiry.matcher.of_things()
    return things.coverage(text[end:]) > things.coverage(text[:end])


def _counted_beside(inquiry: Inquiry, found: Candidate) -> Draft | None:
    """Answer with the number in the unit asked for that stands in the clause of another figure.

    «849座公园实现24小时开放、占全市公园总数的87.3%» tells how many as well.
    """
    figure = found.figure
    text = figure.clause.of(figure.passage.text)
    asked = inquiry.question.units - wording.RATES
    if found.lacks or not found.in_period or figure.quantity.unit in asked:
        return None
    if _counts_another(inquiry, text):
        return None
    if not any(q.unit in asked and q.value != figure.quantity.value for q in find_quantities(text)):
        return None
    return draft_of([Statement(text, ((figure.passage, sentence_span(figure)),))])


def _in_words(inquiry: Inquiry) -> Draft | None:
    """Answer «what is the target?» in words where the report gives it no number."""
    question = inquiry.question
    if question.aspect is Aspect.LEVEL or not _WHAT_TARGET.search(question.plain):
        return None
    announced = listed(inquiry) if _OVERALL.search(inquiry.question.plain) else []
    found = announced or points(inquiry)[:1]
    if not found or found[0].neglects or found[0].direct < inquiry.thresholds.enough_in_words:
        return None
    drafted = _points(inquiry, found)
    return drafted if isinstance(drafted, Draft) else None


def _computed(inquiry: Inquiry) -> Draft | Abstention:
    """Answer a comparison: the operands, each as stated, and what follows from them."""
    ranked = candidates(inquiry)
    problem = unfit(inquiry, ranked)
    if problem is None:
        chosen = several(inquiry, ranked, compared=True)
    elif problem is Reason.RELATED_ONLY and (halves := both_parts(inquiry.question, ranked)):
        chosen = halves
    else:
        chosen = several_named(inquiry, ranked, compared=True)
    if problem is not None and not chosen:
        if problem is Reason.NOT_MENTIONED:
            return _counted(inquiry)
        return refusal(inquiry, problem, ranked[0])
    if len(chosen) < 2 and inquiry.question.form is Form.COMPARE and _takes_two(inquiry.question):
        return refusal(inquiry, Reason.RELATED_ONLY, chosen[0])
    return draft_of(calculated(inquiry, chosen))


def _takes_two(question: Question) -> bool:
    """Tell whether a question compares or adds what two years have: one of them is no answer."""
    levels = question.aspect not in (Aspect.GROWTH, Aspect.DECLINE)
    return levels and (len(question.years) > 1 or question.spans_parts)


def _points(inquiry: Inquiry, found: Sequence[Point]) -> Draft | Abstention:
    if not found or all(p.neglects for p in found) or not _enough(inquiry, found):
        return refusal(inquiry, Reason.NOT_MENTIONED)
    which = inquiry.question.form in (Form.LIST, Form.ENTITY, Form.FIGURE)
    beside = [found[0].passage.text] if len(found) > 1 else []
    if which and all(inquiry.names_another(*_said_around(p), *beside) for p in found):
        return refusal(inquiry, Reason.NOT_MENTIONED)
    if not tells_what_is_asked(inquiry, found) or _lacks_indicator(inquiry, found):
        return refusal(inquiry, Reason.NOT_MENTIONED)
    if inquiry.question.years and not any(inquiry.speaks_of_period(p.passage) for p in found):
        return refusal(inquiry, Reason.OTHER_PERIOD)
    return draft_of([_quoted(inquiry, point) for point in found])


def _lacks_indicator(inquiry: Inquiry, found: Sequence[Point]) -> bool:
    """Tell whether an indicator is asked for in short («2019 一般公共预算收入») that no point names."""
    short = inquiry.question.form is Form.OPEN
    return short and all(inquiry.matcher.lacks_full_name(*_said_around(each)) for each in found)


def _said_around(point: Point) -> tuple[str, str, str]:
    """Return what a point says, its sentence, and what it stands under."""
    passage = point.passage
    sentence = passage.sentences[point.sentence].of(passage.text)
    return point.text, sentence, context(passage, point.span.start)


def _quoted(inquiry: Inquiry, point: Point) -> Statement:
    text = f"The report says: “{point.text}”" if inquiry.question.english else point.text
    return Statement(text, ((point.passage, point.passage.sentences[point.sentence]),))


def _enough(inquiry: Inquiry, found: Sequence[Point]) -> bool:
    """Tell whether points say enough of what is asked, or as the only ones say something of it."""
    covered = max(point.covered + point.given for point in found)
    if covered >= inquiry.thresholds.enough:
        return True
    first, *others = points(inquiry)
    alone = all(first.score - other.score > inquiry.thresholds.alone_by for other in others[:1])
    return (
        covered >= inquiry.thresholds.enough_alone
        and alone
        and not first.neglects
        and first.passage == found[0].passage
    )
