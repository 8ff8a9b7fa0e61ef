"""Draft: vectors that were embedded and are in no state yet, one file for each batch.

Chroma's files are made when all vectors are here, so a run that dies, at whatever moment,
loses one batch and spoils nothing: the next one goes on from what is here.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vectorstore.disk import writing_to
from vectorstore.vectors import Place

Part = tuple[list[Place], NDArray[np.float32]]


class Draft:
    """The batches in one folder, which is made by the first that is put."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._last = max((int(path.stem) for path in folder.glob("*.npz")), default=0)
        for places, _ in self.parts():
            self._note(places)

    def _note(self, places: Sequence[Place]) -> None:
        for place in places:
            self._names[place.version].add(place.id)

    def ids_of(self, version: str) -> set[str]:
        """Return the names of the sentences of a version that have their vector."""
        return self._names[version]

    def put(self, places: Sequence[Place], vectors: NDArray[np.float32]) -> None:
        """Store one batch.

        Raises:
            StoreError: it cannot be written.
        """
        unfinished = self._folder / "unfinished"
        self._last += 1
        with writing_to(self._folder.parent):
            self._folder.mkdir(exist_ok=True)
            with unfinished.open("wb") as file:
                np.savez(
                    file,
                    ids=np.array([place.id for place in places]),
                    versions=np.array([place.version for place in places]),
                    vectors=vectors,
                )
            unfinished.replace(self._folder / f"{self._last:06d}.npz")
        self._note(places)

    def parts(self) -> Iterator[Part]:
        """Yield the batches; one that is damaged, by its own checksum, counts as not there."""
        for path in sorted(self._folder.glob("*.npz")):
            try:
                with np.load(path, allow_pickle=False) as part:
                    names = zip(part["ids"].tolist(), part["versions"].tolist(), strict=True)
                    yield [Place(*each) for each in names], part["vectors"]
            except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
                continue
