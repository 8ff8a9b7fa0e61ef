"""The page in a real Chromium: a question, its proof beside it, and text that stays text."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.serving import GREEN, HOSTILE, WHITE, ask, chromium, served, write_reports

# Gradio's stream of events is cut where a test leaves the page or loads it anew.
_CUT = ("AbortError", "Unexpected error Connection errored out")
_EXPECTED = (*_CUT, "Executing inline event handler violates")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    write_reports(folder / "reports")
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder, "--per-minute", "1000") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(address: str, browser: Browser) -> Iterator[Page]:
    """A new visitor on a desktop, whose page must not meet an error."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as visitor:
        page = visitor.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        # What the content security policy keeps from being fetched is told here.
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(address)
        page.locator(".rq-reader").wait_for(timeout=30_000)
        page.locator(".rq-chat").wait_for()
        yield page
        assert [error for error in errors if not error.startswith(_EXPECTED)] == []
        assert page.title() in (
            "政府工作报告问答",
            "Government work reports: questions and answers",
        )


def test_nothing_is_fetched_from_another_host(address: str, browser: Browser) -> None:
    page, elsewhere = browser.new_page(), []

    def stay(route: Route) -> None:
        if urlsplit(route.request.url).netloc == urlsplit(address).netloc:
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    page.route(re.compile("^http"), stay)
    page.goto(address)
    expect(ask(page, "2030年青禾市地区生产总值增长多少?")).to_contain_text("5.5%")
    page.close()
    assert elsewhere == []


def test_an_answer_is_verified_and_shows_its_sentence_marked_in_its_paragraph(page: Page) -> None:
    turn = ask(page, "2030年青禾市地区生产总值增长多少?")
    expect(page.locator("#proof mark")).to_have_text("地区生产总值增长5.5%。")
    expect(page.locator("#proof mark .rq-figure")).to_have_text("5.5%")
    expect(page.locator("#proof .rq-shown .rq-number")).to_have_text("3")
    expect(turn.locator(".rq-text")).to_contain_text("增长5.5%[1]")
    expect(turn.locator(".rq-mark")).to_have_text("✓ 已核对")
    assert "核对过" in (turn.locator(".rq-mark").get_attribute("title") or "")


def test_hovering_or_reaching_a_citation_quotes_its_sentence_in_a_card(page: Page) -> None:
    turn = ask(page, "2030年青禾市地区生产总值增长多少?")
    cited, card = turn.locator(".rq-text .rq-cite"), page.get_by_role("tooltip")
    cited.hover()
    expect(card.locator("q")).to_have_text("地区生产总值增长5.5%。")
    expect(card.locator(".rq-figure")).to_have_text("5.5%")
    expect(card).to_contain_text("¶3")
    card.hover()
    page.wait_for_timeout(400)
    expect(card).to_be_visible()
    page.mouse.move(0, 0)
    expect(card).to_be_hidden()
    page.locator(".rq-composer textarea").focus()
    page.keyboard.press("Shift+Tab")
    while not cited.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Shift+Tab")
    expect(card).to_be_visible()
    expect(cited).to_have_attribute("aria-describedby", "rq-card")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_markup_in_report_question_and_address_stays_text(page: Page, address: str) -> None:
    ask(page, f"2030年建成多少座公园?{HOSTILE}")
    turn = ask(page, "2030年建成多少座公园?")
    expect(page.locator("#proof mark")).to_contain_text(HOSTILE)
    turn.locator("summary", has_text="出处").click()
    expect(turn.locator("q")).to_contain_text(HOSTILE)
    page.goto(f"{address}?report={quote(HOSTILE)}&paragraph={quote(HOSTILE)}")
    expect(page.locator("#proof .rq-notice")).to_contain_text("没有这份报告")
    expect(page.locator(".rq-log > li")).to_have_count(2)
    own = ".rq-chat, .rq-reader"
    assert page.locator(own).locator("script, img, a[href^='javascript']").count() == 0


def test_one_visitor_sees_nothing_of_another(page: Page, address: str, browser: Browser) -> None:
    ask(page, "2030年建成多少座公园?")
    with browser.new_context() as other:
        second = other.new_page()
        second.goto(address)
        expect(second.locator(".rq-welcome")).to_be_visible(timeout=30_000)
        assert second.locator(".rq-log, #proof mark").count() == 0


def test_a_handler_in_an_attribute_is_not_run(page: Page) -> None:
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text))
    page.evaluate(
        """document.querySelector('.rq-header').insertAdjacentHTML(
            'beforeend', '<button onclick="document.title = 1">x</button>')"""
    )
    page.locator(".rq-header > button").click()
    expect(page).to_have_title("政府工作报告问答")
    assert any("Content Security Policy" in text for text in told)


