"""Home: where an index is kept. A folder is one, a Chroma server another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from vectorstore.generation import Generation
from vectorstore.manifest import Manifest, Version
from vectorstore.report import Report
from vectorstore.vectors import Vectors


class Home(Protocol):
    """The keeper of manifest, records, generation and vectors. Its `str` is shown to users."""

    @property
    def mend(self) -> str:
        """What a user can do about a damaged index, in Chinese."""
        ...

    @property
    def shared(self) -> bool:
        """Whether other processes may put new states in force while this one searches."""
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

    def sweep(self, manifest: Manifest, rows: int) -> None:
        """Delete what this manifest, just committed and of so many rows, does not name."""
        ...

    def write_reports(self, reports: Sequence[tuple[Version, Report]]) -> None:
        """Write the records of these versions."""
        ...

    def reports(self, versions: Sequence[Version]) -> list[Report]:
        """Return the records of these versions, in this order."""
        ...

    def write_generation(self, name: str, generation: Generation) -> None:
        """Write a generation, before the manifest that names it is committed."""
        ...

    def generation(self, manifest: Manifest, derive: Callable[[], Generation]) -> Generation:
        """Open the generation of a manifest; `derive` makes it where the home keeps none.

        Raises:
            StoreError: it is damaged, or not of the reports of the manifest.
        """
        ...

    def vectors(self, name: str) -> Vectors:
        """Open the vectors that a manifest names."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
