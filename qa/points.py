"""Finding the sentences that answer a question that asks for no figure, and cutting them to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa import wording
from qa.inquiry import Inquiry, clause_spans, context
from qa.matching import Matcher
from qa.question import Form
from vectorstore.report import Part, Passage, Span

_EDGE = " ,，;；:：。！!？?、"
_DATED = re.compile(r"\d+月(?:\d+日)?|\d{4}年|\d+日")
_ENUMERATION = re.compile(r"、|等|分别")
# So much of the question a clause must name that announces a list.
_ANNOUNCED = 0.45
# A title that names this share of the question is the title of the answer.
_TITLED = 0.5
_ANNOUNCES = re.compile(r"(?:问题|困难|不足|挑战|如下|以下|方面|工作)[:：。]?$")
_OWNS_UP = re.compile(r"清醒地?认识|(?:矛盾|困难)[和、与]问题|还存在不少|仍面临")
_WITHOUT_SUBJECT = re.compile(r"[是为被]|成为|获评|入选|跻身|纳入")
_AIMS_FOLLOW = re.compile(r"目标(?:是|为|如下|建议为?)?[:：]")
_LEAD = re.compile(r"[:：]$")


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
        return self.span.of(self.passage.text).strip(_EDGE + "—")


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
    if inquiry.question.form is Form.DATE:
        first, last = _with_date([piece.of(text) for piece in pieces], first, last)
    span = Span(pieces[first].start, pieces[last].end)
    in_run = matcher.coverage(span.of(text))
    covered = matcher.coverage(whole, above)
    score = (
        0.8 * in_run
        + 1.0 * covered
        + 0.2 * (1.0 - matcher.surplus(span.of(text)))
        + 0.4 * inquiry.nearness(passage, sentence)
        + _form_bonus(inquiry, span.of(text))
        + _part_bonus(inquiry, passage)
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
        gain = matcher.coverage(run) - have
        if len(run) <= longest and gain > max(best[0], 0.12):
            best = (gain, (start, stop))
    return best


def _with_date(clauses: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Stretch a run of clauses to the nearest one that gives a date."""
    dated = [i for i, clause in enumerate(clauses) if _DATED.search(clause)]
    if not dated:
        return first, last
    nearest = min(dated, key=lambda i: max(first - i, i - last, 0))
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
    if len(text.strip(_EDGE)) > 24 or (enumerates and len(passage.sentences) == sentence + 1):
        span = (
            best.span if enumerates and len(best.text) <= 90 else _shortened(passage, sentence, 160)
        )
        if not span.contains(best.span):
            span = best.span
        return [replace(best, span=span)]
    return [
        replace(best, span=_shortened(passage, index), sentence=index)
        for index in range(sentence, min(sentence + most, len(passage.sentences)))
    ]


def _announced(inquiry: Inquiry, best: Point) -> list[Point]:
    """Return the parts that a clause with a colon announces: «五张网:高铁网,…;轨道交通网,…».

    The announcing clause is in the sentence itself or in the one before it.
    """
    passage = best.passage
    for sentence in (best.sentence, best.sentence + 1):
        parts = parts_after_colon(passage, sentence)
        if not parts:
            continue
        lead = passage.text[passage.sentences[best.sentence].start : parts[0][1].start]
        if inquiry.matcher.coverage(lead) >= _ANNOUNCED:
            return [replace(best, span=span, sentence=index) for index, span in parts]
    return []


