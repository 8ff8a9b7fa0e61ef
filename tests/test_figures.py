"""Indicator facts of short reports: names, coordination, subjects, periods, done or planned."""

from __future__ import annotations

import pytest

from vectorstore.figures import Aspect, Figure, Kind, clauses, extract
from vectorstore.outline import build_report
from vectorstore.quantity import Bound
from vectorstore.reading import builtin_path, read_report
from vectorstore.report import Span


def _figures(review: str = "", plan: str = "") -> list[Figure]:
    text = (
        "青禾市政府工作报告\n2031年1月9日\n各位代表:\n"
        f"一、2030年工作回顾\n{review}\n二、2031年工作安排\n{plan}\n"
    )
    return extract(build_report(text, report_id="青禾", filename="2031年青禾市政府工作报告.txt"))


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        (
            "城乡居民人均可支配收入分别增长8.7%、9.8%。",
            [("城镇居民人均可支配收入", "8.7%"), ("农村居民人均可支配收入", "9.8%")],
        ),
        (
            "对东盟、欧盟及“一带一路”沿线国家进出口分别增长43.2%、8.4%、32.1%。",
            [
                ("对东盟进出口", "43.2%"),
                ("对欧盟进出口", "8.4%"),
                ("对“一带一路”沿线国家进出口", "32.1%"),
            ],
        ),
        (
            "电子、材料产业增加值分别增长14.3%、14.7%。",
            [("电子产业增加值", "14.3%"), ("材料产业增加值", "14.7%")],
        ),
        (
            "城镇和农村居民收入分别增长7%、8%。",
            [("城镇居民收入", "7%"), ("农村居民收入", "8%")],
        ),
        (
            "货运量、客运量均增长6%。",
            [("货运量", "6%"), ("客运量", "6%")],
        ),
    ],
)
def test_coordinated_names_have_one_fact_each(sentence: str, facts: list[tuple[str, str]]) -> None:
    found = _figures(review=sentence)
    assert [(f.indicator, f.quantity.text) for f in found] == facts
    assert {(f.verb, f.aspect) for f in found} == {("增长", Aspect.GROWTH)}


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        (
            "地区生产总值增长5.5%、达到1.2万亿元。",
            [("地区生产总值", Aspect.GROWTH, "5.5%"), ("地区生产总值", Aspect.LEVEL, "1.2万亿元")],
        ),
        (
            "全社会研发经费支出达到460亿元,增长12.1%。",
            [
                ("全社会研发经费支出", Aspect.LEVEL, "460亿元"),
                ("全社会研发经费支出", Aspect.GROWTH, "12.1%"),
            ],
        ),
        (
            "工业经济逐步回暖,规上工业增加值增长6.2%。",
            [("规上工业增加值", Aspect.GROWTH, "6.2%")],
        ),
    ],
)
def test_a_subject_holds_until_another_one_comes(
    sentence: str, facts: list[tuple[str, Aspect, str]]
) -> None:
    found = _figures(review=sentence)
    assert [(f.indicator, f.aspect, f.quantity.text) for f in found] == facts


@pytest.mark.parametrize(
    ("sentence", "indicator", "verb", "aspect"),
    [
        ("失业率降至5.2%。", "失业率", "降至", Aspect.CHANGE_TO),
        ("外商投资主体增至6000余户。", "外商投资主体", "增至", Aspect.CHANGE_TO),
        ("高铁里程由2110公里增至3055公里。", "高铁里程", "增至", Aspect.CHANGE_TO),
        ("人均收入从2025年的5.2万元提高到7.4万元。", "人均收入", "提高到", Aspect.CHANGE_TO),
        ("PM2.5平均浓度下降5%。", "PM2.5平均浓度", "下降", Aspect.DECLINE),
        ("居民消费价格上涨2.7%。", "居民消费价格", "上涨", Aspect.GROWTH),
        ("居民消费价格涨幅3.5%左右。", "居民消费价格涨幅", "", Aspect.GROWTH),
        ("铁路通车里程达到3235公里。", "铁路通车里程", "达到", Aspect.LEVEL),
        ("新增上市公司5家。", "新增上市公司", "", Aspect.LEVEL),
        ("4000个村民小组通了公路。", "村民小组", "", Aspect.LEVEL),
    ],
)
def test_what_a_quantity_says_of_its_indicator(
    sentence: str, indicator: str, verb: str, aspect: Aspect
) -> None:
    figure = next(f for f in _figures(review=sentence) if f.aspect is not Aspect.CHANGE_FROM)
    assert (figure.verb, figure.aspect) == (verb, aspect)
    assert indicator in figure.indicator


@pytest.mark.parametrize(
    ("part", "sentence", "period", "kind"),
    [
        ("review", "城镇新增就业75万人。", "2030", Kind.ACTUAL),
        ("plan", "城镇新增就业60万人以上。", "2031", Kind.TARGET),
        ("plan", "去年进出口总值达到500亿元。", "2030", Kind.ACTUAL),
        ("plan", "2029年出口增长3%。", "2029", Kind.ACTUAL),
        ("plan", "到2035年,人口达到900万人。", "2035", Kind.TARGET),
        ("review", "到2035年,人口达到900万人。", "2035", Kind.TARGET),
        ("review", "五年来,学校增至120所。", "2026-2030", Kind.ACTUAL),
        ("review", "“十五五”时期,出口年均增长6%。", "2026-2030", Kind.ACTUAL),
    ],
)
def test_period_and_kind_follow_the_words_and_then_the_section(
    part: str, sentence: str, period: str, kind: Kind
) -> None:
    (figure,) = _figures(**{part: sentence})
    assert (figure.period, figure.kind) == (period, kind)


