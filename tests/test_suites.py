"""The cases over several reports: what ships of them, and what is read from a folder."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from eval import suites
from eval.asking import open_suite
from eval.cases import Case, CaseError, fingerprint, load_cases, split_of
from eval.suites import LIBRARIES, PROVINCES, WIDER, Library, SuiteError, over
from vectorstore.reading import builtin_path

CASES = load_cases(folder=PROVINCES.data)
PAPER = "青禾省政府工作报告\n去年，建成公园12座。\n今年，计划建成公园15座。"
QUESTION = (
    '{"id": "p-multi-001", "kind": "multi", "question": "北京和上海建成公园多少座?", '
    '"items": [["12座"]], "minimum": 1, "evidence_mode": "all", "evidence": ['
    '{"report": "2025年北京市政府工作报告", "quote": "建成公园12座"}, '
    '{"report": "2025年上海市政府工作报告", "quote": "建成公园12座"}]}'
)


@pytest.fixture
def one_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A suite of one case, and a folder with the reports that it asks, all invented."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "cases_a.jsonl").write_text(QUESTION, "utf-8")
    monkeypatch.setattr(suites, "LIBRARIES", {PROVINCES.name: replace(PROVINCES, data=data)})
    folder = tmp_path / "reports"
    folder.mkdir()
    for report in set(PROVINCES.reports) - {builtin_path().stem}:
        (folder / f"{report}.txt").write_text(PAPER, "utf-8")
    return folder


def test_the_shipped_cases_ask_every_province_and_often_several() -> None:
    quoted = Counter(evidence.report for case in CASES for evidence in case.evidence)
    assert set(quoted) == set(PROVINCES.reports)
    assert min(quoted.values()) >= 15
    several = [case for case in CASES if len({e.report for e in case.evidence}) > 1]
    assert len(CASES) >= 150
    assert len(several) >= 40
    assert all(case.evidence_mode == "all" for case in several)


def test_their_split_is_that_of_their_numbers_and_others_keep_theirs() -> None:
    assert split_of("p-list-003") == "dev"
    assert split_of("p-list-004") == "test"
    dev, test = (load_cases(split, PROVINCES.data) for split in ("dev", "test"))
    assert {c.kind for c in dev} == {c.kind for c in test}
    assert len(dev) + len(test) == len(CASES)
    for id_ in ("figure-001", "b-figure-001", "fict-list-003", "paraphrase-001"):
        even = hashlib.sha256(id_.encode()).digest()[0] % 2 == 0
        assert split_of(id_) == ("dev" if even else "test")


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=list(LIBRARIES))
def test_the_fingerprint_is_that_of_the_cases(library: Library) -> None:
    assert fingerprint(library.data) == library.fingerprint, "change the version, too"


def test_the_wider_library_asks_31_reports_and_keeps_apart_what_was_looked_at() -> None:
    cases = load_cases(folder=WIDER.data)
    assert len(WIDER.reports) == 31
    assert {e.report for case in cases for e in case.evidence} <= set(WIDER.reports)
    assert {split_of(case.id) for case in cases if case.id.startswith("l-r")} == {"dev"}
    assert len(load_cases("test", WIDER.data)) >= 60


def test_all_reports_are_asked_together(one_case: Path) -> None:
    suite = over(suites.LIBRARIES[PROVINCES.name], one_case)
    (case,) = suite.cases
    assert case.index == PROVINCES.reports == tuple(report.id for report in suite.reports)
    assert len(suite.reports) == 10


def test_a_folder_that_lacks_a_report_is_told_which(one_case: Path) -> None:
    (one_case / "2025年河南省政府工作报告.txt").unlink()
    with pytest.raises(SuiteError, match="2025年河南省政府工作报告"):
        over(suites.LIBRARIES[PROVINCES.name], one_case)
    with pytest.raises(SuiteError, match="folder"):
        open_suite("provinces-2025")


def test_a_report_that_does_not_say_what_is_quoted_is_told(one_case: Path) -> None:
    path = one_case / "2025年上海市政府工作报告.txt"
    path.write_text(PAPER.replace("12座", "13座"), "utf-8")
    with pytest.raises(CaseError, match=r"p-multi-001: no paragraph of 2025年上海市"):
        over(suites.LIBRARIES[PROVINCES.name], one_case)


def test_a_case_that_quotes_two_reports_asks_both() -> None:
    assert Case.model_validate_json(QUESTION).index == (
        "2025年北京市政府工作报告", "2025年上海市政府工作报告",
    )  # fmt: skip
