"""An index that is hit while it is written: kills, a full disk, a disk that cannot be written.

Each time what is found afterwards is a complete state, the old one or the new.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fleet import ChromaProcess
from vectorstore.chroma import Chroma
from vectorstore.embedding import Embedder
from vectorstore.errors import StoreError
from vectorstore.folder import IndexFolder
from vectorstore.home import Home
from vectorstore.outline import build_report
from vectorstore.report import Report
from vectorstore.server import ChromaServer
from vectorstore.shared import SharedIndex
from vectorstore.snapshot import Row, contextualised
from vectorstore.store import PassageStore

_KILLS = int(os.environ.get("REPORT_QA_KILLS", "200"))


def _report(id_: str, jobs: int, lines: int = 0) -> Report:
    text = f"{id_}政府工作报告\n一、2030年工作回顾\n新增就业{jobs}万人。失业率降至5.2%。\n新建学校3所。\n"
    text += "".join(f"{id_}第{n}项工作完成{n}件。\n" for n in range(lines))
    return build_report(text, report_id=id_, filename=f"{id_}.txt")


OLD = [_report("甲市", 3)]
NEW = [_report("甲市", 4), _report("乙县", 5)]
# Over a thousand sentences Chroma keeps a graph on disk.
LARGE = 1100
LARGE_OLD = [_report("甲市", 3, LARGE)]
LARGE_NEW = [_report("甲市", 4, LARGE), _report("乙县", 5, LARGE)]


def opened(place: list[str]) -> Home:
    """Return the home that a command line names: a folder, or a server's address and database."""
    if len(place) == 1:
        return IndexFolder(Path(place[0]))
    return SharedIndex(ChromaServer.parse(place[0], database=place[1]), Path(place[2]))


class Drawn:
    """Vectors drawn by the text: they cost nothing, and are always the same."""

    name = "drawn"
    dimension = 32

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Draw a unit vector for each text."""
        seeds = [zlib.crc32(text.encode()) for text in texts]
        vectors = np.array([np.random.default_rng(seed).normal(size=32) for seed in seeds])
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit.astype(np.float32)

    embed_passages = embed_queries


def write_for_ever(place: list[str]) -> None:
    """Go to and fro between the two states: by replacing and adding, and by rebuilding."""
    large = place[-1] == "large"
    old, new = (LARGE_OLD, LARGE_NEW) if large else (OLD, NEW)
    place = [each for each in place if each != "large"]
    try:
        PassageStore.open(opened(place), Drawn())
        print(os.getpid(), flush=True)
        while True:
            PassageStore.open(opened(place), Drawn()).add(new)
            PassageStore.rebuilt(opened(place), Drawn()).add(old)
    except StoreError as error:
        print(error, flush=True)
    os._exit(1)


# Everything is imported once; each line that comes begets a writer, to be killed.
_BEGETTING = """
import os, sys
import bm25s, chromadb, filelock, httpx
import vectorstore.chroma
from tests.test_faults import write_for_ever

for _ in sys.stdin:
    child = os.fork()
    if not child:
        write_for_ever(sys.argv[1:])
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


class Writers:
    """Writers of one index, one after the other; each is let live for some of `seconds`."""

    def __init__(self, *place: str, seconds: float = 1.5) -> None:
        self._seconds = seconds
        self._parent = subprocess.Popen(
            [sys.executable, "-c", _BEGETTING, *place],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self) -> int:
        """Start a writer, wait for some moment of its work, and return its process id."""
        assert self._parent.stdin is not None
        self._parent.stdin.write("\n")
        self._parent.stdin.flush()
        child = int(self.said())
        time.sleep(random.uniform(0, self._seconds))
        return child

    def kill(self) -> None:
        """Start a writer and kill it at a random moment."""
        os.kill(self.begin(), signal.SIGKILL)
        assert self.said() == "ended"

    def said(self) -> str:
        """Return the next line that was said."""
        assert self._parent.stdout is not None
        return self._parent.stdout.readline().strip()

    def close(self) -> None:
        """End the parent."""
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        self._parent.wait(20)


def _whole(store: PassageStore) -> list[Report]:
    """Return the reports; every sentence of theirs is found by vector and by term."""
    reports = list(store.reports)
    expected = sorted(text for report in reports for _, _, text in report.sentences())
    rows = store.snapshot.rows
    found = store.dense(store.embedder.embed_queries(["就业"])[0], 1000)
    texts = [rows[row].passage.sentences[rows[row].sentence].of(rows[row].passage.text)
             for row, _ in found]  # fmt: skip
    assert sorted(texts) == expected
    assert (store.snapshot.lexical.scores("学校") > 0).sum() == len(reports)
    return reports


