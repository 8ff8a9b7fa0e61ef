"""SharedIndex: an index on a Chroma server, for many processes on many machines.

    report-qa-heads          one row for the manifest in force, HEAD-SERIAL; the lease
    report-qa-records        one row for each report version: its records, compressed
    report-qa-chroma-NAME    the vectors, one row for each sentence of each version

A state is put in force by adding the head of the next serial number: of two that add it,
one finds the other's and gives up. Who searches sees the old state or the new one. What a
new state has replaced stays for a while, for those who are still answering from it.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import shutil
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from vectorstore import manifest as manifests
from vectorstore import records
from vectorstore.chroma import Chroma, Entry, Table
from vectorstore.errors import IndexBusy, StoreError, StoreUnavailable
from vectorstore.generation import Generation
from vectorstore.lease import Lease
from vectorstore.manifest import Manifest, Version
from vectorstore.report import Report
from vectorstore.server import ChromaServer
from vectorstore.vectors import Vectors

_PREFIX = "report-qa-"
_HEADS = f"{_PREFIX}heads"
_RECORDS = f"{_PREFIX}records"
_HEAD = "head:"
# Seconds that a replaced state can still be searched: longer than any answer takes.
GRACE = 900.0
# Generations; and the folder that they are in.
_KEPT, _LEXICAL = 3, "lexical"
_RETIRED = "retired"


class SharedIndex:
    """The index on one server. Generations are derived by each machine and kept in its `cache`."""

    shared = True

    def __init__(self, server: ChromaServer, cache: Path) -> None:
        self._server = server
        name = f"{server.url} {server.tenant} {server.database}"
        self.cache = cache / hashlib.sha256(name.encode()).hexdigest()[:12]
        self._connection: Chroma | None = None
        self._heads: Table | None = None
        self._known: tuple[str, Manifest] | None = None
        self._lease: Lease | None = None
        self._lock = threading.Lock()

    def __str__(self) -> str:
        return self._server.url

    @property
    def mend(self) -> str:
        """What a user can do about a damaged index, in Chinese."""
        return f"请重建索引：report-qa index --rebuild 报告文件 --chroma {self}"

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    @property
    def _chroma(self) -> Chroma:
        with self._lock:
            if self._connection is None:
                self._connection = Chroma.at(self._server)
            return self._connection

    @contextmanager
    def writing(self, first: Manifest) -> Iterator[None]:
        """Hold the server's lease."""
        with Lease(self._chroma, self._chroma.table(_HEADS), str(self)) as lease:
            self._lease = lease
            try:
                if _newest(self._chroma.table(_HEADS)) is None:
                    self.commit(first)
                yield
            finally:
                self._lease = None

    # -- the manifest

    def manifest(self) -> Manifest | None:
        """Return the committed manifest, or `None` where an index may be begun.

        One short request where nothing has changed.

        Raises:
            StoreUnavailable: the server is away.
            StoreError: the manifest is damaged, or of another format version.
        """
        try:
            self._heads = self._heads or self._chroma.find(_HEADS)
            while self._heads is not None and (newest := _newest(self._heads)) is not None:
                known = self._known
                if known is not None and known[0] == newest:
                    return known[1]
                for head in self._heads.get([newest]):
                    found = manifests.parse(head.text, f"{self} 的 {newest}", str(self), self.mend)
                    self._known = (newest, found)
                    return found
                # A newer one has come between the two requests.
        except StoreUnavailable:
            self._heads = self._known = None  # the server may come back with other tables
            raise
        return None

    def commit(self, manifest: Manifest) -> None:
        """Put a manifest in force.

        Raises:
            IndexBusy: another process has put one in force meanwhile.
        """
        assert self._lease is not None, "only who is writing commits"
        heads, owner = self._chroma.table(_HEADS), self._lease.owner
        before = _newest(heads)
        seen = self._known[0] if self._known is not None else before
        mine = _head_after(before)
        if self._lease.held and seen == before:
            heads.add(Entry(mine, manifests.dump(manifest), {"owner": owner}))
        if [head.facts["owner"] for head in heads.get([mine])] != [owner] or _newest(heads) != mine:
            raise IndexBusy(f"另一个进程已先更新了 {self} 的索引。请再运行一次。")
        self._known = (mine, manifest)

    def sweep(self, manifest: Manifest) -> None:
        """Delete what has not been in force for a while; what cannot be goes the next time."""
        with suppress(StoreError):
            chroma = self._chroma
            heads, now = chroma.table(_HEADS), chroma.now()
            newest = _newest(heads)
            heads.delete([i for i in heads.ids() if i.startswith(_HEAD) and i != newest])
            kept = chroma.table(_RECORDS)
            live = {version.hash for version in manifest.versions}
            dead = _expired(kept, live, now)
            Vectors(chroma.table(_PREFIX + manifest.vectors)).delete(
                [str(entry.facts["version"]) for entry in kept.facts(dead)]
            )
            kept.delete(dead)
            self._sweep_tables(chroma, heads, manifest, now)

    def _sweep_tables(self, chroma: Chroma, heads: Table, manifest: Manifest, now: float) -> None:
        """Drop the vectors of indexes that were rebuilt; each has a row that tells since when."""
        names = {name for name in chroma.names() if name.startswith(f"{_PREFIX}chroma-")}
        for name in names - {entry.id for entry in heads.facts()}:
            heads.add(Entry(name, "", {_RETIRED: 0.0}))
        rows = [id_ for id_ in heads.ids() if id_.startswith(f"{_PREFIX}chroma-")]
        for name in _expired(heads, {_PREFIX + manifest.vectors}, now, rows):
            if name in names:
                chroma.drop(name)
            heads.delete([name])

    # -- the records

    def write_reports(self, reports: Sequence[tuple[Version, Report]]) -> None:
        """Write the records of these versions."""
        table = self._chroma.table(_RECORDS)
        for version, report in reports:
            text = records.dump(report).encode("utf-8", "surrogatepass")
            packed = base64.b64encode(zlib.compress(text)).decode()
            table.put(Entry(version.hash, packed, {"version": version.key, _RETIRED: 0.0}))

    def reports(self, versions: Sequence[Version]) -> list[Report]:
        """Return the records of these versions.

        Raises:
            StoreError: they are missing or damaged.
        """
        if not versions:
            return []
        entries = self._chroma.table(_RECORDS).get([version.hash for version in versions])
        texts = {entry.id: entry.text for entry in entries}
        return [self._report(version, texts.get(version.hash)) for version in versions]

    def passages(self, version: Version, numbers: Sequence[int]) -> None:
        """Return `None`: to ask the server costs more than to read a report."""

    def _report(self, version: Version, packed: str | None) -> Report:
        try:
            if packed is None:
                raise ValueError("没有这一行")
            text = zlib.decompress(base64.b64decode(packed)).decode("utf-8", "surrogatepass")
            return records.load(text, version.hash)
        except (ValueError, KeyError, TypeError, zlib.error) as error:
            raise StoreError(
                f"{self} 上报告「{version.id}」的内容缺失或已损坏：{error}。{self.mend}"
            ) from error

    # -- the generation and the vectors

    def generation(self, manifest: Manifest, derive: Callable[[], Generation]) -> Generation:
        """Open the generation of a manifest, derived by this machine if it was not yet."""
        name = str(manifest.lexical)
        with suppress(StoreError):
            generation = Generation.load(self.cache / _LEXICAL / name)
            if generation.is_of(manifest.versions):
                return generation
        generation = derive()
        self._keep(name, generation)
        return generation

    def write_generation(self, manifest: Manifest, generation: Generation) -> Manifest:
        """Keep a generation on this machine, if there is room."""
        self._keep(str(manifest.lexical), generation)
        return manifest

    def _keep(self, name: str, generation: Generation) -> None:
        folder = self.cache / _LEXICAL
        # Other processes of this machine may be writing the same.
        draft = folder / f"{name}.{secrets.token_hex(4)}"
        try:
            generation.save(draft)
            shutil.rmtree(folder / name, ignore_errors=True)
            draft.rename(folder / name)
            by_age = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
            for path in by_age[:-_KEPT]:
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)

    def vectors(self, manifest: Manifest) -> Vectors:
        """Open the vectors that a manifest names."""
        return Vectors(self._chroma.table(_PREFIX + manifest.vectors))

    draft = vectors  # a search passes over rows of versions that are not live

    def settled(self, manifest: Manifest) -> Manifest:
        """Return the manifest as it is: the vectors are where they were received."""
        return manifest

    def hold(self, manifest: Manifest) -> object:
        """Hold nothing: what is replaced stays for `GRACE` seconds."""
        return None

    def check(self, manifest: Manifest) -> None:
        """Leave the server's files to the server."""


def _newest(heads: Table) -> str | None:
    return max((id_ for id_ in heads.ids() if id_.startswith(_HEAD)), default=None)


def _head_after(newest: str | None) -> str:
    serial = int(newest.removeprefix(_HEAD)) + 1 if newest else 1
    return f"{_HEAD}{serial:012d}"


def _expired(
    table: Table, live: set[str], now: float, ids: Sequence[str] | None = None
) -> list[str]:
    """Return the rows that have not been live for `GRACE`; note since when the others are not."""
    retired = {entry.id: float(entry.facts[_RETIRED]) for entry in table.facts(ids)}
    table.mark([id_ for id_, since in retired.items() if since and id_ in live], {_RETIRED: 0.0})
    table.mark([i for i, since in retired.items() if not since and i not in live], {_RETIRED: now})
    return [i for i, since in retired.items() if i not in live and 0 < since < now - GRACE]
