"""The shipped cases load, resolve, are mixed as planned, and expect what their evidence says."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from eval import cases as module
from eval.cases import (
    FINGERPRINT,
    Case,
    CaseError,
    Evidence,
    benchmark_reports,
    fingerprint,
    load_cases,
    resolve,
    sampled,
    split_of,
)
from eval.metrics import items_stated, states_any
from vectorstore.reading import builtin_path

DATA = Path(module.__file__).parent / "data"
CASES = load_cases()
REPORTS = {report.id: report for report in benchmark_reports()}
BUILTIN = builtin_path().stem
SHARES = {
    "figure": 0.18, "unanswerable": 0.14, "paraphrase": 0.11, "entity": 0.10, "year": 0.09,
    "list": 0.08, "english": 0.07, "summary": 0.07, "followup": 0.07, "multi": 0.06,
    "adversarial": 0.04,
}  # fmt: skip
EVIDENCE = {"report": "r", "quote": "q"}
ELSEWHERE = {"report": "s", "quote": "q"}
GOOD: dict[str, object] = {
    "id": "a", "kind": "figure", "question": "增长多少?", "answers": ["6%"], "evidence": [EVIDENCE],
}  # fmt: skip


def write(folder: Path, *cases: dict[str, object]) -> Path:
    lines = [json.dumps(case, ensure_ascii=False) for case in cases]
    (folder / "cases_a.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


def test_every_quote_stands_in_exactly_one_paragraph() -> None:
    spread = {
        case.id: [len(places) for places in resolve(case, REPORTS.values())] for case in CASES
    }
    assert {id_: counts for id_, counts in spread.items() if set(counts) - {1}} == {}


def is_said(case: Case) -> bool:
    numbers = {number for places in resolve(case, REPORTS.values()) for _, number in places}
    (report,) = case.index
    text = "\n".join(p.text for p in REPORTS[report].passages if p.number in numbers)
    if case.items:
        return items_stated(text, case.items) == len(case.items)
    return states_any(text, case.answers)


def test_what_is_expected_stands_in_the_quoted_paragraphs() -> None:
    # The answers of the kind `multi` are computed from what stands there.
    said = [case for case in CASES if case.answerable and (case.items or case.kind != "multi")]
    assert [case.id for case in said if not is_said(case)] == []


def test_the_benchmark_asks_five_reports_often_enough() -> None:
    asked = Counter(report for case in CASES for report in case.index)
    assert set(asked) == set(REPORTS)
    assert next(iter(REPORTS)) == BUILTIN
    assert asked[BUILTIN] >= 310
    assert asked.total() - asked[BUILTIN] >= 110
    assert min(asked.values()) >= 28


@pytest.mark.parametrize("builtin", [True, False])
def test_the_kinds_are_mixed_as_planned(builtin: bool) -> None:
    kinds = Counter(case.kind for case in CASES if (case.index == (BUILTIN,)) == builtin)
    shares = {kind: count / kinds.total() for kind, count in kinds.items()}
    assert shares == pytest.approx(SHARES, abs=0.025)


def test_three_quarters_of_the_unanswerable_are_near_misses() -> None:
    unanswerable = [case for case in CASES if case.kind == "unanswerable"]
    assert not any(case.answerable for case in unanswerable)
    assert sum(bool(case.near_miss) for case in unanswerable) >= 0.75 * len(unanswerable)


def test_a_followup_has_a_history_and_nothing_else_has() -> None:
    assert all(bool(case.history) == (case.kind == "followup") for case in CASES)


def test_both_splits_hold_every_kind_and_share_no_case() -> None:
    dev, test = load_cases("dev"), load_cases("test")
    assert {case.kind for case in dev} == {case.kind for case in test} == set(SHARES)
    assert {case.id for case in dev}.isdisjoint(case.id for case in test)
    assert len(dev) + len(test) == len(CASES)
    assert {split_of(case.id) for case in dev} == {"dev"}


def test_the_fingerprint_is_that_of_the_cases() -> None:
    assert fingerprint() == FINGERPRINT, "a case or report changed: change VERSION, too"


@pytest.mark.parametrize(
    "changed", ["cases_fictional.jsonl", "reports/2024年海屿市政府工作报告.txt"]
)
def test_the_fingerprint_changes_with_every_case_and_report(tmp_path: Path, changed: str) -> None:
    copy = shutil.copytree(DATA, tmp_path / "data")
    assert fingerprint(copy) == FINGERPRINT
    text = (copy / changed).read_text("utf-8")
    (copy / changed).write_text(text.replace("2023", "2022", 1), "utf-8")
    assert fingerprint(copy) != FINGERPRINT


def test_a_quote_that_is_not_there_is_refused_by_name() -> None:
    evidence = Evidence(report=BUILTIN, quote="没有这一句")
    case = Case(id="x-1", kind="figure", question="?", answers=("1",), evidence=(evidence,))
    with pytest.raises(CaseError, match="x-1"):
        resolve(case, REPORTS.values())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"items": [["a"]], "minimum": 1}, "either answers or items"),
        ({"answers": []}, "either answers or items"),
        ({"answers": [], "items": [["a"]], "minimum": 2}, "2 of 1 items"),
        ({"forbidden": ["6%"]}, "forbids its own answer"),
        ({"answers": ["百分之六"], "forbidden": ["6%"]}, "forbids its own answer"),
        ({"answers": [], "items": [["6%"]], "minimum": 1, "forbidden": ["6%"]}, "forbids its own"),
        ({"evidence": []}, "has no evidence"),
        ({"evidence": [EVIDENCE, ELSEWHERE], "reports": ["r"]}, "quotes s, which it does not ask"),
        ({"answerable": False}, "yet has answers"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_case_that_contradicts_itself_is_refused(
    tmp_path: Path, change: dict[str, object], problem: str
) -> None:
    assert load_cases(folder=write(tmp_path, GOOD))
    with pytest.raises(CaseError, match=f"(?s)line 1.*{problem}"):
        load_cases(folder=write(tmp_path, {**GOOD, **change}))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"question": "另一个?"}, "the id a comes twice"),
        ({"id": "b"}, "b asks the same as a"),
        ({"id": "b", "question": "增长 多少？"}, "b asks the same as a"),
        ({"id": "b", "answers": ["7%"]}, "b contradicts a"),
        ({"id": "b", "answers": [], "answerable": False}, "b contradicts a"),
    ],
)
def test_a_second_case_that_clashes_is_refused(
    tmp_path: Path, change: dict[str, object], problem: str
) -> None:
    with pytest.raises(CaseError, match=rf"cases_a\.jsonl, line 2: {problem}"):
        load_cases(folder=write(tmp_path, GOOD, {**GOOD, **change}))


def test_one_question_may_be_asked_of_two_reports_and_after_two_histories(tmp_path: Path) -> None:
    other = {**GOOD, "id": "b", "evidence": [ELSEWHERE], "answers": ["7%"]}
    later = {**GOOD, "id": "c", "history": [{"role": "user", "content": "说说农业"}]}
    assert len(load_cases(folder=write(tmp_path, GOOD, other, later))) == 3


def test_a_case_is_asked_of_all_that_it_names_or_quotes(tmp_path: Path) -> None:
    both = {**GOOD, "evidence": [EVIDENCE, ELSEWHERE, EVIDENCE], "evidence_mode": "all"}
    named = {**GOOD, "id": "b", "reports": ["r", "s", "t"]}
    assert [c.index for c in load_cases(folder=write(tmp_path, both, named))] == [
        ("r", "s"), ("r", "s", "t"),
    ]  # fmt: skip


def test_a_malformed_line_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD) / "cases_a.jsonl"
    path.write_text(path.read_text("utf-8") + "\n{'id': 1}\n", "utf-8")
    with pytest.raises(CaseError, match=r"cases_a\.jsonl, line 2"):
        load_cases(folder=tmp_path)


def test_a_sample_is_drawn_the_same_way_each_time_and_begins_a_larger_one() -> None:
    cases = load_cases("test")
    sample = sampled(cases, 20)
    assert sample == sampled(tuple(reversed(cases)), 20) == sampled(cases, 40)[:20]
    assert len({case.kind for case in sample}) > 3


def test_the_cases_for_development_are_good_cases_and_share_none_with_the_benchmark() -> None:
    kept = load_cases(folder=DATA / "development")
    assert len(kept) >= 350
    assert all(resolve(case, REPORTS.values()) is not None for case in kept)
    assert not {case.asked for case in kept} & {case.asked for case in CASES}