def _check_kills(
    folder: Path,
    kills: int,
    writers: Writers,
    states: tuple[list[Report], list[Report]] = (OLD, NEW),
    whole: Callable[[PassageStore], list[Report]] = _whole,
) -> None:
    """Kill writers of `folder / "index"`, and look each time whether it has a whole state."""
    place, (old, new) = folder / "index", states
    PassageStore.open(place, Drawn()).add(old)
    for kill in range(kills):
        writers.kill()
        # Chroma keeps a folder that it has opened, by its path: look at a copy.
        copy = shutil.copytree(place, folder / f"copy-{kill}")
        store = PassageStore.open(copy, Drawn())
        assert whole(store) in (old, new), f"after kill {kill}"
        store.add(new)
        assert whole(store) == new
        store.close()
        shutil.rmtree(copy)
    writers.close()


def test_an_indexer_killed_at_random_moments_leaves_a_whole_state(tmp_path: Path) -> None:
    _check_kills(tmp_path, 12, Writers(str(tmp_path / "index")))


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_an_indexer_killed_many_times_leaves_a_whole_state(tmp_path: Path) -> None:
    _check_kills(tmp_path, _KILLS, Writers(str(tmp_path / "index")))


@pytest.mark.parametrize(
    "kills", [5, pytest.param(_KILLS, marks=[pytest.mark.long, pytest.mark.timeout(7200)])]
)
def test_an_indexer_killed_while_it_writes_a_graph_leaves_a_whole_state(
    tmp_path: Path, kills: int
) -> None:
    writers = Writers(str(tmp_path / "index"), "large", seconds=6)
    _check_kills(tmp_path, kills, writers, (LARGE_OLD, LARGE_NEW), _whole_of_many)


def _whole_of_many(store: PassageStore) -> list[Report]:
    """Return the reports; sentences from every part of them are found, and all are there."""
    store.check()
    rows = store.snapshot.rows
    assert store.vectors(store.snapshot).count() == len(rows)
    for number in range(1, len(rows), 100):
        text = _text_of(rows[number])
        ((found, cosine),) = store.dense(store.embedder.embed_queries([text])[0], 1)
        assert (_text_of(rows[found]), cosine > 0.999) == (text, True)
    return list(store.reports)


def _text_of(row: Row) -> str:
    text = row.passage.sentences[row.sentence].of(row.passage.text)
    return contextualised(row.passage, text)


def test_every_sentence_of_a_large_report_that_replaced_another_is_found(tmp_path: Path) -> None:
    store = PassageStore.open(tmp_path / "index", Drawn())
    for jobs in range(6):
        store.add([_report("甲市", jobs, LARGE)])
        rows = store.snapshot.rows
        texts = [_text_of(row) for row in rows]
        for text, vector in zip(texts, Drawn().embed_queries(texts), strict=True):
            ((found, _),) = store.dense(vector, 1)
            assert _text_of(rows[found]) == text
    store.close()


def _check_server(chroma: ChromaProcess, place: list[str], hit: Callable[[], None]) -> None:
    PassageStore.open(opened(place), Drawn()).add(OLD)
    for time_ in range(4):
        hit()
        store = PassageStore.open(opened(place), Drawn())
        assert _whole(store) in (OLD, NEW), f"after {time_}"
        _let_the_lease_run_out(place)
        store.add(NEW)
        assert _whole(PassageStore.open(opened(place), Drawn())) == NEW


def test_an_indexer_killed_leaves_a_whole_state_on_the_server(
    chroma: ChromaProcess, tmp_path: Path
) -> None:
    place = [chroma.url, chroma.database("killed-indexer"), str(tmp_path)]
    writers = Writers(*place)
    _check_server(chroma, place, writers.kill)
    writers.close()


def test_a_server_killed_under_an_indexer_keeps_a_whole_state(
    chroma: ChromaProcess, tmp_path: Path
) -> None:
    place = [chroma.url, chroma.database("killed-server"), str(tmp_path)]
    writers = Writers(*place)

    def hit() -> None:
        writers.begin()
        chroma.kill()
        assert "连不上 Chroma 服务" in writers.said()
        assert writers.said() == "ended"
        chroma.start()

    _check_server(chroma, place, hit)
    writers.close()


def _let_the_lease_run_out(place: list[str]) -> None:
    server = ChromaServer.parse(place[0], database=place[1])
    Chroma.at(server).table("report-qa-heads").delete(["lease"])


# -- disks


