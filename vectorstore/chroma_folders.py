"""ChromaFolders: the vectors of an index in a folder, in a Chroma folder of their own for each state.

Chroma changes its files in place, and a kill in the middle leaves a graph that ends the
process that reads it. So those of a state in force are never written again: the next state
begins with a copy, `chroma-LINE.TOKEN`, and vectors wait in `draft-chroma-LINE` until all
are there. The line tells states of the same vectors from those of a rebuilt index.
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import threading
import weakref
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from vectorstore import seal
from vectorstore.chroma import Chroma
from vectorstore.draft import Draft, Part
from vectorstore.errors import StoreError
from vectorstore.hold import Hold, delete_unheld
from vectorstore.manifest import Manifest
from vectorstore.vectors import Vectors

PREFIX = "chroma"
_DRAFT = "draft-"
_TABLE = "sentences"
_DATABASE = "chroma.sqlite3"
# There once a graph is on disk; until then what lies beside it is not read.
_GRAPH = "index_metadata.pickle"
# At every thousand rows, but not within a put, Chroma writes out the names of all that it has.
# It takes 5 461 rows at most.
_AT_ONCE = 4096


class ChromaFolders:
    """The Chroma folders below one folder; `mend` says how to mend them."""

    def __init__(self, path: Path, mend: str) -> None:
        self._path = path
        self._mend = mend
        self._open: weakref.WeakValueDictionary[str, Vectors] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()
        self._closing: dict[str, weakref.finalize[..., Vectors]] = {}

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            while self._closing:
                self._closing.popitem()[1]()
            self._open.clear()

    def open(self, manifest: Manifest) -> Vectors:
        """Open the vectors of a state; they are let go when nothing refers to them any more.

        Raises:
            StoreError: they are missing or damaged.
        """
        with self._lock:
            found = self._open.get(manifest.vectors)
            if found is None:
                self.check(manifest)
                hold = self.hold(manifest)
                chroma, found = self._opened(self._path / manifest.vectors)
                self._open[manifest.vectors] = found
                closing = weakref.finalize(found, _let_go, chroma, hold)
                closing.atexit = False  # a process that ends lets go of all
                self._closing[manifest.vectors] = closing
            return found

    def _opened(self, folder: Path) -> tuple[Chroma, Vectors]:
        chroma = Chroma.embedded(folder, str(self._path), self._mend)
        return chroma, Vectors(chroma.table(_TABLE))

    def hold(self, manifest: Manifest) -> Hold:
        """Return what keeps the vectors of a state from being swept while it is referred to.

        Raises:
            StoreError: they are missing.
        """
        folder = self._path / manifest.vectors
        try:
            return Hold(folder)
        except OSError as error:
            raise StoreError(f"{folder} 缺失或读不了：{error.strerror}。{self._mend}") from error

    def check(self, manifest: Manifest, *, wholly: bool = False) -> None:
        """Refuse vectors whose graph is not what it was when the state was put in force.

        Raises:
            StoreError: it is not.
        """
        files = [file for file in manifest.files if file.path.startswith(f"{manifest.vectors}/")]
        if told := seal.damage(self._path, files, wholly=wholly):
            raise StoreError(f"{told}。{self._mend}")

    # -- writing

    def draft(self, manifest: Manifest) -> Draft:
        """Return where vectors wait that are to join those of a state."""
        return Draft(self._path / f"{_DRAFT}{manifest.line}")

    def settled(self, manifest: Manifest) -> str:
        """Make the vectors of the live versions, from those before and the draft; return their name.

        Raises:
            StoreError: those before are damaged, or some did not arrive.
            OSError: there is no room.
        """
        for left in self._path.glob(f"{manifest.line}.*"):
            if left.name != manifest.vectors:
                delete_unheld(left)  # of a run that died
        self.check(manifest, wholly=True)
        name = f"{manifest.line}.{secrets.token_hex(3)}"
        folder = self._path / name
        try:
            self._copy(self._path / manifest.vectors, folder)
            chroma, vectors = self._opened(folder)
            with closing(chroma):
                self._pour(manifest, vectors)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return name

    def _copy(self, old: Path, new: Path) -> None:
        """Copy a Chroma folder that others may be reading, which changes its database a little."""
        if not old.exists():
            return
        database = old.resolve() / _DATABASE
        if not database.is_file():
            raise StoreError(f"{database} 缺失。{self._mend}")
        shutil.copytree(old, new, ignore=shutil.ignore_patterns(f"{_DATABASE}*"))
        try:
            with (
                closing(sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True)) as source,
                closing(sqlite3.connect(new / _DATABASE)) as target,
            ):
                source.backup(target)
        except sqlite3.OperationalError as error:
            raise OSError(0, str(error)) from error
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{database} 已损坏：{error}。{self._mend}") from error

    def _pour(self, manifest: Manifest, vectors: Vectors) -> None:
        live = {version.key for version in manifest.versions}
        expected = vectors.count()
        waiting: list[Part] = []
        for places, rows in self.draft(manifest).parts():
            wanted = [number for number, place in enumerate(places) if place.version in live]
            waiting.append(([places[number] for number in wanted], rows[wanted]))
            if sum(len(some) for some, _ in waiting) >= _AT_ONCE:
                expected += _put(vectors, waiting)
                waiting = []
        expected += _put(vectors, waiting)
        if lost := expected - vectors.count():
            raise StoreError(f"{self._path} 的向量库没有收下 {lost} 个句子。")
        # Not before: new rows find nothing to be joined to in a graph whose rows are all deleted.
        if expected:
            vectors.keep_only(live)

    def graphs(self, name: str) -> list[Path]:
        """Return the files of the graphs that are on disk, which Chroma reads unchecked."""
        folders = [path.parent for path in (self._path / name).glob(f"*/{_GRAPH}")]
        return [path for folder in folders for path in folder.iterdir()]

    def sweep(self, keep: str, *, drafts: bool = False) -> None:
        """Delete all vectors but those of this name, and those that are being read."""
        for folder in self._path.glob(f"{PREFIX}*"):
            if folder.name != keep:
                delete_unheld(folder)
        for folder in self._path.glob(f"{_DRAFT}*") if drafts else ():
            shutil.rmtree(folder, ignore_errors=True)


def _put(vectors: Vectors, parts: Sequence[Part]) -> int:
    """Store some batches, `_AT_ONCE` at a time; return how many vectors they hold."""
    if not parts:
        return 0
    places = [place for some, _ in parts for place in some]
    rows = np.concatenate([rows for _, rows in parts])
    for start in range(0, len(places), _AT_ONCE):
        vectors.put(places[start : start + _AT_ONCE], rows[start : start + _AT_ONCE])
    return len(places)


def _let_go(chroma: Chroma, hold: Hold) -> None:
    chroma.close()
    del hold
