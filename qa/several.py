"""Which figures answer together, where a question asks for more than one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.compute import COUNTS
from qa.facts import Candidate
from qa.fitting import LEVELS
from qa.inquiry import Inquiry
from qa.matching import Matcher
from qa.question import Question
from vectorstore.figures import Aspect
from vectorstore.report import Part, Span

# So many of the best figures that name a thing are compared for which names it alone.
_RIVALS = 4
_TOGETHER = re.compile(r"分别|各(?:是|为|有|自)?|以及|和|与|及|、|both|respectively|\band\b|跟")


def several(
    inquiry: Inquiry, ranked: Sequence[Candidate], *, compared: bool = False
) -> list[Candidate]:
    """Return the best candidate, and where more are asked for, one for each thing asked.

    More are asked for by two years, or by names joined as in «A和B分别…». A further
    candidate must speak of a term, or of a year, that those before it leave out.
    """
    best = ranked[0]
    question = inquiry.question
    if compared and (halves := both_parts(question, ranked)):
        return halves
    if each := several_named(inquiry, ranked, compared=compared):
        return each
    chosen = [best]
    if not (compared or len(question.years) > 1 or _TOGETHER.search(question.plain)):
        return chosen
    for other in ranked[1:40]:
        if len(chosen) == 5 or not (other.in_period and other.fits):
            continue
        if other.figure.quantity.unit != best.figure.quantity.unit:
            continue
        if other.covered < 0.5 or other.named < 0.3:
            continue
        new_year = len(question.years) > 1 and other.figure.period not in {
            c.figure.period for c in chosen
        }
        if (new_year and other.named >= best.named - 0.15) or (
            len(question.years) < 2 and _adds(inquiry, chosen, other)
        ):
            chosen.append(other)
    if compared and len(chosen) == 1:
        chosen += [c for c in ranked[1:] if _twin(best, c)][:1]
    return sorted(chosen, key=lambda c: (c.figure.period, c.figure.passage.number, c.figure.span))


def both_parts(question: Question, ranked: Sequence[Candidate]) -> list[Candidate]:
    """Return what was reached and what is aimed at, where a question compares the two."""
    if not question.spans_parts:
        return []
    halves = [
        next((c for c in ranked if c.figure.passage.part is part and c.fits), None)
        for part in (Part.REVIEW, Part.PLAN)
    ]
    found = [c for c in halves if c is not None and c.named >= 0.5 and c.lacks < 0.5]
    return found if len(found) == 2 and _alike(found) else []


def several_named(
    inquiry: Inquiry, ranked: Sequence[Candidate], *, compared: bool = False
) -> list[Candidate]:
    """Return a figure for each thing named, where no figure is of them all: «A和B一共多少?»."""
    essential = [term for term in inquiry.matcher.terms if term.essential]
    joined = compared or _TOGETHER.search(inquiry.question.plain)
    if not joined or len(essential) < 2 or len(inquiry.question.years) > 1:
        return []
    found: dict[Span, Candidate] = {}
    for term in essential:
        alone = Matcher([term], inquiry.library.weights)
        naming = [
            c for c in ranked if c.in_period and c.fits and alone.coverage(c.figure.indicator) > 0.9
        ][:_RIVALS]
        if not naming and term.hard:
            return []
        literal = [c for c in naming if term.text in c.figure.indicator]
        told = any(term.text in c.figure.indicator for c in found.values())
        naming = literal if literal and not told else naming
        if not naming or any(c.figure.span in found for c in naming):
            continue  # a figure told already names this as well
        best = min(naming, key=lambda c: _extra(alone, c))
        found.setdefault(best.figure.span, best)
    chosen = list(found.values())
    return chosen if len(chosen) > 1 and (_alike(chosen) or not compared) else []


def _extra(alone: Matcher, candidate: Candidate) -> float:
    """Return, to a tenth, how much else the indicator names: «软件和信息服务业» for «服务业»."""
    return round(alone.surplus(candidate.figure.indicator), 1)


def _alike(found: Sequence[Candidate]) -> bool:
    """Tell whether figures can be computed with each other: «达到48个» and «增至12家» can."""
    kinds = {
        (
            "个" if c.figure.quantity.unit in COUNTS else c.figure.quantity.unit,
            Aspect.LEVEL if c.figure.aspect in LEVELS else c.figure.aspect,
        )
        for c in found
    }
    return len(kinds) == 1


def _twin(one: Candidate, other: Candidate) -> bool:
    """Tell whether two figures are coordinated: «城乡居民收入分别增长8.7%、9.8%»."""
    a, b = one.figure, other.figure
    return (a.clause, a.aspect, a.quantity.unit) == (b.clause, b.aspect, b.quantity.unit)


def _adds(inquiry: Inquiry, chosen: Sequence[Candidate], other: Candidate) -> bool:
    """Tell whether a candidate names a term that none before it names."""
    named = " ".join(c.figure.indicator for c in chosen)
    missing = inquiry.matcher.missing(named)
    still = set(inquiry.matcher.missing(f"{named} {other.figure.indicator}"))
    return any(term not in still for term in missing)
