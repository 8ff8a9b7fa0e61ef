"""Change one thing in a true claim, and it must fail."""

from __future__ import annotations

import pytest

from qa.answer import Citation, Claim
from qa.verify import Verifier
from vectorstore.outline import build_report
from vectorstore.report import Report

TEXT = """政府工作报告
一、2019年工作回顾
去年，城镇新增就业75.1万人，税收超过3000亿元，增长6.3%左右，“渝快办”上线运行。
二、2020年工作安排
今年，城镇新增就业60万人以上。
"""


@pytest.fixture
def report() -> Report:
    return build_report(TEXT, report_id="2020年某市", filename="2020年某市政府工作报告.txt")


def claim(report: Report, text: str, number: int) -> Claim:
    passage = report.passage(number)
    assert passage is not None
    return Claim(text, (Citation(1, passage, passage.sentences[0]),))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2019年城镇新增就业75.1万人", 3),
        ("税收超过3000亿元", 3),
        ("增长6.3%左右", 3),
        ("“渝快办”上线运行", 3),
        ("2020年目标：城镇新增就业60万人以上", 5),
    ],
)
def test_true_claims_hold(report: Report, text: str, number: int) -> None:
    assert Verifier([report]).check(claim(report, text, number)).holds


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2019年城镇新增就业75.2万人", 3),  # a digit
        ("2019年城镇新增就业75.1亿人", 3),  # a scale
        ("2019年城镇新增就业75.1万户", 3),  # a unit
        ("税收3000亿元", 3),  # a bound left out
        ("税收超过3000亿美元", 3),  # a currency
        ("增长6.3个百分点左右", 3),  # % to percentage points
        ("增长6.3%以上", 3),  # another bound
        ("2020年城镇新增就业75.1万人", 3),  # the year
        ("“渝快政”上线运行", 3),  # a name
        ("2019年城镇新增就业60万人以上", 5),  # a target told for the year before
        ("2019年目标：城镇新增就业75.1万人", 3),  # a result told as a target
        ("2020年实现城镇新增就业60万人以上", 5),  # a target told as reached
    ],
)
def test_changed_claims_fail(report: Report, text: str, number: int) -> None:
    assert not Verifier([report]).check(claim(report, text, number)).holds


def test_a_claim_without_a_citation_fails(report: Report) -> None:
    assert not Verifier([report]).check(Claim("城镇新增就业75.1万人", ())).holds


FIVE_YEARS = """青禾市政府工作报告
一、“十五五”时期工作回顾
“十五五”时期，出口年均增长6%。
"""


@pytest.mark.parametrize(("text", "holds"), [
    ("2026-2030年出口年均增长6%", True),
    ("2024年出口年均增长6%", False),
])  # fmt: skip
def test_the_years_of_a_plan_are_those_that_its_number_says(text: str, holds: bool) -> None:
    report = build_report(
        FIVE_YEARS, report_id="2031年青禾市", filename="2031年青禾市政府工作报告.txt"
    )
    assert Verifier([report]).check(claim(report, text, 3)).holds is holds
