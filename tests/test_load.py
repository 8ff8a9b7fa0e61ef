"""Visitors at once are told what each would be told alone."""

from __future__ import annotations

from eval.cases import load_cases
from eval.load_bench import lines, load, server

_BUILTIN = ("2020年重庆市政府工作报告",)


def test_five_visitors_at_once_get_the_answers_of_one_alone() -> None:
    cases = [case for case in load_cases("dev") if case.index == _BUILTIN][:12]
    with server() as (url, pid):
        found = load(url, pid, visitors=5, seconds=10, cases=cases)
    assert len(found.alone.seconds) == 12
    assert found.together.seconds
    assert (found.alone.wrong, found.together.wrong, found.together.lost) == ([], [], [])
    assert len(found.memory) > 3
    assert any(line.startswith("    wrong or mixed: 0, lost: 0") for line in lines(found))
