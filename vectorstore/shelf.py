"""Shelf: the live reports, each read when it is first opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, overload

from vectorstore.recent import Recent
from vectorstore.report import Card, Passage, Report

# So many reports stay open: some 30 MB.
OPEN = 64
# Up to so many paragraphs are sooner read alone than with their report.
_GLANCE = 8

Glance = Callable[[int, Sequence[int]], Sequence[Passage | None] | None]


class ShelvedReport(Report):
    """A report whose text is read when it is looked at, and let go when others are."""

    def __init__(self, card: Card, read: Callable[[], Report]) -> None:
        for field in fields(card):
            object.__setattr__(self, field.name, getattr(card, field.name))
        object.__setattr__(self, "_read", read)

    if not TYPE_CHECKING:  # to a reader these are fields, as they are of every report

        @property
        def passages(self) -> tuple[Passage, ...]:
            """The paragraphs, read now."""
            return self._read().passages

        @property
        def gaps(self) -> tuple[str, ...]:
            """What stands between them, read now."""
            return self._read().gaps

        def passage(self, number: int) -> Passage | None:
            """Return the paragraph with this number, or `None`."""
            return self._read().passage(number)


class Shelf(Sequence[Report]):
    """The reports of one committed state, in the order in which they were first added.

    Where there are few, all are read at once, so that what is deleted or damaged later
    cannot touch them. Of many, the texts looked at last are kept.
    """

    def __init__(
        self,
        cards: Sequence[Card],
        read: Callable[[Sequence[int]], Sequence[Report]],
        opened: Mapping[int, Report],
        glance: Glance = lambda position, numbers: None,
    ) -> None:
        """`read` reads the reports at some positions; those `opened` need not be read.

        `glance` reads some paragraphs of one report, or says `None` where that saves nothing.
        """
        self.cards = tuple(cards)
        self._position = {card.id: position for position, card in enumerate(cards)}
        self._read = read
        self._glance = glance
        self._open: Recent[int, Report] = Recent(OPEN)
        for position, report in opened.items():
            self._open.put(position, report)
        self._many = len(cards) > OPEN
        missing = [position for position in range(len(cards)) if position not in opened]
        if missing and not self._many:
            for position, report in zip(missing, read(missing), strict=True):
                self._open.put(position, report)
        self._handles = [
            ShelvedReport(card, partial(self._opened, position))
            for position, card in enumerate(cards if self._many else ())
        ]

    def __len__(self) -> int:
        return len(self.cards)

    def __iter__(self) -> Iterator[Report]:
        return (self[position] for position in range(len(self)))

    @overload
    def __getitem__(self, place: int) -> Report: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Report, ...]: ...
    def __getitem__(self, place: int | slice) -> Report | tuple[Report, ...]:
        if isinstance(place, slice):
            return tuple(self[position] for position in range(*place.indices(len(self))))
        position = range(len(self))[place]
        return self._handles[position] if self._many else self._opened(position)

    def _opened(self, position: int) -> Report:
        return self._open.get(position, lambda: self._read([position])[0])

    def passages(self, position: int, numbers: Sequence[int]) -> dict[int, Passage]:
        """Return paragraphs of a report by their numbers; it is opened if they are many."""
        found: Sequence[Passage | None] | None = None
        if len(numbers) <= _GLANCE and position not in self._open:
            found = self._glance(position, numbers)
        if found is None:
            report = self._opened(position)
            found = [report.passage(number) for number in numbers]
        return {passage.number: passage for passage in found if passage is not None}

    def __eq__(self, other: object) -> bool:
        """Compare with any sequence of reports."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self.cards)

    @property
    def opened(self) -> dict[int, Report]:
        """Those that are open, by their position."""
        return self._open.all()

    def position(self, report_id: str) -> int | None:
        """Return where a report stands, `None` if it is not here."""
        return self._position.get(report_id)
