"""IndexFolder: an index in a folder, each of its files written in one step.

manifest.json        which report versions are live; replaced in one step
reports/HASH.json    the records of one report version
lexical/GENERATION/  where the live sentences stand, and the BM25 index over them
exact/chroma-NAME/   the vectors of single report versions once more, for exact search
chroma-NAME/         the vectors, one row for each sentence of each version
.lock                held while writing
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from vectorstore import manifest as manifests
from vectorstore import records
from vectorstore.errors import ForeignIndex, IndexBusy, StoreError
from vectorstore.generation import Generation
from vectorstore.manifest import Manifest, Version
from vectorstore.report import Report
from vectorstore.vectors import Vectors

if TYPE_CHECKING:
    from vectorstore.chroma import Chroma

_MANIFEST = "manifest.json"
_LOCK = ".lock"
_REPORTS = "reports"
_LEXICAL = "lexical"
_CHROMA = "chroma"
_TABLE = "sentences"


class IndexFolder:
    """One folder that holds an index, or may come to hold one."""

    shared = False  # an embedded Chroma does not see what another process writes

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: dict[str, Chroma] = {}

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
        while self._open:
            self._open.popitem()[1].close()

    @contextmanager
    def writing(self, first: Manifest) -> Iterator[None]:
        """Hold the folder's lock; the folder is made if missing."""
        import filelock

        lock = filelock.FileLock(self.path / _LOCK)
        with self._writable():
            self.path.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=0)
            except filelock.Timeout as error:
                raise IndexBusy(
                    f"另一个进程正在写入 {self} 的索引。请等它完成后再运行一次。"
                ) from error
        try:
            with self._writable():
                if not (self.path / _MANIFEST).exists():
                    self.commit(first)
            yield
        finally:
            lock.release()

    @contextmanager
    def _writable(self) -> Iterator[None]:
        """Turn what the file system refuses into an error that says what to do."""
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"不能写入 {self}：{error.strerror}。原有的索引没有变。"
                "请腾出空间、检查权限，或换一个可以写入的位置。"
            ) from error

    def is_index(self) -> bool:
        """Tell whether an index is here, of any model and version, or what is left of one.

        Raises:
            ForeignIndex: something else is.
        """
        try:
            return self.manifest() is not None
        except StoreError:
            entries = {path.name for path in self.path.iterdir()} if self.path.is_dir() else set()
            kinds = {name.split("-")[0] for name in entries} & {_REPORTS, _LEXICAL, _CHROMA}
            # One name alone may be chance: a rebuild must not empty what is not its own.
            if _MANIFEST in entries and len(kinds) >= 2:
                return True
            raise

    def sweep(self, manifest: Manifest, rows: int) -> None:
        """Delete what the manifest does not name; what cannot be goes the next time."""
        keep = {self._report_path(version) for version in manifest.versions}
        with suppress(OSError, StoreError):
            vectors = self.vectors(manifest.vectors)
            if vectors.count() > rows:
                vectors.keep_only([version.key for version in manifest.versions])
            for path in (self.path / _REPORTS).glob("*.json*"):
                if path not in keep:
                    path.unlink()
        for path in (*self.path.glob(f"{_LEXICAL}/*"), *self.path.glob(f"{_CHROMA}*")):
            if path.name not in (manifest.lexical, manifest.vectors):
                shutil.rmtree(path, ignore_errors=True)

    # -- the manifest

    def manifest(self) -> Manifest | None:
        """Return the committed manifest, or `None` where an index may be begun.

        Raises:
            ForeignIndex: the folder holds something else, or another format version.
            StoreError: the manifest is damaged.
        """
        path = self.path / _MANIFEST
        try:
            text = path.read_text("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            self._check_free()
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"读不了 {path}：{error}。{self.mend}") from error
        return manifests.parse(text, str(path), str(self), self.mend)

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
        with self._writable():
            _write_atomically(self.path / _MANIFEST, manifests.dump(manifest))

    # -- the records

    def reports(self, versions: Sequence[Version]) -> list[Report]:
        """Return the records of these versions.

        Raises:
            StoreError: they are missing or damaged.
        """
        return [self._report(version) for version in versions]

    def _report(self, version: Version) -> Report:
        path = self._report_path(version)
        try:
            return records.load(path.read_text("utf-8", "surrogatepass"), version.hash)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} 缺失或已损坏：{error}。{self.mend}") from error

    def write_reports(self, reports: Sequence[tuple[Version, Report]]) -> None:
        """Write the records of these versions."""
        with self._writable():
            (self.path / _REPORTS).mkdir(exist_ok=True)
            for version, report in reports:
                _write_atomically(self._report_path(version), records.dump(report))

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
        generation = Generation.load(folder)
        if not generation.is_of(manifest.versions):
            raise StoreError(f"{folder} 里的目录与 {self} 的清单不符。{self.mend}")
        return generation

    def write_generation(self, name: str, generation: Generation) -> None:
        """Write a generation, on disk before this returns."""
        target = self.path / _LEXICAL / name
        shutil.rmtree(target, ignore_errors=True)
        with self._writable():
            generation.save(target)
            for path in (*target.iterdir(), target, target.parent):
                _flush(path)

    def vectors(self, name: str) -> Vectors:
        """Open the vectors that a manifest names.

        Raises:
            StoreError: they are damaged.
        """
        from vectorstore.chroma import Chroma

        if name not in self._open:
            self._open[name] = Chroma.embedded(self.path / name, str(self), self.mend)
        return Vectors(self._open[name].table(_TABLE))


def _write_atomically(path: Path, text: str) -> None:
    """Replace a file in one step, on disk before this returns."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _flush(path.parent)


def _flush(path: Path) -> None:
    """Have a file, or the entries of a folder, on disk before this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
