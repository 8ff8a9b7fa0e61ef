"""Dense and lexical search, fused into one ranking of sentences or paragraphs."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vectorstore.catalogue import PART_CODES
from vectorstore.embedding import Embedder
from vectorstore.recent import Recent
from vectorstore.report import Hit, Part
from vectorstore.snapshot import Snapshot
from vectorstore.store import PassageStore

_POOL = 100
_DENSE_WEIGHT = 0.4
_PART_BOOST = 0.25
# What so large a share of the sentences comes nearer than is the background of a query.
_BACKGROUND = 0.15
# So many embedded pieces of sentences stay at hand: 6 MB.
_PIECES = 4096
_NEAREST = 5
# Up to so many rows, all are scored; of more, those that may be among the best.
FEW = 20_000

Rows = NDArray[np.integer[Any]]
Scores = NDArray[np.float32]


@dataclass(frozen=True)
class _Search:
    """One query on its way through one snapshot.

    `positions` are the reports to be searched, `None` all. `dense` holds the rows nearest
    to the query, and how near they are on a scale from 0 for the last of them to 1;
    `margins` by how much each of them is above the background. `worded` holds the rows
    of the highest BM25, best first, where there are more than `few`.
    """

    state: Snapshot
    text: str
    part: int | None
    positions: list[int] | None
    dense_rows: Rows
    dense: Scores
    margins: Mapping[int, float]
    few: int
    worded: Rows | None

    def ranked(self, depth: int) -> tuple[Rows, Scores]:
        """Return the `depth` best rows, best first, with their scores; ties in reading order.

        The score is the weighted sum of nearness and BM25, the latter as a share of the
        highest, and a bonus for the preferred part.
        """
        rows, lexical = self._candidates(depth)
        top = float(lexical.max(initial=0.0))
        dense = np.zeros(len(rows), dtype=np.float32)
        dense[np.searchsorted(rows, self.dense_rows)] = self.dense
        fused = _DENSE_WEIGHT * dense + (1 - _DENSE_WEIGHT) * lexical / (top or 1.0)
        if self.part is not None:
            fused[self.state.catalogue.parts[rows] == self.part] += _PART_BOOST
        order = np.argsort(-fused, kind="stable")[:depth]
        return rows[order], fused[order].astype(np.float32)

    def _candidates(self, depth: int) -> tuple[Rows, Scores]:
        """Return, in order, all rows that may be among the `depth` best, and their BM25.

        A row that is not near can only be there if fewer than `depth` rows of its kind, in
        the preferred part or outside, have a higher BM25.
        """
        catalogue, lexical = self.state.catalogue, self.state.lexical
        if self.positions is not None:
            rows = catalogue.rows_of(self.positions)
            if len(rows) <= self.few:
                spans = [catalogue.span(position) for position in self.positions]
                return rows, lexical.scores_within(self.text, spans)
        elif len(catalogue) <= self.few:
            return np.arange(len(catalogue)), lexical.scores(self.text)
        found = [
            _filled(self._best(depth, kind), kind, depth, len(catalogue)) for kind in self._kinds()
        ]
        rows = np.unique(np.concatenate((self.dense_rows, *found)))
        return rows, lexical.scores_at(self.text, rows)

    def _best(self, depth: int, kind: NDArray[np.bool_] | None) -> Rows:
        if self.worded is not None and self.part is None and depth <= len(self.worded):
            return self.worded[:depth]
        return self.state.lexical.best(self.text, depth, kind)[0]

    def _kinds(self) -> Iterator[NDArray[np.bool_] | None]:
        """Yield the rows that may be found, `None` for all; the preferred part is one of its own."""
        catalogue = self.state.catalogue
        allowed = _allowed(self.state, self.positions)
        if self.part is None:
            yield allowed
        else:
            preferred = catalogue.parts == self.part
            yield preferred if allowed is None else allowed & preferred
            yield ~preferred if allowed is None else allowed & ~preferred


class Bank(Hashable, Protocol):
    """Questions that another one is compared with."""

    def vectors(self, embedder: Embedder) -> NDArray[np.float32]:
        """Return their vectors, as the embedder gives them."""
        ...


class Retriever:
    """Finds the sentences of a store that bear on a query."""

    def __init__(self, store: PassageStore, few: int = FEW) -> None:
        """`few` is the number of rows up to which all are scored; the results are the same."""
        self.store = store
        self._few = few
        # One question may be put to many reports, one after the other: it is embedded once.
        self._vectors: Recent[str, NDArray[np.float32]] = Recent(1)
        # Pieces of reports that questions made look at closely, and what they are compared with.
        self._pieces: Recent[str, NDArray[np.float32]] = Recent(_PIECES)
        self._banks: Recent[Bank, NDArray[np.float32]] = Recent(2)

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
        search = self._search(query, max(k, _POOL), part, reports, words)
        if search is None:
            return []
        rows, scores = search.ranked(k)
        return _hits(search, rows.tolist(), scores.tolist())

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
        pool = max(4 * k, _POOL)
        search = self._search(query, pool, part, reports, words)
        if search is None:
            return []
        depth = pool
        while True:
            rows, scores = search.ranked(depth)
            best: dict[tuple[int, int], tuple[int, float]] = {}
            for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
                best.setdefault(search.state.paragraph(row), (row, score))
                if len(best) == k:
                    break
            if len(best) >= k or len(rows) < depth:
                break
            depth *= 4
        first = [*best.values()][:k]
        return _hits(search, [row for row, _ in first], [score for _, score in first])

    def distinctness(self, query: str, texts: Sequence[str], *, others: Bank) -> list[float]:
        """Return how much nearer each text is to the query than to the `others` nearest to it.

        Some texts are near to any question. From the cosine is taken the mean of those to the
        five nearest other questions: the local scaling of CSLS (Conneau et al. 2018,
        «Word Translation Without Parallel Data»), without the part that is the same for all texts.
        """
        if not texts:
            return []
        bank = self._banks.get(others, lambda: others.vectors(self.store.embedder))
        pieces = np.stack(self._pieces.get_all(texts, self.store.embedder.embed_passages))
        nearest = np.sort(pieces @ bank.T, axis=1)[:, -_NEAREST:].mean(axis=1)
        return [float(value) for value in pieces @ self._embedded(query) - nearest]

    def _embedded(self, query: str) -> NDArray[np.float32]:
        return self._vectors.get(query, lambda: self.store.embedder.embed_queries([query])[0])

    def writes(self, words: str) -> bool:
        """Tell whether one sentence has all the terms of some words: then it most likely has them."""
        return len(self.store.snapshot.lexical.rows_with(words)) > 0

    def _search(
        self,
        query: str,
        pool: int,
        part: Part | None,
        reports: Collection[str] | None,
        words: str,
    ) -> _Search | None:
        """Begin a search with the `pool` nearest rows; `None` where nothing can be found."""
        state = self.store.snapshot
        positions = None if reports is None else state.positions(reports)
        if not len(state.catalogue) or not query.strip() or positions == []:
            return None
        vector = self._embedded(query)
        text = f"{query} {words}"
        found = self.store.dense(vector, pool, reports=reports, snapshot=state)
        worded = None
        if _searched(state, positions) > self._few:
            worded = state.lexical.best(text, pool, _allowed(state, positions))[0]
            found = self._completed(found, worded, vector, reports, state)[:pool]
        cosines = np.array([cosine for _, cosine in found], dtype=np.float32)
        margins = _margins(found, _searched(state, positions))
        if len(cosines):
            low = cosines.min()
            cosines = (cosines - low) / max(float(cosines.max() - low), 1e-6)
        return _Search(
            state=state,
            text=text,
            part=None if part is None else PART_CODES[part],
            positions=positions,
            dense_rows=np.array([row for row, _ in found], dtype=np.int64),
            dense=cosines,
            margins=margins,
            few=self._few,
            worded=worded,
        )

    def _completed(
        self,
        found: Sequence[tuple[int, float]],
        worded: Rows,
        vector: NDArray[np.float32],
        reports: Collection[str] | None,
        state: Snapshot,
    ) -> list[tuple[int, float]]:
        """Add the best by words to the nearest found, best first.

        A question may lie far from all sentences, and the way through a graph of many then
        ends at the wrong ones; but those that it asks for share its words. Where one of these
        is nearer than some that were found, the graph is asked again, from half way to it.
        """
        there = {row for row, _ in found}
        both = self._joined(found, worded, vector, state)
        missed = [row for row, _ in both[: len(found)] if row not in there]
        if missed:
            (other,) = self.store.vectors_at(np.array(missed[:1]), snapshot=state)
            between = (vector + other) / np.linalg.norm(vector + other)
            again = self.store.dense(between, len(found), reports=reports, snapshot=state)
            both = self._joined(both, np.array([row for row, _ in again]), vector, state)
        return both

    def _joined(
        self,
        found: Sequence[tuple[int, float]],
        others: Rows,
        vector: NDArray[np.float32],
        state: Snapshot,
    ) -> list[tuple[int, float]]:
        """Add other rows to those found, with their cosines, best first."""
        near = np.array([row for row, _ in found], dtype=np.int64)
        rest = np.setdiff1d(others.astype(np.int64), near)
        cosines = self.store.vectors_at(rest, snapshot=state) @ vector
        both = [*found, *zip(rest.tolist(), cosines.tolist(), strict=True)]
        return sorted(both, key=lambda each: -each[1])


def _filled(found: Rows, kind: NDArray[np.bool_] | None, depth: int, size: int) -> Rows:
    """Fill up what scores to `depth` rows with the first rows of its kind that do not."""
    if len(found) >= depth:
        return found
    enough = depth + len(found)
    first = np.arange(min(enough, size)) if kind is None else np.flatnonzero(kind)[:enough]
    return np.union1d(found, first)


def _allowed(state: Snapshot, positions: list[int] | None) -> NDArray[np.bool_] | None:
    """Tell of each row whether it is of these reports; `None` where all may be found."""
    if positions is None:
        return None
    allowed = np.zeros(len(state.catalogue), dtype=np.bool_)
    allowed[state.catalogue.rows_of(positions)] = True
    return allowed


def _searched(state: Snapshot, positions: list[int] | None) -> int:
    """Return how many rows a search looks through."""
    catalogue = state.catalogue
    return len(catalogue) if positions is None else len(catalogue.rows_of(positions))


def _margins(found: Sequence[tuple[int, float]], searched: int) -> dict[int, float]:
    """Return for the nearest rows, best first, how far each is above the background."""
    place = min(int(_BACKGROUND * searched), _POOL, len(found) - 1)
    return {row: cosine - found[place][1] for row, cosine in found[:place]}


def _hits(search: _Search, indices: Sequence[int], scores: Sequence[float]) -> list[Hit]:
    """Return these rows as hits, in their order."""
    found = zip(indices, search.state.rows_at(indices), scores, strict=True)
    return [
        Hit(row.passage, row.sentence, score, rank, search.margins.get(index, 0.0))
        for rank, (index, row, score) in enumerate(found, start=1)
    ]
