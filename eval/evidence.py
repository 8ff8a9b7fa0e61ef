"""Citations against the places that prove an answer: pure functions on places.

A unit is a set of places of which one is enough. At paragraph level a citation is at a
place when it stands in the same paragraph, at sentence level when it overlaps the quote.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch `[start, end)` of one paragraph of one report."""

    report: str
    paragraph: int
    start: int
    end: int

    @property
    def address(self) -> tuple[str, int]:
        """The report and the number of the paragraph."""
        return self.report, self.paragraph


Same = Callable[[Place, Place], bool]
Units = Sequence[frozenset[Place]]


def same_paragraph(one: Place, other: Place) -> bool:
    """Tell whether both stand in one paragraph."""
    return one.address == other.address


def overlap(one: Place, other: Place) -> bool:
    """Tell whether both share a character."""
    return same_paragraph(one, other) and one.start < other.end and other.start < one.end


def recall(units: Units, cited: Collection[Place], same: Same) -> float:
    """Return the share of the units that are cited.

    Raises:
        ValueError: there is no unit.
    """
    if not units:
        raise ValueError("citation recall needs at least one unit of evidence")
    found = [any(same(place, each) for place in unit for each in cited) for unit in units]
    return sum(found) / len(found)


def precision(units: Units, cited: Collection[Place], same: Same) -> float | None:
    """Return the share of the citations that are at evidence, or `None` without citations.

    At paragraph level a paragraph that is cited twice counts once.
    """
    gold = frozenset().union(*units)
    if same is same_paragraph:
        cited = {each.address: each for each in cited}.values()
    found = [any(same(place, each) for place in gold) for each in cited]
    return sum(found) / len(found) if found else None
