"""Two runs over the same cases, compared case by case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.measures import MEASURES, Measure
from eval.predictions import RunError
from eval.scoring import Scored
from eval.statistics import Estimate, estimate, mcnemar, paired_difference

Pair = tuple[Scored, Scored]


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in both runs, over the cases that count in both.

    `p` is that of McNemar's exact test, for measures of 0 and 1.
    """

    measure: Measure
    before: Estimate
    after: Estimate
    difference: Estimate
    p: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one run to another; gains and losses are of `trusted`."""

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


def compare(before: Sequence[Scored], after: Sequence[Scored]) -> Comparison:
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
    changes = [change for measure in MEASURES if (change := _change(measure, pairs)) is not None]
    return Comparison(
        tuple(changes),
        gains=_ids(pairs, lambda was, now: now > was),
        losses=_ids(pairs, lambda was, now: now < was),
    )


def _ids(pairs: Sequence[Pair], changed: Callable[[float, float], bool]) -> tuple[str, ...]:
    return tuple(was.case.id for was, now in pairs if changed(was.score.trusted, now.score.trusted))


def _change(measure: Measure, pairs: Sequence[Pair]) -> Change | None:
    values = [
        (one, other)
        for was, now in pairs
        if (one := measure.of(was)) is not None and (other := measure.of(now)) is not None
    ]
    first, second = [one for one, _ in values], [other for _, other in values]
    before, after = estimate(first), estimate(second)
    difference = paired_difference(first, second)
    if before is None or after is None or difference is None:
        return None
    gains, losses = (sum(sign * (b - a) > 0 for a, b in values) for sign in (1, -1))
    return Change(
        measure, before, after, difference, mcnemar(gains, losses) if measure.verdict else None
    )


def render(comparison: Comparison) -> str:
    """Return the comparison as text."""
    lines = [
        f"{'':<26}{'A':>8}{'B':>8}{'B - A, points [95 %]':>24}{'n':>6}{'McNemar p':>11}",
        *map(_line, comparison.changes),
        "",
        _listed("gains in trusted", comparison.gains),
        _listed("losses in trusted", comparison.losses),
    ]
    return "\n".join(lines) + "\n"


def _line(change: Change) -> str:
    by = change.difference
    interval = f"{100 * by.mean:+.1f} [{100 * by.low:+.1f}, {100 * by.high:+.1f}]"
    p = "" if change.p is None else f"{change.p:.3g}"
    return (
        f"{change.measure.name:<26}{change.before.mean:>8.1%}{change.after.mean:>8.1%}"
        f"{interval:>24}{by.n:>6}{p:>11}"
    )


def _listed(name: str, ids: Sequence[str]) -> str:
    return f"{name} ({len(ids)}): {' '.join(ids) or 'none'}"
