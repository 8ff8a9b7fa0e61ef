"""What the page keeps, writes and renders, without a browser."""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from eval.cases import load_cases
from qa import Answer, Citation, Claim, ReportQA
from qa.answer import Generation, Reason
from qa.settings import Settings
from qa.table import Cell, Row, Table
from tests.serving import GREEN, WHITE, write_reports
from ui import chat, comparison, plot, reader, table
from ui.feedback import FeedbackLog
from ui.feedback_command import app
from ui.notebook import Conversation, Exchange, Source, record
from ui.shelf import Shelf
from ui.suggest import follow_ups
from ui.texts import Texts
from ui.texts_en import ENGLISH
from ui.texts_zh import CHINESE
from ui.upload import MOST_MEGABYTES, Brought
from vectorstore.errors import ReadingError
from vectorstore.figures import extract
from vectorstore.outline import build_report
from vectorstore.report import Report


@pytest.fixture(scope="module")
def qa(tmp_path_factory: pytest.TempPathFactory) -> ReportQA:
    folder = tmp_path_factory.mktemp("records")
    return ReportQA.open(
        write_reports(folder / "reports"), settings=Settings(data_dir=folder / "data")
    )


# -- the notebook ---------------------------------------------------------------------


def test_an_answer_keeps_the_place_of_its_sentence_and_of_its_figure(qa: ReportQA) -> None:
    (source,) = record(qa.ask("2030年青禾市地区生产总值增长多少?")).sources
    passage = next(r for r in qa.reports if r.id == GREEN).passage(3)
    assert passage is not None
    assert source.quote == passage.text[source.start : source.end] == "地区生产总值增长5.5%。"
    ((start, end),) = source.figures
    assert passage.text[start:end] == "5.5%"


def test_the_oldest_exchanges_are_given_up() -> None:
    many = Conversation().holding(*(Exchange(question=str(number)) for number in range(61)))
    assert [e.question for e in many.exchanges][::59] == ["1", "60"]


def test_a_conversation_comes_back_from_json(qa: ReportQA) -> None:
    kept = Conversation().holding(record(qa.ask("白石大桥全长多少米?")))
    assert Conversation.read(json.loads(kept.written())) == kept


@pytest.mark.parametrize(
    "sent", [None, {}, [], "x", 7, [[]], [{"question": 1}], [{"question": "a", "x": "b"}]]
)
def test_what_is_no_conversation_is_an_empty_one(sent: object) -> None:
    assert Conversation.read(sent) == Conversation()


def test_what_a_model_took_is_kept_and_shown_with_its_note() -> None:
    generation = Generation("qwen", "v1", 2, 500, 120, 0.3, 2.14)
    claim = Claim("大桥长1250米。", ())
    kept = record(Answer("桥?", (claim,), note="有一句没有通过核对。", generation=generation))
    shown = chat.page(Conversation().holding(kept), CHINESE)
    assert "有一句没有通过核对。" in shown
    assert "由 qwen 行文：2 次调用，读 500、写 120 个词元，2.1 秒" in shown


# -- markup ---------------------------------------------------------------------------


