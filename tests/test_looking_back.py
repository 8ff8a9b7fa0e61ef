"""What a change set out from is a figure of its own, of the year before the years it took."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa import ReportQA
from qa.settings import Settings
from tests.small_reports import report_text
from vectorstore.figures import Aspect, extract
from vectorstore.outline import build_report

_TEXT = """2031年青禾省政府工作报告
（2031年1月15日在青禾省人民代表大会上）
青禾省省长 张三
各位代表：
一、“十五五”时期和2030年工作回顾
2030年，地区生产总值增长5.2%。
“十五五”时期，居民人均可支配收入从27136元增长到36439元。常住人口城镇化率从2026年的53.2%提升到2030年的57.7%。货运能力稳步提升。
五年来，城乡低保平均标准分别从645元、431元提高到801元、722元。外贸进出口在对外需求下降超3成的情况下增长12%。进出口总值五年累计超过3.8万亿元。
二、2031年工作安排
今年主要预期目标是：地区生产总值增长5.5%以上。
"""


@pytest.fixture(scope="module", params=["alone", "beside another"])
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ReportQA:
    folder: Path = tmp_path_factory.mktemp("back")
    (folder / "2031年青禾省政府工作报告.txt").write_text(_TEXT, encoding="utf-8")
    if request.param != "alone":
        other = report_text("四川", "省", 2025)
        (folder / "2025年四川省政府工作报告.txt").write_text(other, encoding="utf-8")
    return ReportQA.open(folder, settings=Settings(data_dir=folder / "data", model=""))


def test_a_change_has_two_levels_each_of_its_year() -> None:
    report = build_report(_TEXT, report_id="青禾", filename="2031年青禾省政府工作报告.txt")
    left = {
        (f.indicator, f.quantity.text, f.period)
        for f in extract(report)
        if f.aspect is Aspect.CHANGE_FROM
    }
    assert left == {
        ("居民人均可支配收入", "27136元", "2025"),
        ("常住人口城镇化率", "53.2%", "2026"),
        ("城镇低保平均标准", "645元", "2025"),
        ("农村低保平均标准", "431元", "2025"),
    }
    reached = {
        f.indicator: f.quantity.text for f in extract(report) if f.aspect is Aspect.CHANGE_TO
    }
    assert reached["常住人口城镇化率"] == "57.7%"
    assert reached["农村低保平均标准"] == "722元"


def test_how_much_else_changed_is_no_figure_of_it() -> None:
    report = build_report(_TEXT, report_id="青禾", filename="2031年青禾省政府工作报告.txt")
    trade = [f for f in extract(report) if "外贸" in f.indicator]
    assert [(f.indicator, f.quantity.text) for f in trade] == [("外贸进出口", "12%")]


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("青禾省2025年居民人均可支配收入是多少?", ["27136元"]),
        ("青禾省2030年居民人均可支配收入是多少?", ["36439元"]),
        ("青禾省居民人均可支配收入2030年比2025年增加了多少元?", ["9303元"]),
        ("青禾省城镇化率2026年和2030年分别是多少?", ["53.2%", "57.7%"]),
        ("青禾省居民人均可支配收入“十五五”期间增加了多少元?", ["9303元"]),
        ("青禾省农村低保平均标准是五年前的几倍?", ["1.68倍"]),
        (
            "By how much did per capita disposable income in 青禾 rise from 2025 to 2030?",
            ["9303 yuan"],
        ),
    ],
)
def test_both_ends_of_a_change_are_told_for_their_years(
    service: ReportQA, question: str, values: list[str]
) -> None:
    told = service.ask(question).text.replace(",", "")
    assert all(value in told for value in values)


def test_a_total_of_five_years_is_not_that_of_the_last(service: ReportQA) -> None:
    refused = service.ask("青禾省2030年进出口总值是多少亿元?").abstention
    assert refused is not None
