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
from eval.scoring import Scored

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
