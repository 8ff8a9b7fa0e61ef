"""The shipped cases load, resolve, and say what their evidence says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.cases import Case, CaseError, Evidence, load_cases, resolve, split_of
from vectorstore.reading import builtin_path, read_report


def test_every_quote_is_found_and_the_splits_share_nothing() -> None:
    reports = [read_report(builtin_path())]
    cases = load_cases()
    assert len(cases) >= 100
    for case in cases:
        assert all(resolve(case, reports))
    assert {split_of(case.id) for case in cases} == {"dev", "test"}
    assert len(load_cases("dev")) + len(load_cases("test")) == len(cases)


def test_a_quote_that_is_not_there_is_refused_by_name() -> None:
    evidence = Evidence(report="2020年重庆市政府工作报告", quote="没有这一句")
    case = Case(id="x-1", kind="figure", question="?", answers=("1",), evidence=(evidence,))
    with pytest.raises(CaseError, match="x-1"):
        resolve(case, [read_report(builtin_path())])


@pytest.mark.parametrize(
    "change",
    [{"items": [["a"]], "minimum": 1}, {"forbidden": ["6%"]}, {"evidence": []}, {"extra": 1}],
)
def test_contradictions_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    good = {
        "id": "a", "kind": "figure", "question": "?", "answers": ["6%"],
        "evidence": [{"report": "r", "quote": "q"}],
    }  # fmt: skip
    path = tmp_path / "cases_a.jsonl"
    path.write_text(json.dumps(good), "utf-8")
    assert load_cases(folder=tmp_path)
    path.write_text(json.dumps({**good, **change}), "utf-8")
    with pytest.raises(CaseError, match="line 1"):
        load_cases(folder=tmp_path)
