"""Many visitors at once: `make bench-load`. Ends with an error if an answer was wrong or lost.

    python -m eval.load_bench [--visitors 50] [--seconds 120]

A real `report-qa serve` over the built-in report is asked over loopback, each visitor from an
address of its own. What one visitor alone is told is what each of many must be told.
Throughput and waiting are given as ratios to one visitor's, so that machines compare.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from threading import Thread

import httpx
import numpy as np
import psutil

from eval.cases import Case, load_cases

_BUILTIN = ("2020年重庆市政府工作报告",)
_BUSY = (429, 503)
_PAUSE = 0.2  # seconds, before what was turned away is asked again
_SAMPLE = 0.5  # seconds between two looks at the server's memory
_PATIENCE = 120.0

Answers = dict[str, str]


@dataclass
class Visits:
    """What one visitor, or all of them together, went through."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    turned_away: int = 0

    def __iadd__(self, other: Visits) -> Visits:
        self.seconds += other.seconds
        self.wrong += other.wrong
        self.lost += other.lost
        self.turned_away += other.turned_away
        return self


@dataclass(frozen=True, slots=True)
class Load:
    """One visitor alone, then many at once for some seconds; the server's memory meanwhile, MiB."""

    alone: Visits
    alone_seconds: float
    together: Visits
    together_seconds: float
    memory: tuple[float, ...]


@contextmanager
def server() -> Iterator[tuple[str, int]]:
    """Serve the built-in report as a user would; yield the address and the process id."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as data:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [sys.executable, "-m", "qa.cli", "serve", "--port", str(port)]
        command += ["--per-minute", "1000000"]
        process = subprocess.Popen(command, env={**os.environ, "REPORT_QA_DATA_DIR": data})
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, process)
            yield url, process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            httpx.get(f"{url}/healthz", timeout=5)
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server ended before it answered")


def load(url: str, pid: int, *, visitors: int, seconds: float, cases: Sequence[Case]) -> Load:
    """Let one visitor ask each of the cases, then many ask them at random for some seconds."""
    expected: Answers = {}
    alone = Visits()
    with _client(url, 0) as client:
        for warm in (True, False):
            begun = time.perf_counter()
            alone = Visits()
            for case in cases:
                told = _asked(client, case, alone)
                if told is None:
                    raise RuntimeError(f"one visitor alone got no answer to {case.id}")
                if not warm and told != expected[case.id]:
                    alone.wrong.append(case.id)
                expected[case.id] = told
            alone_seconds = time.perf_counter() - begun
    visits = [Visits() for _ in range(visitors)]
    memory: list[float] = []
    begun = time.perf_counter()
    threads = [
        Thread(target=_visit, args=(url, number, begun + seconds, cases, expected, each))
        for number, each in enumerate(visits, start=1)
    ]
    for thread in threads:
        thread.start()
    process = psutil.Process(pid)
    while any(thread.is_alive() for thread in threads):
        memory.append(process.memory_info().rss / 2**20)
        time.sleep(_SAMPLE)
    together = Visits()
    for each in visits:
        together += each
    return Load(alone, alone_seconds, together, time.perf_counter() - begun, tuple(memory))


def _visit(
    url: str, number: int, end: float, cases: Sequence[Case], expected: Answers, visits: Visits
) -> None:
    chance = Random(number)
    with _client(url, number) as client:
        while time.perf_counter() < end:
            case = chance.choice(cases)
            told = _asked(client, case, visits)
            if told is None:
                visits.lost.append(case.id)
            elif told != expected[case.id]:
                visits.wrong.append(case.id)


def _client(url: str, visitor: int) -> httpx.Client:
    """Return the connection of a visitor: 127.0.0.2, 127.0.0.3 … are all this machine."""
    transport = httpx.HTTPTransport(local_address=f"127.0.0.{visitor + 2}")
    return httpx.Client(base_url=url, transport=transport, timeout=_PATIENCE)


def _asked(client: httpx.Client, case: Case, visits: Visits) -> str | None:
    """Return what is told, `None` if nothing is; who is turned away asks again after a pause."""
    messages = [{"role": turn.role, "content": turn.content} for turn in case.history]
    messages.append({"role": "user", "content": case.question})
    begun = time.perf_counter()
    while time.perf_counter() - begun < _PATIENCE:
        try:
            reply = client.post("/v1/chat/completions", json={"messages": messages})
        except httpx.HTTPError:
            return None
        if reply.status_code not in _BUSY:
            visits.seconds.append(time.perf_counter() - begun)
            return _told(reply)
        visits.turned_away += 1
        time.sleep(_PAUSE)
    return None


def _told(reply: httpx.Response) -> str | None:
    """Return an answer with all that belongs to it, but not what is new each time."""
    if reply.status_code != httpx.codes.OK:
        return None
    content = reply.json()
    for name in ("id", "created", "seconds"):
        content.pop(name, None)
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def lines(found: Load) -> Iterator[str]:
    """Yield the results, a line each."""
    alone, together = found.alone, found.together
    rate = len(together.seconds) / found.together_seconds
    rate_alone = len(alone.seconds) / found.alone_seconds
    p95, p95_alone = (1e3 * float(np.quantile(v.seconds, 0.95)) for v in (together, alone))
    third = max(1, len(found.memory) // 3)
    first, last = np.mean(found.memory[:third]), np.mean(found.memory[-third:])
    yield f"answers: {len(together.seconds)} in {found.together_seconds:.0f} s"
    yield f"    wrong or mixed: {len(together.wrong)}, lost: {len(together.lost)}"
    yield f"    turned away and asked again: {together.turned_away}"
    yield f"throughput: {rate:.1f} a second, {rate / rate_alone:.2f} of one visitor's"
    yield f"p95: {p95:.0f} ms, {p95 / p95_alone:.1f} times one visitor's ({p95_alone:.0f} ms)"
    yield f"memory, last third against first: {last:.0f} MiB, {last / first:.3f}"


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120.0)
    asked = parser.parse_args()
    cases = [case for case in load_cases("dev") if case.index == _BUILTIN]
    with server() as (url, pid):
        found = load(url, pid, visitors=asked.visitors, seconds=asked.seconds, cases=cases)
    print(f"{asked.visitors} visitors, {len(cases)} questions")
    print("\n".join(lines(found)))
    if found.together.wrong or found.together.lost or found.alone.wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
