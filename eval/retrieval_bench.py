"""Which retriever finds the paragraph that answers? A table over the built-in report.

    python -m eval.retrieval_bench [--split dev]

The pairs are the answerable cases of a split that stand alone, each with the paragraphs
that its evidence stands in. Evidence of which any piece will do is one unit; where all
pieces are needed, each is a unit. A unit is found at the first rank that holds one of its
paragraphs; recall is the share of the units found. A chunk holds every paragraph that it
overlaps, which favours it: two or three paragraphs for the price of one.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import ir_measures
from ir_measures import RR, R, nDCG

from eval.cases import Case, load_cases, resolve
from eval.chunks import TOP, ChunkIndex
from eval.rankers import bm25, dense
from eval.retrieval import as_run, named, of_units
from eval.statistics import Estimate, estimate
from qa import ReportQA
from qa.settings import Settings
from vectorstore.embedding import Embedder, open_embedder
from vectorstore.reading import builtin_path, read_report
from vectorstore.report import Hit, Report
from vectorstore.retriever import Retriever
from vectorstore.store import PassageStore

Units = tuple[frozenset[int], ...]
Ranker = Callable[[str], list[frozenset[int]]]
DEPTH = 10
MEASURES = {"recall@1": R @ 1, "recall@5": R @ 5, "MRR@10": RR @ 10, "nDCG@10": nDCG @ 10}


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with the units of evidence that are to be found: paragraph numbers."""

    id: str
    question: str
    units: Units


def pairs_of(cases: Iterable[Case], report: Report) -> list[Pair]:
    """Return the pairs of the cases that stand alone and are answered by this report."""
    pairs = []
    for case in cases:
        if not case.answerable or case.history or {e.report for e in case.evidence} != {report.id}:
            continue
        pieces = [frozenset(number for _, number in places) for places in resolve(case, [report])]
        units = tuple(pieces) if case.evidence_mode == "all" else (frozenset().union(*pieces),)
        pairs.append(Pair(case.id, case.question, units))
    return pairs


def measure(pairs: Sequence[Pair], ranker: Ranker) -> dict[str, Estimate]:
    """Return every measure of a ranker: its mean over the pairs with its interval."""
    qrels = {pair.id: dict.fromkeys(named(pair.units), 1) for pair in pairs}
    run = {pair.id: as_run(of_units(ranker(pair.question), pair.units)) for pair in pairs}
    values: dict[str, list[float]] = {str(wanted): [] for wanted in MEASURES.values()}
    for each in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
        values[str(each.measure)].append(each.value)
    estimates = {name: estimate(values[str(wanted)]) for name, wanted in MEASURES.items()}
    return {name: found for name, found in estimates.items() if found is not None}


def rankers_of(report: Report, embedder: Embedder, folder: Path) -> dict[str, Ranker]:
    """Return the retrievers to compare, each over this report alone."""
    store = PassageStore.open(folder, embedder)
    store.add([report])
    retriever, chunks = Retriever(store), ChunkIndex([report], embedder)
    service = ReportQA(retriever)
    return {
        "BM25": lambda query: _numbers(bm25(store, query, DEPTH)),
        "dense": lambda query: _numbers(dense(store, query, DEPTH)),
        "fused": lambda query: _numbers(retriever.search(query, DEPTH)),
        "fused, question understood": lambda query: _numbers(service.search(query, DEPTH)),
        f"LangChain tutorial, k={TOP}": lambda query: [
            frozenset(piece.passage.number for piece in chunk.pieces)
            for chunk in chunks.search(query)
        ],
    }


def _numbers(hits: Iterable[Hit]) -> list[frozenset[int]]:
    return [frozenset({hit.passage.number}) for hit in hits]


def table(results: dict[str, dict[str, Estimate]]) -> str:
    """Return the results as text, a retriever a line."""
    lines = [f"{'':<26}" + "".join(f"{name:>22}" for name in MEASURES)]
    for name, estimates in results.items():
        cells = "".join(f"{estimates[measure]!s:>22}" for measure in MEASURES)
        lines.append(f"{name:<26}{cells}")
    return "\n".join(lines)


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    split = parser.parse_args().split
    settings, report = Settings(), read_report(builtin_path())
    pairs = pairs_of(load_cases(split), report)
    embedder = open_embedder(settings.embedding_model)
    rankers = rankers_of(report, embedder, settings.data_dir / "benchmark" / report.id)
    print(f"{report.id}, split {split}, n = {len(pairs)}, {embedder.name}, mean [95 % interval]")
    print(table({name: measure(pairs, ranker) for name, ranker in rankers.items()}))


if __name__ == "__main__":
    main()
