"""One real system over the built-in report, opened once for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import ReportQA
from qa.settings import Settings
from tests.fleet import ChromaProcess
from vectorstore.embedding import Embedder, open_embedder


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def qa(data_dir: Path) -> ReportQA:
    return ReportQA.open(settings=Settings(data_dir=data_dir, model=""))


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return open_embedder()


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    folder = tmp_path_factory.mktemp("server") / "chroma"
    folder.mkdir()
    process = ChromaProcess(folder)
    process.start()
    yield process
    process.stop()