def parts_after_colon(passage: Passage, sentence: int) -> list[tuple[int, Span]]:
    """Return each part that semicolons set apart after a colon; of a long one, its opening clause.

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
            whole = part.rstrip(_EDGE)
            opening = whole if len(whole) <= 70 else re.split(r"[,，]", part, maxsplit=1)[0]
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


def defining(inquiry: Inquiry, most: int = 6) -> list[Point]:
    """Return the sentences that say what the asked name means or consists of.

    That is the sentence in which a colon, «是» or «即» follows the name; else those
    that begin with an explanation of it are not there and the list is empty.
    """
    for term in sorted(inquiry.matcher.terms, key=lambda t: len(t.text), reverse=True):
        pattern = re.compile(
            rf"{re.escape(term.text)}[”\"」》]?(?:[:：]|是(?!否)|即|就是|指)", re.IGNORECASE
        )
        for passage in inquiry.passages:
            for index, span in enumerate(passage.sentences):
                found = pattern.search(span.of(passage.text))
                if found:
                    start = span.start + found.start()
                    start -= start > 0 and passage.text[start - 1] in "“「《"
                    return _explained(inquiry, passage, index, start, most)
    return _under_its_name(inquiry)


def _under_its_name(inquiry: Inquiry) -> list[Point]:
    """Return the topic whose heading names what is asked, else the one best sentence on it."""
    told = key_points(inquiry)
    best = _naming(inquiry) or points(inquiry)[:1]
    if told and best:
        passage = told[0].passage
        heading = passage.sentences[told[0].sentence].of(passage.text) + context(
            passage, passage.sentences[told[0].sentence].end - 1
        )
        if inquiry.matcher.coverage(heading) >= 0.8:
            return told
    return best


def _naming(inquiry: Inquiry) -> list[Point]:
    """Return the clause that writes the asked name itself, not another name for it."""
    names = [term.text for term in inquiry.matcher.terms if len(term.text) > 1]
    for hit in inquiry.hits[:24]:
        passage = hit.passage
        for clause in clause_spans(passage, hit.sentence):
            text = clause.of(passage.text).lower()
            if names and all(name in text for name in names):
                covered = inquiry.matcher.coverage(text)
                point = Point(passage, clause, hit.sentence, hit.score, covered, covered)
                defines = inquiry.question.form is Form.DEFINITION
                return [replace(point, span=_to_the_end(point, 60)) if defines else point]
    return []


def stated_or_told(inquiry: Inquiry) -> list[Point]:
    """Return the one clause that says how a thing stands, else the points of its topic."""
    return _under_its_name(inquiry) if _naming(inquiry) else key_points(inquiry)


def _explained(
    inquiry: Inquiry, passage: Passage, sentence: int, start: int, most: int
) -> list[Point]:
    covered = inquiry.matcher.coverage(passage.sentences[sentence].of(passage.text))
    indices = range(sentence, min(sentence + most, len(passage.sentences)))
    return [
        Point(
            passage,
            Span(start, max(start + 1, _shortened(passage, i, start - passage.sentences[i].start + 120).end))
            if i == sentence
            else _shortened(passage, i),
            i, 1.0, covered,
        )
        for i in indices
    ]  # fmt: skip


def _worth(inquiry: Inquiry, clause: str) -> float:
    return inquiry.matcher.coverage(clause) + _form_bonus(inquiry, clause)


def _form_bonus(inquiry: Inquiry, text: str) -> float:
    form = inquiry.question.form
    if form is Form.DATE:
        return 0.4 if _DATED.search(text) else 0.0
    if form is Form.LIST:
        return 0.15 if _ENUMERATION.search(text) else 0.0
    return 0.0


def _part_bonus(inquiry: Inquiry, passage: Passage) -> float:
    part = inquiry.question.part
    if _OWNS_UP.search(passage.text) and not wording.PROBLEMS.search(inquiry.question.plain):
        return -0.6  # what is still wrong answers only who asks for it
    if inquiry.question.years and not inquiry.speaks_of_period(passage):
        return -0.6
    if part is None:
        return 0.0
    if passage.part is part:
        return 0.3
    return -0.3 if passage.part is not Part.OPENING else 0.0


def key_points(inquiry: Inquiry, limit: int = 6) -> list[Point]:
    """Return the points that answer «how», «why» and «what was done».

    That is the topic whose title (a run-in heading, or the first sentence of a
    paragraph) names what is asked, told in order; else the sentences that say most of it.
    """
    topics = [(p, group) for p in inquiry.passages[:12] for group in _groups(p)]
    if not topics:
        return []
    passage, group = max(topics, key=lambda topic: _topic_score(inquiry, *topic))
    if group == [0] and len(passage.sentences) > 1:
        group = list(range(len(passage.sentences)))  # the title of the whole paragraph
    title = passage.sentences[group[0]].of(passage.text)
    if len(group) > 1 and (len(title) > 40 or inquiry.matcher.coverage(title) < _TITLED):
        return _saying_most(inquiry)
    whole = _group_text(passage, group)
    covered, neglects = inquiry.matcher.coverage(whole), inquiry.matcher.neglects(whole)
    told = [
        Point(passage, span, index, 1.0, covered, neglects=neglects)
        for index, span in _told(passage, group)
        if len(span.of(passage.text).strip(_EDGE)) > 3
    ]
    headings = {h.of(passage.text) for h in passage.headings}
    told = [p for p in told if p.text not in headings] or told
    enumerated = max((len(parts_after_colon(passage, index)) for index in group), default=0)
    return told[: limit + enumerated]


def _saying_most(inquiry: Inquiry, most: int = 2) -> list[Point]:
    """Return the best sentences, each from the clause that answers to its end."""
    found = points(inquiry)
    chosen = [p for p in found[:most] if p.score > found[0].score - 0.15 and not p.neglects]
    told: list[Point] = []
    for point in chosen or found[:1]:
        parts = parts_after_colon(point.passage, point.sentence)
        if parts:
            return [replace(point, span=span, sentence=index) for index, span in parts]
        parts = parts_after_colon(point.passage, point.sentence + 1)
        told.append(replace(point, span=_to_the_end(point)))
        if _ANNOUNCES.search(point.text) and parts:
            told += [replace(point, span=span, sentence=index) for index, span in parts]
    return told


def _to_the_end(point: Point, longest: int = 120) -> Span:
    """Stretch a run of clauses to the end of its sentence, or to what is not too long."""
    end = point.span.end
    for piece in clause_spans(point.passage, point.sentence):
        if point.span.end < piece.end <= point.span.start + longest:
            end = piece.end
    return Span(point.span.start, end)


def _told(passage: Passage, group: Sequence[int]) -> Iterator[tuple[int, Span]]:
    """Yield each sentence of a topic, shortened, or the parts of one that enumerates."""
    enumerated = -1
    for index in group:
        if index <= enumerated:
            continue
        parts = parts_after_colon(passage, index)
        yield from parts or [(index, _shortened(passage, index))]
        enumerated = parts[-1][0] if parts else index


def _groups(passage: Passage) -> list[list[int]]:
    """Return the sentences of a paragraph by run-in heading."""
    groups: dict[str | None, list[int]] = {}
    for index, span in enumerate(passage.sentences):
        groups.setdefault(passage.heading_at(span.end - 1), []).append(index)
    return list(groups.values())


def _group_text(passage: Passage, group: Sequence[int]) -> str:
    first, last = passage.sentences[group[0]].start, passage.sentences[group[-1]].end
    return passage.text[first:last] + " " + context(passage, last - 1)


def _topic_score(inquiry: Inquiry, passage: Passage, group: Sequence[int]) -> float:
    matcher = inquiry.matcher
    last = passage.sentences[group[-1]].end
    headings = context(passage, last - 1) + passage.sentences[group[0]].of(passage.text)
    near = max(inquiry.nearness(passage, index) for index in group)
    return (
        matcher.coverage(_group_text(passage, group))
        + 0.6 * matcher.coverage(headings)
        + 0.6 * near
        + _part_bonus(inquiry, passage)
    )


def _shortened(passage: Passage, sentence: int, longest: int = 90) -> Span:
    """Cut a long sentence at a clause border after at most `longest` characters."""
    pieces = clause_spans(passage, sentence)
    end = pieces[0].end
    for piece in pieces:
        if piece.end - pieces[0].start > longest:
            break
        end = piece.end
    return Span(pieces[0].start, end)
