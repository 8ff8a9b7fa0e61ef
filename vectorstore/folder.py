"""IndexFolder: the files of an index on disk, each written in one step.

manifest.json        which report versions are live; replaced in one step
reports/HASH.json    the records of one report version
lexical/GENERATION/  the BM25 index over the live sentences
chroma/              the vectors, one row for each sentence of each version
.lock                held while writing
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vectorstore import manifest as manifests
from vectorstore import records
from vectorstore.errors import ForeignIndex, StoreError
from vectorstore.lexical import LexicalIndex
from vectorstore.manifest import Manifest, Version
from vectorstore.report import Report

_MANIFEST = "manifest.json"
_LOCK = ".lock"
_REPORTS = "reports"
_LEXICAL = "lexical"
_CHROMA = "chroma"
_CONTENT = frozenset({_REPORTS, _LEXICAL, _CHROMA})


class IndexFolder:
    """One folder that holds an index, or may come to hold one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def chroma(self) -> Path:
        """Where the vectors lie."""
        return self.path / _CHROMA

    @property
    def mend(self) -> str:
        """What a user can do about a damaged index, in Chinese."""
        command = f"report-qa index --rebuild 报告文件 --to {self.path}"
        return f"请删去这个文件夹后再运行，或重建索引：{command}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one who writes in the folder.

        Raises:
            StoreError: another process is.
        """
        import filelock

        lock = filelock.FileLock(self.path / _LOCK)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise StoreError(
                f"另一个进程正在写入 {self} 的索引。请等它完成后再运行一次。"
            ) from error
        except OSError as error:
            raise StoreError(
                f"不能写入 {self}：{error.strerror}。请换一个可以写入的位置。"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def make(self) -> None:
        """Make the folder where it is missing.

        Raises:
            StoreError: it cannot be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"建不了索引文件夹 {self}：{error.strerror}。请换一个可以写入的位置。"
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
            # One name alone may be chance: a rebuild must not empty what is not its own.
            if _MANIFEST in entries and len(entries & _CONTENT) >= 2:
                return True
            raise

    def clear(self) -> None:
        """Delete all that an index consists of, except the manifest."""
        for name in _CONTENT:
            shutil.rmtree(self.path / name, ignore_errors=True)

    def sweep(self, manifest: Manifest) -> None:
        """Delete the records and terms that the manifest does not name."""
        keep = {self._report_path(version) for version in manifest.versions}
        for path in (self.path / _REPORTS).glob("*.json*"):
            if path not in keep:
                path.unlink()
        for path in (self.path / _LEXICAL).iterdir():
            if path.name != manifest.lexical:
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

    def write_manifest(self, manifest: Manifest) -> None:
        """Put a manifest in force."""
        _write_atomically(self.path / _MANIFEST, manifests.dump(manifest))

    # -- the records

    def report(self, version: Version) -> Report:
        """Return the records of a version.

        Raises:
            StoreError: they are missing or damaged.
        """
        path = self._report_path(version)
        try:
            return records.parse(path.read_text("utf-8", "surrogatepass"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} 缺失或已损坏：{error}。{self.mend}") from error

    def write_report(self, version: Version, report: Report) -> None:
        """Write the records of a version."""
        path = self._report_path(version)
        path.parent.mkdir(exist_ok=True)
        _write_atomically(path, records.dump(report))

    def _report_path(self, version: Version) -> Path:
        return self.path / _REPORTS / f"{version.hash}.json"

    # -- the terms

    def lexical(self, generation: str | None) -> LexicalIndex:
        """Open the terms of a generation.

        Raises:
            StoreError: they are missing or damaged.
        """
        if generation is None:
            return LexicalIndex.build([])
        return LexicalIndex.load(self.path / _LEXICAL / generation)

    def write_lexical(self, generation: str, lexical: LexicalIndex) -> None:
        """Write the terms of a generation."""
        target = self.path / _LEXICAL / generation
        shutil.rmtree(target, ignore_errors=True)
        lexical.save(target)


def _write_atomically(path: Path, text: str) -> None:
    """Replace a file in one step, on disk before this returns."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
