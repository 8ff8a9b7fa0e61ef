"""A table that an answer is drawn from: a figure with its citation in every cell, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vectorstore.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from qa.answer import Citation


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table.

    `text` is as the report writes it («5.5%左右») or the words that answer;
    `quantity` its exact value, for figures alone. Where the report does not say,
    `missing` tells why and `text` is empty; `citation` then proves what comes closest, if anything.
    """

    text: str
    quantity: Quantity | None = None
    citation: Citation | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One region, one year, or both: `label` as shown, `report` the id of the report, if there is one."""

    label: str
    region: str
    year: int | None
    report: str | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows over the same columns; the first row answers first where the question ranks.

    `title` says what is tabled, `columns` names the cells of every row, `note` how
    what is stated with a bound was compared.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations of the cells, row by row."""
        return tuple(cell.citation for row in self.rows for cell in row.cells if cell.citation)

    def cited(self, numbered: Callable[[Citation], Citation]) -> Table:
        """Return the table with each citation as `numbered` gives it."""
        return replace(
            self,
            rows=tuple(
                replace(
                    row,
                    cells=tuple(
                        replace(cell, citation=numbered(cell.citation)) if cell.citation else cell
                        for cell in row.cells
                    ),
                )
                for row in self.rows
            ),
        )
