"""The verb `report-qa serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def serve(
    host: Annotated[
        str, typer.Option(envvar="GRADIO_SERVER_NAME", help="监听的地址；默认仅本机。")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="GRADIO_SERVER_PORT", min=1, max=65535, help="端口。")
    ] = 7860,
    reports: Annotated[
        Path | None, typer.Option("--reports", help="报告文件、报告文件夹或索引文件夹。")
    ] = None,
) -> None:
    """在浏览器里提问。"""
    from qa import ReportQA
    from ui.app import serve as serve_page

    serve_page(ReportQA.open(reports), host, port)
