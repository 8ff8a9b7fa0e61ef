"""Which reports a question is put to, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.editions import Editions
from qa.scope import Scope, Scoper
from qa.wanted import Order, question_for, read_wanted
from tests.small_reports import write_reports
from vectorstore.outline import build_report
from vectorstore.quantity import find_quantities
from vectorstore.reading import builtin_path, read_folder, read_report, read_reports
from vectorstore.report import Report


@pytest.fixture(scope="module")
def scoper(tmp_path_factory: pytest.TempPathFactory) -> Scoper:
    folder = write_reports(tmp_path_factory.mktemp("small"))
    return Scoper(Editions(_reports(*read_folder(folder))))


def _reports(*paths: Path) -> tuple[Report, ...]:
    return tuple(reading.report for reading in read_reports(*paths) if reading.report)


def _asked(scope: Scope) -> list[tuple[str, int | None]]:
    """Return region and report year of each ask; no year where there is no report."""
    return [(ask.region, ask.report.year if ask.report else None) for ask in scope.asks]


@pytest.mark.parametrize(
    ("question", "region", "year"),
    [
        ("四川2024年城镇新增就业多少人?", "四川", 2025),  # the review of 2025 tells 2024
        ("四川2025年城镇新增就业目标是多少?", "四川", 2025),
        ("重庆2019年高新技术企业多少家?", "重庆", 2020),
        ("重庆2020年城镇新增就业目标是多少?", "重庆", 2020),
        ("重庆市2024年地区生产总值是多少?", "重庆", 2025),
        ("渝 高新技术企业2024年有多少家", "重庆", 2025),
        ("豫2024年粮食产量", "河南", 2025),
        ("黔城镇新增就业多少?", "贵州", 2025),
        ("sichuan 2024年粮食产量是多少?", "四川", 2025),
        ("How many jobs did Guizhou create in 2024?", "贵州", 2025),
        ("2020年重庆市政府工作报告里,高新技术企业多少家?", "重庆", 2020),
        ("根据重庆市2020年政府工作报告,高新技术企业多少家?", "重庆", 2020),
        ("在重庆2020年的《政府工作报告》中,高新技术企业多少家?", "重庆", 2020),
        ("What was Chongqing's GDP, according to its 2020 report?", "重庆", 2020),
        ("The 2020 Chongqing report: what was the growth of GDP?", "重庆", 2020),
        ("What was GDP, according to the Chongqing government work report 2020?", "重庆", 2020),
        ("四川去年粮食产量多少?", "四川", 2025),
        ("河南去年粮食产量", "河南", 2025),
    ],
)
def test_one_report_is_chosen_by_region_and_year(
    scoper: Scoper, question: str, region: str, year: int
) -> None:
    scope = scoper.scope(question)
    assert not scope.each
    assert _asked(scope)[0] == (region, year)


@pytest.mark.parametrize(
    "title",
    [
        "根据重庆市2020年政府工作报告，",
        "按2020年重庆市政府工作报告,",
        "重庆2020年《政府工作报告》提出的",
    ],
)
def test_a_title_is_no_part_of_what_is_asked(scoper: Scoper, title: str) -> None:
    text = scoper.scope(f"{title}森林覆盖率是多少?").asks[0].text
    assert text.removeprefix("重庆").removeprefix("市") == "森林覆盖率是多少?"


def test_without_a_year_the_newest_report_of_a_region_is_asked_first(scoper: Scoper) -> None:
    assert _asked(scoper.scope("重庆高新技术企业有多少家?"))[0] == ("重庆", 2025)


def test_now_is_the_newest_report_alone(scoper: Scoper) -> None:
    assert _asked(scoper.scope("重庆去年城镇新增就业多少?")) == [("重庆", 2025)]


@pytest.mark.parametrize(
    ("question", "regions"),
    [
        ("四川、河南、贵州2024年GDP各是多少,谁最高?", ["四川", "河南", "贵州"]),
        ("川渝2024年城镇新增就业分别是多少?", ["四川", "重庆"]),
        ("渝、川、黔去年粮食产量各多少", ["重庆", "四川", "贵州"]),
        ("四川和重庆2024年GDP", ["四川", "重庆"]),
        ("四川比河南2024年粮食产量少多少?", ["四川", "河南"]),
        ("Compare the 2024 GDP of Sichuan and Henan", ["四川", "河南"]),
    ],
)
def test_several_regions_are_each_asked(scoper: Scoper, question: str, regions: list[str]) -> None:
    scope = scoper.scope(question)
    assert scope.each
    assert [ask.region for ask in scope.asks] == regions
    assert {year for _, year in _asked(scope)} == {2025}


@pytest.mark.parametrize(
    "question",
    [
        "哪些省2025年GDP增长目标高于5.5%?",
        "2025年增长目标最高的是哪个省?",
        "各地2024年城镇新增就业多少?",
        "列出所有省份2024年粮食产量",
        "Which province set the highest growth target for 2025?",
    ],
)
def test_all_provinces_are_asked_where_all_are_meant(scoper: Scoper, question: str) -> None:
    scope = scoper.scope(question)
    assert scope.wide
    assert {ask.region for ask in scope.asks} == {"四川", "河南", "贵州", "重庆"}


def test_municipalities_are_a_group_and_those_without_a_report_are_kept(scoper: Scoper) -> None:
    scope = scoper.scope("四个直辖市2024年GDP各是多少?")
    assert dict(_asked(scope)) == {"北京": None, "天津": None, "上海": None, "重庆": 2025}
    assert scope.absent == ("北京", "天津", "上海")


def test_years_of_one_region_are_put_to_their_reports(scoper: Scoper) -> None:
    scope = scoper.scope("重庆2019年和2024年地区生产总值分别是多少?")
    assert scope.each
    assert [(a.year, a.report.year if a.report else None) for a in scope.asks] == [
        (2019, 2020),
        (2024, 2025),
    ]


def test_a_target_is_in_the_plan_of_its_year(scoper: Scoper) -> None:
    scope = scoper.scope("重庆城镇新增就业目标,2020年和2025年各是多少?")
    assert [(a.year, a.aimed, a.report.year if a.report else None) for a in scope.asks] == [
        (2020, True, 2020),
        (2025, True, 2025),
    ]


@pytest.mark.parametrize(
    ("question", "region", "stays"),
    [
        ("广东企业来渝投资到位资金多少?", "重庆", "来渝"),
        ("四川与重庆川渝合作新增项目多少个?", "四川", "川渝合作"),
        ("重庆与广东合作共建了哪些园区?", "重庆", "广东"),
    ],
)
def test_a_partner_is_no_report_of_its_own(
    scoper: Scoper, question: str, region: str, stays: str
) -> None:
    scope = scoper.scope(question)
    assert not scope.each
    assert _asked(scope)[0][0] == region
    assert stays in scope.text


@pytest.mark.parametrize("question", ["湖北去年城镇新增就业多少人?", "鄂2024年GDP增长多少?"])
def test_a_province_without_a_report_is_put_to_none(scoper: Scoper, question: str) -> None:
    scope = scoper.scope(question)
    assert scope.absent == ("湖北",)
    assert not scope.asks


@pytest.mark.parametrize("question", ["全省去年粮食产量是多少?", "粮食产量是多少?"])
def test_no_region_leaves_all_open(scoper: Scoper, question: str) -> None:
    assert scoper.scope(question).open_to


@pytest.mark.parametrize(
    "question", ["黄河南岸治理了多少公里?", "川剧演出了多少场?", "上海合作组织办了几次会?"]
)
def test_words_that_hold_the_name_of_a_place_name_none(scoper: Scoper, question: str) -> None:
    assert scoper.scope(question).named == ()


def test_our_city_is_the_one_that_has_a_report(scoper: Scoper) -> None:
    assert scoper.scope("我市2024年高新技术企业多少家?").named == ("重庆",)


def test_a_single_report_is_asked_whatever_is_named() -> None:
    scoper = Scoper(Editions(_reports(builtin_path())))
    question = "四川和重庆谁的GDP高?"
    scope = scoper.scope(question)
    assert (scope.text, scope.each) == (question, False)
    assert _asked(scope) == [("重庆", 2020)]


def test_reports_of_invented_places_are_found_by_their_names() -> None:
    folder = Path(__file__).parents[1] / "eval" / "data" / "reports"
    scoper = Scoper(Editions(_reports(builtin_path(), *read_folder(folder))))
    assert _asked(scoper.scope("澜江省2023年地区生产总值多少?")) == [("澜江", 2024)]
    assert _asked(scoper.scope("How much did Yunze's GDP grow in 2024?")) == [("云泽", 2025)]
    assert [a.region for a in scoper.scope("云泽和海屿的生产总值谁高?").asks] == ["云泽", "海屿"]


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("四川、河南、贵州2024年GDP各是多少,谁最高?", "2024年GDP是多少"),
        ("去年河南、四川的粮食产量谁涨得最快?", "去年粮食产量增长多少"),
        ("2025年增长目标最高的是哪个省?", "2025年增长目标"),
        ("哪些省的报告写到了240小时过境免签?", "240小时过境免签"),
    ],
)
def test_each_report_is_asked_about_the_topic_alone(
    scoper: Scoper, question: str, topic: str
) -> None:
    scope = scoper.scope(question)
    asked = question_for(read_wanted(scope), scope.asks[0], scope)
    assert asked.replace(" ", "").strip("?？,，").removesuffix("是多少") == topic.removesuffix(
        "是多少"
    )


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("四川和河南2024年GDP谁最高?", Order.HIGHEST),
        ("哪个省2024年PM2.5平均浓度最低?", Order.LOWEST),
        ("各省2024年粮食产量从高到低排一下", Order.DOWN),
        ("各省2024年粮食产量是多少?", None),
        ("Which province had the lowest PM2.5 in 2024?", Order.LOWEST),
    ],
)
def test_the_order_asked_for_is_read(scoper: Scoper, question: str, order: Order | None) -> None:
    assert read_wanted(scoper.scope(question)).order is order


def test_a_limit_is_read_with_its_bound(scoper: Scoper) -> None:
    wanted = read_wanted(scoper.scope("哪些省2025年GDP增长目标不低于5.5%?"))
    limit = find_quantities("不低于5.5%")[0]
    assert wanted.condition is not None
    assert wanted.condition.same(limit)


def test_reports_that_name_no_region_may_always_be_meant() -> None:
    kites, lamps = (
        build_report(text, report_id=name, filename=f"{name}.txt")
        for name, text in (("风筝节", "风筝节始于1987年。"), ("灯会", "灯会展出灯笼300盏。"))
    )
    both = Scoper(Editions((kites, lamps)))
    for question in ("展出灯笼多少盏?", "上海灯会2024年展出灯笼多少盏?"):
        scope = both.scope(question)
        assert scope.reports == (kites, lamps)
        assert scope.open_to
        assert not scope.absent
    here = read_report(builtin_path())
    mixed = Scoper(Editions((here, lamps)))
    assert mixed.scope("展出灯笼多少盏?").reports == (here, lamps)
    assert mixed.scope("重庆2019年高新技术企业多少家?").reports == (here,)
