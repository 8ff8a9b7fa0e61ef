"""The text of a report -> the report: titles, sections, paragraphs, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

from vectorstore.errors import ReadingError
from vectorstore.masthead import read_masthead
from vectorstore.report import Part, Passage, Report
from vectorstore.sentences import run_in_headings, split_sentences

_LINE_END = re.compile(r"\r\n|[\n\r\f\v\x85\u2028\u2029]")
_MARGIN = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"
_WEBSITE = re.compile(r"您即将离开.{0,60}$|(?:信息|文章)?来源\s*[：:].{0,40}$")

_NUMERAL = r"[一二三四五六七八九十]{1,3}"
_CHAPTER = re.compile(rf"{_NUMERAL}\s*[、.．]|第{_NUMERAL}[部章]分?")
_ANNEX = re.compile(r"附\s*[件录][一二三四五六七八九十\d]*\s*[:：]?")
_ITEM = re.compile(rf"[(（]\s*{_NUMERAL}\s*[)）]|{_NUMERAL}是")
_POINT = re.compile(r"[—–―]+|--+|\d{1,2}\s*[.．、](?!\d)|[(（]\d{1,2}[)）]")
_SENTENCE_END = re.compile(r"[。！？!?；;]")
_ENDS_OPEN = re.compile(r"[。！？!?；;：:，,、]$")
_BREAK = re.compile(r"[，,：:]")
_LONGEST_HEADING = 60
_SALUTATION = re.compile(r"(?:各位代表|同志们)\s*[：:！!，,]")

# Paragraphs that speak of the whole again, after the items of a list.
_BACK_TO_WHOLE = re.compile(
    r"各位代表|同志们|一年来|五年来|过去[一五]年|回[顾望]|与此同时|"
    r"(?:同时[，,]?)?(?:我们)?也?(?:同时)?(?:清醒|深知)|(?:同时[，,]?)?我们也|在肯定成绩|以上"
)
_NOTES = re.compile(r"(?:名词|词语|术语|有关用语|指标).{0,6}(?:解释|注释|说明)|^(?:附[：:])?注释$")
_REVIEW = re.compile(
    r"回顾|过去[一五]年|(?:主要)?成绩|总结|存在的?(?:主要)?(?:问题|困难)|所做的?工作|完成情况"
)
_PLAN = re.compile(r"安排|目标|任务|部署|计划|建议|打算|要求|重点|[今明]后?[一五]?年|自身建设")


# A heading without a number over numbered ones: «“十五五”时期主要目标和2026年重点工作».
_OF_A_PERIOD = re.compile(
    r".{0,6}(?:“十.五”|20\d\d年|[今去]年|过去[一五]年).{0,18}(?:回顾|目标|任务|工作|安排|部署)"
)


def build_report(lines_text: str, *, report_id: str, filename: str) -> Report:
    """Build the report from the verbatim text of its file.

    Every line that is not blank is a paragraph, numbered from 1. Lines of the
    website (its closing line, a source line) are counted but become part of the
    gaps.

    Raises:
        ReadingError: the text holds no paragraph.
    """
    lines, gaps = _lines(lines_text)
    if not lines:
        raise ReadingError(
            f"文件「{filename}」里没有一段文字；应当是一份政府工作报告的全文。"
            "请确认文件不是空的、文字不是图片，或换一个文件。"
        )
    kinds = _kinds(lines)
    head_end = next((i for i, kind in enumerate(kinds) if kind != "head"), len(lines))
    headings = [line.text for line, kind in zip(lines, kinds, strict=True) if kind == "chapter"]
    masthead = read_masthead(
        [line.text for line in lines[:head_end]], headings, PurePath(filename).stem
    )
    paths, parts = _sections(lines, kinds, masthead.year)
    return Report(
        id=report_id,
        title=masthead.title,
        region=masthead.region,
        year=masthead.year,
        date=masthead.date,
        speaker=masthead.speaker,
        passages=tuple(
            _passage(report_id, line, kind, path, part)
            for line, kind, path, part in zip(lines, kinds, paths, parts, strict=True)
        ),
        gaps=tuple(gaps),
    )


def _passage(report_id: str, line: _Line, kind: str, path: tuple[str, ...], part: Part) -> Passage:
    sentences = split_sentences(line.text)
    prose = kind in ("item", "point", "body") and part in (Part.REVIEW, Part.PLAN)
    return Passage(
        report_id=report_id,
        number=line.number,
        section=path,
        part=part,
        text=line.text,
        sentences=sentences,
        headings=run_in_headings(line.text, sentences, led=kind != "body") if prose else (),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph: its number among the non-blank lines and its text without margins."""

    number: int
    text: str