def test_two_tabs_keep_each_others_conversations(page: Page, address: str) -> None:
    ask(page, "2030年青禾市地区生产总值增长多少?")
    other = page.context.new_page()
    other.goto(address)
    expect(other.locator(".rq-log")).to_contain_text("5.5%", timeout=30_000)
    other.get_by_role("button", name="新对话").click()
    expect(other.locator(".rq-welcome")).to_be_visible()
    ask(other, "白石大桥全长多少米?")
    ask(page, "那进出口总值呢?")
    titles = ["2030年青禾市地区生产总值增长多少?", "白石大桥全长多少米?"]
    for tab in (page, other):
        expect(tab.get_by_label("对话", exact=True).locator("option")).to_have_text(titles)
    other.get_by_label("对话", exact=True).select_option(titles[0])
    expect(other.locator(".rq-log > li")).to_have_count(2)
    ask(page, "2031年新建多少座公园?")
    expect(other.locator(".rq-log > li")).to_have_count(3)
    other.close()
    page.reload()
    expect(page.locator(".rq-log > li")).to_have_count(3, timeout=30_000)
    page.get_by_label("对话", exact=True).select_option(titles[1])
    expect(page.locator(".rq-log")).to_contain_text("1250米")


def test_what_two_tabs_ask_at_once_in_one_conversation_is_kept(page: Page) -> None:
    kept = page.evaluate(
        """async () => {
            const notebook = await import(new URL('page/notebook.js', document.baseURI));
            const said = (question) => ({ question });
            const id = notebook.begin();
            notebook.save(id, [], [said('甲')]);
            const before = notebook.exchanges(id); // both tabs begin from here
            notebook.save(id, before, [...before, said('乙')]);
            notebook.save(id, before, [...before, said('丙')]);
            return notebook.exchanges(id).map((exchange) => exchange.question);
        }"""
    )
    assert kept == ["甲", "丙", "乙"]


def test_the_newest_conversations_are_kept_where_the_browser_gives_little_room(page: Page) -> None:
    kept = page.evaluate(
        """async () => {
            const notebook = await import(new URL('page/notebook.js', document.baseURI));
            for (let n = 0; n < 25; n++) {
                notebook.save(notebook.begin(), [], [{ question: String(n) }]);
                await new Promise((done) => setTimeout(done, 2));
            }
            const many = notebook.titles().map(({ title }) => title);
            for (const question of ['one', 'two']) { // five megabytes are a browser's usual room
                await new Promise((done) => setTimeout(done, 2));
                notebook.save(notebook.begin(), [], [{ question, text: 'x'.repeat(3e6) }]);
            }
            return [many.length, many.at(-1), notebook.titles().map(({ title }) => title)[0]];
        }"""
    )
    assert kept == [20, "5", "two"]


def test_enter_asks_but_not_while_a_word_is_being_composed(page: Page) -> None:
    box = page.get_by_label("问题", exact=True)
    box.fill("白石大桥全长多少米?")
    composing = {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    box.dispatch_event("keydown", composing)
    box.press("Shift+Enter")
    expect(box).to_have_value("白石大桥全长多少米?\n")
    expect(page.locator(".rq-log")).to_have_count(0)
    box.press("Enter")
    expect(page.locator(".rq-log")).to_contain_text("1250米")
    expect(box).to_have_value("")


def test_the_reader_has_outline_search_and_every_report(page: Page) -> None:
    proof = page.locator("#proof")
    proof.get_by_label("报告", exact=True).select_option(GREEN)
    expect(proof.locator(".rq-pages p")).to_have_count(6)
    proof.locator(".rq-outline summary").click()
    proof.locator(".rq-jump", has_text="二、2031年工作安排").click()
    expect(proof.locator(".rq-shown")).to_contain_text("二、2031年工作安排")
    proof.get_by_label("在原文中查找").fill("公园")
    expect(proof.locator(".rq-found")).to_have_text("1/2")
    proof.get_by_label("下一处").click()
    expect(proof.locator(".rq-found")).to_have_text("2/2")
    proof.get_by_label("报告", exact=True).select_option(WHITE)
    expect(proof.locator(".rq-pages")).to_contain_text("全长1250米")


def test_enter_on_a_citation_opens_its_report_and_escape_goes_back(page: Page) -> None:
    ask(page, "2030年青禾市地区生产总值增长多少?")
    expect(page.locator("#proof mark")).to_have_count(1)  # the reader has followed the answer
    page.locator("#proof").get_by_label("报告", exact=True).select_option(WHITE)
    expect(page.locator(".rq-pages")).to_contain_text("全长1250米")
    page.locator(".rq-text .rq-cite").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#proof mark")).to_have_text("地区生产总值增长5.5%。")
    expect(page.locator("#p-3")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".rq-text .rq-cite")).to_be_focused()


