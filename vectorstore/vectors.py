"""Vectors: one unit vector for each sentence of each report version, in Chroma.

The only room that imports chromadb.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import StoreError

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection as ChromaCollection

_COLLECTION = "sentences"


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence's name among the vectors, and the version that it belongs to."""

    id: str
    version: str


class Vectors:
    """The vectors of one index; `place` and `mend` name it and its cure in errors."""

    def __init__(self, path: Path, place: str, mend: str) -> None:
        import chromadb
        from chromadb.config import Settings

        self._place, self._mend = place, mend
        with self._damage_named():
            self._client: Any = chromadb.PersistentClient(
                path=str(path), settings=Settings(anonymized_telemetry=False)
            )
            self._collection: ChromaCollection = self._client.get_or_create_collection(
                _COLLECTION,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
            )

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()

    def count(self) -> int:
        """Return how many vectors there are, live or not."""
        with self._damage_named():
            return self._collection.count()

    def ids_of(self, version: str) -> set[str]:
        """Return the names of the sentences of a version that have their vector."""
        with self._damage_named():
            return set(self._collection.get(where={"version": version}, include=[])["ids"])

    def put(self, places: Sequence[Place], vectors: NDArray[np.float32]) -> None:
        """Store vectors; those of the same name are replaced."""
        with self._damage_named():
            self._collection.upsert(
                ids=[place.id for place in places],
                embeddings=vectors,
                metadatas=[{"version": place.version} for place in places],
            )

    def keep_only(self, versions: Collection[str]) -> None:
        """Delete the vectors of all other versions."""
        dead: Any = {"version": {"$nin": list(versions)}} if versions else {"version": {"$ne": ""}}
        with self._damage_named():
            self._collection.delete(where=dead)

    def nearest(
        self, vector: NDArray[np.float32], k: int, versions: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """Return the `k` sentences nearest to a unit vector: (name, cosine), best first."""
        where: Any = {"version": {"$in": list(versions)}} if versions is not None else None
        with self._damage_named():
            answer = self._collection.query(
                query_embeddings=[vector.tolist()], n_results=k, where=where, include=["distances"]
            )
        distances = answer["distances"]
        assert distances is not None  # they are included
        return [
            (id_, 1.0 - float(distance))
            for id_, distance in zip(answer["ids"][0], distances[0], strict=True)
        ]

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        """Turn what the vector database raises into an error that says how to mend it."""
        try:
            yield
        # Chroma's errors, and those of the libraries below it, have no common root.
        except Exception as error:
            raise StoreError(
                f"{self._place} 的向量库打不开或已损坏：{error}。{self._mend}"
            ) from error
