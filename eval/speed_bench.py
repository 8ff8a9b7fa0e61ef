"""Speed, as ratios within one run: `make bench`. Nothing is asserted.

The floor of an answer is embedding its question once, so `ask` is told as a multiple
of that; indexing is told against bare embedding of the same sentences. Cold starts
are whole processes, from the command to the answer or to the page.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from eval.cases import load_cases
from qa import ReportQA
from qa.settings import Settings
from vectorstore.embedding import Embedder, open_embedder
from vectorstore.reading import builtin_path, read_report
from vectorstore.snapshot import contextualised
from vectorstore.store import PassageStore

_QUESTION = "2019年地区生产总值增长多少？"
_PORT = 7891
_ROUNDS = 5


def seconds(action: Callable[[], object]) -> float:
    """Return how long one call takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def ask_over_embedding(qa: ReportQA, embedder: Embedder) -> tuple[float, float, float]:
    """Return the medians of asking, of embedding the question alone, and of their ratio."""
    questions = [case.question for case in load_cases("dev") if not case.history]
    qa.ask(_QUESTION)
    pairs = [
        (seconds(partial(qa.ask, q)), seconds(partial(embedder.embed_queries, [q])))
        for q in questions
    ]
    asks, embeddings = zip(*pairs, strict=True)
    return median(asks), median(embeddings), median(a / e for a, e in pairs)


def cold_ask(data: Path) -> float:
    """Return the median of whole `report-qa ask` processes over an index that is there."""
    command = [sys.executable, "-m", "qa.cli", "ask", _QUESTION]
    return median(
        seconds(
            lambda: subprocess.run(command, env=_environment(data), check=True, capture_output=True)
        )
        for _ in range(_ROUNDS)
    )


def cold_serve(data: Path) -> float:
    """Return the time from `report-qa serve` to the first answer of its page."""
    begun = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "qa.cli", "serve", "--port", str(_PORT)],
        env=_environment(data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while server.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{_PORT}/", timeout=5).close()
                return time.perf_counter() - begun
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError("the server ended before its page answered")
    finally:
        server.terminate()
        server.wait(timeout=20)


def indexing_over_embedding(embedder: Embedder, folder: Path) -> tuple[float, float]:
    """Return sentences a second when indexing and when only embedding the same sentences."""
    report = read_report(builtin_path())
    texts = [contextualised(passage, text) for passage, _, text in report.sentences()]
    bare = seconds(lambda: embedder.embed_passages(texts))
    store = PassageStore.open(folder, embedder)
    indexed = seconds(lambda: store.add([report]))
    store.close()
    return len(texts) / indexed, len(texts) / bare


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "REPORT_QA_DATA_DIR": str(data)}


def main() -> None:
    """Measure and print."""
    import psutil

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        settings = Settings(data_dir=data)
        embedder = open_embedder(settings.embedding_model)
        embedder.embed_queries([_QUESTION])
        indexing, bare = indexing_over_embedding(embedder, data / "bench-index")
        qa = ReportQA.open(settings=settings)
        ask, embedding, ratio = ask_over_embedding(qa, embedder)
        resident = psutil.Process().memory_info().rss / 2**20
        rows = (
            ("ask / embedding the question (aim ≤ 1.5)", f"{ratio:.2f}"),
            ("    median of ask, of embedding", f"{ask * 1e3:.1f} ms, {embedding * 1e3:.1f} ms"),
            ("indexing / bare embedding (aim ≥ 0.8)", f"{indexing / bare:.2f}"),
            ("    sentences a second", f"{indexing:.0f}, {bare:.0f}"),
            ("cold `report-qa ask` (aim ≤ 4 s)", f"{cold_ask(data):.2f} s"),
            ("cold `report-qa serve` until its page answers", f"{cold_serve(data):.2f} s"),
            ("resident memory after asking", f"{resident:.0f} MiB"),
        )
    for name, value in rows:
        print(f"{name:48} {value}")


if __name__ == "__main__":
    main()
