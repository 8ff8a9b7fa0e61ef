"""Numbers in Chinese and English: value, unit, bound, place; and what is no amount."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vectorstore.quantity import Bound, Quantity, find_quantities, han_value
from vectorstore.reading import builtin_path

_AT_LEAST, _AT_MOST, _ABOUT = Bound.AT_LEAST, Bound.AT_MOST, Bound.ABOUT
_MORE, _LESS = Bound.MORE_THAN, Bound.LESS_THAN


def _one(text: str) -> Quantity:
    (quantity,) = find_quantities(text)
    return quantity


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        # scales and units
        ("全年增长6.3%", "6.3", "%", None),
        ("达到2.36万亿元", "2360000000000", "元", None),
        ("发行绿色债券44.6亿元", "4460000000", "元", None),
        ("累计1,234.5亿元", "123450000000", "元", None),
        ("新建公路2.5万公里", "25000", "公里", None),
        ("绿化地块577万平方米", "5770000", "平方米", None),
        ("旅客吞吐量4479万人次", "44790000", "人次", None),
        ("提高2.3个百分点", "2.3", "个百分点", None),
        ("改造危房3.9万户", "39000", "户", None),
        ("绿色工厂42家", "42", "家", None),
        ("数字化车间140个", "140", "个", None),
        ("铁海联运班列开行923班", "923", "班", None),
        ("过境免签延长至144小时", "144", "小时", None),
        ("浓度为35微克/立方米", "35", "微克/立方米", None),
        ("补助100元/月", "100", "元/月", None),
        ("城镇新增就业 75 万人", "750000", "人", None),
        ("常住人口３２００万人", "32000000", "人", None),
        ("增长６．３％", "6.3", "%", None),
        ("出生率6.5‰", "6.5", "‰", None),
        ("增长-2.3%", "-2.3", "%", None),
        ("增速为负0.5%", "-0.5", "%", None),
        ("最低零下5摄氏度", "-5", "摄氏度", None),
        # numerals in characters
        ("增长百分之六点五", "6.5", "%", None),
        ("一百二十个项目", "120", "个", None),
        ("两千三百万元", "23000000", "元", None),
        ("增长两倍", "2", "倍", None),
        # bounds
        ("新增就业60万人以上", "600000", "人", _AT_LEAST),
        ("占比不低于2.1%", "2.1", "%", _AT_LEAST),
        ("失业率控制在5.5%以内", "5.5", "%", _AT_MOST),
        ("债务率不超过60%", "60", "%", _AT_MOST),
        ("人均突破1万美元", "10000", "美元", _MORE),
        ("实际利用外资超过100亿美元", "10000000000", "美元", _MORE),
        ("外商投资主体增至6000余户", "6000", "户", _MORE),
        ("市场主体1200多户", "1200", "户", _MORE),
        ("增长1倍多", "1", "倍", _MORE),
        ("安置20多万人", "200000", "人", _MORE),
        ("失业率低于3%", "3", "%", _LESS),
        ("税收增长6.6%左右", "6.6", "%", _ABOUT),
        ("约1.2万户", "12000", "户", _ABOUT),
        ("近300家企业", "300", "家", _ABOUT),
        ("新增融资1.4万亿元左右", "1400000000000", "元", _ABOUT),
        # English
        ("GDP reached 2.36 trillion yuan.", "2360000000000", "元", None),
        ("RMB 2.36 trillion", "2360000000000", "元", None),
        ("US$1.2 billion of exports", "1200000000", "美元", None),
        ("created 750,000 jobs", "750000", "", None),
        ("lifted 114,400 people out of poverty", "114400", "人", None),
        ("grew by 6.3 percent", "6.3", "%", None),
        ("rose 2.3 percentage points", "2.3", "个百分点", None),
        ("more than 6,000 enterprises", "6000", "家", _MORE),
        ("at least 95% of them", "95", "%", _AT_LEAST),
        ("about 6.6%", "6.6", "%", _ABOUT),
    ],
)
def test_one_amount(text: str, value: str, unit: str, bound: Bound | None) -> None:
    found = _one(text)
    assert (found.value, found.unit, found.bound, found.upper) == (
        Decimal(value),
        unit,
        bound,
        None,
    )


@pytest.mark.parametrize(
    ("text", "low", "high", "unit", "bound"),
    [
        ("增长5%—6%", 5, 6, "%", None),
        ("增长5%-6%", 5, 6, "%", None),
        ("增长5%至6%左右", 5, 6, "%", _ABOUT),
        ("提高5—6个百分点", 5, 6, "个百分点", None),
        ("建设3到5个", 3, 5, "个", None),
        ("投资3至5亿元", 300_000_000, 500_000_000, "元", None),
        ("between 5 and 6 percent", 5, 6, "%", None),
        ("5 to 6 percent", 5, 6, "%", None),
    ],
)
def test_ranges(text: str, low: int, high: int, unit: str, bound: Bound | None) -> None:
    found = _one(text)
    assert (found.value, found.upper, found.unit, found.bound) == (low, high, unit, bound)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("从5%提高到6%", ["5%", "6%"]),
        ("从-3%升至5%", ["-3%", "5%"]),
        ("由高到低为8%—6%", ["8%", "6%"]),
        ("由3万户增至4万户", ["3万户", "4万户"]),
        ("地块125个、577万平方米", ["125个", "577万平方米"]),
        ("10亿元以上项目26个", ["10亿元以上", "26个"]),
        ("2019年增长6.3%", ["6.3%"]),
        ("为企业减负1000亿元左右", ["1000亿元左右"]),
        ("PM2.5平均浓度下降5%", ["5%"]),
        ("开通5G基站1万个", ["1万个"]),
        ("5日内办结42件", ["5日", "42件"]),
    ],
)
def test_several_numbers(text: str, amounts: list[str]) -> None:
    assert [quantity.text for quantity in find_quantities(text)] == amounts


@pytest.mark.parametrize(
    "text",
    [
        "2019年",
        "2018—2022年",
        "4月15日至17日",
        "1—8月",
        "第五届人民代表大会第三次会议",
        "第18届亚洲杯",
        "前10名",
        "“850+”城市轨道交通成网计划",
        "“13+1”合作共建机制",
        "6号线支线二期",
        "“一区两群”",
        "PM2.5",
        "5G",
        "T3B航站楼",
        "京东方6代面板",
        "2019版负面清单",
        "比例为1:3",
        "比例为3∶1",
        "7×24小时服务",
        "12345政务服务热线",
        "一个都不能少",
        "百家企业、千户居民",
        "“三个作用”",
        "1.加强建设",
        "January 11, 2020",
        "in 2019",
        "Section 3",
        "",
    ],
)
def test_names_dates_and_ordinals_are_no_amounts(text: str) -> None:
    assert find_quantities(text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2.36万亿元", "2.36 trillion yuan"),
        ("75万人", "750,000 people"),
        ("6.3%", "百分之六点三"),
        ("6.3%", "6.3 percent"),
        ("3千米", "3公里"),
        ("20名", "20人"),
        ("100亿美元", "US$10 billion"),
        ("0.5万户", "5000户"),
    ],
)
def test_the_same_amount_in_other_words(one: str, other: str) -> None:
    assert _one(one).same(_one(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("6.3%", "6.3个百分点"),
        ("6.3%", "16.3%"),
        ("6%", "6.6%"),
        ("5%", "-5%"),
        ("3.9万户", "1.9万户"),
        ("3万户", "3万人"),
        ("100亿元", "100亿美元"),
        ("5%—6%", "5%"),
        ("2.36 trillion yuan", "2.36亿元"),
    ],
)
def test_other_amounts(one: str, other: str) -> None:
    assert not _one(one).same_amount(_one(other))


def test_a_bound_tells_amounts_apart() -> None:
    assert _one("60万人").same_amount(_one("60万人以上"))
    assert not _one("60万人").same(_one("60万人以上"))
    assert not _one("超过60万人").same(_one("不超过60万人"))


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("十", 10), ("二十一", 21), ("一百零三", 103), ("两万", 20_000), ("三千万", 30_000_000),
     ("一亿二千万", 120_000_000),
     ("两万亿", 2 * 10**12), ("一二", None), ("万", None)],
)  # fmt: skip
def test_han_value(numeral: str, value: int | None) -> None:
    assert han_value(numeral) == value


def test_the_span_of_each_amount_of_the_built_in_report_reads_as_that_amount() -> None:
    text = builtin_path().read_text("utf-8")
    found = find_quantities(text)
    assert len(found) > 150
    _assert_sound(text, found)


_NUMBERS = st.one_of(
    st.integers(0, 10**7).map(str),
    st.decimals(0, 10**4, places=2, allow_nan=False).map(str),
    st.integers(1000, 10**9).map(lambda n: f"{n:,}"),
    st.text("一二三四五六七八九十百千万两零", min_size=1, max_size=4),
)
_PIECES = st.one_of(
    _NUMBERS,
    st.sampled_from(["约", "近", "超过", "突破", "不低于", "不超过", "不到", "-", "负", "第", "百分之", "about "]),
    st.sampled_from(["", "十", "百", "千", "万", "亿", "万亿", " million", " trillion"]),
    st.sampled_from(["%", "个百分点", "元", "亿元", "公里", "户", "家", "个", "人次", "年", "月", "日", " percent", " yuan", "倍"]),
    st.sampled_from(["以上", "以内", "左右", "多", "余", "—", "至", "、", "，", "。", "“", "”", "+", "G", " ", "(", ")"]),
    st.text(max_size=3),
)  # fmt: skip


@given(st.lists(_PIECES, max_size=12).map("".join))
@settings(deadline=None, max_examples=400)
def test_in_any_text_amounts_are_slices_in_order(text: str) -> None:
    found = find_quantities(text)
    assert all(quantity.span.of(text) == quantity.text for quantity in found)
    assert all(quantity.span.contains(quantity.core) for quantity in found)
    assert all(one.core.end <= other.core.start for one, other in pairwise(found))


@given(
    prefix=st.sampled_from(["", "城镇新增就业", "，达到", "同比增长", "其中", "(", "2019年"]),
    before=st.sampled_from(["", "约", "近", "超过", "突破", "不低于", "不超过"]),
    number=st.one_of(
        st.integers(1, 99999).map(str),
        st.decimals("0.01", 10**4, places=2).map(str),
        st.integers(1000, 10**9).map(lambda n: f"{n:,}"),
    ),
    scale=st.sampled_from(["", "万", "亿", "万亿"]),
    unit=st.sampled_from(["%", "个百分点", "元", "公里", "户", "家", "个", "人次", "平方米", "美元"]),
    after=st.sampled_from(["", "以上", "以内", "左右"]),
    suffix=st.sampled_from(["", "。", "，增长", "、", "的项目", ")"]),
)  # fmt: skip
@settings(deadline=None, max_examples=300)
def test_an_amount_reads_the_same_in_and_out_of_its_sentence(
    prefix: str, before: str, number: str, scale: str, unit: str, after: str, suffix: str
) -> None:
    amount = f"{before}{number}{scale}{unit}{'' if before else after}"
    text = f"{prefix}{amount}{suffix}"
    found = find_quantities(text)
    assert [quantity.text for quantity in found] == [amount]
    factor = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}[scale]
    assert found[0].value == Decimal(number.replace(",", "")) * factor
    _assert_sound(text, found)


def _assert_sound(text: str, found: list[Quantity]) -> None:
    for quantity in found:
        assert quantity.span.of(text) == quantity.text
        assert quantity.span.contains(quantity.core)
        assert any(quantity.same(again) for again in find_quantities(quantity.text))
