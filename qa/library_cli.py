"""The verbs that write a library: `report-qa index | export | import`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.terminal import Chroma, show_progress
from vectorstore.errors import IndexMissing

if TYPE_CHECKING:
    from qa.settings import Settings
    from vectorstore.embedding import Embedder
    from vectorstore.home import Home
    from vectorstore.store import IndexSummary

To = Annotated[Path | None, typer.Option("--to", help="索引文件夹；默认为数据文件夹里的 library。")]


def index(
    paths: Annotated[list[Path], typer.Argument(help="报告文件、文件夹或压缩包。")],
    to: To = None,
    chroma: Chroma = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="重建索引；完成之前旧的仍然有效。")
    ] = False,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            help="在 Ray 集群上计算向量，如 auto 或 ray://主机:10001；需要 report-qa[ray]。",
        ),
    ] = None,
) -> None:
    """为报告建立索引，供 ask --reports 或 ask --chroma 使用。"""
    from qa.settings import Settings
    from vectorstore.embedding import open_embedder
    from vectorstore.reading import SUFFIXES, read_reports
    from vectorstore.store import PassageStore

    settings = Settings()
    home = _home(to, chroma, settings)
    readings = list(read_reports(*paths))
    read = [reading.report for reading in readings if reading.report]
    for reading in readings:
        if reading.error:
            print(f"未读：{reading.source}：{reading.error}", file=sys.stderr)
    if not read:
        raise IndexMissing(
            f"没有读到报告。可以读取的文件：{'、'.join(SUFFIXES)}，或装有它们的文件夹。"
        )
    store = PassageStore.rebuilt if rebuild else PassageStore.open
    if ray is None:
        summary = store(home, open_embedder(settings.embedding_model)).add(read, show_progress)
    else:
        from vectorstore.ray_embedding import on_ray

        with on_ray(ray, settings.embedding_model) as embedder:
            summary = store(home, embedder).add(read, show_progress, batch=embedder.batch)
    _told(summary, home, len(readings) - len(read))
    if len(read) < len(readings):
        raise typer.Exit(1)


def export(
    file: Annotated[Path, typer.Argument(help="要写的文件。")],
    source: Annotated[
        Path | None, typer.Option("--from", help="索引文件夹；默认为数据文件夹里的 library。")
    ] = None,
    chroma: Chroma = None,
    force: Annotated[bool, typer.Option("--force", help="替换已有的文件。")] = False,
) -> None:
    """把整个报告库（报告和向量）写成一个文件，供 import 读取。"""
    from qa.settings import Settings
    from vectorstore.archive import write_archive
    from vectorstore.store import PassageStore

    settings = Settings()
    home = _home(source, chroma, settings)
    store = PassageStore.open(home, _embedder(settings))
    if not store.reports:
        raise IndexMissing(f"{home} 里没有已索引的报告，没有可以导出的。")
    write_archive(store, file, replace=force)
    print(f"已把 {home} 的 {len(store.reports)} 份报告写入 {file}")


def import_(
    file: Annotated[Path, typer.Argument(help="export 写的文件。")],
    to: To = None,
    chroma: Chroma = None,
) -> None:
    """把 export 写的文件并入报告库；不需要重新计算向量。"""
    from qa.settings import Settings
    from vectorstore.archive import open_archive
    from vectorstore.store import PassageStore

    settings = Settings()
    home, embedder = _home(to, chroma, settings), _embedder(settings)
    with open_archive(file, embedder) as archive:
        store = PassageStore.open(home, embedder)
        progress = partial(show_progress, what="导入")
        summary = store.add(archive.reports(), progress, batch=1000, vectors=archive.vectors)
    _told(summary, home)


def _embedder(settings: Settings) -> Embedder:
    from vectorstore.embedding import open_embedder

    return open_embedder(settings.embedding_model)


def _home(folder: Path | None, chroma: str | None, settings: Settings) -> Home:
    """Return the home that a command line names, or else the settings."""
    from vectorstore.folder import IndexFolder
    from vectorstore.shared import SharedIndex

    if folder is not None and chroma is not None:
        raise typer.BadParameter("索引文件夹和 --chroma 只能用一个。")
    if chroma is not None:
        settings = settings.model_copy(update={"chroma": chroma})
    if folder is None and settings.chroma:
        return SharedIndex(settings.server, settings.shared_dir)
    return IndexFolder(folder or settings.data_dir / "library")


def _told(summary: IndexSummary, home: Home, unread: int = 0) -> None:
    print(
        f"新增 {len(summary.added)} 份，更新 {len(summary.replaced)} 份，"
        f"未变 {len(summary.unchanged)} 份，未读 {unread} 份。\n索引在 {home}"
    )
