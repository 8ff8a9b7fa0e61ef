"""How error falls when a system answers only what it is sure of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Answering the surest cases only: their share of all, and the error among them."""

    coverage: float
    error: float


def coverage_error(answered: Iterable[tuple[float | None, bool]], n: int) -> list[CurvePoint]:
    """Return the curve of error against coverage, from the surest answer to all answers.

    `answered` holds (confidence, wrong) for each answer given, abstentions left out; `n`
    counts all cases. Answers of one confidence come together, as no threshold parts
    them; one without confidence comes last. El-Yaniv & Wiener, JMLR 11 (2010).
    """
    ranked = sorted((-_sureness(confidence), wrong) for confidence, wrong in answered)
    points: list[CurvePoint] = []
    given = errors = 0
    for _, tied in groupby(ranked, key=lambda pair: pair[0]):
        wrong = [wrong for _, wrong in tied]
        given, errors = given + len(wrong), errors + sum(wrong)
        points.append(CurvePoint(given / n, errors / given))
    return points


def _sureness(confidence: float | None) -> float:
    return float("-inf") if confidence is None else confidence


def area_under(points: Iterable[CurvePoint]) -> float | None:
    """Return the mean error over the coverage that the curve spans; lower is better."""
    total = reached = 0.0
    for point in points:
        total += point.error * (point.coverage - reached)
        reached = point.coverage
    return total / reached if reached else None


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall, 0 if both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
