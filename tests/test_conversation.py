"""Follow-ups take over what they leave out, and nothing else."""

from __future__ import annotations

from functools import partial

import pytest

from qa.conversation import Turn, condense
from qa.question import understand

READ = partial(understand, year=2020)


@pytest.mark.parametrize(
    ("before", "question", "words"),
    [
        ("2019年工业增加值增长多少?", "那服务业呢?", ("2019年", "服务业", "增长多少")),
        ("2019年城镇新增就业多少人?", "2020年呢?", ("2020年", "城镇新增就业")),
        ("2019年新建多少公里高速公路?", "明年打算做多少?", ("2020年", "高速公路")),
        ("郑万高铁的进展怎样?", "后来建成了吗?", ("郑万高铁", "建成")),
        ("2019年社会消费品零售总额增长多少?", "今年打算做多少?", ("零售总额", "增速", "今年")),
        ("2020年要开工多少公里高速公路?", "建成的呢?", ("2020年", "建成", "高速公路")),
        ("2019年每万人发明专利有多少件?", "增幅呢?", ("发明专利", "增幅")),
        ("2019年研发经费支出多少?", "2020年占地区生产总值的比重要达到多少?", ("研发", "比重")),
        (
            "How fast did GDP grow in 2019?",
            "And what is the target for this year?",
            ("gdp", "target"),
        ),
        ("How much did urban income grow in 2019?", "And the rural one?", ("rural income",)),
    ],
)
def test_follow_ups_stand_alone(before: str, question: str, words: tuple[str, ...]) -> None:
    alone = condense(question, [Turn("user", before), Turn("assistant", "见报告[1]。")], READ)
    for word in words:
        assert word in alone.replace("GDP", "gdp")


def test_a_whole_question_is_left_as_it_is() -> None:
    history = [Turn("user", "2019年城镇新增就业多少人?"), Turn("assistant", "75万人[1]。")]
    question = "2020年进出口总值的目标是多少?"
    assert condense(question, history, READ) == question


@pytest.mark.parametrize(
    ("before", "question", "alone"),
    [
        ("2019年GDP增长多少?", "固定资产投资呢?", "2019年固定资产投资增长多少?"),
        ("江北机场国际航线有多少条?", "旅客吞吐量呢?", "江北机场旅客吞吐量有多少?"),
        ("2023年农村居民收入增长多少?", "城镇的呢?", "2023年城镇居民收入增长多少?"),
        (
            "What was the growth of trade with ASEAN?",
            "And with the EU?",
            "What was the growth of trade with the eu?",
        ),
        ("How many 5G base stations were opened in 2019?", "And the plan for 2020?", None),
    ],
)
def test_what_is_asked_next_takes_the_place_of_what_was_asked(
    before: str, question: str, alone: str | None
) -> None:
    condensed = condense(question, [Turn("user", before)], READ)
    if alone is None:
        assert "2019" not in condensed
        assert "plan for 2020" in condensed
    else:
        assert condensed == alone


def test_a_comparison_takes_over_what_the_last_two_questions_asked() -> None:
    history = [Turn("user", "2019年开通多少5G基站?"), Turn("user", "2020年要建多少5G基站?")]
    condensed = condense("加起来有多少?", history, READ)
    assert "2019年" in condensed
    assert "2020年" in condensed
    assert "基站" in condensed.replace("5g", "5G")


def test_a_question_with_a_topic_of_its_own_needs_none_of_the_last() -> None:
    history = [Turn("user", "去年黔张常铁路开通了吗?")]
    assert condense("那今年要建成哪条支线?", history, READ) == "那今年要建成哪条支线?"


def test_the_former_one_is_the_question_before_the_last() -> None:
    history = [Turn("user", "2019年铁海联运班列开行多少班?"), Turn("user", "中欧班列呢?")]
    assert "铁海联运" in condense("前面那个增长多少?", history, READ)


def test_what_begins_anew_takes_nothing_over() -> None:
    history = [Turn("user", "今年整治多少户农村旧房?")]
    question = "另外,2019年国际友城有多少个?"
    assert condense(question, history, READ) == question


def test_the_year_before_is_not_the_one_compared_with() -> None:
    alone = condense("比上一年增长了多少?", [Turn("user", "2019年铁海联运班列开行多少班?")], READ)
    assert "2018" not in alone
