"""Finding the figure that a question asks for, and saying it in one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa import wording
from qa.compute import COUNTS
from qa.english import english_statement
from qa.inquiry import Inquiry, context
from qa.matching import MEASURE, Matcher
from qa.question import Form, Question
from vectorstore.figures import Aspect, Figure, Kind
from vectorstore.quantity import Bound
from vectorstore.report import Part, Span

_SHARE_OF = re.compile(r"(?:率|比重|占比|比例)$")
# Figures are sought in the best paragraphs only: those further down never won.
_PASSAGES = 12
_TOO_LITTLE = 0.3
# What is counted over a time, not at its end.
_ADDED = re.compile(r"新增|累计|净增|新建|建成|改造|完成|治理|培育|引进|实施|创建|减负")
# … and a value for each person, where the whole is asked for, is another indicator.
_EACH, _SHARED = re.compile(r"人均(?!可支配|收入|消费|纯收入)|户均|每万人|每百户"), 0.3
# «完成地区生产总值32765亿元、增长4.1%»: what grew was not the doing.
_DONE, _GROWS = re.compile(r"^(?:完成|实现)(?=..)"), ("增长", "下降")
# A round number that was passed is less than the number itself: «迈上6万亿元台阶».
_STEP, _PASSED = re.compile(r"台阶|大关|关口"), 0.3
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
_IN_ALL = re.compile(r"累计|总|共有|共计")
_EFFECT = re.compile(
    r"(?:累计|直接|共|合计|全年)*(?:带动|拉动|撬动|惠及|节约|节省|吸引|覆盖|为.{2,8}[减省])"
)
# So many of the best figures that name a thing are compared for which names it alone.
_RIVALS = 4
# One of so many may go before the best.
_NEXT_BEST = 12
# An indicator with less besides is just the one that is asked for.
_ALONE = 0.35
_HARDLY = 0.1
# A name that is taken from the figure of another year costs so much.
_BORROWED = 0.4
# What is of the right year may be so much worse than what is of another.
_TIMELY = 1.2
# What colours a question may be put in other words: «开工建设» for «开工».
_PASSED_OVER = 0.2


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
    figures = [
        figure
        for passage in inquiry.passages[:_PASSAGES]
        for figure in inquiry.library.figures(passage)
    ]
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
    if best.figure.quantity.bound is not Bound.MORE_THAN or best.surplus > _HARDLY:
        return ranked
    return _first(
        ranked,
        lambda c: (
            c.figure.quantity.bound is None
            and c.fits == best.fits
            and c.score >= best.score - _ROUND
            and c.surplus <= _HARDLY
            and _told_of(c) == _told_of(best)
        ),
    )


def _told_of(candidate: Candidate) -> tuple[str, str, Aspect, str]:
    """Return what a figure is of: its bare indicator, period, aspect and unit."""
    figure = candidate.figure
    return _bare(figure), figure.period, figure.aspect, figure.quantity.unit


def _bare(figure: Figure) -> str:
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


def plainer(ranked: Sequence[Candidate]) -> Candidate | None:
    """Return the figure of just the asked indicator, if the best one is of a narrower one.

    Asked how much «网络零售额» grew, the growth of «农产品网络零售额» is another
    indicator when the report gives «网络零售额» itself, though only its level.
    """
    best = ranked[0]
    for other in ranked[1:20]:
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
            Aspect.LEVEL if c.figure.aspect is Aspect.CHANGE_TO else c.figure.aspect,
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
    surplus = matcher.surplus(_bare(figure)) if named else 1.0
    just_that = named >= 0.8 and surplus < 0.3
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
        + _aspect_bonus(question, figure)
        + _verb_bonus(question, figure)
        + _part_bonus(question, figure)
        + _total_bonus(question, figure)
        - (_PASSED if _STEP.search(figure.indicator) else 0.0)
        - (_SHARED if _is_shared_out(inquiry, figure) else 0.0)
        - (0.0 if name == figure.indicator else _BORROWED)
    )
    near = (name, clause, lead, _opening(figure), headings)
    lacks = 1.0 if matcher.neglects(*near) else matcher.lacking(*whole)
    told = max(named, in_clause, with_lead)
    given = inquiry.standing_out(passage, sentence)
    return Candidate(figure, score, covered, told, suits, timely, lacks, surplus, given)


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
    return f"{first},{others[-1]}" if others and _EFFECT.match(figure.clause.of(text)) else first


def fits(question: Question, figure: Figure, *, just_that: bool) -> bool:
    """Tell whether the unit and the aspect of a figure are those asked for.

    A count of `just_that` thing may have another unit of counting.
    """
    unit = figure.quantity.unit
    if question.units and unit not in question.units:
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
    if _of_another_stage(question, figure):
        return False
    if (
        _asks_total(question)
        and wording.ADDED.match(figure.indicator)
        and not _IN_ALL.search(figure.indicator)
    ):
        return False  # how many came anew is not how many there are
    changed = figure.aspect in (Aspect.GROWTH, Aspect.DECLINE)
    if changed and whole:
        return False  # how much of the whole it is, not how much it grew
    if changed and question.aspect is None and wording.AMOUNT.search(question.plain):
        return figure.kind is Kind.TARGET  # «2019年利润总额是多少?»: its growth is another figure
    if question.aspect in (Aspect.GROWTH, Aspect.DECLINE):
        return figure.aspect in (Aspect.GROWTH, Aspect.DECLINE)
    if question.aspect is Aspect.LEVEL and not question.units:
        return figure.aspect in (Aspect.LEVEL, Aspect.CHANGE_TO)
    return True


def _of_another_stage(question: Question, figure: Figure) -> bool:
    """Tell whether a figure is of what is open where the question is about what was begun."""
    asked = wording.stages(question.plain)
    told = asked and wording.stages(figure.clause.of(figure.passage.text))
    return bool(told) and not asked & told


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
    if question.aspect is None and figure.aspect in (Aspect.LEVEL, Aspect.CHANGE_TO):
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
        added = figure.aspect in (Aspect.GROWTH, Aspect.DECLINE) or _ADDED.search(figure.indicator)
        return not added and int(last) in years  # what was reached, was so at their end
    if years:
        return any(str(year) in first for year in years)
    return inquiry.question.part is None or figure.passage.part is inquiry.question.part


def statement(inquiry: Inquiry, figure: Figure) -> str:
    """Return one sentence that says the figure: period, indicator, verb, value with its bound."""
    if inquiry.question.english:
        return english_statement(inquiry, figure)
    body = _clause_alone(inquiry, figure) or _composed(figure)
    return period_prefix(figure, body) + body


def period_prefix(figure: Figure, body: str) -> str:
    """Return the words that place a statement in time, where it does not do so itself."""
    if not figure.period or re.search(r"(?:19|20)\d\d年", body):
        return ""
    if figure.kind is Kind.TARGET:
        verb_first = re.match(
            r"(?:新|再|建|改|整|开|实施|打造|完成|培育|治理|力争|确保|推|增|统一|扎实|加|提)", body
        )
        return f"{figure.period}年计划" if verb_first else f"{figure.period}年目标："
    return f"{figure.period}年"


def _clause_alone(inquiry: Inquiry, figure: Figure) -> str:
    """Return the clause itself where it states just this figure and has its own subject."""
    text = figure.clause.of(figure.passage.text).strip(" ,，;；:：。！!？?、")
    inside = [
        other
        for other in inquiry.library.figures(figure.passage)
        if figure.clause.contains(other.span)
    ]
    own_subject = figure.indicator[:2] in text and _in_order(figure.indicator, text)
    if len({other.span for other in inside}) == 1 and own_subject and len(text) <= 45:
        return text
    return ""


def _in_order(words: str, text: str) -> bool:
    """Tell whether `text` has the characters of `words` in their order, others between them."""
    rest = iter(text)
    return all(char in rest for char in words)


def _composed(figure: Figure) -> str:
    verb = figure.verb
    if figure.aspect is Aspect.GROWTH and not verb:
        verb = "增长"
    if verb and (figure.quantity.text.startswith(verb) or figure.indicator.startswith(verb)):
        verb = ""
    name = _DONE.sub("", figure.indicator) if verb in _GROWS else figure.indicator
    return name + verb + figure.quantity.text


def sentence_span(figure: Figure) -> Span:
    """Return the sentence that states a figure."""
    return figure.passage.sentences[figure.passage.sentence_at(figure.span.start)]
