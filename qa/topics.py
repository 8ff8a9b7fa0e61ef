"""Topics: the paragraphs that answer «how», «why», «what was done» and «what is it»."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa import wording
from qa.inquiry import Inquiry, clause_spans, context
from qa.listing import parts_after_colon
from qa.matching import SPOKEN_OF, Matcher
from qa.points import (
    EDGE,
    Point,
    from_the_start,
    owns_up,
    part_bonus,
    points,
    shortened,
    to_the_end,
)
from qa.question import Form
from vectorstore.report import Passage, Span

# A title that names this share of the question is the title of the answer.
_TITLED = 0.5
# … and this share that of what a name means.
_NAMED = 0.7
_NO_TITLE = 90
# A title and another sentence of its paragraph among so many best hits name the topic by meaning.
_FIRST = 3
# A sentence that says so much of the question says it all.
_SAID = 0.8
_ANNOUNCES = re.compile(r"(?:问题|困难|不足|挑战|如下|以下|方面|工作)[:：。]?$")
# What speaks of another time, or pays homage only, counts for so much.
_UNTOLD = 0.3
_HOMAGE = re.compile(r"坚强领导下|思想为指导|为核心的党中央")
# Each of so many sentences that retrieval ranks high makes it likelier that they are the topic.
_DENSE, _HIGH, _ENOUGH = 0.1, 0.3, 4
# A part of an enumeration is told up to this length; so many things joined are told apart.
_PART, _THINGS = 240, 4
_JOINED = re.compile(r"[、和与及]|\band\b")
# One paragraph and those of its sentences that stand under one heading.
Topic = tuple[Passage, list[int]]
# What makes of a noun the name of a field: «草原保护».
_FIELDS = "改革|保护|建设|产业|发展|监管|管理|治理|贸易|事业|工作"
# So many faults are told, each so long at most.
_FAULTS, _FAULT = 8, 110
# So many hits tell which paragraph is the topic; the next one counts for half after three places.
_LOOKED_AT, _HALVED = 12, 3


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
        if inquiry.matcher.coverage(heading) >= _NAMED:
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
                longest = 130 if wording.MADE_INTO.search(inquiry.question.plain) else 60
                return [replace(point, span=to_the_end(point, longest)) if defines else point]
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
            Span(start, max(start + 1, shortened(passage, i, start - passage.sentences[i].start + 120).end))
            if i == sentence
            else shortened(passage, i),
            i, 1.0, covered,
        )
        for i in indices
    ]  # fmt: skip


def key_points(inquiry: Inquiry, limit: int = 6) -> list[Point]:
    """Return the points that answer «how», «why» and «what was done».

    That is the topic whose title (a run-in heading, or the first sentence of a
    paragraph) names what is asked, told in order; else a sentence that says it all, or
    what retrieval finds most of.
    """
    if wording.OWN_FAULTS.search(inquiry.question.plain) and (faults := _owned_up(inquiry)):
        return faults
    topics = [(p, group) for p in inquiry.passages[:12] for group in _groups(p)]
    if inquiry.question.years:
        topics = [t for t in topics if inquiry.speaks_of_period(t[0])] or topics
    if not topics:
        return []
    ranked = sorted(topics, key=lambda topic: _topic_score(inquiry, *topic), reverse=True)
    passage, group = ranked[0]
    if part := _asked_part(inquiry, passage):
        return [part]
    if inquiry.matcher.neglects(_group_text(passage, group)) and _is_said_in_one(inquiry):
        return _saying_most(inquiry)  # the topic is of another thing
    if apart := _one_for_each(inquiry, ranked):
        return [
            point
            for topic in apart
            for point in _told_points(inquiry, *topic, limit=limit // len(apart))
        ]
    if group[0] == 0 and (len(group) == 1 or passage.headings):
        group = list(range(len(passage.sentences)))  # the title of the whole paragraph
    title = passage.sentences[group[0]].of(passage.text)
    if len(group) == 1 and len(title) > _NO_TITLE:
        return _saying_most(inquiry)
    named = inquiry.matcher.coverage(title) >= _TITLED or _titled_by_meaning(inquiry, passage)
    if len(group) > 1 and (len(title) > 40 or not named):
        single = not wording.PLURAL.search(inquiry.question.plain)
        narrow = single or inquiry.matcher.neglects(_most_found(inquiry).text)
        said = narrow and _is_said_in_one(inquiry)
        return _saying_most(inquiry) if said else _as_found(inquiry, limit)
    return _told_points(inquiry, passage, group, limit)


def _is_said_in_one(inquiry: Inquiry) -> bool:
    """Tell whether one sentence says all that is asked."""
    best = next(iter(points(inquiry)), None)
    return best is not None and best.direct >= _SAID and not best.neglects


def _asked_part(inquiry: Inquiry, passage: Passage) -> Point | None:
    """Return the one of the parts that a paragraph enumerates whose opening names what is asked."""
    for index in range(len(passage.sentences)):
        for sentence, span in parts_after_colon(passage, index, _PART):
            part = span.of(passage.text)
            opening = re.split(r"[,，]", part, maxsplit=1)[0]
            if inquiry.matcher.coverage(opening) >= _TITLED and opening != part:
                covered = inquiry.matcher.coverage(part)
                return Point(passage, span, sentence, 1.0, covered, covered)
    return None


def _one_for_each(inquiry: Inquiry, ranked: Sequence[Topic]) -> list[Topic]:
    """Return the best topic for each thing that a question joins, where no topic is of them all.

    «怎么治理空气、水和土壤?» is answered from three paragraphs.
    """
    named = [term for term in inquiry.matcher.terms if term.essential]
    if len(named) < 2 or not _JOINED.search(inquiry.question.plain):
        return []
    speaks = [Matcher([term], inquiry.library.weights) for term in named[:_THINGS]]

    def of(topic: Topic) -> list[bool]:
        text = _group_text(*topic)
        return [one.coverage(text) > SPOKEN_OF for one in speaks]

    if all(of(ranked[0])):
        return []
    timely = [(t, of(t)) for t in ranked if part_bonus(inquiry, t[0]) >= 0.0]
    found = [next((t for t, told in timely if told[i]), None) for i in range(len(speaks))]
    distinct = [t for i, t in enumerate(found) if t is not None and t not in found[:i]]
    return distinct if len(distinct) > 1 and None not in found else []


def _owned_up(inquiry: Inquiry) -> list[Point]:
    """Return what a report itself calls still wrong."""
    for report in inquiry.library.reports:
        for passage in report.passages:
            if owns_up(passage.text) and len(passage.sentences) > 1:
                told = [
                    Point(passage, shortened(passage, index, _FAULT), index, 1.0, 1.0, 1.0)
                    for index in range(len(passage.sentences))
                ]
                return told[:_FAULTS]
    return []


def _titled_by_meaning(inquiry: Inquiry, passage: Passage) -> bool:
    """Tell whether retrieval puts both the title and another sentence of a paragraph first."""
    ranks = [
        inquiry.rank.get((passage.report_id, passage.number, index), _FIRST)
        for index in range(len(passage.sentences))
    ]
    return ranks[0] < _FIRST and min(ranks[1:], default=_FIRST) < _FIRST


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
        why = wording.WHY.search(inquiry.question.plain)
        told.append(replace(point, span=from_the_start(point) if why else to_the_end(point)))
        if _ANNOUNCES.search(point.text) and parts:
            told += [replace(point, span=span, sentence=index) for index, span in parts]
    return told


def _as_found(inquiry: Inquiry, limit: int) -> list[Point]:
    """Return what the paragraph says that retrieval finds most of: its best sentences, in order.

    Beside those found are told the others under the same run-in heading, or of a short paragraph.
    """
    passage = _most_found(inquiry)
    ranks = {
        hit.sentence: place
        for place, hit in enumerate(inquiry.hits[:_LOOKED_AT])
        if hit.passage == passage
    }
    best = min(ranks, key=lambda sentence: ranks[sentence])
    among = next(group for group in _groups(passage) if best in group)
    if len(passage.sentences) <= limit + 1:
        among = list(range(len(passage.sentences)))
    nearest = sorted({*among, *ranks}, key=lambda i: (ranks.get(i, _LOOKED_AT), abs(i - best)))
    return _told_points(inquiry, passage, sorted(nearest[:limit]), limit)


def _most_found(inquiry: Inquiry) -> Passage:
    """Return the paragraph of which retrieval puts most sentences first."""
    found: defaultdict[Passage, float] = defaultdict(float)
    for place, hit in enumerate(inquiry.hits[:_LOOKED_AT]):
        telling = part_bonus(inquiry, hit.passage) >= 0.0 and not _HOMAGE.search(hit.quote)
        found[hit.passage] += (1.0 if telling else _UNTOLD) / (1 + place / _HALVED)
    return max(found, key=lambda passage: found[passage])


def _told_points(
    inquiry: Inquiry, passage: Passage, group: Sequence[int], limit: int
) -> list[Point]:
    """Return the sentences of a topic as points, its headings left out."""
    whole = _group_text(passage, group)
    covered = inquiry.matcher.coverage(whole)
    given, neglects = 0.0, inquiry.matcher.neglects(whole)
    doubtful = neglects or covered < inquiry.thresholds.enough
    if doubtful and _stands_out(inquiry):  # looking closely costs more than the rest of an answer
        given = inquiry.thresholds.enough
        neglects = inquiry.matcher.neglects(whole, names_only=True)
    told = [
        Point(passage, span, index, 1.0, covered, neglects=neglects, given=given)
        for index, span in _told(passage, group)
        if len(span.of(passage.text).strip(EDGE)) > 3
    ]
    headings = {h.of(passage.text) for h in passage.headings}
    told = [p for p in told if p.text not in headings] or told
    enumerated = max((len(parts_after_colon(passage, index)) for index in group), default=0)
    return told[: limit + enumerated]


def _stands_out(inquiry: Inquiry) -> bool:
    """Tell whether what a question about a whole topic finds is near to it, and not to any question."""
    if inquiry.question.form is not Form.MEASURES or _names_another_field(inquiry):
        return False
    nearer = inquiry.distinctness([hit.quote for hit in inquiry.hits[:_FIRST]])
    return max(nearer, default=0.0) >= inquiry.thresholds.topic_nearer


def _names_another_field(inquiry: Inquiry) -> bool:
    """Tell whether a question names one field, as reports do, that none of them names: «草原保护».

    Whoever puts it in everyday words may mean what a report calls otherwise.
    """
    named = [
        term
        for term in inquiry.matcher.terms
        if term.essential and not re.fullmatch(_FIELDS, term.text)
    ]
    if not named or any(inquiry.library.writes(n) for term in named for n in term.names):
        return False
    first = re.escape(named[0].text)
    return (
        re.search(f"{first}的?(?:{_FIELDS})|{first}(?<={_FIELDS})", inquiry.question.plain)
        is not None
    )


def _told(passage: Passage, group: Sequence[int]) -> Iterator[tuple[int, Span]]:
    """Yield each sentence of a topic, shortened, or the parts of one that enumerates."""
    enumerated = -1
    for index in group:
        if index <= enumerated:
            continue
        parts = parts_after_colon(passage, index)
        yield from parts or [(index, shortened(passage, index))]
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
    nearness = [inquiry.nearness(passage, index) for index in group]
    return (
        matcher.coverage(_group_text(passage, group))
        + 0.6 * matcher.coverage(headings)
        + 0.6 * max(nearness)
        + (0.5 if group[0] == 0 and _titled_by_meaning(inquiry, passage) else 0.0)
        + _DENSE * min(sum(near > _HIGH for near in nearness), _ENOUGH)
        + part_bonus(inquiry, passage)
    )
