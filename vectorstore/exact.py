"""Exact dense search over chosen reports: their own vectors, against the question's.

A graph over all sentences finds the nearest of all; those of a few reports it finds by
meeting thousands of others first. These few are compared one by one instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vectorstore import arrays
from vectorstore.recent import Recent
from vectorstore.shelf import OPEN
from vectorstore.snapshot import Snapshot

Matrix = NDArray[np.float32]


class ReportVectors:
    """The vectors of single report versions, row by row in reading order.

    They are what the vector database holds, kept once more in a file for each version,
    from which they are mapped; a file that is missing or damaged is made again. Those of
    unit length are taken to be undamaged: what else a vector says cannot be checked.
    """

    def __init__(self, folder: Path, fetch: Callable[[Snapshot, Sequence[str]], Matrix]) -> None:
        """`fetch` returns the vectors of these names from the database, in their order."""
        self._folder = folder
        self._fetch = fetch
        self._open: Recent[tuple[str, str], Matrix] = Recent(OPEN)

    def nearest(
        self, vector: NDArray[np.float32], k: int, state: Snapshot, positions: Sequence[int]
    ) -> list[tuple[int, float]]:
        """Return the `k` rows of these reports nearest to a unit vector: (row, cosine), best first."""
        if not positions:
            return []
        cosines = np.concatenate([self.of(state, position) @ vector for position in positions])
        order = np.argsort(-cosines, kind="stable")[:k]
        rows = state.catalogue.rows_of(positions)[order]
        return [(int(row), float(c)) for row, c in zip(rows, cosines[order], strict=True)]

    def at(self, state: Snapshot, rows: NDArray[np.int64], dimension: int) -> Matrix:
        """Return the vectors of these rows, wherever they are."""
        places = [*zip(state.catalogue.reports_of(rows).tolist(), rows.tolist(), strict=True)]
        vectors = np.empty((len(rows), dimension), dtype=np.float32)
        folder = self._folder / state.manifest.line
        for number, (position, row) in enumerate(places):
            vectors[number] = self._one(folder, state, position, row, dimension)
        for number in np.flatnonzero(~_unit(vectors)).tolist():  # its file is damaged
            position, row = places[number]
            vectors[number] = self.of(state, position)[row - state.catalogue.span(position)[0]]
        return vectors

    def _one(
        self, folder: Path, state: Snapshot, position: int, row: int, dimension: int
    ) -> Matrix:
        """Return the vector of one row, from its place in the file of its report."""
        start, end = state.catalogue.span(position)
        shape = (end - start, dimension)
        try:
            return arrays.picked(folder, _name(state.versions[position]), row - start, shape)
        except (OSError, ValueError):
            kept: Matrix = self.of(state, position)[row - start]
            return kept

    def of(self, state: Snapshot, position: int) -> Matrix:
        """Return the vectors of the rows of one report."""
        key = (state.manifest.line, state.versions[position])
        return self._open.get(key, lambda: self._kept(state, position))

    def _kept(self, state: Snapshot, position: int) -> Matrix:
        folder, name = self._folder / state.manifest.line, _name(state.versions[position])
        start, end = state.catalogue.span(position)
        with suppress(OSError, ValueError):
            vectors: Matrix = arrays.mapped(folder, name)
            if len(vectors) == end - start and _unit(vectors).all():
                return vectors
        vectors = self._fetch(state, state.row_ids(position))
        with suppress(OSError):  # where nothing can be written, the database is asked each time
            folder.mkdir(parents=True, exist_ok=True)
            draft = f"{name}.{os.getpid()}"
            arrays.save(folder, draft, vectors)
            (folder / f"{draft}.npy").replace(folder / f"{name}.npy")
        return vectors

    def sweep(self, state: Snapshot) -> None:
        """Delete the files of what is not live in a state, just committed."""
        keep = {f"{_name(version)}.npy" for version in state.versions}
        with suppress(OSError):
            for folder in self._folder.iterdir():
                if folder.name != state.manifest.line:
                    shutil.rmtree(folder, ignore_errors=True)
            for path in (self._folder / state.manifest.line).iterdir():
                if path.name not in keep:
                    path.unlink()


def _unit(vectors: Matrix) -> NDArray[np.bool_]:
    with np.errstate(all="ignore"):
        unit: NDArray[np.bool_] = np.abs(np.einsum("ij,ij->i", vectors, vectors) - 1) < 0.01
    return unit


def _name(version: str) -> str:
    return version.rsplit("@", 1)[-1]
