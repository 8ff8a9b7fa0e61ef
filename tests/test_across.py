"""Answers across reports: the right figure from each, compared exactly, with what is missing said."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qa import ReportQA, Turn
from qa.answer import Answer, Citation, Claim, Reason
from qa.batch import record
from qa.cli import app
from qa.settings import Settings
from qa.table import Table
from qa.tabulate import meets
from qa.verify import Verifier
from tests.small_reports import write_reports
from vectorstore.quantity import find_quantities


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reports(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def library(folder: Path, data_dir: Path) -> ReportQA:
    return ReportQA.open(folder, settings=Settings(data_dir=data_dir, model=""))


def _table(answer: Answer) -> Table:
    assert answer.table is not None
    return answer.table


def _values(answer: Answer) -> dict[str, str]:
    """Return the text of each row's first cell, or why there is none."""
    return {r.label: r.cells[0].text or r.cells[0].missing for r in _table(answer).rows}


def test_levels_are_compared_and_a_report_without_one_is_named(library: ReportQA) -> None:
    answer = library.ask("四川、河南、贵州2024年GDP各是多少,谁最高?")
    values = _values(answer)
    assert values["四川"] == "6.1万亿元"
    assert values["河南"] == "6.36万亿元"
    assert values["贵州"].startswith("报告未给出")  # its growth, 5.3%, is no level
    assert "河南最高" in answer.text
    assert "贵州：报告未给出" in answer.text


def test_every_cell_with_a_figure_is_proven_by_its_own_report(library: ReportQA) -> None:
    for row in _table(library.ask("各地2024年城镇新增就业多少人?")).rows:
        citation = row.cells[0].citation
        assert citation is not None
        assert citation.passage.report_id == row.report
        assert row.region in citation.passage.report_id
        assert row.cells[0].text in citation.quote


def test_differences_are_exact(library: ReportQA) -> None:
    answer = library.ask("四川和河南2024年GDP相差多少?")
    assert "2600亿元" in answer.text  # 6.36 - 6.1 = 0.26万亿


def test_of_two_figures_of_a_clause_the_one_asked_for_is_compared(library: ReportQA) -> None:
    answer = library.ask("四川和河南2024年生产安全事故死亡人数分别下降多少?")
    assert _values(answer) == {"四川": "32.7%", "河南": "15.7%"}


def test_sums_are_exact(library: ReportQA) -> None:
    answer = library.ask("四川和贵州2024年城镇新增就业一共多少人?")
    assert "168.5万人" in answer.text  # 106 + 62.5


def test_one_region_over_years_is_a_series(library: ReportQA) -> None:
    answer = library.ask("从2019年到2024年,重庆空气质量优良天数多了几天?")
    assert _values(answer) == {"2019年": "316天", "2024年": "329天"}
    assert "13天" in answer.text
    assert {c.passage.report_id[:4] for c in answer.citations} == {"2020", "2025"}


def test_result_and_target_of_one_report_are_both_told(library: ReportQA) -> None:
    answer = library.ask("四川去年城镇新增就业实际完成多少人,今年目标又是多少?")
    assert "106万人" in answer.text
    assert "85万人" in answer.text


def test_a_ratio_is_computed_from_both_figures(library: ReportQA) -> None:
    answer = library.ask("四川的高新技术企业数量是河南的多少倍?")
    assert "1.38倍" in answer.text  # 1.8 / 1.3 = 1.3846


def test_a_narrower_indicator_does_not_stand_for_the_one_asked(library: ReportQA) -> None:
    refused = library.ask("哪些省2025年核电装机目标超过900万千瓦?").abstention
    assert refused is not None
    assert refused.reason is Reason.NOT_MENTIONED


def test_results_and_targets_are_not_compared(library: ReportQA) -> None:
    answer = library.ask("四川、河南和重庆的城镇新增就业谁最多?")
    assert _values(answer) == {"河南": "119万人", "四川": "106万人", "重庆": "70万人"}


def test_targets_of_two_years_are_in_two_plans(library: ReportQA) -> None:
    answer = library.ask("重庆城镇新增就业目标,2020年和2025年各是多少?")
    assert _values(answer) == {"2020年": "60万人以上", "2025年": "65万人"}


def test_a_limit_lists_who_keeps_it_and_says_who_may(library: ReportQA) -> None:
    answer = library.ask("哪些省2025年GDP增长目标高于5.5%?")
    kept, unsure = answer.claims[0], answer.claims[1:]
    assert "重庆6%左右" in kept.text
    # «5.5%以上» and «5%—6%» may be above the limit or not: told apart, not counted
    assert {claim.text[:2] for claim in unsure} == {"四川", "贵州"}
    assert all("未计入" in claim.text for claim in unsure)
    assert "河南" not in answer.text
    assert len(_table(answer).rows) == 4


