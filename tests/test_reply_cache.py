"""What a model replied is kept, asked for by all that was asked, and verified like anything else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa import ReportQA
from qa.doctor import examine
from qa.reply_cache import ReplyCache, key_of
from qa.settings import Settings

from .endpoint import Endpoint, Fails, endpoint

TEXT = """青禾市政府工作报告
一、2030年工作回顾
去年，地区生产总值增长5.5%，进出口总值增长11%。
二、2031年工作安排
今年，地区生产总值增长6%左右。
"""
GDP = "2030年地区生产总值增长多少？"
RIGHT = "2030年，青禾市地区生产总值增长5.5%[1]。"
PROVEN = "2030年地区生产总值增长5.5%[1]。"


def test_a_reply_is_there_for_whoever_opens_the_file_next(tmp_path: Path) -> None:
    path = tmp_path / "new" / "replies.sqlite3"
    ReplyCache(path).put("k", "一")
    ReplyCache(path).put("k", "二")
    assert ReplyCache(path).get("k") == "二"
    assert ReplyCache(path).get("other") is None


def test_the_oldest_replies_go_first(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path / "replies.sqlite3", most=2)
    for key in "abc":
        cache.put(key, key)
    assert [cache.get(key) for key in "abc"] == [None, "b", "c"]


def test_a_damaged_file_costs_the_cache_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "replies.sqlite3"
    path.write_bytes(b"no database" * 200)
    cache = ReplyCache(path)
    with caplog.at_level(logging.WARNING):
        cache.put("k", "一")
        assert cache.get("k") is None
    assert "replies.sqlite3" in caplog.text


def test_a_key_holds_all_that_was_asked_and_of_whom() -> None:
    asked = [("system", "规则"), ("human", "资料1〔〕公园12座。\n多少座？")]
    other_rules = [("system", "别的规则"), asked[1]]
    other_evidence = [asked[0], ("human", "资料1〔〕公园13座。\n多少座？")]
    keys = {
        key_of("m", "http://a/v1", asked),
        key_of("n", "http://a/v1", asked),
        key_of("m", "http://b/v1", asked),
        key_of("m", "http://a/v1", other_rules),
        key_of("m", "http://a/v1", other_evidence),
    }
    assert len(keys) == 5
    assert key_of("m", "http://a/v1", list(asked)) in keys


@pytest.fixture
def server() -> Iterator[Endpoint]:
    with endpoint() as told:
        yield told


@pytest.fixture
def opened(tmp_path: Path, server: Endpoint) -> Callable[..., ReportQA]:
    source = tmp_path / "2031年青禾市政府工作报告.txt"

    def open_with(text: str = TEXT, **options: bool) -> ReportQA:
        source.write_text(text, "utf-8")
        settings = Settings(
            data_dir=tmp_path / "data", model="m", openai_base_url=server.url, **options
        )
        return ReportQA.open(source, settings=settings)

    return open_with


def test_the_same_question_over_the_same_evidence_is_asked_once(
    opened: Callable[..., ReportQA], server: Endpoint
) -> None:
    server.says(RIGHT)
    first = opened().ask(GDP)
    stream = opened().stream(GDP)  # as after a restart
    assert "".join(stream) == RIGHT
    again = stream.result
    assert (first.text, again.text) == (RIGHT, RIGHT)
    assert len(server.requests) == 1
    assert first.generation is not None
    assert again.generation is not None
    assert (first.generation.calls, first.generation.cached) == (1, 0)
    assert (again.generation.calls, again.generation.cached) == (0, 1)
    assert (again.generation.tokens_in, again.generation.tokens_out) == (0, 0)


def test_other_evidence_and_another_question_are_asked_anew(
    opened: Callable[..., ReportQA], server: Endpoint
) -> None:
    server.says(RIGHT)
    opened().ask(GDP)
    opened(TEXT.replace("11%", "12%")).ask(GDP)
    opened().ask("2030年进出口总值增长多少？")
    assert len({request["messages"][-1]["content"] for request in server.requests}) >= 3


def test_it_can_be_switched_off(opened: Callable[..., ReportQA], server: Endpoint) -> None:
    server.says(RIGHT)
    for _ in range(2):
        opened(answer_cache=False).ask(GDP)
    assert len(server.requests) == 2


def test_a_reply_from_the_cache_is_checked_like_any_other(
    opened: Callable[..., ReportQA], server: Endpoint
) -> None:
    server.says("2030年地区生产总值增长99%[1]。")
    assert opened().ask(GDP).text == PROVEN
    kept = opened().ask(GDP)
    assert len(server.requests) == 2  # the draft and its repair, each once
    assert kept.text == PROVEN
    assert "没有通过核对" in kept.note


def test_a_fault_is_not_kept(opened: Callable[..., ReportQA], server: Endpoint) -> None:
    server.script = [Fails(401)]
    assert "401" in opened().ask(GDP).note
    server.says(RIGHT)
    assert opened().ask(GDP).text == RIGHT


def test_doctor_asks_the_model_itself_each_time(server: Endpoint, data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir, model="m", openai_base_url=server.url)
    server.says("15座以上[2]。")
    assert list(examine(settings))[-1].well
    server.script = [Fails(500)]
    assert not list(examine(settings))[-1].well


def test_no_question_is_written_down(
    opened: Callable[..., ReportQA], server: Endpoint, tmp_path: Path
) -> None:
    server.says(RIGHT)
    opened().ask(GDP)
    assert "多少".encode() not in (tmp_path / "data" / "replies.sqlite3").read_bytes()
