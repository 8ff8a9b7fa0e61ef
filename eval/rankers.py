"""The parts of the retriever on their own, for comparison: BM25 alone, vectors alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vectorstore.report import Hit
from vectorstore.snapshot import Snapshot
from vectorstore.store import PassageStore


def bm25(store: PassageStore, query: str, k: int = 10) -> list[Hit]:
    """Return the `k` paragraphs whose best sentence scores highest by BM25 alone."""
    state = store.snapshot
    scores = state.lexical.scores(query)
    return _paragraphs(np.where(scores > 0, scores, -np.inf), state, k)


def dense(store: PassageStore, query: str, k: int = 10) -> list[Hit]:
    """Return the `k` paragraphs whose nearest sentence has the highest cosine."""
    state = store.snapshot
    vector = store.embedder.embed_queries([query])[0]
    scores = np.full(len(state.rows), -np.inf)
    for row, cosine in store.dense(vector, len(state.rows), snapshot=state):
        scores[row] = cosine
    return _paragraphs(scores, state, k)


def _paragraphs(scores: NDArray[np.floating], state: Snapshot, k: int) -> list[Hit]:
    """Rank paragraphs by their best row; rows of score -inf are not found."""
    hits: list[Hit] = []
    seen: set[tuple[int, int]] = set()
    for row in np.argsort(-scores, kind="stable"):
        paragraph = state.paragraph(int(row))
        if len(hits) == k or not np.isfinite(scores[row]):
            break
        if paragraph not in seen:
            seen.add(paragraph)
            found = state.row(int(row))
            hits.append(Hit(found.passage, found.sentence, float(scores[row]), len(hits) + 1))
    return hits
