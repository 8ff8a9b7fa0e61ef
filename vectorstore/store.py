"""PassageStore: the live reports of one index, their vectors and their terms.

Everything a manifest names is on disk before the manifest is, so whenever a
writer dies the last complete state stays in force. What no manifest names is
swept after the next commit; vectors of an unfinished run are used again by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vectorstore.embedding import Embedder
from vectorstore.errors import StoreError, UnknownReport
from vectorstore.folder import IndexFolder
from vectorstore.manifest import Manifest, Version, generation_of
from vectorstore.records import content_hash
from vectorstore.report import Report
from vectorstore.snapshot import Snapshot, build_lexical, contextualised, row_id

if TYPE_CHECKING:
    from vectorstore.vectors import Vectors

_BATCH = 64

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What one call of `add` did, by report id."""

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


class PassageStore:
    """The passages of many reports, searchable by vector and by term.

    Searches may run in many threads and while another one adds reports; they
    see the state before or after, never between. One writer at a time.
    """

    def __init__(self, files: IndexFolder, embedder: Embedder, manifest: Manifest) -> None:
        self.embedder = embedder
        self._files = files
        self._manifest = manifest
        self._opened: Vectors | None = None
        self._snapshot = _load_snapshot(files, manifest)

    @classmethod
    def open(cls, folder: Path, embedder: Embedder) -> PassageStore:
        """Open the index in `folder`; one that is missing or empty is begun by `add`.

        Raises:
            ForeignIndex: the folder holds something else, or another format version.
            ModelMismatch: the index was built with another embedding model.
            StoreError: a file of the index is damaged.
        """
        files = IndexFolder(folder)
        return cls(files, embedder, _manifest_for(files, embedder))

    @classmethod
    def rebuilt(cls, folder: Path, embedder: Embedder) -> PassageStore:
        """Open an empty index in place of the one in `folder`, whatever its model or state was.

        Raises:
            ForeignIndex: the folder holds something that is not an index.
            StoreError: another process is writing.
        """
        files = IndexFolder(folder)
        if files.is_index():
            with files.locked():
                files.write_manifest(Manifest.empty(embedder))
                files.clear()
        return cls.open(folder, embedder)

    @property
    def folder(self) -> Path:
        """Where the index lies."""
        return self._files.path

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
        if self._opened is not None:
            self._opened.close()
        self._opened = None

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
        versions = {id_: Version(id_, content_hash(r)) for id_, r in incoming.items()}
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
                    self._files.write_report(versions[id_], incoming[id_])
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
        self._files.make()
        with self._files.locked():
            self._refreshed()
            if self._files.manifest() is None:
                self._files.write_manifest(self._manifest)
            yield

    def _refreshed(self) -> tuple[Version, ...]:
        """Take over what another process has committed; return the live versions."""
        committed = _manifest_for(self._files, self.embedder)
        if committed != self._manifest:
            self._adopt(committed)
        return committed.versions

    def _adopt(self, manifest: Manifest) -> None:
        self._snapshot = _load_snapshot(self._files, manifest)
        self._manifest = manifest

    def _embed(self, reports: Sequence[tuple[Version, Report]], progress: Progress | None) -> None:
        """Store the vectors of these versions; those there are kept."""
        from vectorstore.vectors import Place

        vectors = self._vectors()
        wanted: list[tuple[Place, str]] = []
        for version, report in reports:
            there = vectors.ids_of(version.key)
            for passage, index, text in report.sentences():
                place = Place(row_id(version.key, passage, index), version.key)
                if place.id not in there:
                    wanted.append((place, contextualised(passage, text)))
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            embedded = self.embedder.embed_passages([text for _, text in batch])
            vectors.put([place for place, _ in batch], embedded)
            if progress is not None:
                progress(start + len(batch), len(wanted))

    def _commit(self, versions: tuple[Version, ...]) -> None:
        """Put a new set of live versions in force, then sweep what is not live."""
        reports = tuple(self._files.report(version) for version in versions)
        generation = generation_of(versions)
        self._files.write_lexical(generation, build_lexical(reports))
        manifest = Manifest(self.embedder.name, self.embedder.dimension, versions, generation)
        self._files.write_manifest(manifest)
        self._adopt(manifest)
        self._sweep()

    def _sweep(self) -> None:
        """Delete what the manifest does not name."""
        vectors = self._vectors()
        if vectors.count() > len(self._snapshot.rows):
            vectors.keep_only([version.key for version in self._manifest.versions])
        self._files.sweep(self._manifest)

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
            found = self._nearest(query_vector, k, None, state)
            if len(found) == k:
                return found
        # Rows of versions that are not live took places: ask for the live ones alone.
        versions = [
            key
            for key, report in zip(state.versions, state.reports, strict=True)
            if reports is None or report.id in reports
        ]
        return self._nearest(query_vector, k, versions, state) if versions else []

    def _nearest(
        self,
        vector: NDArray[np.float32],
        k: int,
        versions: Sequence[str] | None,
        state: Snapshot,
    ) -> list[tuple[int, float]]:
        return [
            (state.row_of_id[id_], cosine)
            for id_, cosine in self._vectors().nearest(vector, k, versions)
            if id_ in state.row_of_id
        ]

    def _vectors(self) -> Vectors:
        if self._opened is None:
            from vectorstore.vectors import Vectors

            vectors = Vectors(self._files.chroma, str(self._files), self._files.mend)
            missing = len(self._snapshot.rows) - vectors.count()
            # Another process may have replaced what this snapshot shows.
            if missing > 0 and self._files.manifest() == self._manifest:
                raise StoreError(
                    f"{self._files} 的向量库里少了 {missing} 个句子。{self._files.mend}"
                )
            self._opened = vectors
        return self._opened


def _manifest_for(files: IndexFolder, embedder: Embedder) -> Manifest:
    """Return the committed manifest, an empty one where there is none.

    Raises:
        ModelMismatch: the index was built with another embedding model.
    """
    manifest = files.manifest()
    if manifest is None:
        return Manifest.empty(embedder)
    manifest.check_model(embedder, str(files), files.mend)
    return manifest


def _load_snapshot(files: IndexFolder, manifest: Manifest) -> Snapshot:
    reports = [files.report(version) for version in manifest.versions]
    snapshot = Snapshot.of(manifest.versions, reports, files.lexical(manifest.lexical))
    if len(snapshot.lexical) != len(snapshot.rows):
        raise StoreError(
            f"{files} 的词索引里有 {len(snapshot.lexical)} 个句子，"
            f"报告里有 {len(snapshot.rows)} 个。{files.mend}"
        )
    return snapshot