def test_the_highest_target_is_told_with_its_region_alone(library: ReportQA) -> None:
    answer = library.ask("2025年GDP增长目标最高的是哪个省?")
    assert answer.text.startswith("最高的是重庆")
    assert "6%左右" in answer.text
    assert _table(answer).rows[0].label == "重庆"
    assert "按所列数字比较" in _table(answer).note


def test_all_are_ranked_where_a_ranking_is_asked_for(library: ReportQA) -> None:
    answer = library.ask("各省2024年粮食产量从高到低排一下")
    labels = [row.label for row in _table(answer).rows]
    assert labels[:3] == ["河南", "四川", "贵州"]  # 1344, 720, 231
    assert answer.text.index("河南") < answer.text.index("四川") < answer.text.index("贵州")


def test_who_speaks_of_a_thing_is_listed_with_the_sentence(library: ReportQA) -> None:
    answer = library.ask("哪些省的报告写到了240小时过境免签?")
    named = {row.label for row in _table(answer).rows if row.cells[0].text}
    assert named == {"四川", "贵州"}
    assert all("240小时" in citation.quote for citation in answer.citations)


def test_a_region_without_a_report_has_a_row_that_says_so(library: ReportQA) -> None:
    answer = library.ask("四川和湖北2024年城镇新增就业各多少?")
    assert _values(answer) == {"四川": "106万人", "湖北": "没有报告"}


def test_an_english_question_is_answered_in_english(library: ReportQA) -> None:
    answer = library.ask("Which had the higher GDP in 2024, Sichuan or Henan?")
    assert "Henan is highest" in answer.text
    assert "Sichuan: In 2024" in answer.text


@pytest.mark.parametrize(
    ("question", "there"),
    [
        ("湖北去年城镇新增就业多少人?", "四川"),
        ("深圳2024年地区生产总值是多少?", "四川"),
        ("重庆2018年地区生产总值多少?", "2020、2025年"),
        ("四川2023年城镇新增就业多少人?", "2025年"),
    ],
)
def test_no_such_report_is_said_with_those_there_are(
    library: ReportQA, question: str, there: str
) -> None:
    refused = library.ask(question).abstention
    assert refused is not None
    assert refused.reason is Reason.NO_SUCH_REPORT
    assert there in refused.message


def test_without_a_region_the_question_is_asked_back(library: ReportQA) -> None:
    refused = library.ask("2024年城镇新增就业多少人?").abstention
    assert refused is not None
    assert refused.reason is Reason.WHICH_REGION
    assert all(region in refused.message for region in ("四川", "河南", "贵州", "重庆"))


def test_without_a_region_the_one_report_that_speaks_of_it_answers(library: ReportQA) -> None:
    answer = library.ask("建成天眼科普基地几处?")
    assert "3处" in answer.text
    assert answer.text.startswith("贵州：")
    assert answer.citations[0].passage.report_id == "2025年贵州省政府工作报告"


def test_a_city_is_answered_from_the_report_of_its_province(library: ReportQA) -> None:
    answer = library.ask("成都双流机场2024年旅客吞吐量多少人次?")
    assert "8700万人次" in answer.text


@pytest.mark.parametrize(
    ("question", "value"),
    [("那贵州呢?", "62.5万"), ("and Guizhou?", "62.5万"), ("重庆呢?", "70万"), ("粮食产量呢?", "720亿斤")],
)  # fmt: skip
def test_a_follow_up_keeps_region_and_year(library: ReportQA, question: str, value: str) -> None:
    history = [Turn("user", "四川2024年城镇新增就业多少人?"), Turn("assistant", "106万人。")]
    assert value in library.ask(question, history).text


@pytest.mark.parametrize(
    ("before", "question", "value"),
    [
        ("根据重庆市2020年政府工作报告，去年城镇新增就业多少人?", "高新技术企业呢?", "3141家"),
        ("根据重庆市2020年政府工作报告，去年城镇新增就业多少人?", "今年的目标呢?", "60万人"),
        ("In Chongqing's 2020 report, How many new urban jobs were there?",
         "And high-tech enterprises?", "3,141"),
    ],
)  # fmt: skip
def test_a_follow_up_keeps_the_report(
    library: ReportQA, before: str, question: str, value: str
) -> None:
    answer = library.ask(question, [Turn("user", before), Turn("assistant", "…")])
    assert value in answer.text
    assert {c.passage.report_id[:7] for c in answer.citations} == {"2020年重庆"}


