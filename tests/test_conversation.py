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
    ],
)
def test_follow_ups_stand_alone(before: str, question: str, words: tuple[str, ...]) -> None:
    alone = condense(question, [Turn("user", before), Turn("assistant", "见报告[1]。")], READ)
    for word in words:
        assert word in alone


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
