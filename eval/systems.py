"""The systems that a run can ask, each opened on the reports that a case is about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from eval.baselines import BestParagraph
from eval.cases import Case
from eval.run import System
from eval.tutorial import PROMPT_VERSION, BestChunk, ChunksToModel
from qa import ReportQA
from qa.language_model import LanguageModel
from qa.local_model import ModelError
from qa.models import open_model
from qa.prompting import prompt
from qa.settings import Settings
from vectorstore.embedding import Embedder
from vectorstore.report import Report
from vectorstore.retriever import Retriever
from vectorstore.store import PassageStore

WITHOUT_MODEL: dict[str, Callable[[PassageStore], System]] = {
    "extractive": lambda store: ReportQA(Retriever(store)),
    "bm25": BestParagraph,
    "langchain-tutorial": BestChunk,
}
WITH_MODEL: dict[str, Callable[[PassageStore, LanguageModel], System]] = {
    "llm": lambda store, model: ReportQA(Retriever(store), model=model),
    "langchain-tutorial-llm": ChunksToModel,
}
# An open index holds files; the public sets have hundreds of indexes.
_MOST_OPEN = 8
NAMES = (*WITHOUT_MODEL, *WITH_MODEL)


def model_for(name: str, settings: Settings) -> LanguageModel | None:
    """Return the language model that a system asks; none, if it asks none.

    Raises:
        ModelError: it needs one, and the settings name none, or none that can be used.
    """
    if name in WITHOUT_MODEL:
        return None
    if not settings.model:
        raise ModelError(
            f"The system {name} needs a language model: set REPORT_QA_MODEL (and OPENAI_BASE_URL)."
        )
    return open_model(settings)


def prompt_versions(name: str) -> tuple[str, ...]:
    """Return the versions of the prompts that a system with a model uses."""
    if name == "langchain-tutorial-llm":
        return (PROMPT_VERSION,)
    return prompt("answer").version, prompt("condense").version


def systems_for(
    name: str,
    reports: Sequence[Report],
    embedder: Embedder,
    folder: Path,
    model: LanguageModel | None = None,
) -> Callable[[Case], System]:
    """Return what gives the system for a case: over the reports that it asks, and no others.

    Each set of reports has an index of its own under `folder`; the last few stay open.
    """
    by_id = {report.id: report for report in reports}
    stores: dict[tuple[str, ...], PassageStore] = {}
    systems: dict[tuple[str, ...], System] = {}

    def opened(case: Case) -> System:
        if case.index not in systems:
            if len(systems) == _MOST_OPEN:
                oldest = next(iter(systems))
                del systems[oldest]
                stores.pop(oldest).close()
            store = PassageStore.open(folder / _folder_name(case.index), embedder)
            store.add([by_id[report_id] for report_id in case.index])
            stores[case.index] = store
            systems[case.index] = (
                WITH_MODEL[name](store, model) if model else WITHOUT_MODEL[name](store)
            )
        return systems[case.index]

    return opened


def _folder_name(index: tuple[str, ...]) -> str:
    """Return the name of the folder for an index: the report's id, or a hash of several."""
    if len(index) == 1:
        return index[0]
    return f"several-{hashlib.sha256('/'.join(index).encode()).hexdigest()[:12]}"
