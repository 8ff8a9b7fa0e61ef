"""What one index of the scale bench takes to be asked, measured in a process of its own.

Time is the processor's, so that what else the machine does is not counted.
"""

from __future__ import annotations

import copy
import json
import sys
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.imitated import ImitatedEmbedder
from eval.synthetic import Known, invent, places
from qa import ReportQA
from vectorstore.embedding import Embedder, open_embedder
from vectorstore.retriever import Retriever
from vectorstore.snapshot import Snapshot
from vectorstore.store import PassageStore

_QUESTIONS = 20
_POOL = 100
_TOP = 10


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds for one question, medians; its embedding is part of each."""

    first_ask: float  # of a report that was not asked before
    embedding: float
    ask: float
    one_report: float
    library: float  # for a clause, as `recall_words`
    library_questions: float
    chroma: float
    chroma_filtered: float
    numpy: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What an index of so many sentences takes to be asked.

    `memory` is in MiB, resident after asking. `answered` is the share of answers that
    state the known amount. `recall_words` and `recall_questions` are the shares of the ten
    best of exhaustive search that are found, for clauses and for questions.
    """

    sentences: int
    opened_seconds: float
    memory: float
    times: Times
    answered: float
    recall_words: float
    recall_questions: float


class Exhaustive(PassageStore):
    """A store that compares a question with every vector, by NumPy alone."""

    @classmethod
    def over(cls, store: PassageStore) -> Exhaustive:
        """Bring all vectors of a store into memory."""
        made = copy.copy(store)
        made.__class__ = cls
        assert isinstance(made, Exhaustive)
        state = store.snapshot
        made.matrix = np.concatenate(
            [store.exact.of(state, place) for place in range(len(state.versions))]
        )
        return made

    matrix: NDArray[np.float32]

    def dense(
        self,
        query_vector: NDArray[np.float32],
        k: int,
        *,
        reports: Collection[str] | None = None,
        snapshot: Snapshot | None = None,
    ) -> list[tuple[int, float]]:
        """Return the `k` nearest rows, by comparing with all."""
        cosines = self.matrix @ query_vector
        some = np.argpartition(-cosines, min(k, len(cosines) - 1))[:k]
        best = some[np.lexsort((some, -cosines[some]))]
        return [(int(row), float(cosines[row])) for row in best]


def measured(folder: Path, reports: int, embedder: Embedder) -> Measured:
    """Ask an index of that many invented reports, and what it is compared with."""
    import psutil

    begun = time.process_time()
    store = PassageStore.open(folder, embedder)
    retriever = Retriever(store)
    qa = ReportQA(retriever)
    opened = time.process_time() - begun
    known, told = _known(reports)
    answers: dict[str, str] = {}

    def first(each: Known) -> None:
        answers[each.question] = qa.ask(each.question).text

    (first_ask,) = _times(known, first)
    state = store.snapshot
    keys = dict(zip((card.id for card in store.reports.cards), state.versions, strict=True))
    vectors = store.vectors(state)

    def embedded(each: Known) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = embedder.embed_queries([each.question])[0]
        return vector

    own: Any = _times(
        known,
        embedded,
        lambda each: qa.ask(each.question),
        lambda each: Retriever(store).rank(each.question, 60, reports=[each.report]),
        lambda each: retriever.search(told[each.report]),
        lambda each: Retriever(store).search(each.question),
        lambda each: vectors.nearest(embedded(each), _POOL, None),
        lambda each: vectors.nearest(embedded(each), _POOL, [keys[each.report]]),
    )
    memory = psutil.Process().memory_info()
    exhaustive = Exhaustive.over(store)
    (brute,) = _times(known, lambda each: exhaustive.dense(embedded(each), _POOL))
    reference = Retriever(exhaustive, few=len(state.catalogue))
    answered = [each.amount in answers[each.question] for each in known]
    words = [_recall(retriever, reference, told[each.report]) for each in known]
    questions = [_recall(retriever, reference, each.question) for each in known]
    return Measured(
        sentences=len(state.catalogue),
        opened_seconds=opened,
        memory=memory.rss / 2**20,
        times=Times(first_ask, *[*own, brute]),
        answered=float(np.mean(answered)),
        recall_words=float(np.mean(words)),
        recall_questions=float(np.mean(questions)),
    )


def _known(reports: int) -> tuple[list[Known], dict[str, str]]:
    """Return questions about reports spread over the library, and of each a clause it writes."""
    chosen = set(np.linspace(0, reports - 1, min(_QUESTIONS, reports), dtype=int).tolist())
    known, told = [], {}
    for number, place in enumerate(places(reports)):
        if number in chosen:
            invented = invent(*place)
            known.append(invented.known[number % len(invented.known)])
            deeds = [text for _, _, text in invented.report.sentences() if "项目完成投资" in text]
            told[known[-1].report] = deeds[number % len(deeds)].split("完成")[0]
    return known, told


def _times(known: Sequence[Known], *actions: Callable[[Known], object]) -> tuple[float, ...]:
    """Return the median milliseconds of each action; they take turns, question by question."""
    taken: list[list[float]] = [[] for _ in actions]
    for each in known:
        for action, times in zip(actions, taken, strict=True):
            begun = time.process_time()
            action(each)
            times.append(1e3 * (time.process_time() - begun))
    return tuple(median(times) for times in taken)


def _recall(found: Retriever, reference: Retriever, query: str) -> float:
    expected = {
        (h.passage.report_id, h.passage.number, h.sentence) for h in reference.rank(query, _TOP)
    }
    there = {(h.passage.report_id, h.passage.number, h.sentence) for h in found.rank(query, _TOP)}
    return len(expected & there) / len(expected)


def embedder_of(cache: Path, *, drawn: bool) -> Embedder:
    """Return the model, or vectors drawn after its own; `cache` keeps what they are learned from."""
    model = open_embedder()
    return ImitatedEmbedder(model, cache) if drawn else model


def main() -> None:
    """Measure the index of the folder that is named, and print one JSON object."""
    folder, reports, drawn = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "drawn"
    result = measured(folder, reports, embedder_of(folder.parent, drawn=drawn))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
