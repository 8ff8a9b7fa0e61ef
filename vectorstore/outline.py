"""The text of a report -> the report: titles, sections, paragraphs, sentences."""

from __future__ import annotations

import re
from datetime import date

from vectorstore.errors import ReadingError
from vectorstore.report import Part, Passage, Report, Span

_LINE_END = re.compile(r"\r\n|\n|\r")
_MARGIN = "\ufeff\u200b"
_L1 = re.compile(r"[一二三四五六七八九十]+、|第[一二三四五六七八九十]+部分")
_L2 = re.compile(r"[(（][一二三四五六七八九十]+[)）]")
_DASH = re.compile(r"(?:——|--+|—)")
_STOP = re.compile(r"[。！？!?；;…]+[”’」』\"]?\s*")
_WEBSITE = re.compile(r"您即将离开|来源\s*[：:]")


def _strip(line: str) -> str:
    previous = None
    while previous != line:
        previous, line = line, line.strip().strip(_MARGIN)
    return line


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return spans that cover `text` without gaps, one a sentence."""
    spans, start = [], 0
    for match in _STOP.finditer(text):
        before = text[start : match.end()]
        if before.count("“") > before.count("”"):
            continue
        spans.append(Span(start, match.end()))
        start = match.end()
    if start < len(text):
        spans.append(Span(start, len(text)))
    return tuple(spans)


def build_report(lines_text: str, *, report_id: str, filename: str) -> Report:
    """Build the report from the verbatim text of its file.

    Raises:
        ReadingError: the text holds no paragraph.
    """
    passages: list[Passage] = []
    gaps: list[str] = []
    gap, position, number = "", 0, 0
    path: dict[int, str] = {}
    part = Part.OPENING
    year_match = re.search(r"(\d{4})年", filename) or re.search(r"(\d{4})年", lines_text[:500])
    year = int(year_match[1]) if year_match else None
    ends = [*((m.start(), m.end()) for m in _LINE_END.finditer(lines_text))]
    for end, following in [*ends, (len(lines_text), len(lines_text))]:
        line = lines_text[position:end]
        text = _strip(line)
        if not text:
            gap += lines_text[position:following]
            position = following
            continue
        number += 1
        if _WEBSITE.match(text):
            gap += lines_text[position:following]
            position = following
            continue
        at = line.index(text)
        gaps.append(gap + line[:at])
        gap = lines_text[position + at + len(text) : following]
        position = following
        head = re.split(r"[。！？!?；;]", text, maxsplit=1)[0]
        if _L1.match(text):
            path = {1: head}
            if "回顾" in head or (year and f"{year - 1}年" in head):
                part = Part.REVIEW
            else:
                part = Part.PLAN
        elif _L2.match(text):
            path = {k: v for k, v in path.items() if k < 2} | {2: head}
        elif _DASH.match(text) and 1 in path:
            path = {k: v for k, v in path.items() if k < 3} | {3: head}
        elif 3 in path:
            del path[3]
        passages.append(
            Passage(
                report_id=report_id,
                number=number,
                section=tuple(path[k] for k in sorted(path)),
                part=part,
                text=text,
                sentences=split_sentences(text),
            )
        )
    gaps.append(gap)
    if not passages:
        raise ReadingError(f"{filename} 里没有一段文字；应当是一份政府工作报告的全文。请换一个文件。")
    region = re.search(r"(\w{2,3}?)(?:省|市|自治区)", filename)
    day = re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日", lines_text[:500])
    speaker = re.search(r"[省市]长[ \u3000]*([\u4e00-\u9fff]{2,4})", lines_text[:500])
    return Report(
        id=report_id,
        title=passages[0].text,
        region=re.sub(r"^\d+年|[省市]$", "", region[1]) if region else None,
        year=year,
        date=date(int(day[1]), int(day[2]), int(day[3])) if day else None,
        speaker=speaker[1] if speaker else None,
        passages=tuple(passages),
        gaps=tuple(gaps),
    )
