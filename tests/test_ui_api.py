"""The service for programs, asked by the official client and by plain requests."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openai import BadRequestError, NotFoundError, OpenAI, RateLimitError

from qa import ReportQA
from qa.settings import Settings
from tests.serving import GREEN, WHITE, write_reports
from ui.server import Serving, application

_QUOTE = "去年，白石大桥建成通车，全长1250米。"


@pytest.fixture(scope="module")
def qa(tmp_path_factory: pytest.TempPathFactory) -> ReportQA:
    folder = tmp_path_factory.mktemp("api")
    return ReportQA.open(
        write_reports(folder / "reports"), settings=Settings(data_dir=folder / "data")
    )


@pytest.fixture(scope="module")
def http(qa: ReportQA) -> Iterator[TestClient]:
    with TestClient(application(qa, Serving(per_minute=1000, at_once=20))) as client:
        yield client


@pytest.fixture(scope="module")
def openai(http: TestClient) -> OpenAI:
    return _client(http)


def _client(http: TestClient) -> OpenAI:
    return OpenAI(base_url="http://testserver/v1", api_key="-", http_client=http, max_retries=0)


def _ask(openai: OpenAI, *messages: tuple[str, Any], **options: Any) -> Any:
    said: Any = [{"role": role, "content": content} for role, content in messages]
    return openai.chat.completions.create(**{"model": "report-qa", "messages": said, **options})


def test_the_official_client_gets_the_answer_with_its_citations(openai: OpenAI) -> None:
    completion = _ask(openai, ("system", "Answer in rhymes."), ("user", "白石大桥全长多少米?"))
    message = completion.choices[0].message
    assert "1250米[1]" in message.content
    assert completion.choices[0].finish_reason == "stop"
    (citation,) = completion.model_extra["citations"]
    assert (citation["report"], citation["paragraph"], citation["quote"]) == (WHITE, 3, _QUOTE)
    assert completion.model_extra["abstained"] is False


def test_a_streamed_answer_is_the_same_and_ends_with_the_citations(openai: OpenAI) -> None:
    asked = ("user", [{"type": "text", "text": "白石大桥全长多少米?"}])
    chunks = list(_ask(openai, asked, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == _ask(openai, asked).choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks][-1] == "stop"
    assert chunks[-1].model_extra["citations"][0]["quote"] == _QUOTE


def test_a_follow_up_is_understood_from_the_messages_before_it(openai: OpenAI) -> None:
    first = "2030年青禾市地区生产总值增长多少?"
    answer = _ask(openai, ("user", first)).choices[0].message.content
    then = _ask(openai, ("user", first), ("assistant", answer), ("user", "那进出口总值呢?"))
    assert "11%" in then.choices[0].message.content


def test_a_refusal_is_an_answer_with_its_reason(openai: OpenAI) -> None:
    completion = _ask(openai, ("user", "2031年青禾市城镇新增就业多少人?"))
    assert completion.model_extra["abstained"] is True
    assert completion.model_extra["reason"] == "other_period"


def test_wrong_requests_are_told_in_the_form_the_client_knows(openai: OpenAI) -> None:
    with pytest.raises(NotFoundError, match="report-qa"):
        _ask(openai, ("user", "好"), model="gpt-4o")
    with pytest.raises(BadRequestError, match="最后一条消息"):
        _ask(openai, ("assistant", "好"))
    with pytest.raises(BadRequestError, match="2000"):
        _ask(openai, ("user", "问" * 2001))


def test_too_many_questions_are_refused(qa: ReportQA) -> None:
    with TestClient(application(qa, Serving(per_minute=1))) as http:
        _ask(_client(http), ("user", "白石大桥全长多少米?"))
        with pytest.raises(RateLimitError, match="过一分钟"):
            _ask(_client(http), ("user", "白石大桥全长多少米?"))


def test_what_is_asked_beside_too_much_else_is_refused(qa: ReportQA) -> None:
    with (
        TestClient(application(qa, Serving(at_once=0))) as http,
        pytest.raises(RateLimitError, match="等它们答完"),
    ):
        _ask(_client(http), ("user", "白石大桥全长多少米?"))


def test_the_models_are_listed(openai: OpenAI) -> None:
    assert [model.id for model in openai.models.list()] == ["report-qa"]


def test_search_returns_paragraphs_best_first(http: TestClient) -> None:
    hits = http.post("/api/search", json={"query": "白石大桥 通车", "k": 3}).json()["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert (hits[0]["report"], hits[0]["paragraph"], hits[0]["quote"]) == (WHITE, 3, _QUOTE)
    assert http.post("/api/search", json={"query": "", "k": 3}).status_code == 422


def test_figures_are_listed_and_filtered(http: TestClient) -> None:
    def listed(**wanted: str) -> list[tuple[str, str, str, str]]:
        found = http.get("/api/figures", params=wanted).json()["figures"]
        return [(f["indicator"], f["kind"], f["value"], f["unit"]) for f in found]

    growth = ("地区生产总值", "actual", "5.5", "%"), ("地区生产总值", "target", "6", "%")
    assert listed(indicator="生产总值") == [*growth]
    assert listed(indicator="生产总值", kind="target") == [growth[1]]
    assert ("城镇新增就业", "actual", "75000.0", "人") in listed()
    assert http.get("/api/figures", params={"kind": "dream"}).status_code == 422


def test_a_paragraph_is_read_by_its_number(http: TestClient) -> None:
    found = http.get(f"/api/reports/{GREEN}/paragraphs/4").json()
    assert found["text"] == "城镇新增就业7.5万人。进出口总值增长11%。"
    assert found["section"] == "一、2030年工作回顾"
    assert http.get(f"/api/reports/{GREEN}/paragraphs/99").status_code == 404
    assert http.get("/api/reports/x/paragraphs/1").status_code == 404


def test_the_description_is_a_page_without_outside_assets(http: TestClient) -> None:
    page = http.get("/docs").text
    assert "POST /v1/chat/completions" in page
    assert "src=" not in page
    assert "http" not in page.replace("httpValidationError", "").replace("HTTPValidationError", "")


def test_twenty_visitors_at_once_get_each_their_own_answer(http: TestClient) -> None:
    pairs = [
        ("2030年青禾市地区生产总值增长多少?", "5.5%"),
        ("白石大桥全长多少米?", "1250米"),
        ("2030年进出口总值增长多少?", "11%"),
        ("2031年新建多少座公园?", "15座"),
    ]

    def visit(number: int) -> list[tuple[str, str]]:
        mine = [pairs[(number + turn) % len(pairs)] for turn in range(len(pairs))]
        openai = _client(http)
        return [(_ask(openai, ("user", q)).choices[0].message.content, a) for q, a in mine]

    with ThreadPoolExecutor(20) as visitors:
        said = [answer for answers in visitors.map(visit, range(20)) for answer in answers]
    assert len(said) == 80
    for text, expected in said:
        assert [value for _, value in pairs if value in text] == [expected]
