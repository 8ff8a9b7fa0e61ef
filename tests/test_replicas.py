"""Replicas over one Chroma server or one folder: every answer is of one state, whoever dies."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from qa.replica import Replica
from qa.service import ReportQA
from tests.fleet import (
    ChromaProcess,
    ReplicaProcess,
    Reply,
    eventually,
    fetched,
    index,
    killed_indexer,
)
from vectorstore.server import ChromaServer

_QUESTION = "2030年建成公园多少座？"
_NAME = "2031年青禾市政府工作报告"


def _text(parks: int) -> str:
    return (
        "青禾市政府工作报告\n一、2030年工作回顾\n"
        f"去年，建成公园{parks}座。地区生产总值增长5.5%。\n城镇新增就业7.5万人。\n"
        "二、2031年工作安排\n今年，地区生产总值增长6%。\n"
    )


@dataclass(frozen=True)
class Fleet:
    """A server, two replicas, and a folder for reports to be indexed."""

    chroma: ChromaProcess
    replicas: tuple[ReplicaProcess, ReplicaProcess]
    folder: Path

    def write(self, parks: int) -> Path:
        """Write the report anew and return its file."""
        file = self.folder / f"{_NAME}.txt"
        file.write_text(_text(parks), "utf-8")
        return file

    def index(self, *paths: Path) -> None:
        """Index files from a machine of its own."""
        done = index(self.chroma.url, self.folder / "indexer", *paths)
        output, _ = done.communicate(timeout=120)
        assert done.returncode == 0, output

    def all_answer(self, parks: int) -> None:
        """Wait until both replicas answer from the state with so many parks."""
        for replica in self.replicas:
            eventually(lambda r=replica: _parks(r.ask(_QUESTION)) == parks, 30)  # type: ignore[misc]


def _parks(reply: Reply) -> int:
    """Return the number that was answered; the answer has to be whole and proven."""
    assert reply.status == 200, reply
    assert len(reply.quotes) == 1, reply
    (quote,) = reply.quotes
    for parks in (12, 15, 18, 21):
        if f"{parks}座" in reply.text:
            assert quote == f"去年，建成公园{parks}座。"
            return parks
    raise AssertionError(reply)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    (folder / "chroma").mkdir()
    chroma = ChromaProcess(folder / "chroma")
    replicas = (
        ReplicaProcess(folder / "one", chroma.url),
        ReplicaProcess(folder / "two", chroma.url),
    )
    fleet = Fleet(chroma, replicas, folder)
    try:
        chroma.start()
        fleet.index(fleet.write(12))
        for replica in replicas:
            replica.start()
        fleet.all_answer(12)
        yield fleet
    finally:
        for process in (*replicas, chroma):
            process.stop()


class _Asker(threading.Thread):
    """Asks one replica again and again, and keeps every reply."""

    def __init__(self, replica: ReplicaProcess) -> None:
        super().__init__()
        self.replies: list[Reply] = []
        self._replica = replica
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            self.replies.append(self._replica.ask(_QUESTION))

    def end(self) -> list[Reply]:
        """Stop asking and return the replies."""
        self._ended.set()
        self.join()
        return self.replies


def test_while_a_report_is_replaced_each_answer_is_of_the_old_state_or_the_new(
    fleet: Fleet,
) -> None:
    fleet.index(fleet.write(12))
    fleet.all_answer(12)
    askers = [_Asker(replica) for replica in fleet.replicas]
    for asker in askers:
        asker.start()
    try:
        fleet.index(fleet.write(15))
        fleet.all_answer(15)
        fleet.index(fleet.write(18))
        fleet.all_answer(18)
    finally:
        replies = [asker.end() for asker in askers]
    for heard in replies:
        parks = [_parks(reply) for reply in heard]
        assert parks == sorted(parks)  # no replica falls back to a state that was replaced
        assert set(parks) == {12, 15, 18}


def test_a_killed_replica_takes_nothing_with_it(fleet: Fleet) -> None:
    one, other = fleet.replicas
    one.kill()
    fleet.index(fleet.write(15))
    eventually(lambda: _parks(other.ask(_QUESTION)) == 15, 30)
    one.start()
    assert _parks(one.ask(_QUESTION)) == 15


def test_a_killed_indexer_leaves_the_old_state_and_the_next_one_goes_on(fleet: Fleet) -> None:
    fleet.index(fleet.write(12))
    fleet.all_answer(12)
    long = fleet.folder / "2031年白石市政府工作报告.txt"
    lines = "".join(f"第{n}项工作完成{n}件。\n" for n in range(1, 161))
    long.write_text(f"白石市政府工作报告\n一、2030年工作回顾\n{lines}", "utf-8")
    server = ChromaServer.parse(fleet.chroma.url)
    killed_indexer(server, fleet.folder / "indexer", long, fleet.write(21))
    assert [_parks(replica.ask(_QUESTION)) for replica in fleet.replicas] == [12, 12]

    fleet.index(long, fleet.folder / f"{_NAME}.txt")  # waits until the dead one's lease runs out
    fleet.all_answer(21)
    for replica in fleet.replicas:
        assert fetched(f"{replica.url}/healthz") == (200, {"status": "ok", "reports": 2})


def test_without_the_server_replicas_refuse_and_with_it_answer_again(fleet: Fleet) -> None:
    fleet.index(fleet.write(12))
    fleet.all_answer(12)
    fleet.chroma.kill()
    for replica in fleet.replicas:
        refused = eventually(lambda r=replica: _refused(r, 12), 30)  # type: ignore[misc]
        assert f"连不上 Chroma 服务 {fleet.chroma.url}" in refused.text
        assert "chroma run" in refused.text
        told = eventually(lambda r=replica: _unwell(r), 30)  # type: ignore[misc]
        assert "连不上 Chroma 服务" in told["reason"]
        assert fetched(f"{replica.url}/api/figures")[0] == 200  # told from memory
    fleet.chroma.start()
    fleet.all_answer(12)
    for replica in fleet.replicas:
        eventually(lambda r=replica: fetched(f"{r.url}/healthz")[0] == 200, 30)  # type: ignore[misc]


def test_a_server_that_has_lost_the_index_is_told_and_a_new_index_taken_over(
    fleet: Fleet,
) -> None:
    fleet.chroma.kill()
    shutil.rmtree(fleet.chroma.folder)
    fleet.chroma.folder.mkdir()
    fleet.chroma.start()
    for replica in fleet.replicas:
        refused = eventually(lambda r=replica: _refused(r, 12), 30)  # type: ignore[misc]
        assert "report-qa index" in refused.text or "连不上" in refused.text
    fleet.index(fleet.write(18))
    for replica in fleet.replicas:
        eventually(lambda r=replica: r.ask(_QUESTION).status == 200, 30)  # type: ignore[misc]
    fleet.all_answer(18)


# -- a folder


_REGION = "2031年白石市政府工作报告"


def test_a_server_over_a_folder_takes_over_what_another_process_indexes(tmp_path: Path) -> None:
    place, file = tmp_path / "index", tmp_path / f"{_NAME}.txt"

    def indexed(*files: Path) -> None:
        done = index(place, tmp_path / "indexer", *files)
        output, _ = done.communicate(timeout=120)
        assert done.returncode == 0, output

    file.write_text(_text(12), "utf-8")
    indexed(file)
    replica = ReplicaProcess(tmp_path / "replica", place)
    replica.start()
    asker = _Asker(replica)
    asker.start()
    try:
        for parks in (15, 18):
            file.write_text(_text(parks), "utf-8")
            indexed(file)
            eventually(lambda n=parks: _parks(replica.ask(_QUESTION)) == n, 20)  # type: ignore[misc]
    finally:
        replies = asker.end()
    try:
        seen = [_parks(reply) for reply in replies]
        assert seen == sorted(seen)
        assert set(seen) == {12, 15, 18}
        other = tmp_path / f"{_REGION}.txt"
        other.write_text("白石市政府工作报告\n一、2030年工作回顾\n新建桥梁7座。\n", "utf-8")
        indexed(other)
        eventually(lambda: "7座" in replica.ask("白石市2030年新建桥梁多少座？").text, 20)
        assert fetched(f"{replica.url}/healthz") == (200, {"status": "ok", "reports": 2})
        # One state at most is kept beside the one in force, for as long as it is read.
        assert len(list(place.glob("chroma-*"))) <= 2
    finally:
        replica.stop()


def test_whatever_can_be_asked_of_a_service_a_replica_asks_of_its_edition() -> None:
    public = {name for name in vars(ReportQA) if not name.startswith("_")}
    inherited = {"open", "ask"}  # `ask` is `stream`, read to its end
    assert public - inherited <= set(vars(Replica))


def _refused(replica: ReplicaProcess, parks: int) -> Reply | None:
    """Ask; what was seen to be in force seconds ago may still be told, and nothing else."""
    reply = replica.ask(_QUESTION)
    if reply.status == 200:
        assert _parks(reply) == parks
        return None
    assert reply.status == 503
    return reply


def _unwell(replica: ReplicaProcess) -> dict[str, str] | None:
    status, content = fetched(f"{replica.url}/healthz")
    return content if status == 503 else None
