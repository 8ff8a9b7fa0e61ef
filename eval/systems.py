"""The systems that a run can ask, each opened on the one report that a case is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from eval.baselines import BestChunk, BestParagraph
from eval.cases import Case
from eval.run import System
from qa import ReportQA
from vectorstore.embedding import Embedder
from vectorstore.report import Report
from vectorstore.retriever import Retriever
from vectorstore.store import PassageStore

SYSTEMS: dict[str, Callable[[PassageStore], System]] = {
    "extractive": lambda store: ReportQA(Retriever(store)),
    "bm25": BestParagraph,
    "langchain-tutorial": BestChunk,
}


def systems_for(
    name: str, reports: Sequence[Report], embedder: Embedder, folder: Path
) -> Callable[[Case], System]:
    """Return what gives the system for a case: over the report that it asks, alone.

    Each report has an index of its own under `folder`.
    """
    by_id = {report.id: report for report in reports}

    @cache
    def opened(report_id: str) -> System:
        store = PassageStore.open(folder / report_id, embedder)
        store.add([by_id[report_id]])
        return SYSTEMS[name](store)

    return lambda case: opened(case.report)