@pytest.mark.parametrize(
    "sentence",
    [
        "“850+”计划启动,6号线开通,5G信号全覆盖。",
        "4月15日至17日举办第五届博览会。",
        "24小时开放服务窗口。",
        "围绕“十个一”推出一批产品。",
        "经济稳中向好。",
    ],
)
def test_names_dates_and_manners_of_speaking_are_no_facts(sentence: str) -> None:
    assert _figures(review=sentence) == []


def test_what_a_quantity_changed_from_is_not_what_it_is() -> None:
    to, set_out = _figures(review="高铁里程由2110公里增至3055公里。")
    assert (to.quantity.text, to.aspect) == ("3055公里", Aspect.CHANGE_TO)
    assert to.indicator == "高铁里程"
    # of which year the other was is not said
    assert (set_out.quantity.text, set_out.aspect) == ("2110公里", Aspect.CHANGE_FROM)
    assert set_out.period == ""


def test_a_subject_that_reached_a_height_holds_for_the_next_clause() -> None:
    found = _figures(review="全省进出口总值创历史新高,达到5379亿元、增长18.5%。")
    assert {figure.indicator for figure in found} == {"全省进出口总值"}


def test_a_chapter_on_five_years_is_no_plan_of_one() -> None:
    text = (
        "青禾市政府工作报告\n2031年1月9日\n各位代表:\n一、2030年工作回顾\n城镇新增就业3万人。\n"
        "二、“十六五”时期主要目标任务\n新增就业20万人。\n三、2031年工作安排\n新增就业4万人。\n"
    )
    figures = extract(build_report(text, report_id="青禾", filename="2031年青禾市政府工作报告.txt"))
    assert [figure.period for figure in figures] == ["2030", "2031-2035", "2031"]


def test_a_threshold_in_a_name_is_not_the_fact() -> None:
    found = _figures(review="10亿元以上项目26个。")
    assert [figure.quantity.text for figure in found] == ["26个"]


def test_the_opening_states_no_facts() -> None:
    text = "青禾市政府工作报告\n出席代表500人。\n一、2030年工作回顾\n新增就业3万人。\n"
    found = extract(build_report(text, report_id="青禾", filename="2031年青禾市.txt"))
    assert [figure.quantity.text for figure in found] == ["3万人"]


def test_clauses_are_cut_outside_quotes_brackets_and_numbers() -> None:
    text = "达到1,200元,“稳就业,稳外贸”见效(甲,乙);完成。"
    pieces = [span.of(text) for span in clauses(text, Span(0, len(text)))]
    assert pieces == ["达到1,200元,", "“稳就业,稳外贸”见效(甲,乙);", "完成。"]


def test_every_figure_of_the_built_in_report_is_where_it_says() -> None:
    report = read_report(builtin_path())
    found = extract(report)
    assert len(found) > 130
    for figure in found:
        passage = report.passage(figure.passage.number)
        assert passage is not None
        assert figure.span.of(passage.text) == figure.quantity.text
        assert figure.clause.contains(figure.quantity.core)
        assert figure.indicator.strip()


@pytest.mark.parametrize(
    ("indicator", "text", "period", "kind", "bound"),
    [
        ("城镇新增就业", "75万人", "2019", Kind.ACTUAL, None),
        ("城镇新增就业", "60万人以上", "2020", Kind.TARGET, Bound.AT_LEAST),
        ("地区生产总值", "6%", "2020", Kind.TARGET, None),
        ("空气质量优良天数", "316天", "2019", Kind.ACTUAL, None),
        ("空气质量优良天数", "300天以上", "2020", Kind.TARGET, Bound.AT_LEAST),
    ],
)
def test_what_was_done_and_what_is_planned_in_the_built_in_report(
    indicator: str, text: str, period: str, kind: Kind, bound: Bound | None
) -> None:
    found = [
        figure
        for figure in extract(read_report(builtin_path()))
        if indicator in figure.indicator and figure.quantity.text == text
    ]
    assert [(f.period, f.kind, f.quantity.bound) for f in found] == [(period, kind, bound)]


def _told(sentence: str) -> list[tuple[str, str]]:
    return [(f.indicator, f.quantity.text) for f in _figures(review=sentence)]


def test_deaths_told_beside_accidents_are_of_the_accidents() -> None:
    assert _told("生产安全事故起数、死亡人数分别下降17%、12%。") == [
        ("生产安全事故起数", "17%"),
        ("生产安全事故死亡人数", "12%"),
    ]


def test_one_measure_is_not_of_the_other() -> None:
    assert _told("播种面积达到870万亩，总产量达到85亿斤。")[1] == ("总产量", "85亿斤")
    assert _told("地区生产总值增长5%，粮食产量88亿斤以上。")[1] == ("粮食产量", "88亿斤以上")


def test_a_quote_closed_by_the_wrong_mark_ends_there() -> None:
    assert ("高新技术企业", "1.3万家") in _told("“小巨人“企业41家，高新技术企业1.3万家。")


def test_what_is_upgraded_by_rebuilding_does_not_grow() -> None:
    found = _figures(plan="力争新建和改造提升20万亩以上。")
    assert [f.aspect for f in found] == [Aspect.LEVEL]
