"""An index whose files are damaged: told by the name of the file before it is used, and mended.

Over a thousand sentences Chroma keeps a graph on disk. It reads it unchecked, and a damaged
one ends the process: were one of these files read, the tests would end here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.test_faults import Drawn
from vectorstore.errors import StoreError
from vectorstore.outline import build_report
from vectorstore.report import Report
from vectorstore.store import PassageStore


def _long(id_: str, lines: int = 650) -> Report:
    text = "".join(f"{id_}第{n}项工作完成{n}件。\n" for n in range(lines))
    text = f"{id_}政府工作报告\n一、2030年工作回顾\n{text}"
    return build_report(text, report_id=id_, filename=f"{id_}.txt")


FIRST, SECOND, THIRD = _long("甲市"), _long("乙县"), _long("丙县", 40)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index of over a thousand sentences, closed."""
    folder = tmp_path_factory.mktemp("made") / "index"
    store = PassageStore.open(folder, Drawn())
    store.add([FIRST, SECOND])
    store.close()
    assert len(_graph(folder)) == 5
    return folder


def _graph(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("chroma-*/*/*") if path.is_file())


def _check_whole(store: PassageStore, *reports: Report) -> None:
    """Check that a sentence of each report is found among all, by its vector and its terms."""
    assert store.reports == reports
    rows = store.snapshot.rows
    for report in reports:
        passage = report.passages[-1]
        vector = store.embedder.embed_passages([f"2030年工作回顾 {passage.text.strip()}"])[0]
        ((row, cosine),) = store.dense(vector, 1)
        assert rows[row].passage == passage
        assert cosine == pytest.approx(1, abs=1e-5)
        assert store.snapshot.lexical.scores(passage.text).argmax() == row
    assert store.vectors(store.snapshot).count() == len(rows)


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 2, min(len(content) // 2 + 64, len(content))):
        content[place] ^= 0xFF
    path.write_bytes(content)


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [_flipped, _half, _emptied, _gone])
def test_a_damaged_file_of_graph_or_terms_is_named_before_it_is_used(
    made: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    for number, path in enumerate((*_graph(made), *sorted(made.glob("lexical/*/*")))):
        copy = shutil.copytree(made, tmp_path / f"copy-{number}")
        damaged = copy / path.relative_to(made)
        damage(damaged)
        with pytest.raises(StoreError, match=rf"{damaged.name}.*--rebuild"):
            _check_whole(PassageStore.open(copy, Drawn()), FIRST, SECOND)
        # No new state is made of what is damaged.
        if "lexical" not in path.parts:
            with pytest.raises(StoreError, match=damaged.name):
                PassageStore.open(copy, Drawn()).add([THIRD])


@pytest.mark.parametrize("number", range(5))
def test_a_rebuild_mends_a_damaged_graph(made: Path, tmp_path: Path, number: int) -> None:
    copy = shutil.copytree(made, tmp_path / "copy")
    _flipped(_graph(copy)[number])
    PassageStore.rebuilt(copy, Drawn()).add([FIRST, SECOND])
    _check_whole(PassageStore.open(copy, Drawn()), FIRST, SECOND)
    assert len(list(copy.glob("chroma-*"))) == 1


def test_a_heavy_file_is_read_whole_by_a_check_or_where_its_time_of_change_is_another(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.seal._LITTLE", 1000)
    copy = shutil.copytree(made, tmp_path / "copy")
    path = next(path for path in _graph(copy) if path.name == "link_lists.bin")
    before = path.stat().st_mtime_ns
    _flipped(path)
    with pytest.raises(StoreError, match=r"link_lists\.bin.*校验和"):
        _check_whole(PassageStore.open(copy, Drawn()), FIRST, SECOND)
    os.utime(path, ns=(before, before))
    with pytest.raises(StoreError, match=r"link_lists\.bin.*校验和"):
        PassageStore.open(copy, Drawn()).check()
    with pytest.raises(StoreError, match=r"link_lists\.bin.*校验和"):
        PassageStore.open(copy, Drawn()).add([THIRD])


def test_a_copy_with_other_times_of_change_is_as_good(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.seal._LITTLE", 0)
    copy = shutil.copytree(made, tmp_path / "copy", copy_function=shutil.copyfile)
    store = PassageStore.open(copy, Drawn())
    store.check()
    _check_whole(store, FIRST, SECOND)


def test_the_vectors_of_single_reports_are_made_again_where_they_are_damaged(
    made: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(made, tmp_path / "copy")
    vector = Drawn().embed_queries(["完成"])[0]
    expected = PassageStore.open(made, Drawn()).dense(vector, 5, reports=[SECOND.id])
    for path in copy.glob("exact/*/*"):
        _flipped(path)
    found = PassageStore.open(copy, Drawn()).dense(vector, 5, reports=[SECOND.id])
    assert [row for row, _ in found] == [row for row, _ in expected]
    np.testing.assert_allclose([c for _, c in found], [c for _, c in expected], rtol=1e-6)


# -- a state is never written again


def test_who_reads_a_state_keeps_it_until_it_is_let_go(made: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(made, tmp_path / "copy")
    reader = PassageStore.open(copy, Drawn())
    begun = reader.at_rest()
    writer = PassageStore.open(copy, Drawn())
    writer.add([THIRD])
    reader.refresh()
    _check_whole(reader, FIRST, SECOND, THIRD)
    _check_whole(begun, FIRST, SECOND)
    assert len(list(copy.glob("chroma-*"))) == 2
    del begun
    writer.remove(SECOND.id)
    reader.refresh()
    _check_whole(reader, FIRST, THIRD)
    writer.add([SECOND])
    assert len(list(copy.glob("chroma-*"))) == 2  # the new one, and that of the reader


def test_what_a_run_that_died_has_left_is_swept(made: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(made, tmp_path / "copy")
    (vectors,) = copy.glob("chroma-*")
    line = vectors.name.split(".")[0]
    shutil.copytree(vectors, copy / f"{line}.00ff00")
    draft = copy / f"draft-{line}"
    draft.mkdir()
    (draft / "000001.npz").write_bytes(b"PK torn")
    store = PassageStore.open(copy, Drawn())
    store.add([THIRD])
    _check_whole(store, FIRST, SECOND, THIRD)
    assert len(list(copy.glob("chroma-*"))) == 1
    assert not draft.exists()
