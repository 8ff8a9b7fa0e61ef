"""Finding the sentences that answer a question that asks for no figure, and cutting them to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qa import wording
from qa.inquiry import Inquiry, clause_spans, context
from qa.matching import Matcher
from qa.question import Form
from vectorstore.quantity import find_quantities
from vectorstore.report import Hit, Part, Passage, Span

EDGE = " ,，;；:：。！!？?、"
_DATED = re.compile(r"\d+月(?:\d+日)?|\d{4}年|\d+日")
# So much of an answer must be new.
_MORE = 0.35
_SO_MANY = re.compile(
    r"(\d+|[二两三四五六七八九十]+)[个大项种类条张](?P<thing>(?:(?!是|有|都|分别|包括|指|的|各|在)[\u4e00-\u9fff]){2,8})?"
)
# What is named by its number: «三大生态安全屏障», «10件民生实事».
COUNTED = re.compile(
    r"(?:\d+|[二两三四五六七八九十]+)[个大项种类条张件家所座处](?:(?!是|有|都|分别|包括|指|的|各|在)[\u4e00-\u9fff]){1,10}"
)
# «三个“不”»: what the things named have in common.
_SHARED = re.compile(r"(\d|[二两三四五六七八九])个?[“\"](?P<thing>[\u4e00-\u9fff]{1,2})[”\"]")
_DAYS = re.compile(r"日?[至到—–-]+\d+日")
_ENUMERATION = re.compile(r"、|等|分别")
# So much of the question a clause must name that announces a list.
_ANNOUNCED = 0.45
# How a report begins to speak of what is still wrong.
_OWNS_UP = re.compile(r"清醒地?认识|(?:矛盾|困难)[和、与]问题|还存在不少|仍面临")
_WITHOUT_SUBJECT = re.compile(r"[是为被]|成为|获评|入选|跻身|纳入")
_DOING = re.compile(
    r"建设|打造|推[进动]|加快|实施|开展|成[为立]|争取|完成|新[建增]|建成|开工|启动|支持|引进|培育|纳入|入选|获批"
)
_AIMS_FOLLOW = re.compile(r"目标(?:是|为|如下|建议为?)?[:：]")
_LEAD = re.compile(r"[:：]$")
# Sentences of one of so many best points that open with so many characters alike are in
# parallel, if there are so many.
_LIKELY, _ALIKE, _IN_A_ROW = 3, 3, 3
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


def listed(inquiry: Inquiry, most: int = 6) -> list[Point]:
    """Return the sentence that lists what is asked, and what follows one that only announces."""
    best = next(iter(points(inquiry)), None)
    if best is None:
        return []
    passage, sentence = best.passage, best.sentence
    announced = _announced(inquiry, best) or _subsections(inquiry, best)
    if announced:
        return announced
    whole = passage.sentences[sentence]
    text = whole.of(passage.text)
    enumerates = _ENUMERATION.search(best.text) is not None
    if len(text.strip(EDGE)) > 24 or (enumerates and len(passage.sentences) == sentence + 1):
        span = (
            best.span if enumerates and len(best.text) <= 90 else shortened(passage, sentence, 160)
        )
        if not span.contains(best.span):
            span = best.span
        return [replace(best, span=span)]
    return [
        replace(best, span=shortened(passage, index), sentence=index)
        for index in range(sentence, min(sentence + most, len(passage.sentences)))
    ]


def counted_out(inquiry: Inquiry) -> list[Point]:
    """Return the place that counts out what a question names by its number.

    Things stand before their number («秦岭、黄河和…三大生态安全屏障») or behind it and a colon
    («10件民生实事:…;…»).
    """
    if alike := _sharing(inquiry):
        return alike
    counted = COUNTED.search(wording.QUOTES.sub("", inquiry.question.plain))
    best = next(iter(points(inquiry)), None) if counted else None
    if counted is None or best is None:
        return []
    told = [point for hit in inquiry.hits if (point := _with_its_count(counted[0], hit, best))]
    timely = [point for point in told if part_bonus(inquiry, point[0].passage) >= 0.0]
    return next(iter(timely or told), [])


def _sharing(inquiry: Inquiry) -> list[Point]:
    """Return the clause that lists as many things with the words quoted: «三个“不”是哪三个?»."""
    asked = inquiry.question.plain
    shared = _SHARED.search(asked) or _SO_MANY.search(asked)
    number = find_quantities(f"{shared[1]}个") if shared and asked.count("哪") == 1 else []
    best = next(iter(points(inquiry)), None) if number else None
    if shared is None or not shared["thing"] or best is None or number[0].value < _IN_A_ROW:
        return []
    for hit in inquiry.hits:
        for clause in clause_spans(hit.passage, hit.sentence):
            items = clause.of(hit.passage.text).split("、")
            if len(items) == number[0].value and all(shared["thing"] in item for item in items):
                return [
                    replace(
                        best, passage=hit.passage, sentence=hit.sentence, span=clause,
                        covered=1.0, neglects=False,
                    )
                ]  # fmt: skip
    return []


def in_parallel(inquiry: Inquiry) -> list[Point]:
    """Return the first clauses of as many sentences as are asked for, if they open or end alike.

    «着力稳就业,…。着力稳金融,…。» are two of the six that «六稳» counts, «打造数智产业集群。…»
    is one of «六大产业集群».
    """
    asked = _SO_MANY.search(inquiry.question.plain)
    number = find_quantities(f"{asked[1]}个") if asked else []
    if asked is None or not number or number[0].value < _IN_A_ROW:
        return []
    thing = asked["thing"]
    for best in points(inquiry)[:_LIKELY]:
        passage = best.passage
        firsts = [clause_spans(passage, index)[0] for index in range(len(passage.sentences))]
        clauses = [span.of(passage.text).strip(EDGE) for span in firsts]
        opening = clauses[best.sentence][:_ALIKE]
        for alike in (
            [i for i, clause in enumerate(clauses) if clause.startswith(opening)],
            [i for i, c in enumerate(clauses) if thing and c.endswith(thing) and asked[0] not in c],
        ):
            if len(alike) == number[0].value:
                return [replace(best, span=firsts[i], sentence=i) for i in alike]
    return []


def _with_its_count(counted: str, hit: Hit, best: Point) -> list[Point]:
    """Return the clauses of a sentence that count out things which it calls so, if it does."""
    passage, index = hit.passage, hit.sentence
    for clause in clause_spans(passage, index):
        text = unicodedata.normalize("NFKC", wording.QUOTES.sub("", clause.of(passage.text)))
        before, named, after = text.partition(counted)
        if not named:
            continue
        if "、" in before:
            return [replace(best, passage=passage, sentence=index, span=clause, neglects=False)]
        if after.startswith(":"):
            parts = parts_after_colon(passage, index) or [(index, passage.sentences[index])]
            return [
                replace(best, passage=passage, sentence=at, span=span, neglects=False)
                for at, span in parts
            ]
    return []


def _announced(inquiry: Inquiry, best: Point) -> list[Point]:
    """Return the parts that a clause with a colon announces: «五张网:高铁网,…;轨道交通网,…».

    The announcing clause is in the sentence itself or in the one before it, or quotes
    the name that the question does.
    """
    passage = best.passage
    for name in wording.QUOTED_NAME.findall(inquiry.question.plain):
        for sentence in range(len(passage.sentences)):
            if f"{name}”" in passage.sentences[sentence].of(passage.text).split(":")[0]:
                parts = parts_after_colon(passage, sentence)
                if parts:
                    return [replace(best, span=span, sentence=index) for index, span in parts]
    for sentence in (best.sentence, best.sentence + 1):
        parts = parts_after_colon(passage, sentence)
        if not parts:
            continue
        lead = passage.text[passage.sentences[best.sentence].start : parts[0][1].start]
        if inquiry.matcher.coverage(lead) >= _ANNOUNCED:
            return [replace(best, span=span, sentence=index) for index, span in parts]
    return []


def parts_after_colon(passage: Passage, sentence: int, longest: int = 70) -> list[tuple[int, Span]]:
    """Return each part that semicolons set apart after a colon; of a longer one, its opening clause.

    Each comes with its sentence: a semicolon may end a sentence. Fewer than three
    parts are no enumeration, and the list is empty.
    """
    if sentence >= len(passage.sentences):
        return []
    text = passage.text
    colon = re.search(r"[:：]", passage.sentences[sentence].of(text))
    if colon is None:
        return []
    parts: list[tuple[int, Span]] = []
    start = passage.sentences[sentence].start + colon.end()
    for index in range(sentence, len(passage.sentences)):
        end = passage.sentences[index].end
        for part in re.split(r"[;；](?=.)", text[start:end]):
            whole = part.rstrip(EDGE)
            opening = whole if len(whole) <= longest else re.split(r"[,，]", part, maxsplit=1)[0]
            if opening.strip():
                parts.append((index, Span(start, start + len(opening))))
            start += len(part) + 1
        start = end
        if not text[:end].rstrip().endswith((";", "；")):
            break
    return parts if len(parts) > 2 else []


def announced_aims(passage: Passage) -> list[Point]:
    """Return the aims that a sentence announces with a colon: «主要预期目标是:…;…»."""
    for index, span in enumerate(passage.sentences):
        if _AIMS_FOLLOW.search(span.of(passage.text)):
            parts = parts_after_colon(passage, index)
            return [Point(passage, part, at, 1.0, 1.0, 1.0) for at, part in parts]
    return []


def _subsections(inquiry: Inquiry, best: Point) -> list[Point]:
    """Return the opening sentences of the paragraphs under a heading that names what is asked."""
    for hit in inquiry.hits[:12]:
        heading = hit.passage.section[-1] if hit.passage.section else ""
        if inquiry.matcher.coverage(heading) < 0.9:
            continue
        under = [
            passage
            for passage in inquiry.library.report(hit.passage).passages
            if passage.section == hit.passage.section and passage.sentences[0].end <= 40
        ]
        if len(under) >= 3:
            return [
                replace(
                    best, passage=p, span=p.sentences[0], sentence=0, covered=1.0, neglects=False
                )
                for p in under[:8]
            ]
    return []


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
        return 0.15 * bool(_ENUMERATION.search(text)) + 0.4 * _counts(inquiry, text)
    return 0.0


def _counts(inquiry: Inquiry, text: str) -> bool:
    """Tell whether a text lists as many things as are asked for: «哪7个…?» and «…等7个»."""
    asked = _SO_MANY.search(inquiry.question.plain)
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
