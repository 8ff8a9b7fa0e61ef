"""Invented work reports of the genre, as many as a scale needs, each with figures of its own.

A report follows from its region and year alone: the same ones give the same text. Nothing
in it is true of any place. What its indicators say is known, so that answers can be checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random

from vectorstore.outline import build_report
from vectorstore.report import Report

_LAST_YEAR = 2025
_YEARS = 25
_FIRST = "云澜海禾松柏岚汀沧泓霁晴曜翎苍砚"
_SECOND = "泽江屿川岭溪陵湾浦原洲丘泉峡麓坪"
_FAMILY = "闻沐言郁商宁纪安祝景"
_GIVEN = ("一舟", "清和", "守拙", "知远", "明川", "若谷", "思齐", "长庚")


@dataclass(frozen=True, slots=True)
class _Indicator:
    """A name, how reports state its level, and the range of its values."""

    name: str
    unit: str
    low: float
    high: float
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Known:
    """A question about one invented report and the amount that answers it, as written there."""

    question: str
    amount: str
    report: str


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented report and what is known of it."""

    report: Report
    known: tuple[Known, ...]


_TOPICS: dict[str, tuple[_Indicator, ...]] = {
    "经济运行稳中有进": (
        _Indicator("地区生产总值", "亿元", 300, 9000),
        _Indicator("一般公共预算收入", "亿元", 30, 900),
        _Indicator("社会消费品零售总额", "亿元", 100, 4000),
        _Indicator("税收收入", "亿元", 20, 600),
    ),
    "产业转型步伐加快": (
        _Indicator("规模以上工业总产值", "亿元", 200, 8000),
        _Indicator("数字经济核心产业增加值", "亿元", 20, 900),
        _Indicator("高新技术企业总数", "家", 50, 4000, 0),
        _Indicator("技术合同成交额", "亿元", 5, 500),
    ),
    "乡村振兴扎实推进": (
        _Indicator("粮食总产量", "万吨", 10, 900),
        _Indicator("新建高标准农田面积", "万亩", 2, 90),
        _Indicator("生猪出栏量", "万头", 10, 700),
        _Indicator("农村公路总里程", "公里", 900, 30000, 0),
    ),
    "改革开放纵深拓展": (
        _Indicator("进出口总额", "亿元", 20, 3000),
        _Indicator("实际使用外资", "亿美元", 1, 90),
        _Indicator("中欧班列开行数量", "列", 30, 3000, 0),
        _Indicator("经营主体总数", "万户", 5, 300),
    ),
    "城乡面貌持续改善": (
        _Indicator("改造老旧小区", "个", 20, 900, 0),
        _Indicator("轨道交通运营里程", "公里", 20, 500, 0),
        _Indicator("新增停车泊位", "个", 900, 60000, 0),
        _Indicator("城市绿道总长度", "公里", 60, 3000, 0),
    ),
    "生态环境稳中向好": (
        _Indicator("PM2.5平均浓度", "微克/立方米", 18, 48, 0),
        _Indicator("完成营造林面积", "万亩", 2, 200),
        _Indicator("空气质量优良天数", "天", 250, 360, 0),
        _Indicator("可再生能源装机容量", "万千瓦", 20, 3000),
    ),
    "民生福祉不断增进": (
        _Indicator("城镇新增就业", "万人", 1, 90, 2),
        _Indicator("新增中小学学位", "个", 2000, 90000, 0),
        _Indicator("医疗卫生机构床位数", "万张", 1, 40, 2),
        _Indicator("城市低保标准", "元", 500, 1400, 0),
    ),
    "文化事业繁荣发展": (
        _Indicator("接待游客人数", "万人次", 300, 30000, 0),
        _Indicator("旅游综合收入", "亿元", 20, 3000),
        _Indicator("公共图书馆藏书", "万册", 50, 3000, 0),
        _Indicator("举办群众文化活动", "场", 300, 30000, 0),
    ),
}
_THINGS = [
    "现代物流",
    "智能制造",
    "生物医药",
    "新型储能",
    "绿色建材",
    "精密轴承",
    "特种材料",
    "冷链物流",
    "乡村旅游",
    "职业教育",
    "托育服务",
    "社区养老",
    "中医药",
    "水利灌溉",
    "防汛抗旱",
    "应急救援",
    "食品安全",
    "知识产权",
    "人才公寓",
    "营商环境",
    "政务服务",
    "数据共享",
    "智慧交通",
    "城市更新",
    "地下管网",
    "垃圾分类",
    "污水处理",
    "湿地修复",
    "河湖治理",
    "碳汇交易",
    "园区循环化改造",
    "民营经济",
    "小微企业",
    "金融服务",
    "科技成果转化",
    "产学研合作",
    "国企改革",
    "要素市场",
    "口岸通关",
    "跨境电商",
    "会展经济",
    "品牌建设",
    "种业振兴",
    "设施农业",
    "农产品加工",
    "供销合作",
    "医疗联合体",
    "疾病防控",
    "体育健身",
    "公共文化",
    "非遗保护",
    "红色旅游",
    "基层治理",
    "法律援助",
    "信访化解",
    "消防安全",
    "矿山治理",
    "残疾人康复",
    "儿童福利",
    "退役军人服务",
    "住房保障",
    "农民工服务",
    "国防动员",
    "档案管理",
    "气象监测",
    "地震预警",
]
_DEEDS = [
    "扎实推进",
    "深入实施",
    "加快发展",
    "着力完善",
    "大力支持",
    "统筹抓好",
    "全面加强",
    "持续优化",
    "稳步提升",
    "积极培育",
    "有序开展",
    "健全落实",
]
_AIMS = [
    "不断提高服务质量",
    "切实解决群众急难愁盼",
    "加快形成新的增长点",
    "稳步扩大覆盖范围",
    "进一步夯实发展基础",
    "有效防范各类风险",
    "着力打通堵点难点",
    "持续激发内生动力",
    "更好满足多样化需求",
    "努力走在同类地区前列",
    "推动责任落实到岗到人",
    "促进城乡区域协调",
]
_SITES = [
    "园区",
    "基地",
    "中心",
    "大桥",
    "水库",
    "专线",
    "枢纽",
    "学校",
    "医院",
    "电站",
    "码头",
    "市场",
    "展馆",
    "示范区",
]


