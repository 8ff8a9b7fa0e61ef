"""Finding the figure that a question asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa import wording
from qa.fitting import bonus, fits, in_period
from qa.inquiry import Inquiry, context
from qa.matching import MEASURE
from qa.statement import sentence_span
from vectorstore.figures import Aspect, Figure
from vectorstore.quantity import Bound

# All figures of so many of the best paragraphs are judged, of as many more those that name so much.
_PASSAGES, _FURTHER, _NAMING = 12, 8, 0.6
_TOO_LITTLE = 0.3
# An exact number goes before a round one that is so little better.
_ROUND = 0.3
# So much of a paragraph's first sentence is taken for its title.
_TITLE = 20
# A name with less before its measure names nothing: «总产量».
_WORD = 2
# What is told of an indicator with its figure makes it no other one: «地区生产总值迈上…».
_ADORNMENT = re.compile(
    r"^(?:全[市省区国]|[我本][市省区])?(?:累计)?(?:完成|实现|预计|力争)*|(?:连续|首次|稳步|实现)*(?:翻番|翻一番|迈上|跨上|跃上|跨越|登上)[^,，]*$"
    r"|(?:总数|总计|数量)$"
)
EFFECT = re.compile(
    r"(?:累计|直接|共|合计|全年)*(?:带动|拉动|撬动|惠及|节约|节省|吸引|覆盖|为.{2,8}[减省])"
)
# One of so many may go before the best.
_NEXT_BEST = 12
# An indicator with less besides is just the one that is asked for.
_ALONE = 0.35
_HARDLY = 0.1
# An indicator that names so much of the question, and little besides, is of just that thing.
_JUST = 0.7
_NOTHING = 0.05
# A name that is taken from the figure of another year costs so much.
_BORROWED = 0.4
# What is of the right year may be so much worse than what is of another.
_TIMELY = 1.2
# A figure whose own words say so much of a question is of what it asks.
_TOLD = 0.7
# What colours a question may be put in other words: «开工建设» for «开工».
_PASSED_OVER = 0.2
# Things told as one, and the sort that they are of, of which so much is not named.
_LISTED = re.compile(r"([^、]{2,12}(?:、[^、]{2,12})+?)等(.+)")
_UNNAMED = 0.5
# A name that leaves something out is the same thing's; one that says so much else instead is not.
_REPLACED = 0.1
_THESE = re.compile(r"这[些类几]|那[些类几]|之类|等")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure, how well it answers, and how far it speaks of what is asked.

    `score` ranks candidates of one question. `covered` is the share of the
    question's terms in the figure's indicator, clause, sentence and headings.
    `fits` tells whether unit and aspect are those asked for, `in_period`
    whether the period is. `lacks` is the share of the terms that are not there at all,
    `surplus` the share of the indicator's name that was not asked for. `given` is what
    the sentence is given for standing out by meaning.
    """

    figure: Figure
    score: float
    covered: float
    named: float
    fits: bool
    in_period: bool
    lacks: float
    surplus: float
    given: float


def candidates(inquiry: Inquiry) -> list[Candidate]:
    """Return the figures of the retrieved paragraphs as candidates, best first."""
    figures = _sought(inquiry)
    owners = [term.text for term in inquiry.matcher.terms if term.proper]
    judged = (_judged(inquiry, figure, _fuller(figure, figures, owners)) for figure in figures)
    ranked = sorted(filter(None, judged), key=lambda c: c.score, reverse=True)
    if not ranked:
        return []
    ranked = _timely_first(ranked)
    if not wording.REACHING.search(inquiry.question.plain):
        ranked = _exact_first(ranked)
    measured = inquiry.question.units - wording.RATES
    return _fitting_first(ranked) if measured else _same_first(ranked)


def _sought(inquiry: Inquiry) -> list[Figure]:
    """Return the figures that may answer: a long paragraph that tells much is found late for each of it."""
    read = inquiry.library.figures
    passages = inquiry.passages[: _PASSAGES + _FURTHER]
    near = [figure for passage in passages[:_PASSAGES] for figure in read(passage)]
    further = (figure for passage in passages[_PASSAGES:] for figure in read(passage))
    return near + [f for f in further if inquiry.matcher.coverage(f.indicator) >= _NAMING]


def _first(ranked: list[Candidate], better: Callable[[Candidate], bool]) -> list[Candidate]:
    """Put the first of the next best that is better than the best before all, if there is one."""
    found = next(filter(better, ranked[1:_NEXT_BEST]), None)
    return ranked if found is None else [found, *(c for c in ranked if c is not found)]


def _timely_first(ranked: list[Candidate]) -> list[Candidate]:
    """Put a good one of the right year before what was asked of another, which cannot answer."""
    best = ranked[0]
    if best.in_period:
        return ranked
    return _first(ranked, lambda c: c.score >= best.score - _TIMELY and _is_good(c))


def _exact_first(ranked: list[Candidate]) -> list[Candidate]:
    """Put «32765亿元» before «突破3万亿元» of the same indicator and time."""
    best = ranked[0]
    if best.figure.quantity.bound not in (Bound.MORE_THAN, Bound.AT_LEAST):
        return ranked
    return _first(
        ranked,
        lambda c: (
            c.figure.quantity.bound is None
            and c.fits == best.fits
            and c.score >= best.score - _ROUND
            and _told_of(c) == _told_of(best)
        ),
    )


def _told_of(candidate: Candidate) -> tuple[str, str, Aspect, str]:
    """Return what a figure is of: its bare indicator, period, aspect and unit."""
    figure = candidate.figure
    return bare(figure).replace("总产", "产"), figure.period, figure.aspect, figure.quantity.unit


