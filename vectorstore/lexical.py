"""BM25 over Chinese text: characters and their pairs, Latin words and numbers whole."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import StoreError

if TYPE_CHECKING:
    from bm25s import BM25

_RUN = re.compile(r"[0-9]+(?:\.[0-9]+)?%?|[a-z]+|[^\W0-9a-z_]+")
_SIZE_FILE = "size.json"


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


class LexicalIndex:
    """A BM25 index over a fixed list of texts, addressed by their positions."""

    def __init__(self, bm25: BM25 | None, size: int) -> None:
        self._bm25 = bm25
        self._size = size

    def __len__(self) -> int:
        return self._size

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index the texts in their order."""
        import bm25s

        corpus = [tokens(text) for text in texts]
        if not any(corpus):
            return cls(None, len(texts))
        bm25 = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
        bm25.index(corpus, show_progress=False)
        return cls(bm25, len(texts))

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, which is made if missing."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._bm25 is not None:
            self._bm25.save(folder, show_progress=False)
        content = {"texts": self._size, "empty": self._bm25 is None}
        (folder / _SIZE_FILE).write_text(json.dumps(content), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Open a saved index; its arrays are mapped, not read.

        Raises:
            StoreError: a file is missing or damaged.
        """
        import bm25s

        try:
            content: dict[str, Any] = json.loads((folder / _SIZE_FILE).read_text("utf-8"))
            size = int(content["texts"])
            if content["empty"]:
                return cls(None, size)
            bm25 = bm25s.BM25.load(folder, mmap=True, show_progress=False)
            if bm25.scores["num_docs"] != size:
                raise ValueError(f"{bm25.scores['num_docs']} texts, expected {size}")
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise StoreError(
                f"词索引 {folder} 缺失或已损坏：{error}。请用 report-qa index --rebuild 重建索引。"
            ) from error
        return cls(bm25, size)

    def scores(self, query: str) -> NDArray[np.float32]:
        """Return the BM25 score of every text for `query`, in the order of the texts."""
        if self._bm25 is not None:
            ids = self._bm25.get_tokens_ids(tokens(query))
            if ids:
                return np.asarray(self._bm25.get_scores_from_ids(ids), dtype=np.float32)
        return np.zeros(self._size, dtype=np.float32)
