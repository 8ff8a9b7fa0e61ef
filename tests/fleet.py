"""A real Chroma server, and processes of report-qa that share it; all can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.serving import free_port
from vectorstore.server import ChromaServer

_T = TypeVar("_T")


class Process:
    """A child process that can be started again, at the same address."""

    def __init__(self, folder: Path, health: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._health = health
        self._child: subprocess.Popen[bytes] | None = None

    def arguments(self) -> list[str]:
        """Return the command that starts it."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it is well."""
        environment = {**os.environ, "REPORT_QA_DATA_DIR": str(self.folder)}
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self._child = subprocess.Popen(
                self.arguments(), env=environment, stdout=log, stderr=log
            )
        eventually(lambda: self._alive() and fetched(self.url + self._health)[0] == 200, 120)

    def _alive(self) -> bool:
        assert self._child is not None
        assert self._child.poll() is None, f"{self.arguments()} ended before it answered"
        return True

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._child is not None
        self._child.send_signal(signal.SIGKILL)
        assert self._child.wait(20) == -signal.SIGKILL

    def stop(self) -> None:
        """End it, if it runs."""
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            self._child.wait(20)


class ChromaProcess(Process):
    """`chroma run` over a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "/api/v2/heartbeat")

    def arguments(self) -> list[str]:
        """Return the command that starts it."""
        chroma = str(Path(sys.executable).with_name("chroma"))
        place = ["--host", "127.0.0.1", "--port", str(self.port)]
        return [chroma, "run", "--path", str(self.folder), *place]

    def database(self, name: str) -> str:
        """Make an empty database and return its name."""
        request = urllib.request.Request(
            f"{self.url}/api/v2/tenants/default_tenant/databases",
            json.dumps({"name": name}).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=20).close()
        return name


class ReplicaProcess(Process):
    """`report-qa serve` over a Chroma server, or over a folder."""

    def __init__(self, folder: Path, place: str | Path) -> None:
        folder.mkdir(parents=True)
        super().__init__(folder, "/healthz")
        self._place = ["--reports" if isinstance(place, Path) else "--chroma", str(place)]

    def arguments(self) -> list[str]:
        """Return the command that starts it."""
        command = [sys.executable, "-m", "qa.cli", "serve", *self._place]
        # The tests ask more than a visitor may.
        return [*command, "--port", str(self.port), "--per-minute", "100000"]

    def ask(self, question: str) -> Reply:
        """Ask it as a program does."""
        body = {"model": "report-qa", "messages": [{"role": "user", "content": question}]}
        status, content = fetched(f"{self.url}/v1/chat/completions", body)
        if status != 200:
            return Reply(status, content.get("error", {}).get("message", str(content)), ())
        quotes = tuple(citation["quote"] for citation in content["citations"])
        return Reply(status, content["choices"][0]["message"]["content"], quotes)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back to a question; `text` is the error's where the status is not 200."""

    status: int
    text: str
    quotes: tuple[str, ...]


def fetched(url: str, body: object = None) -> tuple[int, Any]:
    """Return status and JSON of a request; status 0 where there is no connection."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.loads(response.read() or b"{}")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")
    except OSError:
        return 0, {}


def eventually(look: Callable[[], _T], seconds: float = 60) -> _T:
    """Look until something true is seen, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if seen := look():
            return seen
        time.sleep(0.2)
    pytest.fail(f"not within {seconds:.0f} seconds")


def index(place: str | Path, folder: Path, *paths: Path) -> subprocess.Popen[str]:
    """Start `report-qa index` into a Chroma server, or into a folder."""
    to = ["--to" if isinstance(place, Path) else "--chroma", str(place)]
    return subprocess.Popen(
        [sys.executable, "-m", "qa.cli", "index", *map(str, paths), *to],
        env={**os.environ, "REPORT_QA_DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


# Waits after its first batch, so that a kill finds it there on any machine.
_HELD_UP = """
import sys
import time
from pathlib import Path
from vectorstore.embedding import open_embedder
from vectorstore.reading import read_report
from vectorstore.server import ChromaServer
from vectorstore.shared import SharedIndex
from vectorstore.store import PassageStore

url, database, folder, *paths = sys.argv[1:]

def wait(done, total):
    print(done, total, flush=True)
    time.sleep(600)

home = SharedIndex(ChromaServer.parse(url, database=database), Path(folder))
PassageStore.open(home, open_embedder()).add([read_report(Path(path)) for path in paths], wait)
"""


def killed_indexer(server: ChromaServer, folder: Path, *paths: Path) -> tuple[int, int]:
    """Index files into a Chroma server and kill it as it has embedded a part of them.

    Returns:
        How many sentences were embedded, and how many there were to embed.
    """
    indexer = subprocess.Popen(
        [sys.executable, "-c", _HELD_UP, server.url, server.database, folder, *paths],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert indexer.stdout is not None
    done, total = map(int, indexer.stdout.readline().split())
    indexer.kill()
    assert indexer.wait(20) == -signal.SIGKILL
    assert done < total
    return done, total
