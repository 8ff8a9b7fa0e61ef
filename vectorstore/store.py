"""PassageStore: the live reports of one data folder, their vectors and their terms.

The folder holds

    manifest.json        which report versions are live; replaced in one step
    reports/HASH.json    the records of one report version
    lexical/GENERATION/  the BM25 index over the live sentences
    chroma/              the vectors, one row for each sentence of each version
    .lock                held while writing

Everything a manifest names is on disk before the manifest is, so whenever a
writer dies the last complete state stays in force. What no manifest names is
swept after the next commit; vectors of an unfinished run are used again by then.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.embedding import Embedder
from vectorstore.errors import ForeignIndex, ModelMismatch, StoreError, UnknownReport
from vectorstore.lexical import LexicalIndex
from vectorstore.report import Part, Passage, Report, Span

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection as ChromaCollection

FORMAT = "report-qa index"
FORMAT_VERSION = 1

_MANIFEST = "manifest.json"
_LOCK = ".lock"
_REPORTS = "reports"
_LEXICAL = "lexical"
_CHROMA = "chroma"
_COLLECTION = "sentences"
_BATCH = 64
_CONTENT = frozenset({_REPORTS, _LEXICAL, _CHROMA})
_ORDINAL = re.compile(r"^\s*[一二三四五六七八九十]+\s*[、.．]\s*")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What one call of `add` did, by report id."""

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One indexed sentence: its paragraph and its index in it."""

    passage: Passage
    sentence: int


@dataclass(frozen=True)
class Snapshot:
    """One committed state, complete in itself: a search uses one from start to end.

    Rows are the sentences of the live reports in reading order; `lexical` scores
    them by position. `row_report[i]` is the position of row i's report in
    `reports`, `row_paragraph[i]` the running number of its paragraph over all
    `reports`, `row_paragraph[i]` the running number of its paragraph over all
    reports, `row_part[i]` the code of its part in `PART_CODES`.
    """

    reports: tuple[Report, ...]
    versions: tuple[str, ...]
    rows: tuple[Row, ...]
    row_report: NDArray[np.int32]
    row_paragraph: NDArray[np.int32]
    row_part: NDArray[np.int8]
    row_of_id: dict[str, int]
    lexical: LexicalIndex


PART_CODES: dict[Part, int] = {part: code for code, part in enumerate(Part)}


@dataclass(frozen=True, slots=True)
class _Version:
    """One report version as the manifest names it."""

    id: str
    hash: str

    @property
    def key(self) -> str:
        return f"{self.id}@{self.hash}"


@dataclass(frozen=True, slots=True)
class _Manifest:
    model: str
    dimension: int
    versions: tuple[_Version, ...]
    lexical: str | None


class PassageStore:
    """The passages of many reports, searchable by vector and by term.

    Searches may run in many threads and while another one adds reports; they
    see the state before or after, never between. One writer at a time.
    """

    def __init__(self, folder: Path, embedder: Embedder, manifest: _Manifest) -> None:
        self.folder = folder
        self.embedder = embedder
        self._manifest = manifest
        self._client: Any = None
        self._collection: ChromaCollection | None = None
        self._snapshot = _load_snapshot(folder, manifest)

    @classmethod
    def open(cls, folder: Path, embedder: Embedder) -> PassageStore:
        """Open the index in `folder`; one that is missing or empty is begun by `add`.

        Raises:
            ForeignIndex: the folder holds something else, or another format version.
            ModelMismatch: the index was built with another embedding model.
            StoreError: a file of the index is damaged.
        """
        return cls(folder, embedder, _manifest_for(folder, embedder))

    @classmethod
    def rebuilt(cls, folder: Path, embedder: Embedder) -> PassageStore:
        """Open an empty index in place of the one in `folder`, whatever its model or state was.

        Raises:
            ForeignIndex: the folder holds something that is not an index.
            StoreError: another process is writing.
        """
        if not _is_index(folder):
            return cls.open(folder, embedder)
        with _locked(folder):
            _write_manifest(folder, _empty_manifest(embedder))
            for name in _CONTENT:
                shutil.rmtree(folder / name, ignore_errors=True)
        return cls.open(folder, embedder)

    @property
    def reports(self) -> tuple[Report, ...]:
        """The live reports, in the order in which they were first added."""
        return self._snapshot.reports

    @property
    def snapshot(self) -> Snapshot:
        """The state in force now."""
        return self._snapshot

    def close(self) -> None:
        """Let go of the files of the vector database."""
        if self._client is not None:
            self._client.close()  # type: ignore[attr-defined, unused-ignore, no-untyped-call]
        self._client = self._collection = None

    # -- writing

    def add(self, reports: Sequence[Report], progress: Progress | None = None) -> IndexSummary:
        """Make these reports live; those of the same id and other content are replaced.

        `progress(done, total)` is told after every batch of sentences embedded.
        A report whose content is in the index already costs nothing.

        Raises:
            StoreError: another process is writing, or the same id comes twice.
        """
        incoming = {report.id: report for report in reports}
        if len(incoming) != len(reports):
            twice = "、".join(id_ for id_, n in Counter(r.id for r in reports).items() if n > 1)
            raise StoreError(
                f"有几份报告同名：{twice}。报告以不带后缀的文件名区分，请给其中的文件改名。"
            )
        versions = {id_: _Version(id_, content_hash(r)) for id_, r in incoming.items()}
        # Readers that bring nothing new must not wait for, or refuse, each other.
        if set(versions.values()) <= set(self._refreshed()):
            return IndexSummary(unchanged=tuple(versions))
        with self._writing():
            live = {version.id: version for version in self._manifest.versions}
            summary = IndexSummary(
                added=tuple(id_ for id_ in versions if id_ not in live),
                replaced=tuple(i for i, v in versions.items() if i in live and live[i] != v),
                unchanged=tuple(i for i, v in versions.items() if live.get(i) == v),
            )
            changed = [*summary.added, *summary.replaced]
            if changed:
                for id_ in changed:
                    self._write_report(versions[id_], incoming[id_])
                self._embed([(versions[id_], incoming[id_]) for id_ in changed], progress)
                self._commit(tuple({**live, **versions}.values()))
        return summary

    def remove(self, report_id: str) -> None:
        """Take a report out of the index.

        Raises:
            UnknownReport: the index does not hold it.
            StoreError: another process is writing.
        """
        with self._writing():
            rest = tuple(v for v in self._manifest.versions if v.id != report_id)
            if len(rest) == len(self._manifest.versions):
                known = "、".join(v.id for v in self._manifest.versions) or "无"
                raise UnknownReport(f"索引中没有报告「{report_id}」。现有报告:{known}。")
            self._commit(rest)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the folder's lock, with the newest committed state loaded."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"建不了索引文件夹 {self.folder}：{error.strerror}。请换一个可以写入的位置。"
            ) from error
        with _locked(self.folder):
            self._refreshed()
            if not (self.folder / _MANIFEST).exists():
                _write_manifest(self.folder, self._manifest)
            yield

    def _refreshed(self) -> tuple[_Version, ...]:
        """Take over what another process has committed; return the live versions."""
        committed = _manifest_for(self.folder, self.embedder)
        if committed != self._manifest:
            self._adopt(committed)
        return committed.versions

    def _adopt(self, manifest: _Manifest) -> None:
        self._snapshot = _load_snapshot(self.folder, manifest)
        self._manifest = manifest

    def _write_report(self, version: _Version, report: Report) -> None:
        path = _report_path(self.folder, version)
        path.parent.mkdir(exist_ok=True)
        _write_atomically(path, json.dumps(asdict(report), ensure_ascii=False, default=str))

    def _embed(self, reports: Sequence[tuple[_Version, Report]], progress: Progress | None) -> None:
        """Bring the vectors of these versions into Chroma; those there are kept."""
        collection = self._vectors()
        wanted: list[tuple[str, str, str]] = []
        for version, report in reports:
            there = set(collection.get(where={"version": version.key}, include=[])["ids"])
            for passage, index, text in report.sentences():
                row_id = _row_id(version.key, passage, index)
                if row_id not in there:
                    wanted.append((row_id, version.key, contextualised(passage, text)))
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            collection.upsert(
                ids=[row_id for row_id, _, _ in batch],
                embeddings=self.embedder.embed_passages([text for _, _, text in batch]),
                metadatas=[{"version": key} for _, key, _ in batch],
            )
            if progress is not None:
                progress(start + len(batch), len(wanted))

    def _commit(self, versions: tuple[_Version, ...]) -> None:
        """Put a new set of live versions in force, then sweep what is not live."""
        reports = tuple(_read_report(self.folder, version) for version in versions)
        generation = hashlib.sha256("\n".join(v.key for v in versions).encode()).hexdigest()[:16]
        target = self.folder / _LEXICAL / generation
        shutil.rmtree(target, ignore_errors=True)
        _build_lexical(reports).save(target)
        manifest = _Manifest(self.embedder.name, self.embedder.dimension, versions, generation)
        _write_manifest(self.folder, manifest)
        self._adopt(manifest)
        self._sweep()

    def _sweep(self) -> None:
        """Delete what the manifest does not name."""
        live = [version.key for version in self._manifest.versions]
        collection = self._vectors()
        if collection.count() > len(self._snapshot.rows):
            dead: Any = {"version": {"$nin": live}} if live else {"version": {"$ne": ""}}
            collection.delete(where=dead)
        keep = {_report_path(self.folder, version) for version in self._manifest.versions}
        for path in (self.folder / _REPORTS).glob("*.json*"):
            if path not in keep:
                path.unlink()
        for path in (self.folder / _LEXICAL).iterdir():
            if path.name != self._manifest.lexical:
                shutil.rmtree(path, ignore_errors=True)

    # -- searching

    def dense(
        self,
        query_vector: NDArray[np.float32],
        k: int,
        *,
        reports: Collection[str] | None = None,
        snapshot: Snapshot | None = None,
    ) -> list[tuple[int, float]]:
        """Return the `k` rows nearest to a unit vector: (row, cosine), best first.

        `reports` restricts the search to these report ids.
        """
        state = snapshot or self._snapshot
        k = min(k, len(state.rows))
        if k == 0:
            return []
        if reports is None:
            found = self._query(query_vector, k, None, state)
            if len(found) == k:
                return found
        # Rows of versions that are not live took places: ask for the live ones alone.
        versions = [
            key
            for key, report in zip(state.versions, state.reports, strict=True)
            if reports is None or report.id in reports
        ]
        return self._query(query_vector, k, versions, state) if versions else []

    def _query(
        self,
        vector: NDArray[np.float32],
        k: int,
        versions: list[str] | None,
        state: Snapshot,
    ) -> list[tuple[int, float]]:
        where: Any = {"version": {"$in": versions}} if versions is not None else None
        collection = self._vectors()
        with self._damage_named():
            answer = collection.query(
                query_embeddings=[vector.tolist()], n_results=k, where=where, include=["distances"]
            )
        distances = answer["distances"]
        assert distances is not None  # they are included
        return [
            (state.row_of_id[row_id], 1.0 - float(distance))
            for row_id, distance in zip(answer["ids"][0], distances[0], strict=True)
            if row_id in state.row_of_id
        ]

    def _vectors(self) -> ChromaCollection:
        if self._collection is None:
            import chromadb
            from chromadb.config import Settings

            with self._damage_named():
                self._client = chromadb.PersistentClient(
                    path=str(self.folder / _CHROMA),
                    settings=Settings(anonymized_telemetry=False),
                )
                collection = self._client.get_or_create_collection(
                    _COLLECTION,
                    embedding_function=None,
                    configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
                )
                missing = len(self._snapshot.rows) - collection.count()
            # Another process may have replaced what this snapshot shows.
            if missing > 0 and _read_manifest(self.folder) == self._manifest:
                raise StoreError(
                    f"{self.folder} 的向量库里少了 {missing} 个句子。{_mend(self.folder)}"
                )
            self._collection = collection
        return self._collection

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        """Turn what the vector database raises into an error that says how to mend it."""
        try:
            yield
        # Chroma's errors, and those of the libraries below it, have no common root.
        except Exception as error:
            raise StoreError(
                f"{self.folder} 的向量库打不开或已损坏：{error}。{_mend(self.folder)}"
            ) from error


def contextualised(passage: Passage, sentence: str) -> str:
    """The text that is embedded and indexed for a sentence.

    The sentence alone has lost its year; the title of its first-level section,
    without the ordinal, gives it back: «2019年工作回顾 城镇新增就业75万人。».
    """
    title = _ORDINAL.sub("", passage.section[0]).strip() if passage.section else ""
    return f"{title} {sentence.strip()}" if title else sentence.strip()


def content_hash(report: Report) -> str:
    """Identify a report's records and the way they are indexed, by 32 hex digits."""
    content = json.dumps(asdict(report), ensure_ascii=False, sort_keys=True, default=str)
    scheme = f"{FORMAT_VERSION}\n{content}"
    return hashlib.sha256(scheme.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _row_id(version: str, passage: Passage, sentence: int) -> str:
    return f"{version}:{passage.number}:{sentence}"


def _build_lexical(reports: Sequence[Report]) -> LexicalIndex:
    return LexicalIndex.build(
        [
            contextualised(passage, text)
            for report in reports
            for passage, _, text in report.sentences()
        ]
    )


def _load_snapshot(folder: Path, manifest: _Manifest) -> Snapshot:
    reports = tuple(_read_report(folder, version) for version in manifest.versions)
    rows: list[Row] = []
    ids: dict[str, int] = {}
    row_report: list[int] = []
    row_paragraph: list[int] = []
    row_part: list[int] = []
    paragraph = -1
    for position, (version, report) in enumerate(zip(manifest.versions, reports, strict=True)):
        for passage in report.passages:
            paragraph += 1
            for index in range(len(passage.sentences)):
                ids[_row_id(version.key, passage, index)] = len(rows)
                rows.append(Row(passage, index))
                row_report.append(position)
                row_paragraph.append(paragraph)
                row_part.append(PART_CODES[passage.part])
    lexical = (
        LexicalIndex.load(folder / _LEXICAL / manifest.lexical)
        if manifest.lexical is not None
        else LexicalIndex.build([])
    )
    if len(lexical) != len(rows):
        raise StoreError(
            f"{folder} 的词索引里有 {len(lexical)} 个句子，报告里有 {len(rows)} 个。{_mend(folder)}"
        )
    return Snapshot(
        reports=reports,
        versions=tuple(version.key for version in manifest.versions),
        rows=tuple(rows),
        row_report=np.array(row_report, dtype=np.int32),
        row_paragraph=np.array(row_paragraph, dtype=np.int32),
        row_part=np.array(row_part, dtype=np.int8),
        row_of_id=ids,
        lexical=lexical,
    )


# -- files


def _mend(folder: Path) -> str:
    command = f"report-qa index --rebuild 报告文件 --to {folder}"
    return f"请删去这个文件夹后再运行，或重建索引：{command}"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Be the only one who writes in the folder.

    Raises:
        StoreError: another process is.
    """
    import filelock

    lock = filelock.FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise StoreError(f"另一个进程正在写入 {folder} 的索引。请等它完成后再运行一次。") from error
    except OSError as error:
        raise StoreError(
            f"不能写入 {folder}：{error.strerror}。请换一个可以写入的位置。"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _is_index(folder: Path) -> bool:
    """Tell whether the folder holds an index, of any model and version, or what is left of one.

    Raises:
        ForeignIndex: it holds something else.
    """
    try:
        return _read_manifest(folder) is not None
    except StoreError:
        entries = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        # One name alone may be chance: a rebuild must not empty what is not its own.
        if _MANIFEST in entries and len(entries & _CONTENT) >= 2:
            return True
        raise


def _manifest_for(folder: Path, embedder: Embedder) -> _Manifest:
    """Return the committed manifest, an empty one where there is none.

    Raises:
        ModelMismatch: the index was built with another embedding model.
    """
    manifest = _read_manifest(folder)
    if manifest is None:
        return _empty_manifest(embedder)
    if (manifest.model, manifest.dimension) != (embedder.name, embedder.dimension):
        raise ModelMismatch(
            f"{folder} 里的索引是用向量模型 {manifest.model!r}（{manifest.dimension} 维）建立的，"
            f"现在选用的是 {embedder.name!r}（{embedder.dimension} 维）。"
            f"请改用 {manifest.model!r}；或者{_mend(folder)}"
        )
    return manifest


def _empty_manifest(embedder: Embedder) -> _Manifest:
    return _Manifest(embedder.name, embedder.dimension, (), None)


def _read_manifest(folder: Path) -> _Manifest | None:
    """Return the committed manifest, or `None` where an index may be begun."""
    path = folder / _MANIFEST
    try:
        text = path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        if folder.exists() and not folder.is_dir():
            raise ForeignIndex(f"{folder} 是文件；这里应当是一个索引文件夹。") from None
        others = [p.name for p in folder.iterdir()] if folder.exists() else []
        if [name for name in others if not name.startswith((_LOCK, _MANIFEST))]:
            raise ForeignIndex(
                f"文件夹 {folder} 里有别的东西（{'、'.join(sorted(others)[:3])}），不是索引。"
                "请指定一个空的或新的文件夹。"
            ) from None
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"读不了 {path}：{error}。{_mend(folder)}") from error
    return _parse_manifest(path, text)


def _parse_manifest(path: Path, text: str) -> _Manifest:
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ForeignIndex(
                f"{path} 不是索引的清单，这个文件夹另有用处。请指定一个空的或新的文件夹。"
            )
        if content.get("version") != FORMAT_VERSION:
            raise ForeignIndex(
                f"{path.parent} 里的索引格式是第 {content.get('version')} 版，"
                f"本程序使用第 {FORMAT_VERSION} 版。{_mend(path.parent)}"
            )
        return _Manifest(
            model=str(content["model"]),
            dimension=int(content["dimension"]),
            versions=tuple(_Version(r["id"], r["hash"]) for r in content["reports"]),
            lexical=content["lexical"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} 已损坏：{error}。{_mend(path.parent)}") from error


def _write_manifest(folder: Path, manifest: _Manifest) -> None:
    content = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "model": manifest.model,
        "dimension": manifest.dimension,
        "reports": [{"id": v.id, "hash": v.hash} for v in manifest.versions],
        "lexical": manifest.lexical,
    }
    _write_atomically(folder / _MANIFEST, json.dumps(content, ensure_ascii=False, indent=2))


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


def _report_path(folder: Path, version: _Version) -> Path:
    return folder / _REPORTS / f"{version.hash}.json"


def _read_report(folder: Path, version: _Version) -> Report:
    path = _report_path(folder, version)
    try:
        return _report_from(json.loads(path.read_text("utf-8", "surrogatepass")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} 缺失或已损坏：{error}。{_mend(folder)}") from error


def _report_from(content: dict[str, Any]) -> Report:
    return Report(
        id=content["id"],
        title=content["title"],
        region=content["region"],
        year=content["year"],
        date=date.fromisoformat(content["date"]) if content["date"] else None,
        speaker=content["speaker"],
        passages=tuple(
            Passage(
                report_id=p["report_id"],
                number=p["number"],
                section=tuple(p["section"]),
                part=Part(p["part"]),
                text=p["text"],
                sentences=tuple(Span(s["start"], s["end"]) for s in p["sentences"]),
                headings=tuple(Span(s["start"], s["end"]) for s in p["headings"]),
            )
            for p in content["passages"]
        ),
        gaps=tuple(content["gaps"]),
    )
