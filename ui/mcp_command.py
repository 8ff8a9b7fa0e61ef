"""The verb `report-qa mcp`."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer


def serve(
    reports: Annotated[
        Path | None, typer.Option("--reports", help="报告文件、报告文件夹或索引文件夹。")
    ] = None,
) -> None:
    """作为 MCP 工具（ask、search、read_paragraph、figures），经标准输入输出供其他程序使用。"""
    from qa import ReportQA
    from ui.mcp_server import server

    server(ReportQA.open(reports), lambda _: nullcontext()).run("stdio")
