"""What the first lines of a report and its file name say of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_HAN_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年?(?!\d)")
_TITLE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年")
_REVIEWED_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年[^。，,]{0,12}(?:回顾|总结)")
_PLANNED_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*年[^。，,]{0,14}(?:安排|任务|目标|重点|建议|打算)"
)
_TITLE_END = re.compile(r"报告")
# A longer line is a paragraph: what places and days it names are not those of the document.
_LONGEST_LINE = 60
_OFFICE = r"(?:市长|省长|主席|县长|区长|州长|旗长|盟长|总理)"
_NAME = r"[\u4e00-\u9fff](?:[ \u3000]{0,3}[\u4e00-\u9fff]){1,3}?|[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff]{2,8}"
_SPEAKERS = (
    re.compile(rf"{_OFFICE}[\s:：]*({_NAME})\s*(?:同志|作|代表|$)"),
    re.compile(rf"日\s*(?:，|,)?\s*({_NAME})(?:代|副)?{_OFFICE}"),
)
_AREAS = [
    "北京",
    "天津",
    "上海",
    "重庆",
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "台湾",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
]
_AREA = re.compile("|".join(_AREAS))
_PEOPLE = r"(?:壮族|回族|维吾尔|[\u4e00-\u9fff]{1,8}族)?"
_PLACE = re.compile(
    rf"(?:^|[\d年在第省市区日月\s—-])((?!年)[\u4e00-\u9fff]{{2,5}}?){_PEOPLE}(?:特别行政区|自治[区州县旗]|[省市州县盟])"
    r"(?=人民政府|政府|第|[省市代]?长|人大|\d|$)"
)


@dataclass(frozen=True, slots=True)
class Masthead:
    """Title, region, year, date and speaker of a report; `None` is not told."""

    title: str
    region: str | None
    year: int | None
    date: date | None
    speaker: str | None


def read_masthead(head: Sequence[str], headings: Sequence[str], name: str) -> Masthead:
    """Read what the lines before the salutation tell, then the file name.

    `headings` are the first-level headings, which name the years too; `name` is
    the file's name without suffix.
    """
    head = tuple(takewhile(lambda line: len(line) <= _LONGEST_LINE, head))
    title = _title(head, name)
    day = next((d for d in map(_date, head) if d is not None), None)
    return Masthead(
        title=title,
        region=_region((title, name, *head)),
        year=_year(title, name, headings, day),
        date=day,
        speaker=next((s for s in map(_speaker, head) if s is not None), None),
    )


def _title(head: Sequence[str], name: str) -> str:
    lines = []
    for line in head:
        if _date(line):
            break
        lines.append(line)
        if _TITLE_END.search(line):
            return _unspaced(" ".join(lines))
    return _unspaced(lines[0]) if lines else name


def _unspaced(title: str) -> str:
    """Take out the blanks that spread a title over its line, or that stand at a line end."""
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", title)


def _region(lines: Sequence[str]) -> str | None:
    if any("国务院" in line for line in lines):
        return "全国"
    for line in lines:
        if place := _PLACE.search(line):
            return place[1]
    for line in lines:
        if area := _AREA.search(line):
            return area[0]
    return None


def _year(title: str, name: str, headings: Sequence[str], day: date | None) -> int | None:
    if found := _TITLE_YEAR.search(title) or _YEAR.search(name):
        return int(found[1])
    for heading in headings:
        if found := _REVIEWED_YEAR.search(heading):
            return int(found[1]) + 1
        if found := _PLANNED_YEAR.search(heading):
            return int(found[1])
    return day.year if day else None


def _date(line: str) -> date | None:
    if found := _DATE.search(line):
        parts = [int(found[i]) for i in (1, 2, 3)]
    elif found := _HAN_DATE.search(line):
        year = "".join(
            str("〇一二三四五六七八九".index(c)) for c in re.sub("[○零]", "〇", found[1])
        )
        parts = [int(year), _small(found[2]), _small(found[3])]
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


def _small(numeral: str) -> int:
    """Return the value of a Chinese numeral below 100."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return "〇一二三四五六七八九".find(numeral)
    return (
        ("一二三四五六七八九".find(tens) + 1 or 1) * 10
        + "一二三四五六七八九".find(ones)
        + bool(ones)
    )


def _speaker(line: str) -> str | None:
    for pattern in _SPEAKERS:
        if found := pattern.search(line):
            return re.sub(r"\s", "", found[1])
    return None
