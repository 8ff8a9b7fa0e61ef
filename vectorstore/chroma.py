"""Chroma: the connection to the database, in a folder or on a server, and its errors by name.

The only room that imports chromadb. All else works on `Table`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import StoreError, StoreUnavailable
from vectorstore.server import ChromaServer

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection as ChromaCollection

# Seconds: to reach a server, and for it to answer. Chroma's own client waits for ever.
_CONNECT, _ANSWER = 5.0, 60.0
_PAGE = 200
# Chroma's own 16 neighbours lose whole groups of like sentences: of the ten nearest to a
# question among 100 000 they find 77 %, these 86 %. Making the graph takes twice the time.
# Looking at 400 instead of 200 would find 88 %, and take a million's searches 5 % longer.
_GRAPH = {"max_neighbors": 32, "ef_construction": 200, "ef_search": 200}

Value = str | int | float
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a table, without its vector."""

    id: str
    text: str
    facts: dict[str, Value]


class Chroma:
    """A database of tables. `named` makes an error for users of what the database raised."""

    def __init__(self, client: Any, named: Callable[[Exception], StoreError]) -> None:
        self._client = client
        self._named = named

    @classmethod
    def embedded(cls, path: Path, place: str, mend: str) -> Chroma:
        """Open the database in a folder, which is made where it is missing.

        Raises:
            StoreError: it is damaged.
        """
        import chromadb
        from chromadb.config import Settings

        def named(error: Exception) -> StoreError:
            if "is full" in str(error) or "readonly" in str(error) or "disk I/O" in str(error):
                return StoreError(
                    f"不能写入 {place} 的向量库：{error}。原有的索引没有变。"
                    "请腾出空间、检查权限，或换一个可以写入的位置。"
                )
            return StoreError(f"{place} 的向量库打不开或已损坏：{error}。{mend}")

        settings = Settings(anonymized_telemetry=False)
        client = _asked(lambda: chromadb.PersistentClient(str(path), settings), named)
        return cls(client, named)

    @classmethod
    def at(cls, server: ChromaServer) -> Chroma:
        """Connect to a server.

        Raises:
            StoreUnavailable: it cannot be reached, or refuses us, or is none of Chroma's.
        """
        import chromadb
        import httpx
        from chromadb.config import Settings

        def named(error: Exception) -> StoreError:
            return _trouble(server, error)

        verify: Any = str(server.authority or "") or True

        def connect() -> Any:
            # Chroma's client asks while it is built, before it could be given a time limit.
            heartbeat = f"{server.url}/api/v2/heartbeat"
            with httpx.Client(verify=verify, timeout=_CONNECT, headers=server.headers()) as first:
                first.get(heartbeat).raise_for_status().json()["nanosecond heartbeat"]
            return chromadb.HttpClient(
                server.host,
                server.port,
                ssl=server.secure,
                headers=server.headers(),
                settings=Settings(anonymized_telemetry=False, chroma_server_ssl_verify=verify),
                tenant=server.tenant,
                database=server.database,
            )

        client = _asked(connect, named)
        client._server._session.timeout = httpx.Timeout(_ANSWER, connect=_CONNECT)
        return cls(client, named)

    def close(self) -> None:
        """Let go of the files or of the connection."""
        self._client.close()

    def now(self) -> float:
        """Return the database's own time in seconds, one clock for all who use it."""
        return float(_asked(self._client.heartbeat, self._named)) / 1e9

    def table(self, name: str) -> Table:
        """Return the table of this name, made where it is missing."""

        def made() -> ChromaCollection:
            found: ChromaCollection = self._client.get_or_create_collection(
                name,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", **_GRAPH}},
            )
            return found

        return Table(_asked(made, self._named), self._named)

    def find(self, name: str) -> Table | None:
        """Return the table of this name, if there is one."""
        return self.table(name) if name in self.names() else None

    def names(self) -> list[str]:
        """Return the names of all tables."""
        return [table.name for table in _asked(self._client.list_collections, self._named)]

    def drop(self, name: str) -> None:
        """Delete a table with all its rows."""
        _asked(lambda: self._client.delete_collection(name), self._named)


