"""Rankings against the evidence that they should hold, scored by ir_measures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import TypeVar

Paragraph = TypeVar("Paragraph")


def of_units(
    ranking: Sequence[Collection[Paragraph]], units: Sequence[Collection[Paragraph]]
) -> tuple[str, ...]:
    """Return a ranking of sets of paragraphs as one of names: units held, and misses.

    A rank stands for the units that it is the first to hold, or for one miss.
    """
    found: list[str] = []
    for rank, held in enumerate(ranking, start=1):
        new = [name for name, unit in named(units).items() if set(unit) & set(held)]
        found += [name for name in new if name not in found] or [f"miss {rank}"]
    return tuple(found)


def named(units: Sequence[Collection[Paragraph]]) -> dict[str, Collection[Paragraph]]:
    """Return the units by their names."""
    return {f"unit {i}": unit for i, unit in enumerate(units)}


def as_run(ranking: Sequence[str]) -> dict[str, float]:
    """Return a ranking as scored documents.

    Scores fall strictly, because ir_measures' providers break ties differently.
    """
    return {name: float(len(ranking) - place) for place, name in enumerate(ranking)}


@lru_cache(maxsize=100_000)
def ir_value(measure: str, relevant: tuple[str, ...], ranking: tuple[str, ...]) -> float:
    """Return an IR measure of one ranking, `nDCG@10` or `RR@10`; all relevant alike."""
    import ir_measures

    if not ranking:
        return 0.0
    qrels, run = {"q": dict.fromkeys(relevant, 1)}, {"q": as_run(ranking)}
    return float(ir_measures.calc_aggregate([ir_measures.parse_measure(measure)], qrels, run)
                 .popitem()[1])  # fmt: skip
