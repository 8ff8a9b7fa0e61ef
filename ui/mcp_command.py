"""The verb `report-qa mcp`."""

from __future__ import annotations

from contextlib import nullcontext

from qa.terminal import Chroma, Reports, open_qa


def serve(
    reports: Reports = None,
    chroma: Chroma = None,
) -> None:
    """作为 MCP 工具（ask、search、read_paragraph、figures），经标准输入输出供其他程序使用。"""
    from ui.mcp_server import server

    server(open_qa(reports, chroma, following=True), lambda _: nullcontext()).run("stdio")