def test_a_follow_up_on_another_year_leaves_the_report(library: ReportQA) -> None:
    before = "根据重庆市2020年政府工作报告，去年城镇新增就业多少人?"
    answer = library.ask("2024年城镇新增就业呢?", [Turn("user", before), Turn("assistant", "…")])
    assert "70万" in answer.text


def test_a_region_answers_the_question_asked_back(library: ReportQA) -> None:
    history = [Turn("user", "2024年城镇新增就业多少人?"), Turn("assistant", "哪个地区?")]
    assert "119万人" in library.ask("河南", history).text


def test_a_report_answers_the_same_beside_others(
    library: ReportQA, folder: Path, data_dir: Path
) -> None:
    one = folder / "2020年重庆市政府工作报告.txt"
    alone = ReportQA.open(one, settings=Settings(data_dir=data_dir, model=""))
    for question in ("2019年重庆地区生产总值是多少?", "2020年重庆城镇新增就业目标是多少?"):
        assert library.ask(question).text == alone.ask(question).text


def test_search_and_figures_take_region_and_year(library: ReportQA) -> None:
    assert {h.passage.report_id for h in library.search("高新技术企业", region="河南")} == {
        "2025年河南省政府工作报告"
    }
    assert {h.passage.report_id for h in library.search("高新技术企业", year=2019)} == {
        "2020年重庆市政府工作报告"
    }
    assert library.search("高新技术企业", region="湖北") == []
    found = library.figures("城镇新增就业", region="重庆", year=2024)
    assert [figure.quantity.text for figure in found] == ["70万人"]


@pytest.mark.parametrize(
    ("stated", "limit", "kept"),
    [
        ("6%左右", "高于5.5%", True),
        ("5.5%左右", "高于5.5%", False),
        ("5.5%以上", "高于5.5%", None),
        ("超过5.5%", "高于5.5%", True),
        ("5%—6%", "高于5.5%", None),
        ("5%—6%", "高于4.5%", True),
        ("5%", "不低于5%", True),
        ("5%以内", "不低于5%", None),
        ("5%以内", "不超过5%", True),
        ("5.5%左右", "低于5.5%", False),
        ("65万人", "高于60万人", True),
        ("65万人", "高于60%", False),
    ],
)
def test_bounds_and_ranges_are_compared_honestly(
    stated: str, limit: str, kept: bool | None
) -> None:
    assert meets(find_quantities(stated)[0], find_quantities(limit)[0]) is kept


def test_a_figure_of_one_region_is_not_told_of_another(library: ReportQA) -> None:
    verifier = Verifier(library.reports)
    answer = library.ask("四川和河南2024年GDP各是多少?")
    sichuan, henan = answer.citations[:2]
    swapped = Claim("四川6.36万亿元，河南6.1万亿元。", (sichuan, henan))
    assert verifier.check(Claim("四川6.1万亿元，河南6.36万亿元。", (sichuan, henan))).holds
    assert not verifier.check(swapped).holds
    assert not verifier.check(Claim("重庆地区生产总值6.1万亿元。", (sichuan,))).holds
    assert not verifier.check(Claim("Chongqing: GDP was 6.1万亿元.", (sichuan,))).holds


def test_the_json_record_carries_the_table_exactly(library: ReportQA) -> None:
    told = json.loads(json.dumps(record(library.ask("四川和河南2024年GDP各是多少?"))))
    cell = told["table"]["rows"][0]["cells"][0]
    assert Decimal(cell["value"]) == Decimal("6.1E12")
    assert (cell["unit"], cell["bound"], cell["missing"]) == ("元", None, None)
    assert cell["citation"] in {c["number"] for c in told["citations"]}
    assert record(library.ask("四川2024年粮食产量多少?"))["table"] is None


def test_the_command_line_prints_the_table(
    library: ReportQA, folder: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORT_QA_DATA_DIR", str(data_dir))
    asked = ["ask", "--reports", str(folder), "四川和湖北2024年城镇新增就业各多少?"]
    printed = CliRunner().invoke(app, asked).output
    assert "106万人 [1]" in printed
    assert "没有报告" in printed


def test_every_number_of_an_answer_is_a_citation(library: ReportQA) -> None:
    answer = library.ask("各地2025年GDP增长目标是多少?")
    numbers = [citation.number for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(isinstance(citation, Citation) for citation in _table(answer).citations)


def test_an_amount_in_what_is_mentioned_must_stand_there(library: ReportQA) -> None:
    refused = library.ask("哪些省的报告写到了144小时过境免签?").abstention
    assert refused is not None
    assert refused.reason is Reason.NOT_MENTIONED


def test_more_in_english_compares(library: ReportQA) -> None:
    answer = library.ask("Which created more urban jobs in 2024, Sichuan or Guizhou?")
    assert "Sichuan is highest" in answer.text
