"""Archive: a whole library as one file, records and vectors, to be read back anywhere.

A zip file that holds

    library.json         the model, and of each report its id, hash and the size and SHA-256
                         of the two files below
    reports/HASH.json    its records
    vectors/HASH.f32     its vectors, a row for each sentence, little-endian 32-bit floats

Reading unpacks nothing to disk: each file is read into memory under the one name and up to
the one size that `library.json` may give it, and its checksum compared.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore import records
from vectorstore.embedding import Embedder
from vectorstore.errors import ModelMismatch, StoreError
from vectorstore.report import Report
from vectorstore.store import PassageStore

_FORMAT, _VERSION = "report-qa library", 1
_CONTENTS = "library.json"
_HASH = re.compile(r"[0-9a-f]{32}")
# Bytes of one file in an archive: far above any report, far below any machine's memory.
_MOST = 256_000_000


@dataclass(frozen=True, slots=True)
class _Item:
    """One report of an archive: its files' sizes in bytes and their SHA-256."""

    id: str
    hash: str
    record: tuple[int, str]
    vectors: tuple[int, str]


def write_archive(store: PassageStore, file: Path, *, replace: bool = False) -> None:
    """Write the live reports of a store and their vectors into one file, in one step.

    Raises:
        StoreError: the file is there already, or cannot be written.
    """
    if file.exists() and not replace:
        raise StoreError(f"{file} 已经存在。请换一个名字，或用 --force 替换它。")
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        with draft.open("wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                _write(store.at_rest(), archive)
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(file)
    except OSError as error:
        raise StoreError(f"不能写入 {file}：{error.strerror}。请换一个可以写入的位置。") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _write(store: PassageStore, archive: zipfile.ZipFile) -> None:
    items = []
    for report in store.reports:
        item: dict[str, Any] = {"id": report.id, "hash": records.content_hash(report)}
        record = records.dump(report).encode("utf-8", "surrogatepass")
        vectors = store.vectors_of(report).astype("<f4").tobytes()
        for kind, name, data in (
            ("record", f"reports/{item['hash']}.json", record),
            ("vectors", f"vectors/{item['hash']}.f32", vectors),
        ):
            archive.writestr(name, data)
            item |= {kind: [len(data), hashlib.sha256(data).hexdigest()]}
        items.append(item)
    contents = {
        "format": _FORMAT,
        "version": _VERSION,
        "model": store.embedder.name,
        "dimension": store.embedder.dimension,
        "reports": items,
    }
    archive.writestr(_CONTENTS, json.dumps(contents, ensure_ascii=False))


class Archive:
    """An open archive, whose every part is checked when it is read."""

    def __init__(
        self, file: Path, archive: zipfile.ZipFile, items: tuple[_Item, ...], dimension: int
    ) -> None:
        self._file = file
        self._archive = archive
        self._items = {item.id: item for item in items}
        self._dimension = dimension
        self.vectors = lru_cache(maxsize=2)(self._vectors)

    def reports(self) -> list[Report]:
        """Return all reports, in their order.

        Raises:
            StoreError: one of them is damaged.
        """
        return [self._report(item) for item in self._items.values()]

    def _report(self, item: _Item) -> Report:
        data = _read(self._file, self._archive, f"reports/{item.hash}.json", *item.record)
        try:
            report = records.load(data.decode("utf-8", "surrogatepass"), item.hash)
            rows, held = len(list(report.sentences())), item.vectors[0] // (4 * self._dimension)
            if rows != held:
                raise ValueError(f"有 {rows} 个句子和 {held} 个向量")
            return report
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged(self._file, f"报告「{item.id}」：{error}") from error

    def _vectors(self, report_id: str) -> NDArray[np.float32]:
        item = self._items[report_id]
        data = _read(self._file, self._archive, f"vectors/{item.hash}.f32", *item.vectors)
        vectors = np.frombuffer(data, dtype="<f4").reshape(-1, self._dimension)
        if not np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-2):
            raise _damaged(self._file, f"报告「{item.id}」的向量长度不是 1")
        return vectors


