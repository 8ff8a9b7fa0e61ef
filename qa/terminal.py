"""What the verbs of the command line share: options, and how progress is shown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from qa.service import ReportQA

Reports = Annotated[
    Path | None,
    typer.Option("--reports", help="报告文件、报告文件夹或索引文件夹；默认为内置报告。"),
]
Chroma = Annotated[
    str | None,
    typer.Option(
        "--chroma", help="存放索引的 Chroma 服务，如 http://主机:8000；也可设 REPORT_QA_CHROMA。"
    ),
]

Here = Annotated[
    str | None,
    typer.Option("--here", help="「我市」「全省」所指的地区，或一份报告的名称。"),
]


def open_qa(path: Path | None, chroma: str | None, *, following: bool = False) -> ReportQA:
    """Open what a command line names: a path, a Chroma server, or what is set."""
    from qa.service import ReportQA
    from qa.settings import Settings

    settings = Settings()
    if chroma is not None:
        if path is not None:
            raise typer.BadParameter("--reports 和 --chroma 只能用一个。")
        settings = settings.model_copy(update={"chroma": chroma})
    return ReportQA.open(path, settings=settings, progress=show_progress, following=following)


def show_progress(done: int, total: int, what: str = "索引") -> None:
    """Show how far it is, on a terminal."""
    if sys.stderr.isatty():
        end = "\n" if done >= total else ""
        print(f"\r{what} {done}/{total}", end=end, file=sys.stderr, flush=True)
