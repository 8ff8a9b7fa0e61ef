"""Two runs over the same cases, compared case by case.

Shares by McNemar's exact test, means by the paired randomisation test, both with the
bootstrap interval of the difference; Holm's correction, since many measures are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from eval.measures import MEASURES, Measure, MeasureSet
from eval.predictions import RunError
from eval.scoring import Scored
from eval.statistics import (
    Estimate,
    estimate,
    holm,
    mcnemar,
    paired_difference,
    randomisation,
)

Pair = tuple[Scored, Scored]


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in both runs, over the cases that count in both.

    `p` is that of McNemar's exact test for measures of 0 and 1, else, and where cases
    share a document, that of the paired randomisation test. `corrected` is p by Holm's
    method over all the measures compared.
    """

    measure: Measure
    before: Estimate
    after: Estimate
    difference: Estimate
    p: float
    corrected: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one run to another; gains and losses are of the deciding measure."""

    decisive: Measure
    changes: tuple[Change, ...]
    gains: tuple[str, ...]
    losses: tuple[str, ...]

    @property
    def p(self) -> float:
        """McNemar's p of the gains and losses."""
        return mcnemar(len(self.gains), len(self.losses))

    @property
    def significant_loss(self) -> bool:
        """Whether more was lost than gained, and hardly by chance (p < 0.05)."""
        return len(self.losses) > len(self.gains) and self.p < 0.05


def compare(
    before: Sequence[Scored], after: Sequence[Scored], measures: MeasureSet = MEASURES
) -> Comparison:
    """Compare two runs.

    Raises:
        RunError: they are not of the same cases.
    """
    others = {each.case.id: each for each in after}
    if others.keys() != {each.case.id for each in before}:
        raise RunError(
            f"The runs are of different cases ({len(before)} and {len(after)}); run the same "
            "split, kinds and limit with both."
        )
    pairs = [(each, others[each.case.id]) for each in before]
    changes = [change for each in measures.all if (change := _change(each, pairs)) is not None]
    corrected = holm([change.p for change in changes])
    values = [
        (was.case.id, value)
        for was, now in pairs
        if (value := _values(measures.decisive, was, now))
    ]
    return Comparison(
        measures.decisive,
        tuple(replace(c, corrected=p) for c, p in zip(changes, corrected, strict=True)),
        gains=tuple(id_ for id_, (one, other) in values if other > one),
        losses=tuple(id_ for id_, (one, other) in values if other < one),
    )


def _values(measure: Measure, was: Scored, now: Scored) -> tuple[float, float] | None:
    """Return the values of a measure in both runs, or `None` where it does not count in both."""
    one, other = measure.of(was), measure.of(now)
    return None if one is None or other is None else (one, other)


def _change(measure: Measure, pairs: Sequence[Pair]) -> Change | None:
    values = [(was.cluster, v) for was, now in pairs if (v := _values(measure, was, now))]
    clusters = [cluster for cluster, _ in values]
    first, second = [one for _, (one, _) in values], [other for _, (_, other) in values]
    before, after = estimate(first, clusters), estimate(second, clusters)
    difference = paired_difference(first, second, clusters)
    if before is None or after is None or difference is None:
        return None
    if measure.verdict and len(set(clusters)) == len(clusters):
        changes = [b - a for a, b in zip(first, second, strict=True)]
        p = mcnemar(sum(c > 0 for c in changes), sum(c < 0 for c in changes))
    else:
        p = randomisation(first, second, clusters)
    return Change(measure, before, after, difference, p, p)


def render(comparison: Comparison) -> str:
    """Return the comparison as text."""
    lines = [
        f"{'':<26}{'A':>8}{'B':>8}{'B - A, points [95 %]':>24}{'n':>6}{'p':>9}{'Holm':>9}",
        *map(_line, comparison.changes),
        "",
        _listed(f"gains in {comparison.decisive.name}", comparison.gains),
        _listed(f"losses in {comparison.decisive.name}", comparison.losses),
    ]
    return "\n".join(lines) + "\n"


def _line(change: Change) -> str:
    by = change.difference
    interval = f"{100 * by.mean:+.1f} [{100 * by.low:+.1f}, {100 * by.high:+.1f}]"
    return (
        f"{change.measure.name:<26}{change.before.mean:>8.1%}{change.after.mean:>8.1%}"
        f"{interval:>24}{by.n:>6}{change.p:>9.3g}{change.corrected:>9.3g}"
    )


def _listed(name: str, ids: Sequence[str]) -> str:
    return f"{name} ({len(ids)}): {' '.join(ids) or 'none'}"
