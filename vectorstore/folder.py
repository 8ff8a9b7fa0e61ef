"""IndexFolder: an index in a folder, each of its files written in one step.

manifest.json        which report versions are live; replaced in one step
reports/HASH.json    the records of one report version
lexical/GENERATION/  where the live sentences stand, and the BM25 index over them
exact/chroma-LINE/   the vectors of single report versions once more, for exact search
chroma-LINE.TOKEN/   the vectors of one state, one row for each sentence
draft-chroma-LINE/   vectors that are in no state yet
.lock                held while writing

Of `lexical` and `chroma` the manifest knows the checksums.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from vectorstore import manifest as manifests
from vectorstore import records, seal
from vectorstore.chroma_folders import PREFIX, ChromaFolders
from vectorstore.disk import flush, write_atomically, writing_to
from vectorstore.errors import ForeignIndex, IndexBusy, StoreError
from vectorstore.generation import Generation
from vectorstore.manifest import Manifest, Version
from vectorstore.report import Passage, Report
from vectorstore.vectors import Receiver, Vectors

_MANIFEST = "manifest.json"
_LOCK = ".lock"
_REPORTS = "reports"
_LEXICAL = "lexical"


class IndexFolder:
    """One folder that holds an index, or may come to hold one."""

    shared = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self._vectors = ChromaFolders(path, self.mend)
        self._read: tuple[tuple[int, ...], Manifest] | None = None

    def __str__(self) -> str:
        return str(self.path)

    @property
    def mend(self) -> str:
        """What a user can do about a damaged index, in Chinese."""
        command = f"report-qa index --rebuild 报告文件 --to {self.path}"
        return f"请删去这个文件夹后再运行，或重建索引：{command}"

    @property
    def cache(self) -> Path:
        """The folder itself."""
        return self.path

    def close(self) -> None:
        """Let go of the files of the vector database."""
        self._vectors.close()

    @contextmanager
    def writing(self, first: Manifest) -> Iterator[None]:
        """Hold the folder's lock; the folder is made if missing."""
        import filelock

        lock = filelock.FileLock(self.path / _LOCK)
        with writing_to(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=0)
            except filelock.Timeout as error:
                raise IndexBusy(
                    f"另一个进程正在写入 {self} 的索引。请等它完成后再运行一次。"
                ) from error
        try:
            with writing_to(self.path):
                if not (self.path / _MANIFEST).exists():
                    self.commit(first)
            yield
        finally:
            lock.release()

    def is_index(self) -> bool:
        """Tell whether an index is here, of any model and version, or what is left of one.

        Raises:
            ForeignIndex: something else is.
        """
        try:
            return self.manifest() is not None
        except StoreError:
            entries = {path.name for path in self.path.iterdir()} if self.path.is_dir() else set()
            kinds = {name.split("-")[0] for name in entries} & {_REPORTS, _LEXICAL, PREFIX}
            # One name alone may be chance: a rebuild must not empty what is not its own.
            if _MANIFEST in entries and len(kinds) >= 2:
                return True
            raise

    def sweep(self, manifest: Manifest) -> None:
        """Delete what the manifest does not name; what cannot be goes the next time."""
        keep = {self._report_path(version) for version in manifest.versions}
        with suppress(OSError):
            for path in (self.path / _REPORTS).glob("*.json*"):
                if path not in keep:
                    path.unlink()
        for path in self.path.glob(f"{_LEXICAL}/*"):
            if path.name != manifest.lexical:
                shutil.rmtree(path, ignore_errors=True)
        self._vectors.sweep(manifest.vectors, drafts=True)

    # -- the manifest

    def manifest(self) -> Manifest | None:
        """Return the committed manifest, or `None` where an index may be begun.

        Raises:
            ForeignIndex: the folder holds something else, or another format version.
            StoreError: the manifest is damaged.
        """
        path = self.path / _MANIFEST
        try:
            with path.open(encoding="utf-8") as file:
                # What replaces it is another file.
                now = os.fstat(file.fileno())
                mark = (now.st_ino, now.st_size, now.st_mtime_ns)
                if self._read is not None and self._read[0] == mark:
                    return self._read[1]
                text = file.read()
        except (FileNotFoundError, NotADirectoryError):
            self._check_free()
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"读不了 {path}：{error}。{self.mend}") from error
        found = manifests.parse(text, str(path), str(self), self.mend)
        self._read = mark, found
        return found

    def _check_free(self) -> None:
        """Refuse a folder in which something else lies.

        Raises:
            ForeignIndex: something does.
        """
        if self.path.exists() and not self.path.is_dir():
            raise ForeignIndex(f"{self} 是文件；这里应当是一个索引文件夹。")
        others = [p.name for p in self.path.iterdir()] if self.path.exists() else []
        if [name for name in others if not name.startswith((_LOCK, _MANIFEST))]:
            raise ForeignIndex(
                f"文件夹 {self} 里有别的东西（{'、'.join(sorted(others)[:3])}），不是索引。"
                "请指定一个空的或新的文件夹。"
            )

    def commit(self, manifest: Manifest) -> None:
        """Put a manifest in force."""
        with writing_to(self.path):
            write_atomically(self.path / _MANIFEST, manifests.dump(manifest))

    # -- the records

    def reports(self, versions: Sequence[Version]) -> list[Report]:
        """Return the records of these versions.

        Raises:
            StoreError: they are missing or damaged.
        """
        return [self._report(version) for version in versions]

    def _report(self, version: Version) -> Report:
        with self._reading(version) as path:
            return records.load(path.read_text("utf-8", "surrogatepass"), version.hash)

    @contextmanager
    def _reading(self, version: Version) -> Iterator[Path]:
        """Name the file of a version's records; what is wrong with it becomes an error for users."""
        path = self._report_path(version)
        try:
            yield path
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} 缺失或已损坏：{error}。{self.mend}") from error

    def passages(self, version: Version, numbers: Sequence[int]) -> list[Passage | None]:
        """Return the paragraphs of a version with these numbers.

        Raises:
            StoreError: its records are missing or damaged.
        """
        with self._reading(version) as path:
            return records.load_passages(path.read_bytes(), version.hash, numbers)

    def write_reports(self, reports: Sequence[tuple[Version, Report]]) -> None:
        """Write the records of these versions."""
        with writing_to(self.path):
            (self.path / _REPORTS).mkdir(exist_ok=True)
            for version, report in reports:
                write_atomically(self._report_path(version), records.dump(report))

    def _report_path(self, version: Version) -> Path:
        return self.path / _REPORTS / f"{version.hash}.json"

    # -- the generation and the vectors

    def generation(self, manifest: Manifest, derive: Callable[[], Generation]) -> Generation:
        """Open the generation of a manifest; one of an older form is derived anew.

        Raises:
            StoreError: it is missing or damaged, or not of the reports of the manifest.
        """
        folder = self.path / _LEXICAL / str(manifest.lexical)
        if Generation.is_older(folder):
            return derive()
        self._check_lexical(manifest)
        generation = Generation.load(folder)
        if not generation.is_of(manifest.versions):
            raise StoreError(f"{folder} 里的目录与 {self} 的清单不符。{self.mend}")
        return generation

    def write_generation(self, manifest: Manifest, generation: Generation) -> Manifest:
        """Write the generation of a manifest, on disk before this returns, and seal its files."""
        target = self.path / _LEXICAL / str(manifest.lexical)
        shutil.rmtree(target, ignore_errors=True)
        with writing_to(self.path):
            generation.save(target)
            graphs = self._vectors.graphs(manifest.vectors)
            vectors = self.path / manifest.vectors
            for path in (*target.iterdir(), target, target.parent, *vectors.rglob("*"), vectors):
                flush(path)
            return replace(manifest, files=seal.sealed(self.path, (*target.iterdir(), *graphs)))

    def _check_lexical(self, manifest: Manifest, *, wholly: bool = False) -> None:
        files = [file for file in manifest.files if file.path.startswith(f"{_LEXICAL}/")]
        if told := seal.damage(self.path, files, wholly=wholly):
            raise StoreError(f"{told}。{self.mend}")

    def draft(self, manifest: Manifest) -> Receiver:
        """Return where vectors wait that are to join those of a state."""
        return self._vectors.draft(manifest)

    def settled(self, manifest: Manifest) -> Manifest:
        """Make the vectors of the versions of a manifest from those in force and the draft.

        Raises:
            StoreError: those in force are damaged, or there is no room.
        """
        with writing_to(self.path):
            return replace(manifest, vectors=self._vectors.settled(manifest))

    def vectors(self, manifest: Manifest) -> Vectors:
        """Open the vectors that a manifest names.

        Raises:
            StoreError: they are missing or damaged.
        """
        return self._vectors.open(manifest)

    def hold(self, manifest: Manifest) -> object:
        """Return what keeps the vectors of a state from being swept while it is referred to."""
        return self._vectors.hold(manifest)

    def check(self, manifest: Manifest) -> None:
        """Compare the files of a state with their checksums, every byte of them.

        Raises:
            StoreError: one is damaged.
        """
        self._check_lexical(manifest, wholly=True)
        self._vectors.check(manifest, wholly=True)
