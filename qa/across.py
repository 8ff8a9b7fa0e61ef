"""Answers across reports: the same question put to each, its figures tabled and compared, exactly.

Each report is asked by the machinery for one report; what it finds is one cell. Only
figures of one kind are compared: levels with levels, growth with growth, unit with unit.
What is stated with a bound or as a range is compared by the number stated (of a range the
lower end), and the answer says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.compute import COUNTS
from qa.facts import Candidate, candidates
from qa.inquiry import Inquiry
from qa.misfits import plainer, unfit
from qa.scope import Ask, Scope
from qa.wanted import Wanted, question_for
from vectorstore.figures import Aspect, Kind

# Puts a question to one report.
Look = Callable[[Ask, str], Inquiry]

_TIMED = re.compile(
    r"(?:19|20)\d\d|[去今上本明]年|目标|计划|预期|力争|打算|将|要|target|goal|plan|(?:this|last|next) year",
    re.IGNORECASE,
)
# An indicator that says less of the question is another one.
_NAMED = 0.6
# One that is not named whole may have so much besides what is asked.
_WHOLE, _BESIDES = 0.9, 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """What one report says to the question: its figure, else the nearest one, else nothing."""

    ask: Ask
    inquiry: Inquiry | None
    figure: Candidate | None = None
    nearest: Candidate | None = None
    ranked: tuple[Candidate, ...] = ()


def figures_of(scope: Scope, wanted: Wanted, look: Look) -> list[Found]:
    """Return for each report the figure that answers, all of one kind."""
    found = [_found(ask, scope, wanted, look, dated=True) for ask in scope.asks]
    told = sum(each.figure is not None for each in found)
    if not _TIMED.search(scope.text) and 2 * told < len(scope.reports):
        found = [_found(ask, scope, wanted, look, dated=False) for ask in scope.asks]
    staged = not scope.over_years  # over years a result may stand beside a target
    kind = _kind_of_all(found, staged=staged)
    return [_of_kind(each, kind, staged=staged) for each in found] if kind else found


def _found(ask: Ask, scope: Scope, wanted: Wanted, look: Look, *, dated: bool) -> Found:
    """Ask one report; `dated`: a question without a time is about what was reached last."""
    if ask.report is None:
        return Found(ask, None)
    text = question_for(wanted, ask, scope)
    if dated and ask.report.year and not _TIMED.search(scope.text):
        year = ask.report.year - 1
        text = f"{text} in {year}" if scope.english else f"{year}年{text}"
    inquiry = look(ask, text)
    ranked = candidates(inquiry)
    if not ranked:
        return Found(ask, inquiry)
    ranked = _plain_first(inquiry, ranked)
    best = ranked[0]
    good = unfit(inquiry, ranked) is None and plainer(ranked) is None
    # A region that is named is answered as it would be alone; of all, only what is sure.
    good = good and (_names(inquiry, best) if scope.wide else best.named >= _NAMED)
    return Found(ask, inquiry, best if good else None, best, tuple(ranked))


def _names(inquiry: Inquiry, candidate: Candidate) -> bool:
    """Tell whether a figure's own words name what is asked; across reports nobody looks twice."""
    figure = candidate.figure
    own = (figure.indicator, figure.clause.of(figure.passage.text))
    whole = inquiry.matcher.coverage(figure.indicator) >= _WHOLE or candidate.surplus <= _BESIDES
    return candidate.named >= _NAMED and whole and not inquiry.matcher.neglects(*own)


_NEW = re.compile(r"新增|新认定|新建|净增|新引进|新获批")


def _plain_first(inquiry: Inquiry, ranked: list[Candidate]) -> list[Candidate]:
    """Put first what is there, before what came anew or is planned, unless that is asked for."""
    question = inquiry.question
    new = _NEW.search(question.plain) is not None

    def odd(candidate: Candidate) -> bool:
        figure = candidate.figure
        planned = figure.kind is Kind.TARGET and question.part is None and not question.targeted
        anew = _NEW.search(figure.indicator) and not figure.indicator.endswith(("总量", "总数"))
        return planned or (not new and bool(anew))

    def literal(candidate: Candidate) -> bool:
        indicator, asked = (
            text.replace("总产", "产") for text in (candidate.figure.indicator, question.plain)
        )
        return len(indicator) > 2 and indicator in asked

    for other in () if literal(ranked[0]) else ranked[1:12]:
        # «事故起数、死亡人数分别下降…»: of two that the clause names, the one asked for
        sure = other.named >= _WHOLE and other.fits and other.in_period and not other.lacks
        if sure and literal(other) and other.score > ranked[0].score - 1.0:
            return [other, *(c for c in ranked if c is not other)]
    if not odd(ranked[0]):
        return ranked
    for other in ranked[1:12]:
        near = other.score > ranked[0].score - 0.5 and other.named >= 0.8 * ranked[0].named
        if near and other.fits and other.in_period and not other.lacks and not odd(other):
            return [other, *(c for c in ranked if c is not other)]
    return ranked


_Kind = tuple[bool, str, bool]


def _kind(candidate: Candidate, *, staged: bool) -> _Kind:
    """Return what figures must share to be compared: change or level, and the unit.

    If `staged`, also whether they were reached or are aimed at.
    """
    figure = candidate.figure
    changed = figure.aspect in (Aspect.GROWTH, Aspect.DECLINE)
    unit = figure.quantity.measure
    target = staged and figure.kind is Kind.TARGET
    return changed, "个" if unit in COUNTS else unit, target


def _kind_of_all(found: Sequence[Found], *, staged: bool) -> _Kind | None:
    """Return the kind that most reports answer in; levels where nothing else is asked for."""
    kinds = Counter(_kind(each.figure, staged=staged) for each in found if each.figure)
    if not kinds:
        return None
    inquiry = next(each.inquiry for each in found if each.inquiry)
    if inquiry.question.aspect is None and not inquiry.question.targeted:
        levels = Counter({kind: n for kind, n in kinds.items() if not kind[0]})
        kinds = levels or kinds
    return kinds.most_common(1)[0][0]


def _of_kind(found: Found, kind: _Kind, *, staged: bool) -> Found:
    """Keep a figure of the kind compared, or take the next best that is."""
    if found.figure is not None and _kind(found.figure, staged=staged) == kind:
        return found
    for other in found.ranked[:20]:
        if (
            _kind(other, staged=staged) == kind
            and other.in_period
            and other.fits
            and not other.lacks
            and other.named >= max(_NAMED, 0.8 * found.ranked[0].named)
            and other.surplus < 0.4
        ):
            return Found(found.ask, found.inquiry, other, found.nearest, found.ranked)
    near = found.figure or found.nearest
    return Found(found.ask, found.inquiry, None, near, found.ranked)
