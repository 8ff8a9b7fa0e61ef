"""BM25 over Chinese text: characters and their pairs, Latin words and numbers whole.

The index is an inverted file of NumPy arrays that are mapped from disk: for each term the
rows that hold it, in order, with what the term adds to each row's score. A part of the rows
is scored by cutting it out of every list; the best of all rows are found without reading
the long lists of common terms (MaxScore: Turtle & Flood 1995, doi 10.1016/0306-4573(95)00020-H).
Libraries that score every row for every question, as bm25s does, grow with the library; the
scores are the same, which the tests check against it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore import arrays
from vectorstore.errors import StoreError
from vectorstore.recent import Recent

_RUN = re.compile(r"[0-9]+(?:\.[0-9]+)?%?|[a-z]+|[^\W0-9a-z_]+")
_SIZE_FILE = "size.json"
_K1 = 1.2
_B = 0.75
# More than float32 may lose when it sums in another order.
_ROUNDING = 1e-4
# A list of less than this share of all rows is sooner read than looked into.
_LONG = 1 / 16

Rows = NDArray[np.integer[Any]]
Scores = NDArray[np.float32]


def tokens(text: str) -> list[str]:
    """Split text into the terms that BM25 counts.

    The text is NFKC-normalised and lower-cased. Latin words and numbers (with
    their decimals and %) are one term each; a run of Han characters gives each
    character and each pair of neighbours.
    """
    found: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii():
            found.append(run)
        else:
            found.extend(run)
            found.extend(a + b for a, b in pairwise(run))
    return found


@lru_cache(maxsize=1 << 16)
def _code(term: str) -> int:
    """Name a term by a number: by its one or two characters, or by 63 bits of its hash."""
    if not term[0].isascii():
        return ord(term[0]) if len(term) == 1 else ord(term[0]) << 21 | ord(term[1])
    return 1 << 63 | int.from_bytes(blake2b(term.encode(), digest_size=8).digest()) >> 1


def weight(
    tf: NDArray[np.floating], df: NDArray[np.floating], length: NDArray[np.floating],
    mean_length: float, n: int,
) -> NDArray[np.floating]:  # fmt: skip
    """Return what a term adds to the score of a text, as Lucene counts BM25.

    ln(1 + (n - df + 0.5) / (df + 0.5)) · tf / (tf + k1 (1 - b + b length / mean_length)),
    https://lucene.apache.org/core/9_0_0/core/org/apache/lucene/search/similarities/BM25Similarity.html
    """
    idf: NDArray[np.floating] = np.log1p((n - df + 0.5) / (df + 0.5))
    return idf * tf / (tf + _K1 * (1 - _B + _B * length / mean_length))


@dataclass(frozen=True)
class _Arrays:
    """Term t is `codes[t]`; its rows and what it adds to them are at `starts[t]:starts[t + 1]`.

    `peaks[t]` is the most that it adds; `counts` is how often it stands in each row, and
    `lengths` how many terms a row has: with these an index is continued.
    """

    codes: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    counts: NDArray[np.uint16]
    peaks: NDArray[np.float32]
    lengths: NDArray[np.int32]


class LexicalIndex:
    """A BM25 index over a fixed list of texts, addressed by their positions."""

    def __init__(self, inverted: _Arrays) -> None:
        self._arrays = inverted
        # One question is scored several times, here and there: its terms are looked up once.
        self._known: Recent[str, list[tuple[int, int]]] = Recent(1)

    def __len__(self) -> int:
        return len(self._arrays.lengths)

    @classmethod
    def build(cls, texts: Iterable[str]) -> LexicalIndex:
        """Index the texts in their order."""
        return cls.continued(None, np.empty(0, dtype=np.int64), texts)

    @classmethod
    def continued(
        cls, before: LexicalIndex | None, places: Rows, texts: Iterable[str]
    ) -> LexicalIndex:
        """Index texts some of which another index holds already.

        `places[i]` is the new position of row i of `before`, or -1 where it is gone. The
        texts take the positions that are left, in their order. The result is the same as
        that of building it of all texts anew.
        """
        fresh = _counted(texts)
        kept = places >= 0
        size = int(kept.sum()) + len(fresh.lengths)
        free = np.ones(size, dtype=np.bool_)
        free[places[kept]] = False
        lengths = np.empty(size, dtype=np.int32)
        lengths[free] = fresh.lengths
        positions = np.flatnonzero(free).astype(np.int32)
        codes, rows, counts = fresh.codes, positions[fresh.rows], fresh.counts
        if before is not None and kept.any():
            old = before._arrays
            lengths[places[kept]] = old.lengths[kept]
            stays = kept[old.rows]
            moved = places.astype(np.int32)[old.rows[stays]]
            old_codes = np.repeat(old.codes, np.diff(old.starts))[stays]
            codes = np.concatenate((old_codes, codes))
            rows = np.concatenate((moved, rows))
            counts = np.concatenate((old.counts[stays], counts))
        return cls(_inverted(codes, rows, counts, lengths))

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, which is made if missing."""
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(_Arrays):
            arrays.save(folder, field.name, getattr(self._arrays, field.name))
        content = {"texts": len(self), "postings": len(self._arrays.rows)}
        (folder / _SIZE_FILE).write_text(json.dumps(content), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Open a saved index; its arrays are mapped, not read.

        Raises:
            StoreError: a file is missing or damaged.
        """
        try:
            content = json.loads((folder / _SIZE_FILE).read_text("utf-8"))
            found = _Arrays(*(arrays.mapped(folder, field.name) for field in fields(_Arrays)))
            _check(found, texts=int(content["texts"]), postings=int(content["postings"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"词索引 {folder} 缺失或已损坏：{error}。请用 report-qa index --rebuild 重建索引。"
            ) from error
        return cls(found)

    # -- scoring

    def scores(self, query: str) -> Scores:
        """Return the BM25 score of every text for `query`, in the order of the texts."""
        scores = np.zeros(len(self), dtype=np.float32)
        terms = self._terms(query)
        if terms:
            lists = [self._postings(term) for term, _ in terms]
            weights = [times * each for (_, times), (_, each) in zip(terms, lists, strict=True)]
            # It adds one after the other, in this order: rounded as anywhere else.
            np.add.at(scores, np.concatenate([rows for rows, _ in lists]), np.concatenate(weights))
        return scores

    def scores_within(self, query: str, spans: Sequence[tuple[int, int]]) -> Scores:
        """Return the scores of the texts of each of these half-open runs, one after the other."""
        bounds = np.array(spans, dtype=np.int32).reshape(-1, 2)
        offsets = np.cumsum([0, *(bounds[:, 1] - bounds[:, 0])])
        scores = np.zeros(int(offsets[-1]), dtype=np.float32)
        for term, times in self._terms(query):
            rows, weights = self._postings(term)
            cuts = np.searchsorted(rows, bounds)
            for place in np.flatnonzero(cuts[:, 0] < cuts[:, 1]):
                inside = slice(*cuts[place])
                at = rows[inside] - bounds[place, 0] + offsets[place]
                scores[at] += times * weights[inside]
        return scores

    def scores_at(self, query: str, rows: Rows) -> Scores:
        """Return the scores of these texts, as `scores` gives them."""
        scores = np.zeros(len(rows), dtype=np.float32)
        for term, times in self._terms(query):
            scores += times * self._looked_up(term, rows)
        return scores

    def best(
        self, query: str, k: int, among: NDArray[np.bool_] | None = None
    ) -> tuple[Rows, Scores]:
        """Return the `k` texts that score highest above 0, best first, ties in their order.

        `among` tells for each text whether it may be found. The scores are those of
        `scores`; the lists of terms that cannot bring a further text among the best are
        not read through.
        """
        terms = sorted(self._terms(query), key=lambda term: len(self._postings(term[0])[0]))
        left = sum(self._bound(term) for term in terms)
        partial = np.zeros(len(self), dtype=np.float32)
        floor = 0.0  # no less than this is the score of the k-th best
        read = 0
        for term, times in terms:
            rows, weights = self._postings(term)
            if floor > left + _ROUNDING and len(rows) > len(self) * _LONG:
                break
            if among is not None:
                allowed = among[rows]
                rows, weights = rows[allowed], weights[allowed]
            places = rows.astype(np.intp)  # NumPy would convert them twice
            counted = partial.take(places) + times * weights
            partial[places] = counted
            floor = max(floor, _kth(counted, k))
            left -= self._bound((term, times))
            read += 1
        found = self._narrowed(terms[read:], partial, floor, k)
        scores = self.scores_at(query, found)
        order = np.argsort(-scores, kind="stable")[:k]
        return found[order], scores[order]

    def _narrowed(
        self,
        terms: Sequence[tuple[int, int]],
        partial: Scores,
        floor: float,
        k: int,
    ) -> Rows:
        """Return, in order, the rows that may be among the best, once `terms` are counted too."""
        left = sum(self._bound(term) for term in terms)
        least = floor - left - _ROUNDING
        found: Rows = np.flatnonzero(partial >= least if least > 0 else partial)
        scores: Scores = partial[found]
        for term, times in terms:
            scores += times * self._looked_up(term, found)
            left -= self._bound((term, times))
            floor = max(floor, _kth(scores, k))
            hoping = scores + left >= floor - _ROUNDING
            found, scores = found[hoping], scores[hoping]
        return found

    def rows_with(self, text: str) -> Rows:
        """Return the texts that hold every term of `text`, in order."""
        lists = [self._postings(term)[0] for term, _ in self._terms(text)]
        if not lists or len(lists) < len(set(tokens(text))):
            return np.empty(0, dtype=np.int32)
        first, *others = sorted(lists, key=len)
        found: Rows = first
        for rows in others:
            found = found[_places(rows, found) >= 0]
        return found

    def _terms(self, query: str) -> list[tuple[int, int]]:
        """Return the known terms of a query and how often it names each, in its order."""
        return self._known.get(query, lambda: self._looked_for(query))

    def _looked_for(self, query: str) -> list[tuple[int, int]]:
        times = Counter(_code(token) for token in tokens(query))
        codes = np.array([*times], dtype=np.uint64)
        places = _places(self._arrays.codes, codes)
        return [(int(p), count) for p, count in zip(places, times.values(), strict=True) if p >= 0]

    def _bound(self, term: tuple[int, int]) -> float:
        return float(self._arrays.peaks[term[0]]) * term[1]

    def _postings(self, term: int) -> tuple[NDArray[np.int32], Scores]:
        start, end = self._arrays.starts[term], self._arrays.starts[term + 1]
        return self._arrays.rows[start:end], self._arrays.weights[start:end]

    def _looked_up(self, term: int, wanted: Rows) -> Scores:
        """Return what a term adds to each of these rows."""
        rows, weights = self._postings(term)
        places = _places(rows, wanted)
        return np.where(places >= 0, weights[places], np.float32(0))


@dataclass(frozen=True)
class _Counted:
    """How often each term stands in each of a run of texts."""

    codes: NDArray[np.uint64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]
    lengths: NDArray[np.int32]


def _counted(texts: Iterable[str]) -> _Counted:
    codes, rows, counts, lengths = array("Q"), array("i"), array("H"), array("i")
    for row, text in enumerate(texts):
        times = Counter(map(_code, tokens(text)))
        codes.extend(times)
        rows.extend([row] * len(times))
        counts.extend(min(count, 0xFFFF) for count in times.values())
        lengths.append(times.total())
    return _Counted(
        np.frombuffer(codes, dtype=np.uint64),
        np.frombuffer(rows, dtype=np.int32),
        np.frombuffer(counts, dtype=np.uint16),
        np.frombuffer(lengths, dtype=np.int32),
    )


def _inverted(
    codes: NDArray[np.uint64],
    rows: NDArray[np.int32],
    counts: NDArray[np.uint16],
    lengths: NDArray[np.int32],
) -> _Arrays:
    """Group counts by term, in the order of codes and rows, and weigh them."""
    order = np.lexsort((rows, codes))
    codes, rows, counts = codes[order], rows[order], counts[order]
    del order
    first = np.flatnonzero(np.diff(codes, prepend=~codes[:1]))
    starts = np.append(first, len(codes))
    frequency = np.repeat(np.diff(starts), np.diff(starts))
    mean = float(lengths.mean()) if len(lengths) else 0.0
    weights = weight(
        counts.astype(np.float32),
        frequency.astype(np.float32),
        lengths[rows].astype(np.float32),
        mean or 1.0,
        len(lengths),
    ).astype(np.float32)
    peaks = np.maximum.reduceat(weights, first) if len(first) else weights
    return _Arrays(codes[first], starts, rows, weights, counts, peaks, lengths)


def _check(index: _Arrays, *, texts: int, postings: int) -> None:
    """Raise ValueError unless the arrays belong together."""
    found = (len(index.lengths), len(index.rows), len(index.weights), len(index.counts))
    if found != (texts, postings, postings, postings):
        raise ValueError(f"{found} entries, expected {texts} texts and {postings} postings")
    if len(index.codes) != len(index.peaks) or len(index.starts) != len(index.codes) + 1:
        raise ValueError(f"{len(index.codes)} terms, {len(index.starts)} places")


def _places(ordered: NDArray[np.generic], wanted: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return where each of `wanted` stands in an ordered array, -1 for those that do not."""
    if not len(ordered):
        return np.full(len(wanted), -1, dtype=np.int64)
    # Of two types, NumPy would convert the whole of the longer one.
    wanted = wanted.astype(ordered.dtype)
    places = np.searchsorted(ordered, wanted)
    places[places == len(ordered)] = 0
    return np.where(ordered[places] == wanted, places, -1)


def _kth(scores: Scores, k: int) -> float:
    """Return the k-th highest of the scores, 0 where there are fewer."""
    return float(np.partition(scores, -k)[-k]) if len(scores) >= k else 0.0
