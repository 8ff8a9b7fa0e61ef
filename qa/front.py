"""Questions about the report itself: who gave it, when and where."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa import wording
from qa.inquiry import Library
from qa.question import Form, Question
from vectorstore.report import Part, Passage, Span

_REPORT = re.compile(
    r"报告|report|\bspeech\b|\baddress\b|(?:mayor|governor) (?:deliver|give|present)"
)
_GIVEN = re.compile(
    r"(?:(?<![称叫当看写])作|做(?![大强优好成细实])|宣读|发布|提交|召开|审议)|什么会议|哪次会议|哪个会议|\b(?:given?|deliver(?:ed)?|present(?:ed)?|made|make)\b"
)
_SPEAKER = re.compile(
    r"(?:省|市|区|县|州|旗|自治区)?(?:人民政府)?(?:代)?(?:省长|市长|主席|州长|区长|县长|旗长)[ \u3000]*[\u4e00-\u9fff·]{2,6}"
)
_MEETING = re.compile(r"(?:什么|哪[个次]?)会(?:议|上)?")
_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")


@dataclass(frozen=True, slots=True)
class Fact:
    """A line before the first section that answers."""

    text: str
    passage: Passage
    span: Span


def about_the_report(question: Question, library: Library) -> Fact | None:
    """Return the opening line that tells speaker or date, if that is what is asked."""
    asked = question.plain
    if wording.ANOTHER_HEAD.search(asked):
        return None
    if question.form is Form.SPEAKER:
        return _line(
            library, _SPEAKER, "The report was given by " if question.english else "作报告的是"
        )
    given = _REPORT.search(asked) and _GIVEN.search(asked)
    if given and (question.form in (Form.DATE, Form.ENTITY) or _MEETING.search(asked)):
        return _line(
            library, _DAY, "The report was given on: " if question.english else "报告时间和会议："
        )
    return None


def _line(library: Library, pattern: re.Pattern[str], lead: str) -> Fact | None:
    for report in library.reports:
        for passage in report.passages:
            if passage.part is Part.OPENING and pattern.search(passage.text):
                text = passage.text.strip("—-() （）")
                return Fact(lead + text, passage, Span(0, len(passage.text)))
    return None
