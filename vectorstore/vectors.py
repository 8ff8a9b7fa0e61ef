"""Vectors: one unit vector for each sentence of each report version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vectorstore.chroma import Table


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence's name among the vectors, and the version that it belongs to."""

    id: str
    version: str


class Receiver(Protocol):
    """What takes vectors, and knows those that it has."""

    def ids_of(self, version: str) -> set[str]:
        """Return the names of the sentences of a version that have their vector."""
        ...

    def put(self, places: Sequence[Place], vectors: NDArray[np.float32]) -> None:
        """Store vectors; those of the same name are replaced."""
        ...


class Vectors:
    """The vectors of one index, in a table of their own."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def count(self) -> int:
        """Return how many vectors there are, live or not."""
        return self._table.count()

    def ids_of(self, version: str) -> set[str]:
        """Return the names of the sentences of a version that have their vector."""
        return set(self._table.ids({"version": version}))

    def put(self, places: Sequence[Place], vectors: NDArray[np.float32]) -> None:
        """Store vectors; those of the same name are replaced."""
        self._table.put_vectors(
            [place.id for place in places], vectors, [{"version": p.version} for p in places]
        )

    def of(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of these sentences, in their order.

        Raises:
            StoreError: one of them is missing.
        """
        return self._table.vectors(ids)

    def keep_only(self, versions: Collection[str]) -> None:
        """Delete the vectors of all other versions."""
        self._table.delete_where(
            {"version": {"$nin": list(versions)}} if versions else {"version": {"$ne": ""}}
        )

    def delete(self, versions: Collection[str]) -> None:
        """Delete the vectors of these versions."""
        if versions:
            self._table.delete_where({"version": {"$in": list(versions)}})

    def nearest(
        self, vector: NDArray[np.float32], k: int, versions: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """Return the `k` sentences nearest to a unit vector: (name, cosine), best first."""
        where: dict[str, Any] | None = None
        if versions is not None:
            where = {"version": {"$in": list(versions)}}
        return self._table.nearest(vector, k, where)