class _Shape(HTMLParser):
    """The elements and attributes of some markup, and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


_HOSTILE = st.text(alphabet="<>&\"'`=/{}$[]1 ascript:甲\n", min_size=1, max_size=60)


def _exchange(text: str) -> Exchange:
    source = Source(
        number=1, report=text, paragraph=3, section=text, start=0, end=1, quote=text
    )  # fmt: skip
    return Exchange(
        question=text,
        text=f"{text}[1]",
        sources=(source,),
        workings=(text,),
        note=text,
        suggestions=(text,),
    )


@given(_HOSTILE)
def test_no_text_adds_an_element_or_attribute_to_the_chat(text: str) -> None:
    def shape(said: str) -> _Shape:
        kept = Conversation().holding(_exchange(said))
        return _Shape(chat.page(kept, CHINESE, error=said, keep=True, box=said))

    assume("[1]" not in text)  # a marker in the text is a citation, by intent
    hostile = shape(text)
    assert hostile.elements == shape("甲").elements
    assert text in hostile.text


@given(_HOSTILE.filter(str.strip))
def test_no_text_adds_an_element_or_attribute_to_the_reader(text: str) -> None:
    line = " ".join(text.split()) or "甲"
    shown = build_report(f"报告\n{line}\n", report_id=text, filename="x.txt")
    shape = _Shape(reader.report(shown, [shown], CHINESE))
    assert {name for name, _ in shape.elements} <= {
        "section", "header", "button", "select", "option", "div", "input", "output", "details",
        "summary", "ol", "li", "a", "p", "span", "b",
    }  # fmt: skip
    assert shown.passages[-1].text in shape.text


def test_both_languages_say_everything() -> None:
    def empty(texts: Texts) -> list[str]:
        return [name for name in Texts.__slots__ if not getattr(texts, name)]

    assert (empty(CHINESE), empty(ENGLISH)) == ([], [])
    assert set(CHINESE.refused) == set(ENGLISH.refused) == set(Reason)
    assert [value for value, _ in CHINESE.complaints] == [value for value, _ in ENGLISH.complaints]


# -- figures --------------------------------------------------------------------------


def _report(name: str, year: int, text: str) -> Report:
    body = f"青禾市政府工作报告\n一、{year - 1}年工作回顾\n{text}\n"
    return build_report(body, report_id=name, filename=f"{year}年青禾市政府工作报告.txt")


def test_actual_and_target_of_one_indicator_share_a_row(qa: ReportQA) -> None:
    rows = table.rows(qa.reports, qa.figures())
    said = [
        (row.indicator, row.actual and row.actual.quantity.text, row.target and row.target.period)
        for row in rows
    ]
    assert ("地区生产总值", "5.5%", "2031") in said
    assert all(row.report.id == GREEN for row in rows if "公园" in row.indicator)


def test_a_level_and_a_growth_of_one_indicator_are_two_rows() -> None:
    report = _report("a", 2031, "去年，进出口总值增长11%，进出口总值达到300亿元。")
    rows = table.rows([report], extract(report))
    assert [(row.indicator, row.unit) for row in rows] == [
        ("进出口总值", "%"),
        ("进出口总值", "元"),
    ]


def test_years_of_one_region_are_drawn_side_by_side() -> None:
    reports = [_report(str(y), y, f"去年，进出口总值增长{y - 2020}%。") for y in (2032, 2031)]
    rows = table.rows(reports, [figure for report in reports for figure in extract(report)])
    drawn = _Shape(plot.bars(plot.groups(rows), CHINESE))
    assert [name for name, _ in drawn.elements].count("rect") == 2
    assert drawn.text.index("11% 2030实际") < drawn.text.index("12% 2031实际")


def test_the_figures_of_few_reports_are_shown_together_and_of_many_one_by_one() -> None:
    reports = [_report(str(y), y, f"去年，进出口总值增长{y - 2020}%。") for y in range(2031, 2036)]
    figures = [figure for report in reports for figure in extract(report)]

    def said(some: int, wanted: str | None = None) -> list[str]:
        markup = table.page(reports[:some], figures[:some], CHINESE, wanted)
        return [f"{y - 2020}%" for y in range(2031, 2036) if f">{y - 2020}%<" in markup]

    assert said(3) == ["11%", "12%", "13%"]
    assert said(5) == ["11%"]
    assert said(5, "2034") == ["14%"]
    assert said(5, "") == ["11%", "12%", "13%", "14%", "15%"]
    assert said(5, "<b>") == ["11%"]


def test_text_for_spreadsheets_is_no_formula() -> None:
    report = _report("=1+1", 2031, "去年，进出口总值增长11%。")
    (row,) = table.rows([report], extract(report))
    (line,) = csv.reader(io.StringIO(table.csv_of(row)))
    assert line == ["'=1+1", "3", "进出口总值", "growth", "actual", "2030", "11", "%", "11%"]


# -- follow-ups -----------------------------------------------------------------------


def test_a_follow_up_is_answered_from_the_same_report_and_not_known(qa: ReportQA) -> None:
    answer = qa.ask("2030年青禾市地区生产总值增长多少?")
    offered = follow_ups(qa, answer, frozenset())
    assert 2 <= len(offered) <= 3
    for question in offered:
        found = qa.ask(question)
        assert found.abstention is None
        assert {citation.passage.report_id for citation in found.citations} == {GREEN}
    assert offered[0] not in follow_ups(qa, answer, frozenset(offered[:1]))


# -- answers over several reports ------------------------------------------------------


def _compared(qa: ReportQA) -> Exchange:
    report = next(r for r in qa.reports if r.id == GREEN)
    grown, parks = report.passage(3), report.passage(6)
    assert grown is not None
    assert parks is not None
    found = [f for f in extract(report) if f.quantity.text in ("5.5%", "6%")]
    cells = [
        Cell(f.quantity.text, f.quantity, Citation(number, f.passage, f.passage.sentences[0]))
        for number, f in enumerate(found, 1)
    ]
    rows = (
        Row("2030年", "青禾", 2030, GREEN, (cells[0],)),
        Row("2031年", "青禾", 2031, GREEN, (cells[1],)),
        Row("白石", "白石", 2031, WHITE, (Cell("", missing="=报告未给出"),)),
    )
    table = Table("地区生产总值增长", ("增速",), rows, "按所写的数比较。")
    return record(Answer("比较", (Claim("青禾加快。", ()),), table=table))


def test_each_cell_of_a_table_links_to_its_sentence_and_is_drawn_and_saved(qa: ReportQA) -> None:
    kept = _compared(qa)
    assert Conversation.read(json.loads(Conversation().holding(kept).written())).exchanges == (
        kept,
    )
    shape = _Shape(chat.page(Conversation().holding(kept), CHINESE))
    names = [name for name, _ in shape.elements]
    assert names.count("rect") == 2  # the third row has no figure
    assert names.count("td") == 4
    for said in ("地区生产总值增长", "2031年", "6%", "=报告未给出", "按所写的数比较。"):
        assert said in shape.text
    assert "2031年\t6%" in kept.as_text("出处")
    sources = {source.number: source for source in kept.sources}
    assert kept.comparison is not None
    first, _, last = csv.DictReader(io.StringIO(comparison.csv_of(kept.comparison, sources)))
    assert (first["row"], first["value"], first["unit"]) == ("2030年", "5.5", "%")
    assert (first["report"], first["paragraph"]) == (GREEN, "3")
    assert (last["missing"], last["report"]) == ("'=报告未给出", "")


def test_a_follow_up_names_the_region_where_there_are_several(qa: ReportQA) -> None:
    offered = follow_ups(qa, qa.ask("2030年青禾市地区生产总值增长多少?"), frozenset())
    assert offered
    assert all("青禾" in question for question in offered)


# -- feedback -------------------------------------------------------------------------


def test_feedback_is_exported_as_csv_and_as_questions_for_a_batch(tmp_path: Path) -> None:
    log = FeedbackLog(tmp_path / "made" / "feedback.sqlite3")
    assert list(log.entries()) == []
    source = Source(
        number=1, report=WHITE, paragraph=3, section="", start=0, end=3, quote="去年，"
    )  # fmt: skip
    log.unanswered(Exchange(question="=机场?", text="报告未提及。", reason=Reason.NOT_MENTIONED))
    log.vote(
        Exchange(question="桥?", text="1250米[1]。", sources=(source,)), "down", "other", "x" * 2000
    )

    def exported(form: str) -> str:
        arguments = ["export", "--format", form, "--file", str(log.path)]
        return CliRunner().invoke(app, arguments, catch_exceptions=False).output

    first, second = csv.DictReader(io.StringIO(exported("csv")))
    assert (first["kind"], first["question"], first["reason"]) == (
        "unanswered",
        "'=机场?",
        "not_mentioned",
    )
    assert (second["complaint"], len(second["comment"])) == ("other", 1000)
    lines = [json.loads(line) for line in exported("jsonl").splitlines()]
    assert [(line["id"], line["question"]) for line in lines] == [("1", "=机场?"), ("2", "桥?")]
    assert lines[1]["citations"] == [[WHITE, 3, "去年，"]]


def test_what_visitors_judged_becomes_cases_of_the_benchmark(tmp_path: Path) -> None:
    log = FeedbackLog(tmp_path / "feedback.sqlite3")
    source = Source(
        number=1, report=WHITE, paragraph=3, section="", start=0, end=3, quote="全长1250米"
    )  # fmt: skip
    good = Exchange(question="桥多长?", text="1250米[1]。", sources=(source,))
    log.vote(good, "down", "other", "太短")
    log.vote(good, "up")
    log.vote(Exchange(question="机场?", text="有[1]。", sources=(source,)), "down", "should_refuse")
    log.vote(Exchange(question="港口?", text="报告未提及。", reason=Reason.NOT_MENTIONED), "up")
    log.vote(Exchange(question="隧道?", text="2座[1]。", sources=(source,)), "down", "wrong_answer")
    log.unanswered(Exchange(question="地铁?", text="报告未提及。", reason=Reason.NOT_MENTIONED))
    arguments = ["export", "--format", "cases", "--file", str(log.path)]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    (tmp_path / "cases_feedback.jsonl").write_text(result.stdout, "utf-8")
    cases = {case.question: case for case in load_cases(folder=tmp_path)}
    assert set(cases) == {"桥多长?", "机场?", "港口?"}
    assert cases["桥多长?"].answers == ("1250米",)
    assert [(e.report, e.quote) for e in cases["桥多长?"].evidence] == [(WHITE, "全长1250米")]
    assert not cases["机场?"].answerable
    assert not cases["港口?"].answerable
    assert "另有 2 个问题" in result.stderr


# -- uploads --------------------------------------------------------------------------


def _uploaded(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_a_report_may_come_as_a_web_page(tmp_path: Path) -> None:
    page = "<h1>红杉市政府工作报告</h1><p>一、2040年工作回顾</p><p>建成公园99座。</p>"
    brought = Brought(_uploaded(tmp_path, "2041年红杉市政府工作报告.html", page), CHINESE)
    assert [passage.text for passage in brought.report.passages][-1] == "建成公园99座。"
    brought.close()


def test_a_brought_report_is_asked_until_it_is_closed(qa: ReportQA, tmp_path: Path) -> None:
    file = _uploaded(
        tmp_path, "2041年红杉市政府工作报告.txt", "报告\n一、2040年工作回顾\n建成公园99座。\n"
    )
    brought = Brought(file, CHINESE)
    assert not file.exists()
    assert Shelf(qa, brought).asked is qa
    brought.index()
    shelf = Shelf(qa, brought)
    assert "99座" in shelf.asked.ask("建成公园多少座?").text
    assert [report.id for report in shelf.reports][1:] == [report.id for report in qa.reports]
    brought.close()
    assert Shelf(qa, brought).asked is qa


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("表.csv", "a,b\n", "可以上传的是 .txt .md"),
        ("空.txt", "", "没有一段文字"),
        ("信.txt", "您好！\n", "找不到报告的章节"),
        ("大.txt", "字" * int(MOST_MEGABYTES * 1e6 / 3 + 1), "最大可以是"),
    ],
)
def test_an_upload_that_is_no_report_is_refused_and_deleted(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    file = _uploaded(tmp_path, name, text)
    with pytest.raises(ReadingError, match=told):
        Brought(file, CHINESE)
    assert not file.exists()


def test_a_report_that_the_operator_keeps_lies_whole_under_what_is_in_it(tmp_path: Path) -> None:
    text = "报告\n一、2040年工作回顾\n建成公园99座。\n"
    kept = tmp_path / "kept"
    for _ in range(2):
        brought = Brought(_uploaded(tmp_path, "2041年红杉市政府工作报告.txt", text), CHINESE)
        brought.keep(kept)
        brought.close()
    (file,) = (path for path in kept.rglob("*") if path.is_file())
    assert file.name == "2041年红杉市政府工作报告.txt"
    assert file.read_text("utf-8") == text
    assert [path.name for path in kept.iterdir()] == [sha256(text.encode()).hexdigest()[:16]]
