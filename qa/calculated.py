"""What is calculated from figures: sums, differences, ratios, and how far a thing got."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa import compute, wording
from qa.drafting import Statement, following_from, stated
from qa.english import english_amount, english_statement, english_value
from qa.facts import Candidate, bare, candidates
from qa.fitting import LEVELS
from qa.inquiry import Inquiry
from qa.points import EDGE
from qa.statement import sentence_span
from vectorstore.figures import Aspect, Figure, Kind

# So many of the best figures are looked at for both ends of a change.
_LIKELY = 12
# What looks back goes back so many years.
_LONG_AGO = 5
# What is to come must be of the same thing by half; it comes to what there is.
_HALF = 0.5
_COMES = re.compile(r"(?:计划|力争|将|再|预计)*(?:建成|新建|新增|新开|开通|投用|新培育)")
# The indicator of a change must be named by so much, and so little besides.
_NAMED, _BESIDES = 0.75, 0.4


def calculated(inquiry: Inquiry, chosen: Sequence[Candidate]) -> list[Statement]:
    """Return the operands, each as stated, and what a question wants calculated from them."""
    unit = compute.common_unit([c.figure.quantity for c in chosen])
    if len(chosen) < 2 or unit is None:
        return [stated(inquiry, found) for found in chosen]
    place = compute.place_asked(inquiry.question.plain)
    if place is not None and place <= len(chosen):
        return [_in_place(inquiry, chosen, place)]
    how = ""
    if any(c.figure.quantity.bound for c in chosen):
        english = inquiry.question.english
        how = " (by the figures as stated)" if english else "（按报告所列数字计算）"
    return [following_from(inquiry, chosen, _result(inquiry, chosen, unit), how)]


def _in_place(inquiry: Inquiry, chosen: Sequence[Candidate], place: int) -> Statement:
    """Say which figure is the second, third … largest, and no other one."""
    ordered = sorted(chosen, key=lambda c: c.figure.quantity.value, reverse=True)
    said = stated(inquiry, ordered[place - 1])
    return replace(said, text=f"排第{'一二三四五'[place - 1]}的是：{said.text}")


def _result(inquiry: Inquiry, chosen: Sequence[Candidate], unit: str) -> str:
    """Say what follows from the figures, in the language of the question."""
    operation = compute.operation(inquiry.question.plain)
    english = inquiry.question.english
    written = english_amount if english else compute.written
    quantities = [c.figure.quantity for c in chosen]
    if operation is compute.Operation.SUM:
        total = written(sum((q.value for q in quantities[1:]), quantities[0].value), unit)
        return f"{total} in total" if english else f"合计{total}"
    if operation is compute.Operation.MEAN:
        average = written(compute.mean(quantities), unit)
        return f"{average} on average" if english else f"平均{average}"
    ordered = sorted(chosen, key=lambda c: c.figure.quantity.value, reverse=True)
    top, low = ordered[0].figure, ordered[-1].figure
    if operation is compute.Operation.RATIO and low.quantity.value:
        times = compute.written(compute.ratio(top.quantity, low.quantity), "倍")
        return f"the ratio is {times}" if english else f"前者与后者之比为{times}"
    gap = written(top.quantity.value - low.quantity.value, compute.difference_unit(unit))
    if wording.WHICH_IS_MORE.search(inquiry.question.plain):
        alike = bare(top) == bare(low)
        name, year = (top.period, "" if english else "年") if alike else (top.indicator, "")
        return f"{name} is higher by {gap}" if english else f"{name}{year}更高，相差{gap}"
    return f"a difference of {gap}" if english else f"相差{gap}"


def with_plan(inquiry: Inquiry, ranked: Sequence[Candidate]) -> Statement | None:
    """Return what there will be when a plan is carried out: what there is, and what is to come.

    «如果今年计划建成的高速公路全部通车,总里程将达到多少?»
    """
    if not wording.WHEN_DONE.search(inquiry.question.plain):
        return None
    likely = ranked[:_LIKELY]
    there = next((c for c in likely if _is_there(c)), None)
    if there is None:
        return None
    measure = there.figure.quantity.measure
    coming = [
        c
        for c in likely
        if c.figure.kind is Kind.TARGET
        and c.figure.quantity.measure == measure
        and _COMES.match(c.figure.clause.of(c.figure.passage.text).strip(EDGE))
        and c.covered >= _HALF
        and c.in_period
    ]
    if not coming:
        return None
    total = there.figure.quantity.value + coming[0].figure.quantity.value
    english = inquiry.question.english
    written = english_amount if english else compute.written
    result = f"{'' if english else '合计'}{written(total, there.figure.quantity.unit)}"
    how = " in total (by the figures as stated)" if english else "（按报告所列数字计算）"
    return following_from(inquiry, (there, coming[0]), result, how)


def _is_there(candidate: Candidate) -> bool:
    """Tell whether a figure says how much of just the thing there is already."""
    figure = candidate.figure
    level = figure.kind is Kind.ACTUAL and figure.aspect in LEVELS
    return level and candidate.named >= _NAMED and candidate.surplus <= _BESIDES


def got_from(inquiry: Inquiry) -> Statement | None:
    """Return how far a thing got, where a clause tells both ends: «由2110公里增至3055公里»."""
    for candidate in candidates(inquiry)[:_LIKELY]:
        end = candidate.figure
        start = _set_out_from(inquiry, end)
        meant = (
            candidate.named >= _NAMED
            and candidate.surplus <= _BESIDES
            and candidate.lacks <= inquiry.thresholds.missing_at_most
        )
        if start is not None and meant and _of_years_asked(inquiry, start, end):
            return _change(inquiry, start, end)
    return None


def _set_out_from(inquiry: Inquiry, end: Figure) -> Figure | None:
    """Return the figure that a change to another set out from."""
    if end.aspect is not Aspect.CHANGE_TO:
        return None
    for figure in inquiry.library.figures(end.passage):
        same = (figure.clause, figure.indicator) == (end.clause, end.indicator)
        if same and figure.aspect is Aspect.CHANGE_FROM:
            alike = figure.quantity.measure == end.quantity.measure
            return figure if alike else None
    return None


def _of_years_asked(inquiry: Inquiry, start: Figure, end: Figure) -> bool:
    """Tell whether the ends may be of the years asked for; a start without a year is not long ago."""
    spoken = inquiry.library.year(end.passage) or 0
    return all(
        str(year) in start.period
        or str(year) in end.period
        or (not start.period and spoken - _LONG_AGO <= year < spoken)
        for year in inquiry.question.years
    )


def _change(inquiry: Inquiry, start: Figure, end: Figure) -> Statement:
    english = inquiry.question.english
    written = english_amount if english else compute.written
    change = end.quantity.value - start.quantity.value
    unit = compute.difference_unit(end.quantity.unit)
    gap = written(abs(change), unit)
    if (
        compute.operation(inquiry.question.plain) is compute.Operation.RATIO
        and start.quantity.value
    ):
        times = compute.written(compute.ratio(end.quantity, start.quantity), "倍")
        told = (
            f"that is {times.removesuffix('倍')} times as much"
            if english
            else f"后者是前者的{times}"
        )
    elif english:
        told = f"a change of {gap}"
    else:
        told = f"{'增加' if change >= 0 else '减少'}{gap}"
    clause = end.clause.of(end.passage.text).strip(EDGE).removeprefix("其中")
    if english:
        said = f"{english_statement(inquiry, end)}, from {english_value(start.quantity)}, {told}"
    else:
        said = f"{clause}，{told}"
    place = (end.passage, sentence_span(end))
    return Statement(said, (place,), (start.quantity.text, end.quantity.text))
