"""How time, disk and memory grow with the library: `make bench-scale`. Nothing is asserted.

    python -m eval.scale_bench [--sizes 10000 100000] [--computed 10000] [--keep FOLDER]

Each size is an index of invented reports, made by the way that every index is made and
asked in a process of its own. Beyond `--computed` sentences the vectors are drawn after the
model's (`eval.imitated`): a model would take a day for a million. Chroma alone and brute
force in NumPy are asked the same in the same process. Recall is that of the ten best of the
same search with every vector compared, in the whole library. Times are the processor's, on
one thread each. With `--keep` the indexes stay, and those that are there are only asked.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from eval.scale_measure import Measured, Times, embedder_of
from eval.synthetic import invent, places
from vectorstore.store import PassageStore

_PER_REPORT = 442
_BATCH = 512
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Scale:
    """One size: what its index took to make, what it takes on disk, and to be asked."""

    seconds: float
    terms_seconds: float
    disk: dict[str, float]
    drawn: bool
    asked: Measured


def scale(folder: Path, sentences: int, *, drawn: bool) -> Scale:
    """Make the index of one size where it is missing, and ask it."""
    count = -(-sentences // _PER_REPORT)
    reports = [invent(region, year).report for region, year in places(count)]
    store = PassageStore.open(folder, embedder_of(folder.parent, drawn=drawn))
    embedded = begun = time.process_time()

    def progress(done: int, total: int) -> None:
        nonlocal embedded
        embedded = time.process_time()
        if sys.stderr.isatty() or done == total:
            print(f"\r{done} of {total} vectors", end="", file=sys.stderr, flush=True)

    store.add(reports, progress, batch=_BATCH)
    seconds = time.process_time() - begun
    terms = time.process_time() - embedded
    store.close()
    command = [sys.executable, "-m", "eval.scale_measure", str(folder), str(count)]
    command.append("drawn" if drawn else "computed")
    told = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **_ONE_THREAD}
    ).stdout
    content = json.loads(told.splitlines()[-1])
    asked = Measured(**{**content, "times": Times(**content["times"])})
    return Scale(seconds, terms, _disk(folder), drawn, asked)


def _disk(folder: Path) -> dict[str, float]:
    """Return the MiB of each part of an index."""
    sizes: dict[str, float] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            part = path.relative_to(folder).parts[0].split("-")[0]
            sizes[part] = sizes.get(part, 0.0) + path.stat().st_size / 2**20
    return sizes


def table(scales: list[Scale]) -> str:
    """Return the results as text: a measure a line, a size a column, and the growth."""
    asked = [each.asked for each in scales]
    parts = sorted({part for each in scales for part in each.disk if not part.endswith("json")})
    rows: list[tuple[str, list[float], str]] = [
        ("index, seconds", [each.seconds for each in scales], "{:.0f}"),
        ("    of these terms and catalogue", [each.terms_seconds for each in scales], "{:.1f}"),
        ("disk, MiB", [sum(each.disk.values()) for each in scales], "{:.0f}"),
        *(
            (f"    {part}", [each.disk.get(part, 0.0) for each in scales], "{:.0f}")
            for part in parts
        ),
        ("opening, seconds", [each.opened_seconds for each in asked], "{:.2f}"),
        ("memory after asking, MiB", [each.memory for each in asked], "{:.0f}"),
        ("embedding a question, ms", [each.times.embedding for each in asked], "{:.1f}"),
        ("answer, report not asked before, ms", [each.times.first_ask for each in asked], "{:.1f}"),
        ("answer, report asked before, ms", [each.times.ask for each in asked], "{:.1f}"),
        ("search in one report, ms", [each.times.one_report for each in asked], "{:.1f}"),
        ("library, clauses, ms", [each.times.library for each in asked], "{:.1f}"),
        ("library, questions, ms", [each.times.library_questions for each in asked], "{:.1f}"),
        ("Chroma alone, ms", [each.times.chroma for each in asked], "{:.1f}"),
        (
            "Chroma alone in one report, ms",
            [each.times.chroma_filtered for each in asked],
            "{:.1f}",
        ),
        ("NumPy, every vector, ms", [each.times.numpy for each in asked], "{:.1f}"),
        ("answers with the known amount, %", [100 * each.answered for each in asked], "{:.0f}"),
        ("recall@10, words, %", [100 * each.recall_words for each in asked], "{:.1f}"),
        ("recall@10, questions, %", [100 * each.recall_questions for each in asked], "{:.1f}"),
    ]
    titles = [f"{a.sentences:,}{'*' * s.drawn}" for s, a in zip(scales, asked, strict=True)]
    lines = [f"{'sentences':36}" + "".join(f"{t:>14}" for t in titles) + f"{'last/first':>12}"]
    for name, values, form in rows:
        growth = f"{values[-1] / values[0]:.2f}" if values[0] else ""
        cells = "".join(f"{form.format(value):>14}" for value in values)
        lines.append(f"{name:36}{cells}{growth:>12}")
    return "\n".join([*lines, "* vectors drawn, not computed"])


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--computed", type=int, default=10_000)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root: Path = asked.keep or Path(temporary)
        scales = []
        for size in sorted(asked.sizes):
            drawn = size > asked.computed
            scales.append(scale(root / str(size), size, drawn=drawn))
    print(table(scales))


if __name__ == "__main__":
    main()
