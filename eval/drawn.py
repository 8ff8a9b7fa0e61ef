"""Vectors that are drawn, not computed by a model, where any will do."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vectorstore.lexical import tokens

_DRAWN = 1 << 14
_SEED = 20
_DIMENSION = 384


class DrawnEmbedder:
    """Gives a text the sum of vectors drawn once for each of its terms, scaled to unit length.

    Texts that share terms lie near each other, as sentences of the genre do.
    """

    def __init__(self) -> None:
        self.name = "drawn"
        self.dimension = _DIMENSION
        chance = np.random.default_rng(_SEED)
        self._of_term = chance.standard_normal((_DRAWN, _DIMENSION), dtype=np.float32)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed questions: an (n, dimension) array of unit vectors."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed passages: an (n, dimension) array of unit vectors."""
        vectors = np.stack([self._drawn(text) for text in texts])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-6), dtype=np.float32)

    def _drawn(self, text: str) -> NDArray[np.float32]:
        terms = [zlib.crc32(term.encode("utf-8", "replace")) % _DRAWN for term in tokens(text)]
        return np.asarray(self._of_term[terms].sum(axis=0), dtype=np.float32)