def _lines(source: str) -> tuple[list[_Line], list[str]]:
    """Return the paragraphs and the gaps around them, which together are `source`."""
    lines: list[_Line] = []
    gaps: list[str] = []
    gap_start = number = 0
    for start, end in _extents(source):
        first, last = _trimmed(source, start, end)
        if first == last:
            continue
        number += 1
        text = source[first:last]
        if _WEBSITE.match(text):
            continue
        gaps.append(source[gap_start:first])
        lines.append(_Line(number, text))
        gap_start = last
    return lines, [*gaps, source[gap_start:]]


def _extents(source: str) -> Iterator[tuple[int, int]]:
    """Yield where each line starts and ends, without its line end."""
    start = 0
    for match in _LINE_END.finditer(source):
        yield start, match.start()
        start = match.end()
    yield start, len(source)


def _trimmed(source: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (source[start].isspace() or source[start] in _MARGIN):
        start += 1
    while start < end and (source[end - 1].isspace() or source[end - 1] in _MARGIN):
        end -= 1
    return start, end


def _kinds(lines: Sequence[_Line]) -> list[str]:
    """Tell what each line is: head, chapter, rest (of a chapter heading), item, point or body."""
    texts = [line.text for line in lines]
    numbered = any(_CHAPTER.match(text) and _is_heading(text) for text in texts)
    kinds: list[str] = []
    in_head, in_annex = True, False
    for index, text in enumerate(texts):
        before = kinds[-1] if kinds else ""
        if in_head and (_SALUTATION.match(text) or len(text) > 120 or index >= 12):
            in_head = False
        kind = _kind(text, before, numbered=numbered, in_annex=in_annex, in_head=in_head)
        if kind == "chapter":
            in_head = False
            in_annex = in_annex or bool(_ANNEX.match(text) or _NOTES.search(text))
        kinds.append(kind)
    return kinds


def _kind(text: str, before: str, *, numbered: bool, in_annex: bool, in_head: bool) -> str:
    if _ANNEX.match(text) and _is_heading(text):
        return "chapter"
    if _NOTES.search(text) and _is_heading(text):
        return "rest" if before == "chapter" else "chapter"
    if _CHAPTER.match(text) and len(text) < 4000:
        if in_annex:
            return "item"
        if _is_heading(text) or not in_head:
            return "chapter"
    if in_head:
        return "head"
    if _ITEM.match(text):
        return "item"
    if _POINT.match(text):
        return "point"
    if _is_heading(text):
        if before == "chapter":
            return "rest"
        if (not numbered and len(text) >= 4) or _OF_A_PERIOD.fullmatch(text):
            return "chapter"
    return "body"


def _is_heading(text: str) -> bool:
    """Tell whether a line stands alone as a heading: short, without an end mark."""
    return len(text) <= 30 and not _ENDS_OPEN.search(text)


def _stands_alone(text: str) -> bool:
    """Tell whether a paragraph is nothing but its heading, with or without an end mark."""
    return len(text) <= 40 and text.rstrip("。！!;；") == heading_of(text)


def _sections(
    lines: Sequence[_Line], kinds: Sequence[str], year: int | None
) -> tuple[list[tuple[str, ...]], list[Part]]:
    """Return the heading path and the part of each paragraph."""
    paths: list[tuple[str, ...]] = []
    parts: list[Part] = []
    chapter = item = point = ""
    part = Part.OPENING
    stands = False  # whether the last item or point stands alone, as the title of what follows
    for index, (line, kind) in enumerate(zip(lines, kinds, strict=True)):
        if kind == "chapter":
            chapter, item, point = _chapter(lines, kinds, index), "", ""
            part = _part(chapter, part, year, _body(lines, kinds, index))
        elif kind == "item":
            item, point, stands = heading_of(line.text), "", _stands_alone(line.text)
        elif kind == "point" and chapter:
            point, stands = heading_of(line.text), _stands_alone(line.text)
        elif kind == "body" and _BACK_TO_WHOLE.match(line.text):
            item, point = "", ""
        elif kind == "body" and not stands:
            point = ""
            if _after_list(kinds, index):
                item = ""
        paths.append(tuple(title for title in (chapter, item, point) if title))
        parts.append(part)
    return paths, parts


def _chapter(lines: Sequence[_Line], kinds: Sequence[str], index: int) -> str:
    """Return the heading at `index` with the line that continues it, if one does."""
    heading = heading_of(lines[index].text)
    if index + 1 < len(lines) and kinds[index + 1] == "rest":
        joint = " " if _ANNEX.fullmatch(heading) else ""
        return f"{heading}{joint}{lines[index + 1].text}"
    return heading


def heading_of(text: str) -> str:
    """Return the heading that a paragraph begins with: its first sentence, without the end mark.

    A sentence too long for a heading is cut at its first comma or colon; so is
    the explanation after a term.
    """
    heading = _SENTENCE_END.split(text, maxsplit=1)[0]
    if len(heading) > _LONGEST_HEADING or re.match(r"\d", heading):
        heading = _BREAK.split(heading, maxsplit=1)[0]
    return heading[:_LONGEST_HEADING].strip()


def _after_list(kinds: Sequence[str], index: int) -> bool:
    """Tell whether a body paragraph follows a list whose items are one paragraph each.

    Then it cannot belong to the last item: the others have no second paragraph.
    """
    items: list[int] = []
    for place in range(index - 1, -1, -1):
        if kinds[place] == "chapter":
            break
        if kinds[place] == "item":
            items.append(place)
    if len(items) < 3:
        return False
    return all(later == earlier + 1 for later, earlier in pairwise(items))


def _body(lines: Sequence[_Line], kinds: Sequence[str], chapter: int) -> str:
    """Return the text under the chapter heading at a place."""
    end = next((i for i in range(chapter + 1, len(kinds)) if kinds[i] == "chapter"), len(kinds))
    return "\n".join(line.text for line in lines[chapter + 1 : end])


def _looks_back(text: str, year: int) -> bool:
    """Tell whether a text speaks more of the year before a report than of its own."""
    past = re.findall(rf"{year - 1}年|去年|上年|过去[一五]年|[一五]年来", text)
    return len(past) > len(re.findall(rf"{year}年|[今明]年", text))


def _part(chapter: str, current: Part, year: int | None, body: str) -> Part:
    """Tell what a chapter speaks of, by its heading and the part before it, else by its text."""
    if _NOTES.search(chapter):
        return Part.NOTES
    names_last_year = year is not None and f"{year - 1}年" in chapter.replace(" ", "")
    if _REVIEW.search(chapter) or (names_last_year and not _PLAN.search(chapter)):
        return Part.REVIEW if current in (Part.OPENING, Part.REVIEW) else Part.PLAN
    if current is Part.NOTES and not _PLAN.search(chapter):
        return Part.NOTES
    untold = current is Part.OPENING and year is not None and not _PLAN.search(chapter)
    if untold and _looks_back(body, year or 0):
        return Part.REVIEW
    return Part.PLAN
