"""The tools of the Model Context Protocol, used by the official client over both transports."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import bcrypt
import httpx2
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from qa import ReportQA
from qa.settings import Settings
from tests.serving import GREEN, HOSTILE, WHITE, running, write_reports
from ui.server import Serving

_QUOTE = "去年，白石大桥建成通车，全长1250米。"
Use = Callable[[Client], Awaitable[Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mcp")
    write_reports(folder / "reports")
    return folder


@pytest.fixture(scope="module")
def qa(folder: Path) -> ReportQA:
    return ReportQA.open(folder / "reports", settings=Settings(data_dir=folder / "data"))


@pytest.fixture(scope="module")
def address(qa: ReportQA) -> Iterator[str]:
    with running(qa, serving=Serving(per_minute=1000)) as address:
        yield f"{address}mcp"


def _used(server: Any, use: Use) -> Any:
    async def session() -> Any:
        async with Client(server) as client:
            return await use(client)

    return anyio.run(session)


@pytest.fixture(scope="module", params=["stdio", "http"])
def using(request: pytest.FixtureRequest, folder: Path, qa: ReportQA) -> Callable[[Use], Any]:
    """Hand a client, connected one way or the other, to what a test does with it."""
    if request.param == "http":
        address = request.getfixturevalue("address")
        return lambda use: _used(address, use)
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "qa.cli", "mcp", "--reports", str(folder / "reports")],
        env={**os.environ, "REPORT_QA_DATA_DIR": str(folder / "data")},
    )
    return lambda use: _used(stdio_client(command), use)


def _structured(result: Any) -> Any:
    assert not result.is_error, result.content
    return result.structured_content


def test_the_four_tools_answer_with_citations(using: Callable[[Use], Any]) -> None:
    async def use(client: Client) -> Any:
        names = [tool.name for tool in (await client.list_tools()).tools]
        asked = await client.call_tool("ask", {"question": "白石大桥全长多少米?"})
        found = await client.call_tool("search", {"query": "白石大桥 通车", "k": 2})
        read = await client.call_tool("read_paragraph", {"report": WHITE, "number": 3})
        facts = await client.call_tool("figures", {"indicator": "生产总值", "kind": "target"})
        return names, *map(_structured, (asked, found, read, facts))

    names, asked, found, read, facts = using(use)
    assert names == ["ask", "search", "read_paragraph", "figures"]
    assert "1250米[1]" in asked["text"]
    (citation,) = asked["evidence"]["citations"]
    assert (citation["report"], citation["paragraph"], citation["quote"]) == (WHITE, 3, _QUOTE)
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]
    assert found["hits"][0]["quote"] == _QUOTE
    assert read["text"] == _QUOTE
    assert [(f["report"], f["value"], f["period"]) for f in facts["figures"]] == [
        (GREEN, "6", "2031")
    ]


def test_follow_ups_refusals_and_mistakes_are_told(using: Callable[[Use], Any]) -> None:
    first = "2030年青禾市地区生产总值增长多少?"
    history = [{"role": "user", "content": first}, {"role": "assistant", "content": "5.5%"}]

    async def use(client: Client) -> Any:
        follow_up = await client.call_tool(
            "ask", {"question": "那进出口总值呢?", "history": history}
        )
        refused = await client.call_tool("ask", {"question": "2031年青禾市城镇新增就业多少人?"})
        wrong = [
            await client.call_tool(name, arguments)
            for name, arguments in (
                ("ask", {"question": "问" * 2001}),
                ("read_paragraph", {"report": GREEN, "number": 99}),
                ("read_paragraph", {"report": "x", "number": 1}),
                ("search", {"query": ""}),
            )
        ]
        return _structured(follow_up), _structured(refused), wrong

    follow_up, refused, wrong = using(use)
    assert "11%" in follow_up["text"]
    assert (refused["evidence"]["abstained"], refused["evidence"]["reason"]) == (
        True,
        "other_period",
    )
    assert [result.is_error for result in wrong] == [True] * 4
    told = [result.content[0].text for result in wrong[:3]]
    assert [part in said for part, said in zip(("2000", "第1至6段", WHITE), told, strict=True)] == [
        True
    ] * 3


def test_what_a_report_says_is_data_and_never_part_of_a_tool(address: str) -> None:
    async def use(client: Client) -> Any:
        described = (await client.list_tools()).model_dump_json() + str(client.instructions)
        read = await client.call_tool("read_paragraph", {"report": GREEN, "number": 3})
        return described, _structured(read)

    described, read = _used(address, use)
    assert HOSTILE in read["text"]
    assert set(read) == {"report", "paragraph", "section", "text"}
    assert "owned" not in described
    assert "青禾" not in described


def test_a_visitor_who_asks_too_fast_is_told(qa: ReportQA) -> None:
    async def use(client: Client) -> Any:
        question = {"question": "白石大桥全长多少米?"}
        return [await client.call_tool("ask", question) for _ in range(2)]

    with running(qa, serving=Serving(per_minute=1)) as address:
        first, second = _used(f"{address}mcp", use)
    assert not first.is_error
    assert "过一分钟" in second.content[0].text


def test_a_foreign_host_name_is_not_served_on_this_machine_alone(address: str) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream"}
    assert httpx2.post(address, json=body, headers=headers).status_code == 200
    foreign = httpx2.post(address, json=body, headers={**headers, "Host": "evil.example"})
    assert foreign.status_code == 421


def test_with_a_password_only_who_has_it_uses_the_tools(qa: ReportQA, tmp_path: Path) -> None:
    hashed = bcrypt.hashpw(b"geheim", bcrypt.gensalt(4)).decode()
    users = tmp_path / "users"
    users.write_text(f"ana:{hashed}\n", "utf-8")
    token = base64.b64encode(b"ana:geheim").decode()

    async def names(address: str) -> list[str]:
        headers = {"Authorization": f"Basic {token}"}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(address, http_client=http)) as client,
        ):
            return [tool.name for tool in (await client.list_tools()).tools]

    with running(qa, serving=Serving(passwords=users)) as address:
        assert httpx2.post(f"{address}mcp", json={}).status_code == 401
        assert "ask" in anyio.run(names, f"{address}mcp")
