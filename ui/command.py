"""The verb `report-qa serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qa.terminal import Chroma, Reports, open_qa


def serve(
    host: Annotated[
        str, typer.Option(envvar="GRADIO_SERVER_NAME", help="监听的地址；默认仅本机。")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="GRADIO_SERVER_PORT", min=1, max=65535, help="端口。")
    ] = 7860,
    reports: Reports = None,
    chroma: Chroma = None,
    auth_file: Annotated[
        Path | None, typer.Option(help="密码文件，由 htpasswd -B 生成；访问时需要登录。")
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="不设密码也让别的机器访问。")] = False,
    root_path: Annotated[
        str, typer.Option(envvar="GRADIO_ROOT_PATH", help="反向代理下的路径，例如 /reports。")
    ] = "",
    uploads: Annotated[
        bool, typer.Option(envvar="REPORT_QA_UPLOADS", help="访问者可否上传自己的报告。")
    ] = True,
    keep_uploads: Annotated[
        Path | None,
        typer.Option(envvar="REPORT_QA_KEEP_UPLOADS", help="留存访问者所提问的报告的文件夹。"),
    ] = None,
    log_questions: Annotated[
        bool,
        typer.Option(
            envvar="REPORT_QA_LOG_QUESTIONS",
            help="把未能回答的问题和评价记在数据文件夹的 feedback.sqlite3 里。",
        ),
    ] = True,
    per_minute: Annotated[int, typer.Option(min=1, help="每位访问者每分钟最多的问题数。")] = 30,
    at_once: Annotated[int, typer.Option(min=1, help="每位访问者同时最多的问题数。")] = 4,
) -> None:
    """在浏览器里提问。"""
    from ui.feedback import default_path
    from ui.server import Serving, serve
    from ui.upload import Uploads

    root = f"/{root_path.strip('/')}" if root_path.strip("/") else ""
    serving = Serving(
        host=host,
        port=port,
        root_path=root,
        passwords=auth_file,
        public=public,
        feedback=default_path() if log_questions else None,
        uploads=Uploads(uploads, keep_uploads),
        per_minute=per_minute,
        at_once=at_once,
    )
    serve(open_qa(reports, chroma, following=True), serving)
