"""Lists: found by the colon that announces them, by their number, or by what their items share."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from qa import wording
from qa.inquiry import Inquiry, clause_spans
from qa.points import EDGE, ENUMERATION, SO_MANY, Point, part_bonus, points, shortened
from vectorstore.report import Hit, Passage, Span

# What is named by its number: «三大生态安全屏障», «10件民生实事».
COUNTED = re.compile(
    r"(?:\d+|[二两三四五六七八九十]+)[个大项种类条张件家所座处](?:(?!是|有|都|分别|包括|指|的|各|在)[\u4e00-\u9fff]){1,10}"
)
# «三个“不”»: what the things named have in common.
_SHARED = re.compile(r"(\d|[二两三四五六七八九])个?[“\"](?P<thing>[\u4e00-\u9fff]{1,2})[”\"]")
# So much of the question a clause must name that announces a list.
_ANNOUNCED = 0.45
_AIMS_FOLLOW = re.compile(r"目标(?:是|为|如下|建议为?)?[:：]")
# Sentences of one of so many best points that open with so many characters alike are in
# parallel, if there are so many.
_LIKELY, _ALIKE, _IN_A_ROW = 3, 3, 3


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
    enumerates = ENUMERATION.search(best.text) is not None
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
    """Return the clause of as many things that share a word: «三个“不”», «三大经济»."""
    asked = inquiry.question.plain
    shared = _SHARED.search(asked) or SO_MANY.search(asked)
    if shared is None or not shared["thing"] or asked.count("哪") != 1:
        return []
    number = wording.number_written(shared[1])
    best = next(iter(points(inquiry)), None) if number else None
    if best is None or number is None or number < _IN_A_ROW:
        return []
    for hit in inquiry.hits:
        for clause in clause_spans(hit.passage, hit.sentence):
            items = clause.of(hit.passage.text).split("、")
            if len(items) == number and all(shared["thing"] in item for item in items):
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
    asked = SO_MANY.search(inquiry.question.plain)
    number = wording.number_written(asked[1]) if asked else None
    if asked is None or number is None or number < _IN_A_ROW:
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
            if len(alike) == number:
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
