"""The page in a real Chromium: one question, its proof, and text that stays text."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">**粗**"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served page over a report that is full of markup."""
    folder = tmp_path_factory.mktemp("page")
    report = folder / "2031年青禾市政府工作报告.txt"
    report.write_text(
        "青禾市政府工作报告\n一、2030年工作回顾\n"
        f"去年，建成公园12座{HOSTILE}，种树35万棵。地区生产总值增长5.5%。\n", "utf-8",
    )  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "qa.cli", "serve", "--port", str(port), "--reports", str(report)],
        env={**os.environ, "REPORT_QA_DATA_DIR": str(folder / "data")},
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        _wait(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None, "the server ended before it answered"
        try:
            urllib.request.urlopen(url, timeout=2)
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail("the page did not answer within two minutes")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is missing: sudo apt-get install chromium fonts-noto-cjk"
    with sync_playwright() as play:
        yield play.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )


def _ask(page: Page, question: str) -> None:
    box = page.locator("#question textarea, #question input").first
    box.fill(question)
    page.locator("#send").click()


def test_an_answer_shows_its_sentence_marked_in_its_paragraph(
    address: str, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(address)
    _ask(page, "2030年地区生产总值增长多少?")
    expect(page.locator("#proof mark")).to_contain_text("5.5%", timeout=30_000)
    expect(page.locator("#proof")).to_contain_text("第3段")
    expect(page.get_by_text("增长5.5%[1]").first).to_be_visible()
    page.close()


def test_markup_in_report_and_question_stays_text(address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(address)
    _ask(page, f"2030年建成多少座公园?{HOSTILE}")
    _ask(page, "2030年建成多少座公园?")
    expect(page.locator("#proof mark")).to_contain_text("<script>", timeout=30_000)
    assert page.locator("#proof script, #proof img").count() == 0
    assert page.title() == "政府工作报告问答"
    page.close()


def test_one_visitor_sees_nothing_of_another(address: str, browser: Browser) -> None:
    first, second = browser.new_context().new_page(), browser.new_context().new_page()
    first.goto(address)
    _ask(first, "2030年建成多少座公园?")
    expect(first.locator("#proof mark")).to_contain_text("12座", timeout=30_000)
    second.goto(address)
    expect(second.locator("#proof")).to_contain_text("出处会显示在这里", timeout=30_000)
    assert second.get_by_text("12座").count() == 0
    first.close()
    second.close()
