"""Why the best figure that is found may be no answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qa import wording
from qa.answer import Reason
from qa.facts import Candidate
from qa.inquiry import Inquiry
from qa.matching import MEASURE
from vectorstore.figures import Aspect

# Among so many figures is that of the thing itself; another names it in part.
_RIVALS, _PARTLY = 10, 0.8


def unfit(inquiry: Inquiry, ranked: Sequence[Candidate]) -> Reason | None:
    """Say why the best candidate does not answer, or nothing if it does."""
    if (
        not ranked
        or ranked[0].covered + ranked[0].given < inquiry.thresholds.enough
        or ranked[0].named + ranked[0].given < inquiry.thresholds.enough_named
    ):
        return Reason.NOT_MENTIONED
    if ranked[0].lacks > inquiry.thresholds.missing_at_most:
        return Reason.NOT_MENTIONED
    if (
        not ranked[0].in_period
        or _without_its_like(inquiry, ranked)
        or _then_alone(inquiry, ranked)
    ):
        return Reason.OTHER_PERIOD
    return None if ranked[0].fits and not _narrower(inquiry, ranked[0]) else Reason.RELATED_ONLY


def plainer(ranked: Sequence[Candidate]) -> Candidate | None:
    """Return the figure of just the asked indicator, if the best one is of a narrower one.

    Asked how much «网络零售额» grew, the growth of «农产品网络零售额» is another
    indicator when the report gives «网络零售额» itself, though only its level.
    """
    best = ranked[0]
    for other in ranked[1:20]:
        if _is_share_of(best, other):
            continue  # «优良天数比例» in per cent is no narrower than «优良天数» in days
        if (
            best.surplus - other.surplus > 0.25
            and other.in_period
            and other.figure.kind is best.figure.kind
            and not other.fits
            and other.named >= best.named
            and other.surplus < 0.1
        ):
            return other
    return None


def _is_share_of(share: Candidate, whole: Candidate) -> bool:
    """Tell whether a figure is the rate of just the thing that another one counts."""
    one, other = share.figure, whole.figure
    rate = one.quantity.unit in wording.RATES and other.quantity.unit not in wording.RATES
    return rate and share.fits and MEASURE.sub("", one.indicator) == other.indicator


def _then_alone(inquiry: Inquiry, ranked: Sequence[Candidate]) -> bool:
    """Tell whether only another time has a figure of just what is asked, and this one's is a like thing.

    «改造农村危房3.9万户» was done, «整治农村旧房7万户» is planned.
    """
    best, *others = ranked[:_RIVALS]
    if best.named >= _PARTLY:
        return False
    then = [c for c in others if c.fits and not c.in_period and c.named >= 1.0 and c.surplus < 0.1]
    things = inquiry.matcher.of_things()
    said = best.figure.indicator + best.figure.clause.of(best.figure.passage.text)
    if not then or all(set(term.text) <= set(said) for term in things.terms):
        return False  # «新增城镇就业» is «城镇新增就业»
    return things.coverage(said) < _PARTLY


def _without_its_like(inquiry: Inquiry, ranked: Sequence[Candidate]) -> bool:
    """Tell whether there is no figure of the year compared with: «比2018年多了几天?»."""
    against = wording.AGAINST_YEAR.search(inquiry.question.plain)
    changed = ranked[0].figure.aspect in (Aspect.GROWTH, Aspect.DECLINE)
    if against is None or (changed and not against["speed"]):
        return False
    like = [c for c in ranked if c.figure.indicator == ranked[0].figure.indicator]
    return not any(against[1] in c.figure.period for c in like)


def _narrower(inquiry: Inquiry, found: Candidate) -> bool:
    """Tell whether a figure is of a part only: asked for «医院», «县级中医医院» is one kind."""
    terms = inquiry.matcher.terms
    short = len(terms) == 1 and len(terms[0].text) <= 2
    if not short or found.figure.aspect is not Aspect.LEVEL:
        return False
    bare = MEASURE.sub("", wording.ADDED.sub("", found.figure.indicator, count=1))
    pairs = ["".join(pair) for pair in pairwise(bare)]
    said = " ".join((inquiry.question.plain, *terms[0].names))
    asked = sum(pair in said for pair in pairs)
    return asked < 0.4 * len(pairs) and found.surplus > inquiry.thresholds.narrower
