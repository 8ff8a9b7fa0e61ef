"""A city is not the zones that are named after it; its bare name may mean either."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa import ReportQA
from qa.settings import Settings
from qa.zones import is_town, zones_of

_GANSU = """2025年甘肃省政府工作报告
一、2024年工作回顾
全省地区生产总值增长5.8%。粮食产量1297万吨。
兰州新区引进产业项目53个，地区生产总值增长12%。永登县经开区建成标准厂房9万平方米。
酒泉市新增风电装机300万千瓦。平凉市建成养老中心6个。庆阳市新区建成学校4所。
二、2025年工作安排
今年地区生产总值增长5.5%。
"""
_NINGXIA = """2025年宁夏回族自治区政府工作报告
一、2024年工作回顾
全区地区生产总值增长5.4%。银川综合保税区进出口增长30%。吴忠市引进项目12个。
二、2025年工作安排
今年地区生产总值增长5.5%。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> ReportQA:
    folder = tmp_path_factory.mktemp("zones")
    (folder / "2025年甘肃省政府工作报告.txt").write_text(_GANSU, "utf-8")
    (folder / "2025年宁夏回族自治区政府工作报告.txt").write_text(_NINGXIA, "utf-8")
    return ReportQA.open(folder, settings=Settings(data_dir=data_dir, model=""))


@pytest.mark.parametrize(
    "question",
    [
        "兰州市引进产业项目多少个？",
        "甘肃省兰州市地区生产总值增长多少？",
        "甘肃省永登县建成标准厂房多少？",
        "甘肃庆阳市建成学校多少所？",
        "宁夏银川市进出口增长多少？",
    ],
)
def test_a_city_is_not_answered_for_by_its_zone(library: ReportQA, question: str) -> None:
    answer = library.ask(question)
    assert answer.abstention is not None, answer.text
    assert answer.citations == ()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("兰州新区引进产业项目多少个？", "53个"),
        ("兰州引进产业项目多少个？", "53个"),
        ("甘肃兰州市兰州新区引进产业项目多少个？", "53个"),
        ("甘肃省永登县经开区建成标准厂房多少？", "9万平方米"),
        ("甘肃酒泉市新增风电装机多少？", "300万千瓦"),
        ("甘肃平凉建成养老中心多少个？", "6个"),
        ("宁夏银川进出口增长多少？", "30%"),
        ("宁夏吴忠市引进项目多少个？", "12个"),
    ],
)
def test_a_zone_a_city_and_a_bare_name_are_answered(
    library: ReportQA, question: str, told: str
) -> None:
    assert told in library.ask(question).text


def test_what_is_a_town_and_what_is_a_zone() -> None:
    assert is_town("兰州", "兰州市引进项目")
    assert is_town("酒泉市", "酒泉市引进企业")
    assert not is_town("兰州", "兰州引进项目")
    assert not is_town("兰州", "兰州市兰州新区引进项目")
    assert not is_town("智慧", "智慧城市")
    assert not is_town("农贸", "农贸市场")
    zones = zones_of("兰州")
    for text in ("兰州新区", "兰州经济技术开发区", "兰州高新区", "兰州市综合保税区"):
        assert zones.fullmatch(text)
    assert not zones.search("兰州市城关区")
    assert not zones.search("兰州市政务服务")
