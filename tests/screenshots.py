"""Screenshots of the page for the README: `python -m tests.screenshots docs`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.serving import ask, chromium, served

_COLOURS = 256  # in a palette: a screenshot of text needs no more, and stays small


def main(folder: Path) -> None:
    """Write the screenshots into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as data, served(Path(data)) as address, chromium() as browser:
        _chat(browser, address, folder / "page.png")
        _english_and_dark(browser, address, folder / "dark.png")
        _figures(browser, address, folder / "figures.png")
        _phone(browser, address, folder / "phone.png")


def _visit(browser: Browser, address: str, width: int, height: int, *, phone: bool = False) -> Page:
    visitor = browser.new_context(
        viewport={"width": width, "height": height}, is_mobile=phone, has_touch=phone
    )
    page = visitor.new_page()
    page.goto(address)
    page.locator(".rq-welcome").wait_for(timeout=30_000)
    page.locator(".rq-reader").wait_for(state="attached")
    return page


def _save(page: Page, file: Path) -> None:
    page.wait_for_timeout(500)
    page.screenshot(path=file)
    with Image.open(file) as image:
        image.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    page.context.close()


def _chat(browser: Browser, address: str, file: Path) -> None:
    page = _visit(browser, address, 1280, 800)
    ask(page, "2019年进出口总值增长比地区生产总值增长快多少个百分点？")
    ask(page, "2025年重庆地区生产总值增长多少？")
    ask(page, "2019年地区生产总值增长多少？")
    page.locator(".rq-text .rq-cite").last.hover()
    _save(page, file)


def _english_and_dark(browser: Browser, address: str, file: Path) -> None:
    page = _visit(browser, f"{address}en/", 1280, 800)
    page.get_by_role("button", name="Dark").click()
    ask(page, "How much did GDP grow in 2019?")
    ask(page, "What is the GDP growth target for 2020?")
    _save(page, file)


def _figures(browser: Browser, address: str, file: Path) -> None:
    page = _visit(browser, address, 1280, 800)
    page.get_by_role("tab", name="指标数据").click()
    page.locator("#figures .rq-figures tbody .rq-cite").first.click()
    _save(page, file)


def _phone(browser: Browser, address: str, file: Path) -> None:
    page = _visit(browser, address, 390, 780, phone=True)
    ask(page, "2019年地区生产总值增长多少？")
    _save(page, file)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
