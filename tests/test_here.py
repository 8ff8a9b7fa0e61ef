"""«我市», «全省», «our city» are those of the report that is chosen; without one they are asked back."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qa import ReportQA, Turn
from qa.answer import Reason
from qa.settings import Settings
from tests.small_reports import write_reports
from ui.server import Serving, application
from vectorstore.errors import QuestionError

_OLD = "2020年重庆市政府工作报告"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> ReportQA:
    folder = write_reports(tmp_path_factory.mktemp("library"))
    return ReportQA.open(folder, settings=Settings(data_dir=data_dir, model=""))


@pytest.mark.parametrize(
    ("question", "here", "told"),
    [
        ("我省高新技术企业多少家？", "四川", "1.8万家"),
        ("我们省高新技术企业多少家？", "2025年河南省政府工作报告", "1.3万家"),
        ("全省城镇新增就业多少人？", "贵州", "62.5万人"),
        ("本市高新技术企业多少家？", "重庆", "8837家"),
        # Of two reports of one region, the chosen one; a year that is named goes before it.
        ("我市高新技术企业多少家？", _OLD, "3141家"),
        ("我市去年城镇新增就业多少人？", _OLD, "75万人"),
        ("我市2024年城镇新增就业多少人？", _OLD, "70万人"),
        ("How many high-tech enterprises does our province have?", "贵州", "2350家"),
    ],
)
def test_it_is_the_region_of_the_report_before_the_asker(
    library: ReportQA, question: str, here: str, told: str
) -> None:
    answer = library.ask(question, here=here)
    assert told in answer.text
    assert all(here in citation.passage.report_id or here == _OLD for citation in answer.citations)
    assert answer.question == question


def test_without_a_choice_it_is_asked_back(library: ReportQA) -> None:
    answer = library.ask("我省高新技术企业多少家？")
    assert answer.abstention is not None
    assert answer.abstention.reason is Reason.WHICH_REGION
    assert "四川、河南、贵州" in answer.text


def test_other_regions_of_a_question_stay(library: ReportQA) -> None:
    answer = library.ask("我市城镇新增就业和四川比，哪个多？", here="重庆")
    assert answer.table is not None
    assert {row.region for row in answer.table.rows} == {"四川", "重庆"}
    assert (
        "贵州"
        in library.ask("贵州高新技术企业多少家？", here="四川").citations[0].passage.report_id
    )


def test_a_follow_up_keeps_it_until_another_is_named(library: ReportQA) -> None:
    first = library.ask("我省高新技术企业多少家？", here="四川")
    history = [Turn("user", first.question), Turn("assistant", first.text)]
    assert "106万人" in library.ask("那城镇新增就业呢？", history, here="四川").text
    assert "1.3万家" in library.ask("那河南呢？", history, here="四川").text


def test_words_that_only_look_like_it_mean_none(library: ReportQA) -> None:
    assert not library.ask("资本市场规模多大？", here="重庆").claims
    assert library.ask("我省高新技术企业多少家？", here="重庆").abstention is not None


def test_a_report_that_is_not_there_is_told_with_those_that_are(library: ReportQA) -> None:
    with pytest.raises(QuestionError, match=r"没有「深圳」的报告。现有：.*四川"):
        library.ask("我市高新技术企业多少家？", here="深圳")


def test_programs_say_it_with_the_question(library: ReportQA) -> None:
    client = TestClient(application(library, Serving()))

    def answered(here: str) -> tuple[int, str]:
        messages = [{"role": "user", "content": "我省高新技术企业多少家？"}]
        done = client.post("/v1/chat/completions", json={"messages": messages, "here": here})
        return done.status_code, done.text

    assert answered("河南")[0] == 200
    assert "1.3万家" in answered("河南")[1]
    assert answered("深圳")[0] == 400
