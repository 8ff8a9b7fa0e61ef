"""How sure a number is, and whether two differ: intervals, tests, correction for many.

Pure functions of plain numbers. Resampling is over questions with a fixed seed, so that
the same run always has the same interval. Questions of one cluster (a document that they
share) are drawn together: they are not independent.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
SEED = 20200111
LEVEL = 0.95
_CHUNK = 1_000
Clusters = Sequence[Hashable] | None


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


def estimate(values: Sequence[float], clusters: Clusters = None) -> Estimate | None:
    """Return the mean with its percentile bootstrap interval, or `None` of nothing.

    Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: the means of
    10 000 samples drawn with replacement, cut at 2.5 and 97.5 %. `clusters` names the
    cluster of each value; a sample then draws clusters, each with all its values.
    """
    if not values:
        return None
    sums, sizes = _by_cluster(values, clusters)
    random = np.random.default_rng(SEED)
    means = []
    for _ in range(RESAMPLES // _CHUNK):  # in pieces, for the memory
        picks = random.integers(len(sums), size=(_CHUNK, len(sums)))
        means.append(sums[picks].sum(axis=1) / sizes[picks].sum(axis=1))
    low, high = np.quantile(np.concatenate(means), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(np.mean(values)), len(values), float(low), float(high))


def _by_cluster(
    values: Sequence[float], clusters: Clusters
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each cluster the sum of its values and their number."""
    names = range(len(values)) if clusters is None else clusters
    numbers: dict[Hashable, int] = {}
    places = [numbers.setdefault(name, len(numbers)) for name in names]
    sums, sizes = np.zeros(len(numbers)), np.zeros(len(numbers))
    for place, value in zip(places, values, strict=True):
        sums[place] += value
        sizes[place] += 1
    return sums, sizes


def paired_difference(
    before: Sequence[float], after: Sequence[float], clusters: Clusters = None
) -> Estimate | None:
    """Return the mean of `after - before`, case by case, with its bootstrap interval.

    Raises:
        ValueError: the two are not of the same cases.
    """
    return estimate([b - a for a, b in zip(before, after, strict=True)], clusters)


def mcnemar(gains: int, losses: int) -> float:
    """Return the two-sided p of McNemar's exact test.

    `gains` cases were wrong before and right after, `losses` the other way round. Where
    nothing changed, each is as likely: twice the smaller tail of Binomial(n, 1/2).
    McNemar, Psychometrika 12 (1947), https://doi.org/10.1007/BF02295996
    """
    n = gains + losses
    tail = sum(comb(n, i) for i in range(min(gains, losses) + 1))
    return min(1.0, float(2 * tail / 2**n))


def randomisation(
    before: Sequence[float], after: Sequence[float], clusters: Clusters = None
) -> float:
    """Return the two-sided p of the paired randomisation test on the mean difference.

    Were both systems alike, each difference could as well have the other sign. p is the
    share of 10 000 random choices of signs, and of the one found, whose mean is as far
    from 0 as the one found. A cluster changes its sign as a whole.
    Fisher, The Design of Experiments (1935), section 21.

    Raises:
        ValueError: the two are not of the same cases.
    """
    sums, _ = _by_cluster([b - a for a, b in zip(before, after, strict=True)], clusters)
    sums = sums[sums != 0]
    if not len(sums):
        return 1.0
    random = np.random.default_rng(SEED)
    found = abs(sums.sum()) - 1e-9
    as_far = 0
    for _ in range(RESAMPLES // _CHUNK):
        signs = random.choice([-1.0, 1.0], size=(_CHUNK, len(sums)))
        as_far += int((np.abs(signs @ sums) >= found).sum())
    return (as_far + 1) / (RESAMPLES + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p values corrected for their number, in their order.

    The smallest of m is multiplied by m, the next by m - 1, and so on; none becomes
    smaller than the one before. Holm, Scandinavian Journal of Statistics 6 (1979).
    """
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[at]))
        corrected[at] = highest
    return corrected


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies, interpolated linearly."""
    return float(np.quantile(np.asarray(values, dtype=np.float64), share))