@contextmanager
def open_archive(file: Path, embedder: Embedder) -> Iterator[Archive]:
    """Open the archive that `write_archive` wrote, for a store of this embedder.

    Raises:
        StoreError: it is none, damaged, or of another version.
        ModelMismatch: its vectors are of another model.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            yield _opened(file, archive, embedder)
    except FileNotFoundError as error:
        raise StoreError(f"找不到 {file}。") from error
    except OSError as error:
        raise StoreError(f"读不了 {file}：{error.strerror}。") from error
    except zipfile.BadZipFile as error:
        raise _foreign(file, str(error)) from error


def _opened(file: Path, archive: zipfile.ZipFile, embedder: Embedder) -> Archive:
    names = archive.namelist()
    if _CONTENTS not in names:
        raise _foreign(file, f"没有 {_CONTENTS}")
    try:
        contents = json.loads(_read(file, archive, _CONTENTS))
        if not isinstance(contents, dict) or contents.get("format") != _FORMAT:
            raise _foreign(file, f"{_CONTENTS} 说的是别的东西")
        if contents["version"] != _VERSION:
            raise StoreError(
                f"{file} 的格式是第 {contents['version']} 版，本程序使用第 {_VERSION} 版。"
                "请用写它的那个版本的 report-qa 读取，或升级本程序。"
            )
        model, dimension = str(contents["model"]), int(contents["dimension"])
        items = tuple(_item(each, dimension) for each in contents["reports"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(file, str(error)) from error
    expected = [_CONTENTS]
    for item in items:
        expected += (f"reports/{item.hash}.json", f"vectors/{item.hash}.f32")
    if sorted(names) != sorted(expected) or len({item.id for item in items}) != len(items):
        raise _damaged(file, "里面的文件与目录不符")
    if (model, dimension) != (embedder.name, embedder.dimension):
        raise ModelMismatch(
            f"{file} 里的向量出自模型 {model!r}（{dimension} 维），"
            f"现在选用的是 {embedder.name!r}（{embedder.dimension} 维）。"
            f"请设 REPORT_QA_EMBEDDING_MODEL={model}，或用 report-qa index 从报告文件重新建立索引。"
        )
    return Archive(file, archive, items, dimension)


def _item(content: dict[str, Any], dimension: int) -> _Item:
    record, vectors = content["record"], content["vectors"]
    item = _Item(
        id=str(content["id"]),
        hash=str(content["hash"]),
        record=(int(record[0]), str(record[1])),
        vectors=(int(vectors[0]), str(vectors[1])),
    )
    if not _HASH.fullmatch(item.hash) or item.vectors[0] % (4 * dimension):
        raise ValueError(f"报告「{item.id}」的记载不对")
    return item


def _read(
    file: Path,
    archive: zipfile.ZipFile,
    name: str,
    size: int | None = None,
    checksum: str | None = None,
) -> bytes:
    """Read one file of an archive, never more of it than it may hold."""
    most = _MOST if size is None else min(size, _MOST)
    try:
        with archive.open(name) as stream:
            data = stream.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise _damaged(file, f"{name}：{error}") from error
    if len(data) > most or (size is not None and len(data) != size):
        raise _damaged(file, f"{name} 的大小不对")
    if checksum is not None and hashlib.sha256(data).hexdigest() != checksum:
        raise _damaged(file, f"{name} 与校验和不符")
    return data


def _damaged(file: Path, what: str) -> StoreError:
    return StoreError(f"{file} 已损坏：{what}。没有导入任何东西；请重新导出或重新复制这个文件。")


def _foreign(file: Path, what: str) -> StoreError:
    return StoreError(f"{file} 不是 report-qa export 写的文件：{what}。")