def _index(place: Path, source: Path, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run `report-qa index`; with a limit no file may grow past so many bytes."""

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "qa.cli", "index", str(source), "--to", str(place)],
        env={**os.environ, "REPORT_QA_DATA_DIR": str(source.parent)},
        preexec_fn=limited,
        capture_output=True,
        text=True,
        timeout=120,
    )


def _source(folder: Path, lines: int = 60) -> Path:
    source = folder / "丙县.txt"
    text = "".join(f"第{n}项工作完成{n}件,新增就业{n}人。\n" for n in range(lines))
    source.write_text(f"丙县政府工作报告\n一、2030年工作回顾\n{text}", "utf-8")
    return source


@pytest.mark.parametrize("limit", [500, 150_000])
def test_a_disk_that_fills_up_is_told_and_leaves_the_old_state(
    tmp_path: Path, embedder: Embedder, limit: int
) -> None:
    place = tmp_path / "index"
    store = PassageStore.open(place, embedder)
    store.add(OLD)
    store.close()
    done = _index(place, _source(tmp_path), limit)
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    assert "不能写入" in done.stderr
    after = shutil.copytree(place, tmp_path / "after")
    assert _whole(PassageStore.open(after, embedder)) == OLD
    assert _index(place, _source(tmp_path)).returncode == 0


def test_a_new_index_that_finds_no_room_is_told(tmp_path: Path) -> None:
    done = _index(tmp_path / "index", _source(tmp_path), 100_000)
    assert (done.returncode, "不能写入" in done.stderr) == (1, True), done


@pytest.fixture
def locked_folder(tmp_path: Path, embedder: Embedder) -> Iterator[Path]:
    """An index that cannot be written: by its mode, or for root by the way it is mounted."""
    place = tmp_path / "locked"
    store = PassageStore.open(place, embedder)
    store.add(OLD)
    store.close()
    if os.geteuid() == 0:
        _mount("--bind", str(place), str(place))
        _mount("-o", "remount,ro,bind", str(place))
        yield place
        subprocess.run(["umount", "--lazy", str(place)], check=True)
    else:
        for path in (place, *(p for p in place.rglob("*") if p.is_dir())):
            path.chmod(0o555)
        yield place
        for path in (place, *(p for p in place.rglob("*") if p.is_dir())):
            path.chmod(0o755)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def test_a_folder_that_cannot_be_written_is_told(locked_folder: Path, tmp_path: Path) -> None:
    done = _index(locked_folder, _source(tmp_path))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "不能写入" in done.stderr


# -- indexes of earlier days, and damage


def test_an_index_of_the_first_format_is_taken_over(tmp_path: Path, embedder: Embedder) -> None:
    place = tmp_path / "index"
    store = PassageStore.open(place, embedder)
    store.add(OLD)
    store.close()
    _as_the_first_format(place)
    moved = place.rename(tmp_path / "moved")
    again = PassageStore.open(moved, embedder)
    assert _whole(again) == OLD
    embedded: list[int] = []
    again.add([*OLD, NEW[1]], lambda done, total: embedded.append(total))
    assert embedded == [len(list(NEW[1].sentences()))]
    assert json.loads((moved / "manifest.json").read_text("utf-8"))["version"] == 2
    assert _whole(PassageStore.open(moved, embedder)) == [*OLD, NEW[1]]


def _as_the_first_format(place: Path) -> None:
    """Lay an index out as it once was: one folder `chroma`, and no name for it."""
    manifest = json.loads((place / "manifest.json").read_text("utf-8"))
    (place / manifest.pop("vectors")).rename(place / "chroma")
    manifest["version"] = 1
    (place / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    for path in (place / "reports").iterdir():
        content = json.loads(path.read_text("utf-8"))
        first = ("id", "title", "region", "year", "date", "speaker", "passages", "gaps")
        path.write_text(json.dumps({key: content[key] for key in first}), "utf-8")


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [_half, _gone])
def test_a_damaged_file_of_the_terms_is_told(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    place = tmp_path / "index"
    store = PassageStore.open(place, Drawn())
    store.add(OLD)
    store.close()
    for number, path in enumerate(sorted(place.glob("lexical/*/*"))):
        copy = shutil.copytree(place, tmp_path / f"copy-{number}")
        damage(copy / path.relative_to(place))
        with pytest.raises(StoreError, match=r"--rebuild"):
            PassageStore.open(copy, Drawn())
        PassageStore.rebuilt(copy, Drawn()).add(OLD)
        assert _whole(PassageStore.open(copy, Drawn())) == OLD


def test_a_figure_changed_in_a_record_is_told(tmp_path: Path, embedder: Embedder) -> None:
    place = tmp_path / "index"
    store = PassageStore.open(place, embedder)
    store.add(OLD)
    store.close()
    (record,) = (place / "reports").iterdir()
    record.write_text(record.read_text("utf-8").replace("3万人", "9万人"), "utf-8")
    with pytest.raises(StoreError, match=r"校验和.*--rebuild"):
        PassageStore.open(place, embedder)
