"""Twenty visitors at once, each in a browser context of its own.

`python -m tests.test_ui_crowd` prints how long they wait, as a multiple of what one does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from tests.serving import chromium, served, write_reports

_PAIRS = [
    ("2030年青禾市地区生产总值增长多少?", "5.5%"),
    ("白石大桥全长多少米?", "1250米"),
    ("2030年青禾市城镇新增就业多少人?", "7.5万人"),
    ("2031年青禾市新建多少座公园?", "15座"),
]
_VALUES = [value for _, value in _PAIRS]
# When an answer stands in the page, by the browser's own clock: ours looks at one page at a time.
_WATCH = """() => {
    window.rqWanted = 0;
    const done = () => document.querySelectorAll('.rq-log > li').length === window.rqWanted
        && document.querySelector('.rq-log > li:last-child > .rq-fresh');
    new MutationObserver(() => { if (done()) window.rqDone ??= performance.now(); })
        .observe(document.body, { childList: true, subtree: true });
}"""
_ASK = """question => {
    const box = document.querySelector('.rq-composer textarea');
    box.value = question;
    window.rqWanted += 1;
    window.rqDone = undefined;
    setTimeout(() => {
        window.rqAsked = performance.now();
        box.form.requestSubmit();
    }, 200);
}"""


@contextmanager
def _visitors(browser: Browser, address: str, count: int) -> Iterator[list[Page]]:
    with ExitStack() as stack:
        pages = []
        for _ in range(count):
            page = stack.enter_context(browser.new_context()).new_page()
            page.goto(address)
            page.locator("#send:enabled").wait_for(timeout=60_000)
            page.locator(".rq-welcome").wait_for(timeout=60_000)
            page.evaluate(_WATCH)
            pages.append(page)
        yield pages


def _ask_all(pages: list[Page], turn: int) -> tuple[list[tuple[str, str]], list[float]]:
    """Return (what was shown, what is right) and the seconds waited, of each visitor."""
    asked = [_PAIRS[(number + turn) % len(_PAIRS)] for number in range(len(pages))]
    for page, (question, _) in zip(pages, asked, strict=True):
        page.evaluate(_ASK, question)
    said, seconds = [], []
    for page, (_, value) in zip(pages, asked, strict=True):
        page.wait_for_function("window.rqDone", timeout=60_000)
        said.append((page.locator(".rq-log .rq-text").last.inner_text(), value))
        seconds.append(page.evaluate("(window.rqDone - window.rqAsked) / 1000"))
    return said, seconds


def test_twenty_visitors_at_once_see_each_their_own_answers(tmp_path: Path) -> None:
    write_reports(tmp_path / "reports")
    with (
        served(tmp_path, "--per-minute", "1000", "--at-once", "20") as address,
        chromium() as browser,
        _visitors(browser, address, 20) as pages,
    ):
        for turn in range(2):
            said, _ = _ask_all(pages, turn)
            for text, value in said:
                assert [each for each in _VALUES if each in text] == [value]
        for page in pages:
            assert page.locator(".rq-question").count() == 2
            assert page.locator(".rq-error").count() == 0


def _waits(browser: Browser, address: str, count: int, turns: int) -> list[float]:
    with _visitors(browser, address, count) as pages:
        return [wait for turn in range(turns) for wait in _ask_all(pages, turn)[1]]


def main() -> None:
    """Print the median and the longest wait of one visitor, and of twenty at once."""
    with TemporaryDirectory() as folder:
        write_reports(Path(folder) / "reports")
        with (
            served(Path(folder), "--per-minute", "1000", "--at-once", "20") as address,
            chromium() as browser,
        ):
            begun = time.perf_counter()
            one = _waits(browser, address, 1, 8)
            crowd = _waits(browser, address, 20, 4)
    print(f"one visitor: median {median(one):.3f} s, longest {max(one):.3f} s, n = {len(one)}")
    print(f"twenty: median {median(crowd):.3f} s, longest {max(crowd):.3f} s, n = {len(crowd)}")
    print(
        f"ratio of medians {median(crowd) / median(one):.1f}; {time.perf_counter() - begun:.0f} s"
    )


if __name__ == "__main__":
    main()