def test_a_sentence_that_the_report_no_longer_has_is_not_marked(page: Page) -> None:
    turn = ask(page, "2030年青禾市地区生产总值增长多少?")
    expect(page.locator("#proof mark")).to_have_count(1)
    cited = turn.locator(".rq-text .rq-cite")
    cited.evaluate("link => { link.dataset.quote = '地区生产总值增长9.9%。'; }")
    cited.click()
    expect(page.locator("#proof mark")).to_have_count(0)
    expect(page.locator("#p-3")).to_be_focused()


def test_a_citation_has_an_address_that_opens_there(page: Page, address: str) -> None:
    turn = ask(page, "白石大桥全长多少米?")
    place = turn.locator(".rq-text .rq-cite").first.get_attribute("href")
    assert place is not None
    page.goto(address + place)
    expect(page.locator(".rq-shown")).to_contain_text("全长1250米", timeout=30_000)


def test_conversations_survive_a_reload_with_their_citations(page: Page) -> None:
    ask(page, "2030年青禾市地区生产总值增长多少?")
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".rq-welcome")).to_be_visible()
    ask(page, "白石大桥全长多少米?")
    page.reload()
    expect(page.locator(".rq-log")).to_contain_text("1250米", timeout=30_000)
    page.get_by_label("对话", exact=True).select_option("2030年青禾市地区生产总值增长多少?")
    expect(page.locator(".rq-log")).to_contain_text("5.5%")
    page.locator(".rq-text .rq-cite").click()
    expect(page.locator("#proof mark .rq-figure")).to_have_text("5.5%")
    page.get_by_role("button", name="删除对话").click()
    expect(page.locator(".rq-log")).to_contain_text("1250米")
    expect(page.get_by_label("对话", exact=True).locator("option")).to_have_count(1)


def test_a_question_can_be_edited_repeated_and_deleted(page: Page) -> None:
    turn = ask(page, "2030年建成多少座公园?")
    turn.get_by_label("回答有用").click()
    expect(turn).to_contain_text("谢谢，已记下。")
    page.get_by_role("button", name="重答").click()
    expect(turn.get_by_label("回答有用")).to_be_visible()
    expect(page.locator(".rq-log > li")).to_have_count(1)
    page.get_by_role("button", name="修改问题").click()
    expect(page.locator(".rq-composer textarea").first).to_have_value("2030年建成多少座公园?")
    expect(page.locator(".rq-log > li")).to_have_count(0)
    ask(page, "2031年新建多少座公园?")
    page.get_by_role("button", name="删除", exact=True).click()
    expect(page.locator(".rq-welcome")).to_be_visible()