def places(count: int) -> Iterator[tuple[str, int]]:
    """Yield `count` regions and years: all regions of a year, then those of the year before.

    Raises:
        ValueError: there are not so many.
    """
    regions = [a + b for a, b in product(_FIRST, _SECOND)]
    if count > len(regions) * _YEARS:
        raise ValueError(f"{count} reports; at most {len(regions) * _YEARS} can be invented")
    for index in range(count):
        back, region = divmod(index, len(regions))
        yield regions[region], _LAST_YEAR - back


def invent(region: str, year: int) -> Invented:
    """Invent the report that the city of `region` heard in `year`: 442 sentences."""
    chance = Random(f"{region} {year}")
    city = f"{region}市"
    name = f"{year}年{city}政府工作报告"
    known: list[Known] = []
    lines = [
        f"{city}人民政府工作报告",
        f"——{year}年1月{chance.randint(8, 28)}日在{city}人民代表大会会议上",
        f"{city}市长 {chance.choice(_FAMILY)}{chance.choice(_GIVEN)}",
        "各位代表:",
        "现在,我代表政府向大会报告工作,请予审议,并请政协委员和列席人员提出意见。",
        f"一、{year - 1}年工作回顾",
    ]
    for topic, indicators in _TOPICS.items():
        stated = [_stated(chance, city, year - 1, name, each, known) for each in indicators]
        lines += _told(chance, topic, stated)
    lines += [f"二、{year}年工作安排"]
    for topic, indicators in _TOPICS.items():
        lines += _told(chance, f"推动{topic}", [_aimed(chance, each) for each in indicators[:2]])
    lines.append(
        "各位代表!蓝图已经绘就,奋斗正当其时。让我们团结一心、苦干实干,努力完成全年目标任务!"
    )
    text = "\n".join(lines) + "\n"
    return Invented(build_report(text, report_id=name, filename=f"{name}.txt"), tuple(known))


def _amount(chance: Random, indicator: _Indicator) -> str:
    return f"{chance.uniform(indicator.low, indicator.high):.{indicator.digits}f}{indicator.unit}"


def _stated(
    chance: Random, city: str, year: int, report: str, indicator: _Indicator, known: list[Known]
) -> str:
    amount = _amount(chance, indicator)
    known.append(Known(f"{city}{year}年{indicator.name}是多少?", amount, report))
    change = f"增长{chance.uniform(0.3, 15):.1f}%"
    return f"{indicator.name}达到{amount}、{change}。"


def _aimed(chance: Random, indicator: _Indicator) -> str:
    return f"力争{indicator.name}达到{_amount(chance, indicator)}。"


def _told(chance: Random, topic: str, stated: list[str]) -> list[str]:
    """Tell a topic in three paragraphs, its indicators amid what was done."""
    deeds = [_deed(chance) for _ in range(26 - len(stated))]
    for sentence in stated:
        deeds.insert(chance.randint(0, 12), sentence)
    return [f"——{topic}。{''.join(deeds[:9])}", "".join(deeds[9:18]), "".join(deeds[18:])]


def _deed(chance: Random) -> str:
    """Say what was done, or is to be done, about two things."""
    thing, other = chance.sample(_THINGS, 2)
    deed, aim = chance.choice(_DEEDS), chance.choice(_AIMS)
    place = chance.choice(_FIRST) + chance.choice(_SECOND) + chance.choice(_SITES)
    form = chance.randrange(4)
    if form == 0:
        return f"{deed}{thing},{place}等{chance.randint(2, 90)}个项目建成投用,{aim}。"
    if form == 1:
        return f"{deed}{thing}和{other},{aim}。"
    if form == 2:
        return (
            f"出台{thing}若干措施{chance.randint(3, 40)}条,{chance.choice(_DEEDS)}{other},{aim}。"
        )
    return f"{place}{thing}项目完成投资{chance.uniform(0.5, 90):.1f}亿元,{other}水平进一步提高。"
