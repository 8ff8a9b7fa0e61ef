"""Finding the sentences that answer a question that asks for no figure, and cutting them to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qa import wording
from qa.inquiry import Inquiry, clause_spans, context
from qa.matching import Matcher
from qa.question import Form
from vectorstore.report import Part, Passage, Span

EDGE = " ,，;；:：。！!？?、"
_DATED = re.compile(r"\d+月(?:\d+日)?|\d{4}年|\d+日")
# So much of an answer must be new.
_MORE = 0.35
# So many of some thing: «六大产业集群».
SO_MANY = re.compile(
    r"(\d+|[二两三四五六七八九十]+)[个大项种类条张](?P<thing>(?:(?!是|有|都|分别|包括|指|的|各|在)[\u4e00-\u9fff]){2,8})?"
)
_DAYS = re.compile(r"日?[至到—–-]+\d+日")
ENUMERATION = re.compile(r"、|等|分别")
# How a report begins to speak of what is still wrong.
_OWNS_UP = re.compile(r"清醒地?认识|(?:矛盾|困难)[和、与]问题|还存在不少|仍面临")
_WITHOUT_SUBJECT = re.compile(r"[是为被]|成为|获评|入选|跻身|纳入")
_DOING = re.compile(
    r"建设|打造|推[进动]|加快|实施|开展|成[为立]|争取|完成|新[建增]|建成|开工|启动|支持|引进|培育|纳入|入选|获批"
)
_LEAD = re.compile(r"[:：]$")
# What tells of the deed that is asked about is worth so much more.
_DONE = 0.25
# A clause that lists as many things as are asked for, so much more.
_AS_MANY = 0.4
# … and what is only begun, where it is asked what was completed, so much less.
_OTHER_STAGE = 0.4


@dataclass(frozen=True, slots=True)
class Point:
    """A run of clauses of one sentence, how well it answers, and what it covers.

    `covered` counts the whole sentence with its headings, `direct` the run alone.
    `neglects` tells that they pass over something that the question is about. `given` is
    what the sentence is given for standing out by meaning.
    """

    passage: Passage
    span: Span
    sentence: int
    score: float
    covered: float
    direct: float = 0.0
    neglects: bool = False
    given: float = 0.0

    @property
    def text(self) -> str:
        """The clauses, without the punctuation around them."""
        return self.span.of(self.passage.text).strip(EDGE + "—")


def points(inquiry: Inquiry, limit: int = 24) -> list[Point]:
    """Return the best run of clauses of each of the first `limit` sentences, best first."""
    found = [_best_run(inquiry, hit.passage, hit.sentence) for hit in inquiry.hits[:limit]]
    return sorted(found, key=lambda p: p.score, reverse=True)


def _best_run(inquiry: Inquiry, passage: Passage, sentence: int) -> Point:
    """Choose the clauses of a sentence that cover the question with the least besides."""
    matcher, text = inquiry.matcher, passage.text
    pieces = clause_spans(passage, sentence)
    above = context(passage, pieces[0].start)
    whole = passage.sentences[sentence].of(text)
    worth = [_worth(inquiry, piece.of(text)) for piece in pieces]
    first = last = max(range(len(pieces)), key=lambda i: worth[i])
    while True:  # grow by neighbours, or across clauses to one that says clearly more
        run = text[pieces[first].start : pieces[last].end]
        have = matcher.coverage(run)
        options = []
        for grown in ((first - 1, last), (first, last + 1)):
            if grown[0] >= 0 and grown[1] < len(pieces):
                longer = text[pieces[grown[0]].start : pieces[grown[1]].end]
                options.append((matcher.coverage(longer) - have, grown))
        gain, grown = max(options, default=(0.0, (first, last)))
        if gain < 0.08:
            gain, grown = _across(matcher, text, pieces, first, last)
        if gain < 0.08:
            break
        first, last = grown
    if _LEAD.search(text[pieces[last].start : pieces[last].end].strip()) and last + 1 < len(pieces):
        last += 1  # a clause that ends in a colon announces the next
    if first and _WITHOUT_SUBJECT.match(text[pieces[first].start :]):
        first -= 1
    clauses = [piece.of(text) for piece in pieces]
    if inquiry.question.form is Form.DATE:
        first, last = _with(_DATED, clauses, first, last)
    elif made := wording.MADE_INTO.search(inquiry.question.plain):
        first, last = _with(re.compile(made[1] or "建设|打造|建成"), clauses, first, last)
    elif wording.ASKS_NAME.search(inquiry.question.plain):
        first, last = _with(wording.QUOTED_NAME, clauses, first, last)
    span = Span(pieces[first].start, pieces[last].end)
    in_run = matcher.coverage(span.of(text))
    covered = matcher.coverage(whole, above)
    score = (
        0.8 * in_run
        + 1.0 * covered
        + 0.2 * (1.0 - matcher.surplus(span.of(text)))
        + 0.4 * inquiry.nearness(passage, sentence)
        + _form_bonus(inquiry, span.of(text))
        + part_bonus(inquiry, passage)
    )
    neglects = matcher.neglects(whole, above, beside=text)
    if neglects:
        score -= 0.5
    given = inquiry.standing_out(passage, sentence)
    return Point(passage, span, sentence, score, covered, in_run, neglects, given)


def _across(
    matcher: Matcher, text: str, pieces: Sequence[Span], first: int, last: int, longest: int = 110
) -> tuple[float, tuple[int, int]]:
    """Return the best gain by a clause further off, and the run that reaches to it."""
    have = matcher.coverage(text[pieces[first].start : pieces[last].end])
    best = (0.0, (first, last))
    for place in range(len(pieces)):
        start, stop = min(first, place), max(last, place)
        run = text[pieces[start].start : pieces[stop].end]
        if len(run) > longest:
            continue
        gain = matcher.coverage(run) - have
        if gain > max(best[0], 0.12):
            best = (gain, (start, stop))
    return best


def _with(
    sought: re.Pattern[str], clauses: Sequence[str], first: int, last: int
) -> tuple[int, int]:
    """Stretch a run of clauses to the nearest one that gives what is sought: a date, a name."""
    giving = [i for i, clause in enumerate(clauses) if sought.search(clause)]
    if not giving:
        return first, last
    nearest = min(giving, key=lambda i: max(first - i, i - last, 0))
    return min(first, nearest), max(last, nearest)


def _worth(inquiry: Inquiry, clause: str) -> float:
    return inquiry.matcher.coverage(clause) + _form_bonus(inquiry, clause)


def _form_bonus(inquiry: Inquiry, text: str) -> float:
    done = wording.DONE_WHICH.search(inquiry.question.plain)
    asked = wording.stages(inquiry.question.plain)
    told = asked and wording.stages(text)
    return (
        _shape_bonus(inquiry, text)
        + (_DONE if done and done[1] in text else 0.0)
        - (_OTHER_STAGE if told and not asked & told else 0.0)
    )


def _shape_bonus(inquiry: Inquiry, text: str) -> float:
    form = inquiry.question.form
    if form is Form.ENTITY and (sort := wording.NAMED_SORT.search(inquiry.question.plain)):
        names = wording.QUOTED_NAME.findall(text)
        asked = sort[1] or sort[2]
        return 0.4 if any(set(asked) & set(name) for name in names) else 0.0
    if form is Form.DATE and wording.WHICH_DAYS.search(inquiry.question.plain):
        return 0.4 * bool(_DATED.search(text)) + 0.3 * bool(_DAYS.search(text))
    if form is Form.DATE:
        return 0.4 if _DATED.search(text) else 0.0
    if form in (Form.LIST, Form.ENTITY) and (
        number := wording.number_asked(inquiry.question.plain)
    ):
        listed = text.count("、") + len(re.findall("[和与及]", text)) + 1
        if listed == number:
            return _AS_MANY
    if form is Form.LIST:
        return 0.15 * bool(ENUMERATION.search(text)) + 0.4 * _counts(inquiry, text)
    return 0.0


def _counts(inquiry: Inquiry, text: str) -> bool:
    """Tell whether a text lists as many things as are asked for: «哪7个…?» and «…等7个»."""
    asked = SO_MANY.search(inquiry.question.plain)
    if asked is None or "、" not in text:
        return False
    return re.search(rf"{asked[1]}[个大项种类条张]", text) is not None


@lru_cache(maxsize=1 << 12)
def owns_up(text: str) -> bool:
    """Tell whether a paragraph speaks of what is still wrong."""
    return _OWNS_UP.search(text) is not None


def part_bonus(inquiry: Inquiry, passage: Passage) -> float:
    """Return what a paragraph gains by speaking of the time asked for, or loses."""
    part = inquiry.question.part
    if owns_up(passage.text) and not wording.PROBLEMS.search(inquiry.question.plain):
        return -0.6  # what is still wrong answers only who asks for it
    if inquiry.question.years and not inquiry.speaks_of_period(passage):
        return -0.6
    if part is None:
        return 0.0
    if passage.part is part:
        return 0.3
    return -0.3 if passage.part is not Part.OPENING else 0.0


def to_the_end(point: Point, longest: int = 120) -> Span:
    """Stretch a run of clauses to the end of its sentence, or to what is not too long."""
    end = point.span.end
    for piece in clause_spans(point.passage, point.sentence):
        if point.span.end < piece.end <= point.span.start + longest:
            end = piece.end
    return Span(point.span.start, end)


def telling(inquiry: Inquiry, point: Point) -> Point:
    """Stretch a run of clauses that says no more than the question does: «软件服务业», alone."""
    named = wording.ASKS_NAME.search(inquiry.question.plain)
    entity = inquiry.question.form is Form.ENTITY and not _DOING.match(point.text)
    if entity and not set(point.text[:2]) & set(inquiry.question.plain):
        return point  # it begins with a name of its own
    if named or inquiry.matcher.surplus(point.text) >= _MORE:
        return point
    told = to_the_end(point, 90)
    return replace(point, span=told if told != point.span else from_the_start(point))


def from_the_start(point: Point, longest: int = 160) -> Span:
    """Stretch a run of clauses to the whole sentence, where its reason may stand first."""
    whole = point.passage.sentences[point.sentence]
    short = point.span.end - whole.start <= longest
    return Span(whole.start, point.span.end) if short else to_the_end(point)


def shortened(passage: Passage, sentence: int, longest: int = 90) -> Span:
    """Cut a long sentence at a clause border after at most `longest` characters."""
    pieces = clause_spans(passage, sentence)
    end = pieces[0].end
    for piece in pieces:
        if piece.end - pieces[0].start > longest:
            break
        end = piece.end
    return Span(pieces[0].start, end)
