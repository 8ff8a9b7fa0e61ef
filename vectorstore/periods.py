"""The five years that a paragraph is on: «“十五五”时期», «五年来»."""

from __future__ import annotations

import re

from vectorstore.report import Part, Passage, Report

_FIVE_YEARS = re.compile(r"“?(十[一二三四五六七八九]?)五(?:”|时期|规划|期间)")
_ORDINALS = {"十": 10} | {f"十{c}": 10 + i for i, c in enumerate("一二三四五六七八九", 1)}
_AHEAD = re.compile(rf"(?:{_FIVE_YEARS.pattern}).*(?:目标|任务|考虑|要求|举措|发展)(?!.*开局)")
# A paragraph tells in so many characters which years it is on.
_OPENING = 80
_YEAR = re.compile(r"(?:19|20)\d\d\s*年")
_LOOKS_BACK = re.compile(
    r"(?:[—（(][^。]{0,4}[）)]?)?(?:各位代表[!！,，])?"
    r"(?:“?十.五”?[^,，。]{0,6}(?:以来|时期|期间)|(?:过去|这)?五年[来,，])"
)


def five_years_named(report: Report, passage: Passage) -> tuple[int, int] | None:
    """Return the first and the last of the five years that a paragraph or its chapter names.

    «“十五五”时期» are the fifteenth five years, 2026 to 2030: the n-th begin in 1951 + 5 n.
    A paragraph that opens with «五年来» is on the five years before its report.
    """
    chapter = passage.section[0] if passage.section else ""
    named = _FIVE_YEARS.search(passage.text) or _FIVE_YEARS.search(chapter)
    if named:
        first = 1951 + 5 * _ORDINALS[named[1]]
        return first, first + 4
    if report.year and _LOOKS_BACK.match(passage.text):
        return report.year - 5, report.year - 1
    return None


def is_on_five_years(passage: Passage) -> bool:
    """Tell whether all that a paragraph says is on five years, not on one."""
    if passage.part is Part.PLAN and not _LOOKS_BACK.match(passage.text):
        chapter = passage.section[0] if passage.section else ""
        return _AHEAD.search(chapter) is not None and not _YEAR.search(chapter)
    return _LOOKS_BACK.match(passage.text) is not None


def five_years_before(report: Report, passage: Passage) -> tuple[int, int] | None:
    """Return the five years up to the one before a report, if a paragraph or its chapter looks back on them.

    A chapter that names single years as well may be on one of them.
    """
    named = five_years_named(report, passage)
    if named is None or report.year is None or named[1] != report.year - 1:
        return None
    chapter = passage.section[0] if passage.section else ""
    opening = passage.text[:_OPENING]
    looks_back = _FIVE_YEARS.search(opening) or "五年来" in opening or "这五年" in opening
    return named if looks_back or not _YEAR.search(chapter) else None
