"""Dense and lexical search, fused into one ranking of sentences or paragraphs."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from vectorstore.report import Hit, Part
from vectorstore.snapshot import PART_CODES, Snapshot
from vectorstore.store import PassageStore

_POOL = 100
_DENSE_WEIGHT = 0.4
_PART_BOOST = 0.25


class Retriever:
    """Finds the sentences of a store that bear on a query."""

    def __init__(self, store: PassageStore) -> None:
        self.store = store

    def rank(
        self,
        query: str,
        k: int = 50,
        *,
        part: Part | None = None,
        reports: Collection[str] | None = None,
        words: str = "",
    ) -> list[Hit]:
        """Return up to `k` sentences, best first.

        `words` are further names of what is asked; only the lexical side sees them.
        `part` prefers sentences of that part of their report, without excluding
        the others; `reports` excludes all but these report ids.
        """
        state = self.store.snapshot
        fused = self._fused(query, max(k, _POOL), part, reports, state, words)
        best = _top(fused, k)
        return [
            Hit(state.rows[row].passage, state.rows[row].sentence, float(fused[row]), rank)
            for rank, row in enumerate(best, start=1)
        ]

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        part: Part | None = None,
        reports: Collection[str] | None = None,
        words: str = "",
    ) -> list[Hit]:
        """Return up to `k` paragraphs, best first, each with its best sentence.

        `part`, `reports` and `words` are as in `rank`.
        """
        state = self.store.snapshot
        fused = self._fused(query, max(4 * k, _POOL), part, reports, state, words)
        hits: list[Hit] = []
        seen: set[int] = set()
        for row in _top(fused, len(fused)):
            paragraph = int(state.row_paragraph[row])
            if paragraph in seen:
                continue
            seen.add(paragraph)
            found = state.rows[row]
            hits.append(Hit(found.passage, found.sentence, float(fused[row]), len(hits) + 1))
            if len(hits) == k:
                break
        return hits

    def _fused(
        self,
        query: str,
        pool: int,
        part: Part | None,
        reports: Collection[str] | None,
        state: Snapshot,
        words: str = "",
    ) -> NDArray[np.float32]:
        """Return the score of every row, -inf for those that are not to be found."""
        fused = np.full(len(state.rows), -np.inf, dtype=np.float32)
        if not state.rows or not query.strip():
            return fused
        vector = self.store.embedder.embed_queries([query])[0]
        dense = np.zeros(len(state.rows), dtype=np.float32)
        found = self.store.dense(vector, pool, reports=reports, snapshot=state)
        lexical = state.lexical.scores(f"{query} {words}").copy()
        allowed = _allowed(state, reports)
        lexical[~allowed] = 0.0
        rows = np.array([row for row, _ in found], dtype=np.int64)
        cosines = np.array([cosine for _, cosine in found], dtype=np.float32)
        if len(cosines):
            low = cosines.min()
            dense[rows] = (cosines - low) / max(float(cosines.max() - low), 1e-6)
        top = float(lexical.max())
        if top > 0:
            lexical /= top
        fused = _DENSE_WEIGHT * dense + (1 - _DENSE_WEIGHT) * lexical
        if part is not None:
            fused[state.row_part == PART_CODES[part]] += _PART_BOOST
        fused[~allowed] = -np.inf
        return fused.astype(np.float32)


def _allowed(state: Snapshot, reports: Collection[str] | None) -> NDArray[np.bool_]:
    if reports is None:
        return np.ones(len(state.rows), dtype=np.bool_)
    wanted = np.array([report.id in reports for report in state.reports], dtype=np.bool_)
    return wanted[state.row_report]


def _top(scores: NDArray[np.float32], k: int) -> list[int]:
    """Return the positions of the `k` highest finite scores, best first, ties in order."""
    order = np.argsort(-scores, kind="stable")[:k]
    return [int(row) for row in order if np.isfinite(scores[row])]