class Table:
    """The rows of one collection, by their ids."""

    def __init__(
        self, collection: ChromaCollection, named: Callable[[Exception], StoreError]
    ) -> None:
        self._collection = collection
        self._named = named

    def count(self) -> int:
        """Return the number of rows."""
        return _asked(self._collection.count, self._named)

    def ids(self, where: dict[str, Value] | None = None) -> list[str]:
        """Return the ids of the rows with these facts, of all without."""
        rows: Any = where
        found = _asked(lambda: self._collection.get(where=rows, include=[]), self._named)
        return list(found["ids"])

    def get(self, ids: Sequence[str]) -> list[Entry]:
        """Return the rows of these ids that there are, in no particular order."""
        pages = [list(ids[start : start + _PAGE]) for start in range(0, len(ids), _PAGE)]
        return [entry for page in pages for entry in self._page(page)]

    def _page(self, ids: list[str]) -> list[Entry]:
        found: Any = _asked(
            lambda: self._collection.get(ids=ids, include=["documents", "metadatas"]), self._named
        )
        rows = zip(found["ids"], found["documents"], found["metadatas"], strict=True)
        return [Entry(id_, text or "", dict(facts or {})) for id_, text, facts in rows]

    def facts(self, ids: Sequence[str] | None = None) -> list[Entry]:
        """Return the rows of these ids, or all rows, without their text."""
        if ids is not None and not ids:
            return []
        wanted = None if ids is None else list(ids)
        found: Any = _asked(
            lambda: self._collection.get(ids=wanted, include=["metadatas"]), self._named
        )
        rows = zip(found["ids"], found["metadatas"], strict=True)
        return [Entry(id_, "", dict(facts or {})) for id_, facts in rows]

    def add(self, entry: Entry) -> None:
        """Add a row, unless there is one of this id: then that one stays as it is."""
        _asked(lambda: self._collection.add(**_columns(entry)), self._named)

    def put(self, entry: Entry) -> None:
        """Add a row, or replace the one of this id."""
        _asked(lambda: self._collection.upsert(**_columns(entry)), self._named)

    def mark(self, ids: Sequence[str], facts: dict[str, Value]) -> None:
        """Set these facts of some rows; their other facts stay."""
        if ids:
            each: Any = [facts] * len(ids)
            _asked(lambda: self._collection.update(ids=list(ids), metadatas=each), self._named)

    def delete(self, ids: Sequence[str], where: dict[str, Value] | None = None) -> None:
        """Delete the rows of these ids, of them those with these facts alone."""
        if ids:
            rows: Any = where
            _asked(lambda: self._collection.delete(ids=list(ids), where=rows), self._named)

    def delete_where(self, where: dict[str, Any]) -> None:
        """Delete the rows that Chroma's filter finds."""
        _asked(lambda: self._collection.delete(where=where), self._named)

    def put_vectors(
        self, ids: Sequence[str], vectors: NDArray[np.float32], facts: Sequence[dict[str, Value]]
    ) -> None:
        """Add rows of a vector and facts, or replace those of the same id."""
        each: Any = list(facts)
        _asked(
            lambda: self._collection.upsert(ids=list(ids), embeddings=vectors, metadatas=each),
            self._named,
        )

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of these rows, in this order.

        Raises:
            StoreError: one of them is missing.
        """

        def fetched() -> list[NDArray[np.float32]]:
            found: Any = self._collection.get(ids=list(ids), include=["embeddings"])
            by_id = dict(zip(found["ids"], found["embeddings"], strict=True))
            return [by_id[id_] for id_ in ids]

        return np.array(_asked(fetched, self._named), dtype=np.float32)

    def nearest(
        self, vector: NDArray[np.float32], k: int, where: dict[str, Any] | None
    ) -> list[tuple[str, float]]:
        """Return the ids of the `k` rows nearest to a unit vector, with their cosine."""
        answer = _asked(
            lambda: self._collection.query(
                query_embeddings=[vector.tolist()], n_results=k, where=where, include=["distances"]
            ),
            self._named,
        )
        distances = answer["distances"]
        assert distances is not None  # they are included
        return [
            (id_, 1.0 - float(distance))
            for id_, distance in zip(answer["ids"][0], distances[0], strict=True)
        ]


def _columns(entry: Entry) -> dict[str, Any]:
    # Chroma asks a vector of every row.
    return {
        "ids": [entry.id],
        "embeddings": [[1.0]],
        "documents": [entry.text],
        "metadatas": [entry.facts],
    }


def _asked(ask: Callable[[], _T], named: Callable[[Exception], StoreError]) -> _T:
    """Ask the database; what it raises becomes an error that says how to mend it.

    A connection that the server has closed meanwhile, by being started anew, is told
    by the first use alone: every request of ours may be made twice.
    """
    import httpx

    try:
        try:
            return ask()
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return ask()
    # Chroma's errors, and those of the libraries below it, have no common root.
    except Exception as error:
        raise named(error) from error


def _trouble(server: ChromaServer, error: Exception) -> StoreError:
    """Name what is wrong with a server, and what to do."""
    import httpx
    from chromadb.errors import ChromaError, NotFoundError

    # Chroma wraps what the connection says into errors of its own.
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, httpx.HTTPError):
        cause = cause.__cause__ or cause.__context__
    place = f"Chroma 服务 {server.url}"
    if isinstance(error, NotFoundError):
        return StoreUnavailable(f"{place} 上没有所要的索引：{error}。请重新运行 report-qa index。")
    if isinstance(cause, httpx.HTTPStatusError):
        status = cause.response.status_code
        if status in (401, 403):
            return StoreUnavailable(
                f"{place} 拒绝了访问（{status}）。请检查 REPORT_QA_CHROMA_TOKEN，"
                "或地址里的用户名和密码。"
            )
        if status == 404:
            return StoreUnavailable(f"{place} 不像是 Chroma 服务（404）。{_CHECK}")
        return StoreUnavailable(f"{place} 出错（{status}）：{str(error)[:200]}。{_CHECK}")
    if isinstance(cause, httpx.TimeoutException):
        return StoreUnavailable(f"{place} 没有及时回答。请稍后再试，或检查它是否过载。")
    if isinstance(cause, httpx.TransportError):
        if "CERTIFICATE" in str(cause):
            return StoreUnavailable(
                f"{place} 的证书不受信任：{cause}。请用 REPORT_QA_CHROMA_CA 指定签发者的证书文件。"
            )
        return StoreUnavailable(f"连不上 {place}：{cause}。{_CHECK}")
    if isinstance(error, ChromaError):
        return StoreUnavailable(f"{place} 出错：{error}。请查看它的日志。")
    return StoreUnavailable(f"{place} 答非所问，可能不是 Chroma 服务：{error}。{_CHECK}")


_CHECK = "请确认地址无误、服务已启动：chroma run --path 文件夹 --port 端口"
