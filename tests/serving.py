"""A served page over two small reports, and a Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from qa import ReportQA
from ui.server import Serving, application

HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "**粗**[链接](javascript:document.title='owned')${document.title='owned'}{{value}}"
)
GREEN, WHITE = "2031年青禾市政府工作报告", "2031年白石市政府工作报告"
_REPORTS = {
    GREEN: "青禾市政府工作报告\n一、2030年工作回顾\n"
    f"去年，建成公园12座，种树35万棵{HOSTILE}。地区生产总值增长5.5%。\n"
    "城镇新增就业7.5万人。进出口总值增长11%。\n"
    "二、2031年工作安排\n今年，地区生产总值增长6%，新建公园15座。\n",
    WHITE: "白石市政府工作报告\n一、2030年工作回顾\n去年，白石大桥建成通车，全长1250米。\n"
    "二、2031年工作安排\n建设白石湖湿地公园。\n",
}


def write_reports(folder: Path) -> Path:
    """Write the two reports into a folder and return it."""
    folder.mkdir()
    for name, text in _REPORTS.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(folder: Path, *options: str) -> Iterator[str]:
    """Serve the reports in a folder as a user would, and yield the page's address.

    Where there are none, it is the built-in report.
    """
    port = free_port()
    reports = folder / "reports"
    where = ["--reports", str(reports)] if reports.exists() else []
    arguments = ["serve", "--port", str(port), *where, *options]
    server = subprocess.Popen(
        [sys.executable, "-m", "qa.cli", *arguments],
        env={**os.environ, "REPORT_QA_DATA_DIR": str(folder / "data")},
    )
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", server)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(480):
        assert server.poll() is None, "the server ended before it answered"
        try:
            urllib.request.urlopen(url, timeout=2)
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail("the server did not answer within four minutes")


@contextmanager
def running(qa: ReportQA, root_path: str = "", serving: Serving | None = None) -> Iterator[str]:
    """Serve in this process and yield the address."""
    server = uvicorn.Server(
        uvicorn.Config(
            application(qa, serving or Serving()),
            port=free_port(),
            root_path=root_path,
            log_level="warning",
        )
    )
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended before it answered"
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{server.config.port}{root_path}/"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: sudo apt-get install chromium fonts-noto-cjk"
    arguments: Sequence[str] = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=list(arguments))
        yield browser
        browser.close()


def ask(page: Page, question: str) -> Locator:
    """Ask a question and return its finished turn of the conversation."""
    turn = page.locator(".rq-log > li").nth(page.locator(".rq-log > li").count())
    page.locator(".rq-composer textarea").first.fill(question)
    page.locator("#send").click()
    turn.locator(".rq-actions").wait_for(timeout=30_000)
    return turn
