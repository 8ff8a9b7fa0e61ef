"""The gate: a fixed part of the development cases against a committed run.

It fails when more cases are lost than gained, and hardly by chance, or when any citation
points nowhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.cases import Case, split_of
from eval.comparison import Comparison, compare, render
from eval.predictions import RunError, read_run
from eval.scoring import Scored, score_cases
from eval.suites import Suite

BASELINE = Path(__file__).parent / "data" / "gate_baseline.jsonl"
# Of 256 buckets; some 60 of the development cases fall into these.
_BUCKETS = 75


def gate_cases(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Return the cases of the gate: fixed by their ids alone, none of the test split."""
    return tuple(case for case in cases if split_of(case.id) == "dev" and _bucket(case) < _BUCKETS)


def _bucket(case: Case) -> int:
    return hashlib.sha256(f"gate {case.id}".encode()).digest()[0]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found: the comparison with the baseline, and the dangling cases."""

    comparison: Comparison
    dangling: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against the change."""
        return not self.dangling and not self.comparison.significant_loss

    def __str__(self) -> str:
        """The comparison and the verdict, with its reasons."""
        lines = [render(self.comparison)]
        if self.comparison.significant_loss:
            lost = " ".join(self.comparison.losses)
            lines.append(f"A significant loss (p = {self.comparison.p:.3g}): {lost}")
        if self.dangling:
            lines.append(f"Citations that point nowhere: {' '.join(self.dangling)}")
        lines.append("The gate is passed." if self.passed else "The gate is NOT passed.")
        return "\n".join(lines)


def judge(baseline: Sequence[Scored], now: Sequence[Scored]) -> Verdict:
    """Judge a run of the gate's cases by the baseline."""
    dangling = tuple(each.case.id for each in now if each.dangling)
    return Verdict(compare(baseline, now), dangling)


def renewed(path: Path, suite: Suite, now: Sequence[Scored]) -> str:
    """Say what a new baseline gains and loses against the one at `path`, if there is one.

    The old one may have been made with an earlier version of the cases: what it said is
    scored by the cases of today, and compared over the ids that both have.
    """
    try:
        old = read_run(path)
    except RunError:
        return "There was no baseline before.\n"
    ids = {prediction.id for prediction in old.predictions}
    cases = [case for case in suite.cases if case.id in ids]
    was = score_cases(cases, old.predictions, suite.reports)
    kept = {case.id for case in cases}
    return (
        f"Cases in both baselines: {len(was)}; new ones: {len(now) - len(was)}; "
        f"no longer asked: {len(ids - kept)}\n"
        + render(compare(was, [each for each in now if each.case.id in kept]))
    )
