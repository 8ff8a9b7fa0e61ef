"""Shares and averages that a report leaves to its readers: so many per cent of another, so much for each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa import compute, wording
from qa.drafting import Statement, following_from
from qa.english import english_amount
from qa.facts import Candidate
from qa.fitting import LEVELS
from qa.inquiry import Inquiry
from qa.matching import Matcher
from qa.terms import chinese_terms

# A side of a share must be named by so much of an indicator, and so little besides.
_NAMED, _BESIDES = 0.8, 0.8
# The count of an average need only be of the same thing.
_ALIKE = 0.5
_SIDES = re.compile(r"相当于|占了?到?|是|equal to|share of|percent(?:age)? of")

_CLAUSE_END = re.compile(r"[,，()]")


def proportion(inquiry: Inquiry, ranked: Sequence[Candidate]) -> Statement | None:
    """Return a share or an average that follows from two figures, if one is asked for."""
    asked = inquiry.question.plain
    each = wording.FOR_EACH.search(asked)
    if each:
        return _for_each(inquiry, ranked, each[1])
    return _share(inquiry, ranked) if wording.SHARE_OF.search(asked) else None


def _share(inquiry: Inquiry, ranked: Sequence[Candidate]) -> Statement | None:
    """Return how much one level is of another in the same unit."""
    sides = _SIDES.split(inquiry.question.plain, maxsplit=1)
    if len(sides) != 2:
        return None
    # «…研发强度(研发经费占gdp)大约…»
    sides = [_CLAUSE_END.split(sides[0])[-1], _CLAUSE_END.split(sides[1])[0]]
    part, whole = (_level_of(inquiry, ranked, side) for side in sides)
    if part is None or whole is None or part.figure == whole.figure:
        return None
    one, other = part.figure.quantity, whole.figure.quantity
    if one.measure != other.measure or not other.value:
        return None
    told = compute.written(compute.share(one, other), "%")
    said = f"that is {told}" if inquiry.question.english else f"前者相当于后者的{told}"
    return _from_both(inquiry, (part, whole), said)


def _level_of(inquiry: Inquiry, ranked: Sequence[Candidate], side: str) -> Candidate | None:
    """Return the level that one side of a share names, of the year that it names."""
    things = [term for term in inquiry.matcher.terms if term.essential]
    # «2031年目标相当于2030年的百分之几?»: the thing is named once
    terms = [term for term in things if term.text in side]
    if not terms and not inquiry.question.english:  # «占gdp» is one term
        terms = [t for t in chinese_terms(side, inquiry.library.writes) if t.essential]
    terms = terms or things
    if not terms:
        return None
    alone = Matcher(terms, inquiry.library.weights)
    years = wording.YEAR.findall(side) or [str(year) for year in inquiry.question.years]
    levels = [
        (alone.surplus(c.figure.indicator), place, c)
        for place, c in enumerate(ranked)
        if c.figure.aspect in LEVELS
        and c.figure.quantity.unit not in wording.RATES
        and alone.coverage(c.figure.indicator) >= _NAMED
        and (not years or any(year in c.figure.period for year in years))
    ]
    besides, _, found = min(levels, default=(1.0, 0, None))
    return found if besides <= _BESIDES else None


def _for_each(inquiry: Inquiry, ranked: Sequence[Candidate], measure: str) -> Statement | None:
    """Return how much there is for each of some things: an amount by the count beside it."""
    amount = next((c for c in ranked if c.fits and c.in_period and not _counts(c, measure)), None)
    if amount is None or amount.named < _NAMED:
        return None
    count = next((c for c in ranked if _counts(c, measure) and _beside(c, amount)), None)
    if count is None or not count.figure.quantity.value:
        return None
    value, unit = compute.quotient(amount.figure.quantity, count.figure.quantity)
    english = inquiry.question.english
    told = english_amount(value, unit) if english else compute.written(value, unit)
    return _from_both(
        inquiry, (amount, count), f"{told} each" if english else f"平均每{measure}{told}"
    )


def _counts(candidate: Candidate, measure: str) -> bool:
    unit = candidate.figure.quantity.unit
    return unit == measure or (unit in compute.COUNTS and measure in compute.COUNTS)


def _beside(count: Candidate, amount: Candidate) -> bool:
    """Tell whether a count is of the time and the thing of an amount."""
    same_time = count.figure.period == amount.figure.period
    return same_time and count.figure.aspect in LEVELS and count.named >= _ALIKE


def _from_both(inquiry: Inquiry, operands: tuple[Candidate, Candidate], result: str) -> Statement:
    how = " (calculated)" if inquiry.question.english else "（按报告所列数字计算）"
    return following_from(inquiry, operands, result, how)