def bare(figure: Figure) -> str:
    """Return the name of a figure's indicator without what only adorns it: «全市», «累计»."""
    return _ADORNMENT.sub("", figure.indicator) or figure.indicator


def _is_good(candidate: Candidate) -> bool:
    answers = candidate.in_period and candidate.fits and candidate.lacks <= _PASSED_OVER
    return answers and candidate.named >= 0.6


def _same_first(ranked: list[Candidate]) -> list[Candidate]:
    """Put what is asked of the same indicator before what is not: its growth before its level."""
    best = ranked[0]
    if best.fits:
        return ranked
    return _first(ranked, lambda c: _says_as_much(c, best) and c.surplus <= best.surplus + _HARDLY)


def _fitting_first(ranked: list[Candidate]) -> list[Candidate]:
    """Put a figure in the unit asked for before one that says as much in another: «运了多少吨货?»."""
    best = ranked[0]
    if best.fits or best.surplus < _ALONE:
        return ranked
    beside = best.figure.passage
    return _first(ranked, lambda c: _says_as_much(c, best) and c.figure.passage == beside)


def _says_as_much(candidate: Candidate, best: Candidate) -> bool:
    """Tell whether a candidate fits and is named no worse than the best, which does not."""
    answers = candidate.fits and candidate.in_period and candidate.lacks <= best.lacks
    return answers and candidate.named >= best.named


def _fuller(figure: Figure, figures: Sequence[Figure], owners: Sequence[str]) -> str:
    """Return a figure's indicator with what it leaves to other places to say.

    «国际航线超过100条» is the aim of the «江北机场国际航线» that the review counts, and
    «总产量达到853.2亿斤» is of what the title of its paragraph names. `owners` are the names
    of places and bodies in the question.
    """
    title = figure.passage.sentences[0]
    measure = MEASURE.search(figure.indicator)
    if measure and measure.start() < _WORD and not title.contains(figure.span):
        return f"{title.of(figure.passage.text)[:_TITLE]}{figure.indicator}"
    if not owners:
        return figure.indicator
    named = (
        other.indicator
        for other in figures
        if other.indicator.endswith(figure.indicator)
        and other.period != figure.period
        and other.quantity.unit == figure.quantity.unit
    )
    return next((name for name in named if any(o in name for o in owners)), figure.indicator)


def _judged(inquiry: Inquiry, figure: Figure, name: str) -> Candidate | None:
    """Judge a figure under its fuller name.

    None if its sentence with its headings says too little of what is asked.
    """
    question, matcher = inquiry.question, inquiry.matcher
    passage = figure.passage
    sentence = passage.sentence_at(figure.span.start)
    around = passage.sentences[sentence].of(passage.text)
    headings = context(passage, figure.span.start)
    whole = (name, around, headings)
    covered = matcher.coverage(*whole)
    if covered <= _TOO_LITTLE:
        return None
    clause, lead = figure.clause.of(passage.text), _lead(figure)
    named = matcher.coverage(name)
    in_clause = matcher.coverage(name, clause)
    with_lead = matcher.coverage(name, clause, lead)
    surplus = matcher.surplus(bare(figure)) if named else 1.0
    just_that = surplus < (0.3 if named >= _JUST else _NOTHING)
    suits = fits(question, figure, just_that=just_that)
    timely = in_period(inquiry, figure)
    score = (
        0.7 * named
        + 0.6 * in_clause
        + 0.6 * with_lead
        + 0.6 * covered
        - 0.5 * surplus
        + 0.4 * inquiry.nearness(passage, sentence)
        + (0.0 if suits else -0.8)
        + (0.0 if timely else -1.0)
        + 0.3 * matcher.heads(figure.indicator)
        + bonus(inquiry, figure)
        - (0.0 if name == figure.indicator else _BORROWED)
    )
    near = (name, clause, lead, _opening(figure), headings)
    told = max(named, in_clause, with_lead)
    another = (
        (told < _TOLD and matcher.speaks_elsewhere(around, *near))
        or matcher.neglects(*near)
        or one_of_many(inquiry, name)
        or (surplus > _REPLACED and inquiry.names_another(*near))
    )
    lacks = 1.0 if another else matcher.lacking(*whole)
    given = inquiry.standing_out(passage, sentence)
    return Candidate(figure, score, covered, told, suits, timely, lacks, surplus, given)


def one_of_many(inquiry: Inquiry, indicator: str) -> bool:
    """Tell whether a question names one of many things that an indicator takes together.

    «柑橘、榨菜等特色产业基地100万亩» tells nothing of 柑橘 alone.
    """
    listed = _LISTED.search(indicator)
    if listed is None:
        return False
    items = listed[1].split("、")
    named = sum(item[-2:] in inquiry.question.plain for item in items)
    if named and any(term.part for term in inquiry.matcher.terms):
        return True
    if named != 1 or _THESE.search(inquiry.question.plain):
        return False
    return inquiry.matcher.surplus(listed[2]) > _UNNAMED


def _opening(figure: Figure) -> str:
    """Return the first clause of a figure's sentence, whose subject the others may share."""
    around = sentence_span(figure).of(figure.passage.text)
    return re.split(r"[,，;；:：]", around, maxsplit=1)[0]


def _lead(figure: Figure) -> str:
    """Return what a clause may lean on: the one that opens its run, and what had its effect in it.

    A run of clauses goes up to a semicolon: «高速公路网,开工…224公里»; an effect follows its
    cause: «实施以旧换新政策,拉动消费285亿元».
    """
    text = figure.passage.text
    before = text[sentence_span(figure).start : figure.clause.start]
    first, *others = re.split(r"[,，]", re.split(r"[;；:：]", before)[-1].rstrip(",， "))
    return f"{first},{others[-1]}" if others and EFFECT.match(figure.clause.of(text)) else first