def test_an_answer_is_copied_with_its_sources(page: Page) -> None:
    turn = ask(page, "白石大桥全长多少米?")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn.get_by_role("button", name="复制").click()
    expect(turn.get_by_role("button", name="已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("白石大桥全长多少米?\n")
    assert f"[1] {WHITE} 第3段：去年，白石大桥建成通车，全长1250米。" in copied


def test_a_refusal_is_calm_and_an_error_is_something_else(page: Page) -> None:
    refused = ask(page, "2031年青禾市城镇新增就业多少人?")
    expect(refused.locator(".rq-refusal .rq-mark")).to_have_text("报告没有这个年份的数据")
    expect(refused.locator(".rq-sources")).to_contain_text("最接近的段落")
    assert page.locator(".rq-error").count() == 0
    box = page.locator(".rq-composer textarea").first
    box.fill("问" * 2001)
    page.locator("#send").click()
    expect(page.get_by_role("alert")).to_contain_text("最多可以有 2000 个")
    expect(box).to_have_value("问" * 2001)


def test_follow_ups_are_offered_that_are_answered(page: Page) -> None:
    ask(page, "2030年青禾市地区生产总值增长多少?")
    offered = page.locator(".rq-suggestions .rq-ask")
    question = offered.first.inner_text()
    offered.first.click()
    expect(page.locator(".rq-question")).to_have_count(2)
    expect(page.locator(".rq-question").last).to_have_text(question)
    expect(page.locator(".rq-log article").last.locator(".rq-mark")).to_have_text("✓ 已核对")


def test_votes_and_unanswered_questions_are_written_down(page: Page, folder: Path) -> None:
    turn = ask(page, "2030年建成多少座公园?")
    turn.get_by_label("回答有问题").click()
    turn.get_by_label("引用错误").check()
    turn.get_by_label("补充说明（可不填）").fill("不是这一句")
    turn.get_by_role("button", name="提交").click()
    expect(turn).to_contain_text("谢谢，已记下。")
    ask(page, "青禾市有多少座机场?")
    with sqlite3.connect(folder / "data" / "feedback.sqlite3") as file:
        rows = file.execute("SELECT kind, question, complaint, comment FROM entries").fetchall()
    assert ("down", "2030年建成多少座公园?", "wrong_citation", "不是这一句") in rows
    assert ("unanswered", "青禾市有多少座机场?", "", "") in rows


def test_on_a_phone_the_reader_opens_over_the_chat_and_closes(
    address: str, browser: Browser
) -> None:
    with browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ) as visitor:
        page = visitor.new_page()
        page.goto(address)
        page.locator(".rq-chat").wait_for(timeout=30_000)
        ask(page, "2030年青禾市地区生产总值增长多少?")
        expect(page.locator(".rq-reader")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.locator(".rq-text .rq-cite").tap()
        expect(page.locator("#proof mark .rq-figure")).to_be_in_viewport()
        page.get_by_role("button", name="返回问答").tap()
        expect(page.locator(".rq-reader")).to_be_hidden()
        page.locator(".rq-text .rq-cite").tap()
        expect(page.locator("#proof mark")).to_be_visible()
        page.go_back()
        expect(page.locator(".rq-reader")).to_be_hidden()
        page.get_by_role("button", name="报告原文").tap()
        expect(page.locator(".rq-reader")).to_be_visible()


def test_the_page_speaks_english_and_turns_dark(page: Page) -> None:
    page.get_by_role("button", name="深色").click()
    expect(page.locator("body")).to_have_class(re.compile("dark"))
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible(timeout=30_000)
    expect(page.locator("body")).to_have_class(re.compile("dark"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    turn = ask(page, "How much did GDP of 青禾市 grow in 2030?")
    expect(turn.locator(".rq-mark")).to_have_text("✓ Verified")
    page.get_by_role("link", name="中文").click()
    expect(page.locator(".rq-log > li")).to_have_count(1, timeout=30_000)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_the_report_is_called_by_its_file_name(page: Page) -> None:
    options = page.locator("#proof").get_by_label("报告", exact=True).locator("option")
    expect(options).to_have_text([WHITE, GREEN])


def test_figures_are_filtered_lead_to_their_sentence_and_are_downloaded(page: Page) -> None:
    page.get_by_role("tab", name="指标数据").click()
    lines = page.locator("#figures .rq-figures tbody tr")
    expect(lines.filter(has_text="种树")).to_have_count(1)
    expect(page.locator("#figures").get_by_label("报告", exact=True)).to_have_value("")
    page.get_by_label("按指标名称筛选").fill("生产总值")
    shown = lines.filter(visible=True)
    expect(shown).to_have_count(1)
    expect(shown.locator("td").nth(1)).to_have_text("5.5% 2030")
    expect(shown.locator("td").nth(2)).to_have_text("6% 2031")
    expect(shown.locator("td").nth(4)).to_have_text("第3段 第6段")
    expect(page.locator("#figures .rq-bars rect").filter(visible=True)).to_have_count(2)
    lines.get_by_role("link", name="6%", exact=True).click()
    expect(page.locator("#proof mark .rq-figure")).to_have_text("6%")
    with page.expect_download() as saved:
        page.get_by_role("button", name="下载 CSV").click()
    text = saved.value.path().read_text("utf-8-sig")
    assert f"{GREEN},6,地区生产总值,growth,target,2031,6,%,6%" in text.splitlines()
    with page.expect_download() as saved:
        page.get_by_role("button", name="下载图 PNG").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")


def test_figures_are_sorted_by_number(page: Page) -> None:
    page.get_by_role("tab", name="指标数据").click()
    page.get_by_label("按指标名称筛选").fill("生产总值 就业 进出口")
    lines = page.locator("#figures .rq-figures tbody tr").filter(visible=True)
    expect(lines).to_have_count(3)
    heading = page.get_by_role("columnheader", name="实际")
    heading.get_by_role("button").click()
    expect(lines.locator("td:nth-child(3) a")).to_have_text(["5.5%", "11%", "7.5万人"])
    heading.get_by_role("button").click()
    expect(lines.locator("td:nth-child(3) a")).to_have_text(["7.5万人", "11%", "5.5%"])


def test_a_visitor_brings_a_report_that_no_other_sees(
    page: Page, address: str, browser: Browser, tmp_path: Path
) -> None:
    name = "2041年红杉市政府工作报告"
    report = tmp_path / f"{name}.txt"
    report.write_text(
        f"红杉市政府工作报告\n一、2040年工作回顾\n去年，建成公园99座{HOSTILE}。\n"
        "二、2041年工作安排\n今年，新建公园3座。\n", "utf-8",
    )  # fmt: skip
    page.get_by_role("tab", name="我的报告").click()
    page.locator("input[type=file]").set_input_files(report)
    preview = page.locator("#preview dl")
    expect(preview).to_contain_text("2041")
    expect(preview).to_contain_text("红杉")
    page.get_by_role("button", name="就这份报告提问").click()
    expect(page.locator("#preview")).to_contain_text("已建立索引", timeout=30_000)
    expect(page.locator("#proof")).to_contain_text("99座")
    page.get_by_role("tab", name="问答").click()
    expect(ask(page, "建成多少座公园?")).to_contain_text("99座")
    expect(page.locator("#proof mark")).to_contain_text(HOSTILE)
    with browser.new_context() as other:
        second = other.new_page()
        second.goto(f"{address}?report={quote(name)}&paragraph=3")
        expect(second.locator("#proof .rq-notice")).to_be_visible(timeout=30_000)
        assert second.get_by_text("99座").count() == 0
    page.get_by_role("tab", name="我的报告").click()
    page.get_by_role("button", name="移除").click()
    expect(page.locator("#proof")).not_to_contain_text("99座")


def test_what_is_no_report_is_refused_with_the_reason(page: Page, tmp_path: Path) -> None:
    letter = tmp_path / "信.txt"
    letter.write_text("您好！\n祝好。\n", "utf-8")
    page.get_by_role("tab", name="我的报告").click()
    page.locator("input[type=file]").set_input_files(letter)
    expect(page.locator("#preview")).to_contain_text("「信.txt」里找不到报告的章节")
    expect(page.get_by_role("button", name="就这份报告提问")).to_be_hidden()


def _barriers(page: Page) -> dict[str, list[str]]:
    # Colours are what they are to be when nothing moves any more.
    page.wait_for_function(
        "document.getAnimations().every(({ playState }) => playState !== 'running')"
    )
    page.wait_for_timeout(300)
    violations = Axe().run(page).response["violations"]
    return {v["id"]: [node["html"][:200] for node in v["nodes"]] for v in violations}


@pytest.mark.parametrize(("path", "dark"), [("", False), ("", True), ("en/", False)])
def test_axe_finds_no_barrier(
    page: Page, address: str, tmp_path: Path, path: str, dark: bool
) -> None:
    page.goto(address + path)
    page.locator(".rq-reader").wait_for(timeout=30_000)
    if dark:
        page.locator("[data-page=dark]").click()
    page.locator(".rq-welcome").wait_for()
    assert _barriers(page) == {}
    ask(page, "2030年青禾市地区生产总值增长多少?")
    ask(page, "2031年青禾市城镇新增就业多少人?")
    page.locator(".rq-complaint summary").last.click()
    page.locator(".rq-sources summary").first.click()
    page.locator(".rq-outline summary").click()
    page.locator(".rq-text .rq-cite").first.hover()
    page.get_by_role("tooltip").wait_for()
    assert _barriers(page) == {}
    page.get_by_role("tab").nth(1).click()
    page.locator("#figures .rq-figures").wait_for()
    assert _barriers(page) == {}
    page.get_by_role("tab").nth(2).click()
    file = write_reports(tmp_path / "reports") / f"{GREEN}.txt"
    page.locator("input[type=file]").set_input_files(file)
    page.locator("#preview dl").wait_for()
    assert _barriers(page) == {}


def test_who_asks_too_fast_or_too_long_is_told_and_keeps_the_question(
    folder: Path, browser: Browser
) -> None:
    with served(folder, "--per-minute", "1") as address, browser.new_context() as visitor:
        page = visitor.new_page()
        page.goto(f"{address}en/")
        page.locator(".rq-welcome").wait_for(timeout=30_000)
        box = page.get_by_label("Question", exact=True)
        box.fill("问" * 2001)
        page.locator("#send").click()
        expect(page.get_by_role("alert")).to_contain_text("2001 characters; 2000 is the most")
        expect(box).to_have_value("问" * 2001)
        ask(page, "白石大桥全长多少米?")
        box.fill("2030年建成多少座公园?")
        page.locator("#send").click()
        expect(page.get_by_role("alert")).to_contain_text("Please try again in a minute")
        expect(box).to_have_value("2030年建成多少座公园?")
        expect(page.locator(".rq-log > li")).to_have_count(1)
