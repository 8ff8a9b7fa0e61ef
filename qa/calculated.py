"""What is calculated from figures: sums, differences, ratios, and how far a thing got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa import compute, wording
from qa.drafting import Statement, following_from, stated
from qa.english import english_amount, english_statement, english_value
from qa.facts import Candidate, candidates
from qa.inquiry import Inquiry
from qa.points import EDGE
from qa.statement import sentence_span
from vectorstore.figures import Aspect, Figure

# So many of the best figures are looked at for both ends of a change.
_LIKELY = 12
# What looks back goes back so many years.
_LONG_AGO = 5
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
        name = top.indicator if top.indicator != low.indicator else top.period
        year = "" if top.indicator != low.indicator or english else "年"
        return f"{name} is higher by {gap}" if english else f"{name}{year}更高，相差{gap}"
    return f"a difference of {gap}" if english else f"相差{gap}"


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
