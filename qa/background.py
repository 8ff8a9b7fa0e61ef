"""Questions of all sorts, against which nearness to one question is measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.packaged import packaged
from vectorstore.embedding import DEFAULT_MODEL, Embedder, open_embedder

# The vectors of the default model: to embed them takes as long as fifty answers.
_VECTORS = Path(__file__).with_name("background.npz")


@dataclass(frozen=True, slots=True)
class Background:
    """Questions of all sorts, in one language."""

    questions: tuple[str, ...]

    @property
    def key(self) -> str:
        """What names these very questions among the vectors of the package."""
        return blake2b("\n".join(self.questions).encode(), digest_size=8).hexdigest()

    def vectors(self, embedder: Embedder) -> NDArray[np.float32]:
        """Return the vectors of the questions; the package has those of the default model."""
        if embedder.name == DEFAULT_MODEL:
            with np.load(_VECTORS) as shipped:
                if self.key in shipped:
                    found: NDArray[np.float32] = shipped[self.key]
                    return found
        return embedder.embed_queries(self.questions)


@cache
def background(*, english: bool) -> Background:
    """Return the questions of the package in one language."""
    return Background(tuple(packaged("background.toml")["english" if english else "chinese"]))


def embed_anew() -> None:
    """Write the vectors of the package, after its questions were changed: `make background`."""
    embedder = open_embedder()
    both = [background(english=english) for english in (False, True)]
    vectors = {each.key: embedder.embed_queries(each.questions) for each in both}
    np.savez(_VECTORS, allow_pickle=False, **vectors)
