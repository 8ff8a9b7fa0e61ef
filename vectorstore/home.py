"""Home: where an index is kept. A folder is one, a Chroma server another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from vectorstore.generation import Generation
from vectorstore.manifest import Manifest, Version
from vectorstore.report import Passage, Report
from vectorstore.vectors import Receiver, Vectors


class Home(Protocol):
    """The keeper of manifest, records, generation and vectors. Its `str` is shown to users."""

    @property
    def mend(self) -> str:
        """What a user can do about a damaged index, in Chinese."""
        ...

    @property
    def shared(self) -> bool:
        """Whether it is on a server, which may be away."""
        ...

    @property
    def cache(self) -> Path:
        """A folder of this machine for what can be made again; it may be missing."""
        ...

    def writing(self, first: Manifest) -> AbstractContextManager[None]:
        """Be the only one who writes; where there is no index yet, `first` begins one.

        Raises:
            IndexBusy: another process is.
            StoreError: nothing can be written here.
        """
        ...

    def manifest(self) -> Manifest | None:
        """Return the committed manifest, or `None` where an index may be begun."""
        ...

    def commit(self, manifest: Manifest) -> None:
        """Put a manifest in force in one step."""
        ...

    def sweep(self, manifest: Manifest) -> None:
        """Delete what this manifest, just committed, does not name and nobody is reading."""
        ...

    def write_reports(self, reports: Sequence[tuple[Version, Report]]) -> None:
        """Write the records of these versions."""
        ...

    def reports(self, versions: Sequence[Version]) -> list[Report]:
        """Return the records of these versions, in this order."""
        ...

    def passages(self, version: Version, numbers: Sequence[int]) -> list[Passage | None] | None:
        """Return the paragraphs with these numbers alone, `None` where all cost no more."""
        ...

    def write_generation(self, manifest: Manifest, generation: Generation) -> Manifest:
        """Write the generation of a manifest, before that is committed, and return what is to be."""
        ...

    def generation(self, manifest: Manifest, derive: Callable[[], Generation]) -> Generation:
        """Open the generation of a manifest; `derive` makes it where the home keeps none.

        Raises:
            StoreError: it is damaged, or not of the reports of the manifest.
        """
        ...

    def draft(self, manifest: Manifest) -> Receiver:
        """Return what takes the vectors that are to join those of a state."""
        ...

    def settled(self, manifest: Manifest) -> Manifest:
        """Make the vectors of the versions of a manifest complete, once all were received.

        Returns the manifest with the place where they are. Those of the state in force stay
        as they are.

        Raises:
            StoreError: those in force are damaged, or there is no room.
        """
        ...

    def vectors(self, manifest: Manifest) -> Vectors:
        """Open the vectors that a manifest names.

        Raises:
            StoreError: they are missing or damaged.
        """
        ...

    def hold(self, manifest: Manifest) -> object:
        """Return what keeps the vectors of a state from being swept while it is referred to."""
        ...

    def check(self, manifest: Manifest) -> None:
        """Compare every file of a state with its checksum, however long that takes.

        Raises:
            StoreError: one is damaged.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
