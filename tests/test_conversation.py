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
