"""The whole path on the real report, with the real model and a real index."""

from __future__ import annotations

from itertools import pairwise

import pytest

import qa as package
from qa import ReportQA
from qa.answer import Reason
from vectorstore.errors import QuestionError, ReadingError
from vectorstore.quantity import find_quantities


def test_public_names() -> None:
    assert package.__all__ == ["Abstention", "Answer", "Citation", "Claim", "ReportQA", "Turn"]


def test_a_figure_is_answered_with_its_value_and_its_sentence(qa: ReportQA) -> None:
    answer = qa.ask("2019年重庆地区生产总值增长多少?")
    assert "6.3%" in answer.text
    assert "[1]" in answer.text
    assert "6.3%" in answer.citations[0].quote
    assert answer.grounded


@pytest.mark.parametrize(
    ("question", "value", "not_this"),
    [
        ("2019年城镇新增就业多少人?", "75万", "60万"),
        ("2020年城镇新增就业目标是多少?", "60万", "75万"),
    ],
)
def test_what_was_done_is_kept_apart_from_what_is_planned(
    qa: ReportQA, question: str, value: str, not_this: str
) -> None:
    text = qa.ask(question).text
    assert value in text
    assert not_this not in text


@pytest.mark.parametrize(
    "question",
    ["2019年GDP增长多少?", "农村居民收入增长多少?", "轨道交通运营里程多少公里?", "如何稳就业?"],
)
def test_every_figure_of_an_answer_stands_in_what_it_cites(qa: ReportQA, question: str) -> None:
    answer = qa.ask(question)
    assert answer.claims
    for claim in answer.claims:
        cited = [q for c in claim.citations for q in find_quantities(c.quote)]
        for quantity in find_quantities(claim.text):
            assert any(quantity.same(other) for other in cited)


def test_another_year_is_refused_with_the_reason(qa: ReportQA) -> None:
    answer = qa.ask("2016年地区生产总值增长多少?")
    assert answer.abstention is not None
    assert answer.abstention.reason is Reason.OTHER_PERIOD


@pytest.mark.parametrize("question", ["", "   ", "???", "。。。"])
def test_no_content_asks_for_a_question(qa: ReportQA, question: str) -> None:
    answer = qa.ask(question)
    assert answer.abstention is not None
    assert answer.abstention.reason is Reason.EMPTY


def test_too_long_a_question_is_an_error_that_tells_the_limit(qa: ReportQA) -> None:
    assert qa.ask("问" * 2000) is not None
    with pytest.raises(QuestionError, match="2000"):
        qa.ask("问" * 2001)


def test_the_stream_gives_the_text_of_the_answer(qa: ReportQA) -> None:
    stream = qa.stream("2019年地区生产总值增长多少?")
    assert "".join(stream) == stream.result.text


def test_search_gives_ten_paragraphs_best_first(qa: ReportQA) -> None:
    hits = qa.search("政务服务 一网通办")
    assert [hit.rank for hit in hits] == list(range(1, 11))
    assert all(a.score >= b.score for a, b in pairwise(hits))


def test_opening_nothing_says_what_was_expected(tmp_path: object) -> None:
    with pytest.raises(ReadingError, match="找不到"):
        ReportQA.open(f"{tmp_path}/nowhere")


def test_of_two_questions_the_refused_one_is_named_in_the_note(qa: ReportQA) -> None:
    for question in (
        "2019年GDP增长多少?重庆有多少家博物馆?",
        "重庆有多少家博物馆?2019年GDP增长多少?",
    ):
        answer = qa.ask(question)
        assert "6.3%" in answer.text
        assert "博物馆" in answer.note
    assert qa.ask("2019年GDP增长多少?进出口呢?").note == ""
