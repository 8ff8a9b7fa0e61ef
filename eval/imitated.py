"""Vectors drawn after those of a model, for scales at which the model itself would take days.

The model embeds every question, and the sentences of a few invented reports, once. Over two
thirds of these a ridge regression learns what each term adds to a vector; what is left over
in the other third is what terms do not explain: the order of words, names, numbers. A
sentence gets the sum of its terms' parts, and two such remainders, chosen and turned into
each other by a chance that follows from its text. On the sentences held out the terms
explain 93 % of the variance of the model's vectors; the remainder has a length of 0.07.
So it has the model's size and directions, and sentences lie in clusters as the model's do;
which of two near ones is nearer is drawn. Numbers count as one term: that reports of other
years lie apart a little, as they do for the model, is left out.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.synthetic import invent, places
from vectorstore.embedding import Embedder
from vectorstore.lexical import tokens
from vectorstore.snapshot import contextualised

_REPORTS = 12
# Of three sentences, the third is held out.
_THIRD = 3
_RIDGE = 3.0
_BATCH = 64

Vectors = NDArray[np.float32]


class ImitatedEmbedder:
    """Embeds questions by a model, and draws the vectors of passages after that model's."""

    def __init__(self, model: Embedder, cache: Path) -> None:
        """`cache` is a folder; what the model made of the sentences learned from is kept there."""
        self.name = "imitated"
        self._model = model
        texts = _sentences()
        vectors = _embedded(model, texts, cache / "imitated.npy")
        held = np.arange(len(texts)) % _THIRD == 0
        self._mean = vectors[~held].mean(axis=0)
        known = {term for text in np.array(texts)[~held].tolist() for term in _terms(text)}
        self._term = {term: place for place, term in enumerate(sorted(known))}
        counts = self._counts(texts)
        self._parts = _ridge(counts[~held], vectors[~held] - self._mean)
        self._remainders = vectors[held] - self._explained(counts[held])

    @property
    def dimension(self) -> int:
        """The length of every vector."""
        return self._model.dimension

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed questions by the model: an (n, dimension) array of unit vectors."""
        return self._model.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Draw the vectors of passages: an (n, dimension) array of unit vectors."""
        chance = np.array([_chance(text, len(self._remainders)) for text in texts])
        angle = 2 * math.pi * chance[:, 2:]
        one, other = (self._remainders[chance[:, column].astype(int)] for column in (0, 1))
        drawn = self._explained(self._counts(texts)) + np.cos(angle) * one + np.sin(angle) * other
        return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)

    def _explained(self, counts: Vectors) -> Vectors:
        explained: Vectors = counts @ self._parts + self._mean
        return explained

    def _counts(self, texts: Sequence[str]) -> Vectors:
        """Return how often each known term stands in each text."""
        counts = np.zeros((len(texts), len(self._term)), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in _terms(text):
                if term in self._term:
                    counts[row, self._term[term]] += 1
        return counts


def _sentences() -> list[str]:
    reports = [invent(region, year).report for region, year in places(_REPORTS)]
    return [contextualised(p, text) for report in reports for p, _, text in report.sentences()]


def _embedded(model: Embedder, texts: Sequence[str], path: Path) -> Vectors:
    """Embed texts, or read what was made of them before."""
    if path.exists():
        known: Vectors = np.load(path, allow_pickle=False)
        if len(known) == len(texts):
            return known
    batches = [texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
    vectors = np.concatenate([model.embed_passages(batch) for batch in batches])
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors, allow_pickle=False)
    return vectors


def _ridge(counts: Vectors, wanted: Vectors) -> Vectors:
    """Return the parts of terms whose sums come nearest to what is wanted, and are short."""
    gram = counts @ counts.T + _RIDGE * np.eye(len(counts), dtype=np.float32)
    parts: Vectors = counts.T @ np.linalg.solve(gram, wanted)
    return parts


def _terms(text: str) -> list[str]:
    return ["0" if token[0].isdigit() else token for token in tokens(text)]


def _chance(text: str, count: int) -> tuple[int, int, float]:
    """Draw two places below `count` and a share of a circle that follow from a text."""
    drawn = zlib.crc32(text.encode("utf-8", "replace")) * 0x9E3779B97F4A7C15 % (1 << 64)
    return drawn % count, (drawn >> 20) % count, (drawn >> 40) / (1 << 24)
