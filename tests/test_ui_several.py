"""The page over several reports: a table in the chat, the figures of one report or of all."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.serving import ask, chromium, served

_GROWTH = {
    ("青禾", 2031): "5.5%",
    ("青禾", 2032): "6.1%",
    ("白石", 2031): "4.2%",
    ("白石", 2032): "4.9%",
    ("红杉", 2032): "7.3%",
}


def _name(region: str, year: int) -> str:
    return f"{year}年{region}市政府工作报告"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("several")
    (folder / "reports").mkdir()
    for (region, year), growth in _GROWTH.items():
        text = (
            f"{region}市政府工作报告\n一、{year - 1}年工作回顾\n"
            f"去年，全市地区生产总值增长{growth}。城镇新增就业3万人。\n"
            f"二、{year}年工作安排\n今年，地区生产总值增长5%左右。\n"
        )
        (folder / "reports" / f"{_name(region, year)}.txt").write_text(text, "utf-8")
    with served(folder) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        page.locator(".rq-welcome").wait_for(timeout=60_000)
        yield page


def test_each_cell_of_an_answer_opens_its_report_and_the_table_is_saved(page: Page) -> None:
    turn = ask(page, "比较2031年青禾市和白石市的地区生产总值增长")
    rows = turn.locator(".rq-table tbody tr")
    expect(rows.locator("td")).to_have_text(["6.1%", "4.9%"])
    for row, (region, growth) in enumerate((("青禾", "6.1%"), ("白石", "4.9%"))):
        rows.nth(row).get_by_role("link").click()
        expect(page.locator(".rq-reader")).to_have_attribute("data-report", _name(region, 2032))
        expect(page.locator("#proof mark .rq-figure")).to_have_text(growth)
    expect(turn.locator(".rq-table rect")).to_have_count(2)
    with page.expect_download() as saved:
        turn.get_by_role("button", name="下载 CSV").click()
    lines = list(csv.DictReader(saved.value.path().read_text("utf-8-sig").splitlines()))
    assert [(line["value"], line["report"]) for line in lines] == [
        ("6.1", _name("青禾", 2032)),
        ("4.9", _name("白石", 2032)),
    ]
    with page.expect_download() as saved:
        turn.get_by_role("button", name="下载图 PNG").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")


def test_our_city_is_that_of_the_report_that_the_visitor_has_chosen(page: Page) -> None:
    _begin_anew(page)
    refused = ask(page, "我市2031年城镇新增就业多少人?")
    expect(refused.locator("article")).to_have_class(re.compile("rq-refusal"))
    chooser = page.locator("#proof").get_by_label("报告", exact=True)
    for region in ("白石", "红杉"):
        chooser.select_option(_name(region, 2032))
        expect(page.locator(".rq-reader")).to_have_attribute("data-report", _name(region, 2032))
        _begin_anew(page)
        turn = ask(page, "我市2031年地区生产总值增长多少?")
        expect(turn.locator("article")).to_contain_text(_GROWTH[region, 2032])
        link = turn.locator("a.rq-cite").first
        expect(link).to_have_attribute("data-report", _name(region, 2032))


def _begin_anew(page: Page) -> None:
    page.get_by_role("button", name="新对话").click()
    page.locator(".rq-welcome").wait_for()


def test_the_figures_say_of_which_report_and_are_drawn_over_the_years_of_all(page: Page) -> None:
    page.get_by_role("tab", name="指标数据").click()
    chooser = page.locator("#figures").get_by_label("报告", exact=True)
    lines = page.locator("#figures tbody tr").filter(visible=True)
    expect(chooser.locator("option")).to_have_count(6)
    expect(lines).to_have_count(2)
    chooser.select_option("")
    expect(lines).to_have_count(10)
    expect(lines.filter(has_text=_name("红杉", 2032))).to_have_count(2)
    page.get_by_label("按指标名称筛选").fill("生产总值")
    expect(lines).to_have_count(5)
    drawn = page.locator("#figures .rq-group").filter(visible=True)
    expect(drawn).to_have_count(3)
    years = drawn.filter(has_text="青禾").locator("text")
    said = ["5.5% 2030实际", "6.1% 2031实际", "5%左右 2031目标", "5%左右 2032目标"]
    expect(years).to_have_text(["青禾 地区生产总值 增长", *said])
    lines.filter(has_text=_name("青禾", 2031)).get_by_role("checkbox").uncheck()
    expect(drawn).to_have_count(2)
    expect(lines.filter(has_text=_name("青禾", 2032)).get_by_role("checkbox")).not_to_be_checked()
