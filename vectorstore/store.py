"""PassageStore: the live reports of one index, their vectors and their terms.

Everything a manifest names is in its home before the manifest is, so whenever a
writer dies the last complete state stays in force. What no manifest names is
swept after the next commit; vectors of an unfinished run are used again by then.
"""

from __future__ import annotations

import copy
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vectorstore.embedding import Embedder
from vectorstore.errors import StoreError, StoreUnavailable, UnknownReport
from vectorstore.exact import ReportVectors
from vectorstore.folder import IndexFolder
from vectorstore.generation import Generation
from vectorstore.home import Home
from vectorstore.manifest import Manifest, Version, generation_of
from vectorstore.records import content_hash
from vectorstore.report import Report
from vectorstore.shelf import Shelf
from vectorstore.snapshot import Snapshot, contextualised, row_id
from vectorstore.vectors import Place, Vectors

_FEW = 20_000
# So many may be asked for to find among them those of chosen reports.
_WIDE = 4_000
# So many are looked at where there are no more than a few rows: the time is little, and none is
# missed. Of one report's rows the graph finds 99.8 in 100 anyway.
_LOOKED_AT, _ONE_REPORT = 400, 2_000

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

    def __init__(
        self, home: Home, embedder: Embedder, manifest: Manifest, *, replacing: bool = False
    ) -> None:
        self.home = home
        self.embedder = embedder
        self._replacing = replacing
        self._opened: dict[str, Vectors] = {}
        self._looked = time.monotonic()
        self._lock = threading.RLock()
        # Up to so many rows, comparing with each is faster than a filtered search among all.
        self.few = _FEW
        self.exact = ReportVectors(
            home.cache / "exact", lambda state, ids: self.vectors(state).of(ids)
        )
        self._state = self._loaded(manifest, None)

    @classmethod
    def open(cls, place: Path | Home, embedder: Embedder) -> PassageStore:
        """Open the index of a folder or another home; one that is empty is begun by `add`.

        Raises:
            ForeignIndex: the folder holds something else, or another format version.
            ModelMismatch: the index was built with another embedding model.
            StoreError: a file of the index is damaged.
        """
        home = IndexFolder(place) if isinstance(place, Path) else place
        return cls(home, embedder, _manifest_of(home, embedder) or Manifest.empty(embedder))

    @classmethod
    def rebuilt(cls, place: Path | Home, embedder: Embedder) -> PassageStore:
        """Begin an empty index that takes the place of the one there, whatever its model or state.

        The old one stays in force until the first `add` of the new one is done.

        Raises:
            ForeignIndex: the folder holds something that is not an index.
            IndexBusy: another process is writing.
        """
        home = IndexFolder(place) if isinstance(place, Path) else place
        if isinstance(home, IndexFolder) and not home.is_index():
            return cls.open(home, embedder)
        empty = Manifest.empty(embedder)
        with home.writing(empty):
            return cls(home, embedder, empty, replacing=True)

    @property
    def reports(self) -> Shelf:
        """The live reports, in the order in which they were first added."""
        return self.snapshot.reports

    @property
    def snapshot(self) -> Snapshot:
        """The state in force, as this process has last seen it."""
        return self._state[1]

    def close(self) -> None:
        """Let go of the files of the vector database, or of the connection."""
        self.home.close()
        self._opened.clear()

    @property
    def age(self) -> float:
        """The seconds since it was last seen which state is in force."""
        return time.monotonic() - self._looked

    def at_rest(self) -> PassageStore:
        """Return this store as it is now: it is not told of any new state."""
        rested = copy.copy(self)
        rested._opened = dict(self._opened)
        return rested

    def refresh(self, within: float = 0.0) -> None:
        """Take over what others have put in force; look no sooner than `within` seconds again.

        Raises:
            StoreError: the index is away, damaged, or now one of another model.
        """
        if self.age >= within:
            self._refreshed()

    # -- writing

    def add(
        self,
        reports: Sequence[Report],
        progress: Progress | None = None,
        *,
        batch: int = 64,
        vectors: Callable[[str], NDArray[np.float32]] | None = None,
    ) -> IndexSummary:
        """Make these reports live; those of the same id and other content are replaced.

        `progress(done, total)` is told after every `batch` of sentences embedded.
        A report whose content is in the index already costs nothing. `vectors` gives those
        of a report's sentences, in reading order, where they are known already.

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
        if not self._replacing and set(versions.values()) <= set(self._refreshed()):
            return IndexSummary(unchanged=tuple(versions))
        with self._writing():
            live = {version.id: version for version in self._state[0].versions}
            summary = IndexSummary(
                added=tuple(id_ for id_ in versions if id_ not in live),
                replaced=tuple(i for i, v in versions.items() if i in live and live[i] != v),
                unchanged=tuple(i for i, v in versions.items() if live.get(i) == v),
            )
            changed = [(versions[i], incoming[i]) for i in (*summary.added, *summary.replaced)]
            if changed:
                self.home.write_reports(changed)
                self._commit(
                    self._embed(
                        replace(self._state[0], versions=tuple({**live, **versions}.values())),
                        changed, progress, batch, vectors,
                    )
                )  # fmt: skip
        return summary

    def remove(self, report_id: str) -> None:
        """Take a report out of the index.

        Raises:
            UnknownReport: the index does not hold it.
            IndexBusy: another process is writing.
        """
        with self._writing():
            versions = self._state[0].versions
            rest = tuple(version for version in versions if version.id != report_id)
            if len(rest) == len(versions):
                known = "、".join(version.id for version in versions) or "无"
                raise UnknownReport(f"索引中没有报告「{report_id}」。现有报告:{known}。")
            self._commit(self.home.settled(replace(self._state[0], versions=rest)))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Be the only writer, with the newest committed state loaded."""
        with self.home.writing(self._state[0]):
            if not self._replacing:
                self._refreshed()
            yield

    def _refreshed(self) -> tuple[Version, ...]:
        """Take over what another process has committed; return the live versions."""
        with self._lock:
            known = self._state[0]
            committed = _manifest_of(self.home, self.embedder)
            if committed is None and known.versions and self.home.shared:
                raise StoreUnavailable(
                    f"{self.home} 上的索引不见了。请检查服务的数据，或重新运行 report-qa index。"
                )
            if committed is None:
                committed = Manifest.empty(self.embedder) if known.versions else known
            if committed != known:
                self._adopt(committed)
            self._looked = time.monotonic()
            return committed.versions

    def _adopt(self, manifest: Manifest) -> None:
        self._state = self._loaded(manifest, self.snapshot)
        self._opened = {}

    def _loaded(self, manifest: Manifest, known: Snapshot | None) -> tuple[Manifest, Snapshot]:
        """Load the state of a manifest, or of one that has come into force meanwhile."""
        while True:
            try:
                return manifest, _load_snapshot(self.home, manifest, known)
            except StoreError:
                newest = _manifest_of(self.home, self.embedder)
                if newest is None or newest == manifest:
                    raise
                manifest = newest

    def _embed(
        self,
        manifest: Manifest,
        reports: Sequence[tuple[Version, Report]],
        progress: Progress | None,
        batch: int,
        known: Callable[[str], NDArray[np.float32]] | None,
    ) -> Manifest:
        """Store the vectors of these versions; return the manifest with the place of all.

        Those that a run that died has left are used. The last sentence is told to be done
        when all are in their place.

        Raises:
            StoreError: some did not arrive.
        """
        vectors = self.home.draft(manifest)
        wanted = [
            sentence
            for version, report in reports
            for sentence in _sentences(version, report, vectors.ids_of(version.key))
        ]
        for start in range(0, len(wanted), batch):
            some = wanted[start : start + batch]
            if known is None:
                embedded = self.embedder.embed_passages([sentence.text for sentence in some])
            else:
                embedded = np.array([known(each.report)[each.position] for each in some])
            vectors.put([sentence.place for sentence in some], embedded)
            if progress is not None and start + len(some) < len(wanted):
                progress(start + len(some), len(wanted))
        for version, report in reports:
            if lost := len(_sentences(version, report, vectors.ids_of(version.key))):
                raise StoreError(f"{self.home} 的向量库没有收下「{report.id}」的 {lost} 个句子。")
        settled = self.home.settled(manifest)
        if progress is not None and wanted:
            progress(len(wanted), len(wanted))
        return settled

    def _commit(self, manifest: Manifest) -> None:
        """Put a new set of live versions in force, then sweep what is not live."""
        derived = _derived(self.home, manifest.versions, self.snapshot)
        named = replace(manifest, lexical=generation_of(manifest.versions))
        manifest = self.home.write_generation(named, derived)
        with self._lock:
            self.home.commit(manifest)
            self._replacing = False
            self._adopt(manifest)
        self.home.sweep(manifest)
        self._keep_exact()

    def _keep_exact(self) -> None:
        """Have the vectors of every live report at hand before it is asked about."""
        state = self.snapshot
        self.exact.sweep(state)
        with suppress(StoreError):  # they are fetched when they are needed
            for position in range(len(state.versions)):
                self.exact.of(state, position)

    def vectors_of(self, report: Report) -> NDArray[np.float32]:
        """Return the vectors of a live report's sentences, in reading order.

        Raises:
            StoreError: some are missing.
        """
        version = Version(report.id, content_hash(report))
        ids = [sentence.place.id for sentence in _sentences(version, report, ())]
        vectors = self.vectors(self.snapshot)
        pages = [vectors.of(ids[start : start + 1000]) for start in range(0, len(ids), 1000)]
        return (
            np.concatenate(pages) if pages else np.empty((0, self.embedder.dimension), np.float32)
        )

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
        state = snapshot or self.snapshot
        k = min(k, len(state.rows))
        if k == 0:
            return []
        if reports is not None:
            positions = state.positions(reports)
            if sum(end - start for start, end in map(state.catalogue.span, positions)) <= self.few:
                return self.exact.nearest(query_vector, k, state, positions)
            return self._nearest_of_many(query_vector, k, positions, state)
        found = self._nearest(query_vector, k, None, state)
        if len(found) == k:
            return found
        # Rows of versions that are not live took places: ask for the live ones alone.
        return self._nearest(query_vector, k, state.versions, state)

    def vectors_at(self, rows: NDArray[np.int64], *, snapshot: Snapshot) -> NDArray[np.float32]:
        """Return the vectors of these rows."""
        return self.exact.at(snapshot, rows, self.embedder.dimension)

    def _nearest_of_many(
        self, vector: NDArray[np.float32], k: int, positions: Sequence[int], state: Snapshot
    ) -> list[tuple[int, float]]:
        """Return the `k` nearest rows of these reports: of all the nearest, those in them.

        A filter is slow over many rows, and needed only where these reports have few of
        the nearest.
        """
        rows = sum(end - start for start, end in map(state.catalogue.span, positions))
        wide = 2 * k * len(state.catalogue) // rows
        if wide <= _WIDE:
            wanted = set(positions)
            near = self._nearest(vector, wide, None, state)
            found = [each for each in near if state.catalogue.report_of(each[0]) in wanted]
            if len(found) >= k:
                return found[:k]
        return self._nearest(vector, k, [state.versions[p] for p in positions], state)

    def _nearest(
        self,
        vector: NDArray[np.float32],
        k: int,
        versions: Sequence[str] | None,
        state: Snapshot,
    ) -> list[tuple[int, float]]:
        few = _ONE_REPORT < len(state.rows) <= self.few
        wide = max(k, _LOOKED_AT) if few else k
        try:
            found = self.vectors(state).nearest(vector, wide, versions)[:k]
        except StoreUnavailable:
            self._opened.clear()  # the server may come back with other tables
            raise
        rows = state.rows_named([id_ for id_, _ in found])
        return [(row, c) for row, (_, c) in zip(rows, found, strict=True) if row is not None]

    def vectors(self, state: Snapshot) -> Vectors:
        """Open the vectors of a state.

        Raises:
            StoreError: some are missing or damaged.
        """
        name = state.manifest.vectors
        if name not in self._opened:
            vectors = self.home.vectors(state.manifest)
            missing = len(state.rows) - vectors.count()
            # On a server another process may have replaced what this snapshot shows.
            if missing > 0 and self.home.manifest() == self._state[0]:
                raise StoreError(f"{self.home} 的向量库里少了 {missing} 个句子。{self.home.mend}")
            self._opened[name] = vectors
        return self._opened[name]

    def check(self) -> None:
        """Compare every file of the state in force with its checksum, however long that takes.

        Raises:
            StoreError: one is damaged, or vectors are missing.
        """
        self.home.check(self._state[0])
        self.vectors(self.snapshot)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence to be embedded: its name, its text, its report, its position there."""

    place: Place
    text: str
    report: str
    position: int


def _sentences(version: Version, report: Report, there: Collection[str]) -> list[_Sentence]:
    """Return the sentences of a version that are not there."""
    found = []
    for position, (passage, index, text) in enumerate(report.sentences()):
        place = Place(row_id(version.key, passage, index), version.key)
        if place.id not in there:
            found.append(_Sentence(place, contextualised(passage, text), report.id, position))
    return found


def _manifest_of(home: Home, embedder: Embedder) -> Manifest | None:
    """Return the committed manifest.

    Raises:
        ModelMismatch: the index was built with another embedding model.
    """
    manifest = home.manifest()
    if manifest is not None:
        manifest.check_model(embedder, str(home), home.mend)
    return manifest


def _derived(home: Home, versions: Sequence[Version], known: Snapshot | None) -> Generation:
    """Derive the generation of these versions from the one that is known and what is new."""
    before, places = Generation.of([]), dict[str, int]()
    if known is not None:
        before = Generation(known.catalogue, known.lexical)
        places = {key: position for position, key in enumerate(known.versions)}
    new = [version for version in versions if version.key not in places]
    fresh = dict(zip((version.key for version in new), home.reports(new), strict=True))
    return before.continued([fresh[v.key] if v.key in fresh else places[v.key] for v in versions])


def _load_snapshot(home: Home, manifest: Manifest, known: Snapshot | None = None) -> Snapshot:
    versions = manifest.versions
    generation = Generation.of([])
    if manifest.lexical is not None:
        generation = home.generation(manifest, lambda: _derived(home, versions, known))
    keys = tuple(version.key for version in versions)
    opened = known.opened if known is not None else {}
    shelf = Shelf(
        generation.catalogue.cards,
        lambda positions: home.reports([versions[position] for position in positions]),
        {position: opened[key] for position, key in enumerate(keys) if key in opened},
        lambda position, numbers: home.passages(versions[position], numbers),
    )
    hold = home.hold(manifest) if versions else None
    return Snapshot(shelf, keys, generation.catalogue, generation.lexical, manifest, hold)
