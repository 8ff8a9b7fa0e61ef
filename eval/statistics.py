"""How sure a number is, and whether two differ: bootstrap intervals and McNemar's test.

Pure functions of plain numbers. Resampling is over questions, with a fixed seed, so
that the same run always has the same interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

RESAMPLES = 10_000
SEED = 20200111
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean of `n` values with its 95 % interval."""

    mean: float
    n: int
    low: float
    high: float

    def __str__(self) -> str:
        """The mean and the interval as percentages: «76.0% [71.2, 80.3]»."""
        return f"{self.mean:.1%} [{100 * self.low:.1f}, {100 * self.high:.1f}]"


def estimate(values: Sequence[float]) -> Estimate | None:
    """Return the mean with its percentile bootstrap interval, or `None` of nothing.

    Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: the means of
    10 000 samples drawn with replacement, cut at 2.5 and 97.5 %.
    """
    if not values:
        return None
    sample = np.asarray(values, dtype=np.float64)
    picks = np.random.default_rng(SEED).integers(len(sample), size=(RESAMPLES, len(sample)))
    low, high = np.quantile(sample[picks].mean(axis=1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(sample.mean()), len(sample), float(low), float(high))


def paired_difference(before: Sequence[float], after: Sequence[float]) -> Estimate | None:
    """Return the mean of `after - before`, case by case, with its bootstrap interval.

    Raises:
        ValueError: the two are not of the same cases.
    """
    return estimate([b - a for a, b in zip(before, after, strict=True)])


def mcnemar(gains: int, losses: int) -> float:
    """Return the two-sided p of McNemar's exact test.

    `gains` cases were wrong before and right after, `losses` the other way round. Where
    nothing changed, each is as likely: twice the smaller tail of Binomial(n, 1/2).
    McNemar, Psychometrika 12 (1947), https://doi.org/10.1007/BF02295996
    """
    n = gains + losses
    tail = sum(comb(n, i) for i in range(min(gains, losses) + 1))
    return min(1.0, float(2 * tail / 2**n))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies, interpolated linearly."""
    return float(np.quantile(np.asarray(values, dtype=np.float64), share))
