"""What stands beside the thing that is asked for answers nothing; other words for it do."""

import pytest

from qa import ReportQA
from qa.spelling import Spelling

REFUSED = (
    "渝北区的森林覆盖率是多少?",
    "全国的森林覆盖率是多少?",
    "江北机场的国内航线有多少条?",
    "高速公路通车里程比2017年多多少公里?",
    "奉建高速是哪一天开工的?",
    "新增的上市公司是哪几家?",
    "固定资产投资总额有多少?",
    "轨道交通第五期有多长?",
    "城镇新增就业的人里,残疾人占多少?",
    "全市进出口总值里有多少服装?",
    "对俄罗斯的进出口增长了多少?",
    "今年榨菜基地新改建多少亩?",
    "12个百亿级商圈各有多少家店?",
    "新增的高速公路通车里程有多少?",
    "今年打算改造的农村危房有多少户?",
    "江北机场在建的航线有几条?",
    "今年治理岩溶石漠化多少平方公里?",
    "要培育的“十个一”是哪十个拳头产品?",
    "商业价值信用贷款有多少亿元?",
    "去年新盖的公租房有多少套?",
    "规划展览馆的新址在哪里?",
    "How many foreign-funded companies registered in the free trade zone?",
    "副市长叫什么?",
    "前任市长是谁?",
    "What was the forest coverage rate in Elbonia?",
    "How many domestic flights does Jiangbei Airport have?",
    "How fast did the GDP of Wanzhou district grow in 2019?",
    "What is the name of the green bank that was founded in 2019?",
    "In which city will the Smart China Expo be held in 2020?",
    "成立的绿色银行是哪家银行?",
    "2019年一般公共预算支出是多少亿元?",
    "空气质量优良天数的目标为什么定得比去年低?",
    "联合微电子中心是由哪些单位出资的?",
    "“五长制”是哪五个长?",
    "国家重点实验室由哪些大学承建?",
    "哪家企业承建了铁峰山隧道?",
    "去年新开了多少条国际航线?",
    "去年有多少外国人过境免签?",
    "长江文化艺术湾区分几年建成?",
)
ANSWERED = (
    ("政府今年的任务里,新建多少个5G基站?", "3万"),
    ("老百姓的牌子货,“巴味渝珍”授权了好多个农产品?", "431"),
    ("我是投资人,请问去年实际用了多少外资?", "100亿美元"),
    ("轨道交通運營總里程有多長?", "329公里"),
    ("How many 5G base-stations were opened in 2019?", "10,000"),
    ("I am a driver: how long are the expressways in total?", "3,235"),
    ("19年新增了几家上市公司?", "5家"),
    ("经济增长里服务业贡献了多大份额?", "51.3%"),
    ("对东盟的进出口增长了多少?", "43.2%"),
    ("今年柑橘、榨菜这些特色产业基地要建多少亩?", "100万亩"),
    ("forest coverage, Chongqing, 2019", "50.1%"),
    ("去年人均GDP过了多少美元的关口?", "1万美元"),
    ("报告要求把哪里的龙文化产业做大?", "铜梁"),
    ("乡下卫生侧所普及率有多高?", "79.7%"),
    ("航空货运有多少吨?", "41万吨"),
    ("家长想了解:今年公办幼儿园在园幼儿要占多少?", "50%"),
    ("Which Huawei project landed in Chongqing in 2019?", "鲲鹏"),
    ("国际友城已经有几对了?", "48个"),
    ("一百个人里有多少人参加了基本医疗保险?", "95%"),
    ("今年要设一个人才奖,名称是什么?", "杰出英才奖"),
    ("利用biānjiǎodì(边角地)建成多少个社区体育文化公园?", "50个"),
    ("Which Asian football event is being prepared?", "亚洲杯"),
    ("How many square km of soil erosion will be treated in 2020?", "1,100"),
    ("What is 云长制?", "The report says"),
    ("How many invention patents are there per 10,000 people?", "10.5"),
    ("On which days in April was Xi Jinping in Chongqing?", "4月15日至17日"),
)


@pytest.mark.parametrize("question", REFUSED)
def test_a_near_miss_is_refused(qa: ReportQA, question: str) -> None:
    answer = qa.ask(question)
    assert answer.abstention is not None, answer.text


@pytest.mark.parametrize(("question", "value"), ANSWERED)
def test_other_words_are_no_other_thing(qa: ReportQA, question: str, value: str) -> None:
    assert value in qa.ask(question).text


COMPUTED = (
    ("绿色矿山比绿色工厂多建了多少家?", "59家"),
    ("高速公路通车总里程是轨道交通运营里程的多少倍?", "9.83倍"),
    ("高技术制造业和战略性新兴产业增速之差是?", "1个百分点"),
    ("高新技术企业从2019年超过3100家到2020年的3500家,大概要增加多少家?", "400家"),
    ("按研发经费和GDP算,2019年的研发投入(研发经费占GDP)是百分之几?", "1.95%"),
    ("如果今年计划建成的高速公路都通车,高速公路总里程会达到多少公里?", "3478公里"),
    ("固定资产投资今年的目标高于还是低于去年的增速?差多少?", "2020年更高，相差0.3个百分点"),
    ("5G基站去年和今年一共多少个?", "4万个"),
    (
        "What's the gap between the growth of the electronics and materials industries?",
        "0.4 percentage points",
    ),
    ("How many 5G base stations in 2019 and 2020 in total?", "40,000"),
)


@pytest.mark.parametrize(("question", "value"), COMPUTED)
def test_what_is_computed_shows_its_operands(qa: ReportQA, question: str, value: str) -> None:
    answer = qa.ask(question)
    assert value in answer.text
    assert any(len(claim.operands) > 1 for claim in answer.claims)


@pytest.mark.parametrize(
    "question", ["2020年主要目标是什么?", "What are the main targets for 2020?"]
)
def test_the_aims_of_a_year_are_told_as_the_report_announces_them(
    qa: ReportQA, question: str
) -> None:
    answer = qa.ask(question)
    assert len(answer.claims) >= 5
    assert "地区生产总值增长6%" in answer.text
    assert "居民消费价格涨幅3.5%左右" in answer.text


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What is planned in Guangyang this year?", "广阳"),
        ("What is planned in Elbonia this year?", "Elbonia"),
        ("How many Women are there?", "Women"),
    ],
)
def test_a_name_in_an_english_question_is_read_by_its_sound(
    qa: ReportQA, question: str, named: str
) -> None:
    (report,) = qa.reports
    assert named in Spelling([report]).corrected(question)
