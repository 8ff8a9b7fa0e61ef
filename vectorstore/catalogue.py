"""Catalogue: which reports an index holds, and where each row of it stands in them.

A row is a sentence. The catalogue says of each row what a search must know before it opens
a report; its arrays are mapped from disk, so a million rows cost no memory until they are met.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore import arrays
from vectorstore.errors import StoreError
from vectorstore.report import Card, Part, Report

PART_CODES: dict[Part, int] = {part: code for code, part in enumerate(Part)}

Rows = NDArray[np.integer[Any]]

_CARDS = "cards.json"
_ARRAYS = ("starts", "paragraphs", "sentences", "parts")


@dataclass(frozen=True)
class Catalogue:
    """The cards of the live reports in their order, and their rows in reading order.

    The rows of report i are `starts[i]` to `starts[i + 1]`. Row r is the sentence
    `sentences[r]` of the paragraph with the number `paragraphs[r]`, in the part of its
    report that has the code `parts[r]` in `PART_CODES`.
    """

    cards: tuple[Card, ...]
    starts: NDArray[np.int64]
    paragraphs: NDArray[np.int32]
    sentences: NDArray[np.int32]
    parts: NDArray[np.int8]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.paragraphs)

    @classmethod
    def of(cls, reports: Sequence[Report]) -> Catalogue:
        """Lay out the rows of these reports."""
        rows = [
            (passage.number, index, PART_CODES[passage.part])
            for report in reports
            for passage, index, _ in report.sentences()
        ]
        table = np.array(rows, dtype=np.int32).reshape(-1, 3)
        sizes = [sum(len(p.sentences) for p in report.passages) for report in reports]
        return cls(
            cards=tuple(report.card for report in reports),
            starts=np.cumsum([0, *sizes], dtype=np.int64),
            paragraphs=table[:, 0].copy(),
            sentences=table[:, 1].copy(),
            parts=table[:, 2].astype(np.int8),
        )

    def arranged(self, positions: Sequence[int]) -> Catalogue:
        """Return the catalogue of the reports at these positions, in this order."""
        rows = self.rows_of(positions)
        sizes = np.diff(self.starts)[np.array(positions, dtype=np.int64)]
        return Catalogue(
            cards=tuple(self.cards[position] for position in positions),
            starts=np.cumsum([0, *sizes], dtype=np.int64),
            paragraphs=self.paragraphs[rows],
            sentences=self.sentences[rows],
            parts=self.parts[rows],
        )

    def followed_by(self, other: Catalogue) -> Catalogue:
        """Return the catalogue of these reports and then those of `other`."""
        return Catalogue(
            cards=self.cards + other.cards,
            starts=np.concatenate((self.starts, other.starts[1:] + self.starts[-1])),
            paragraphs=np.concatenate((self.paragraphs, other.paragraphs)),
            sentences=np.concatenate((self.sentences, other.sentences)),
            parts=np.concatenate((self.parts, other.parts)),
        )

    def span(self, position: int) -> tuple[int, int]:
        """Return the rows of one report: the first, and the one after the last."""
        return int(self.starts[position]), int(self.starts[position + 1])

    def rows_of(self, positions: Sequence[int]) -> NDArray[np.int64]:
        """Return the rows of the reports at these positions, one report after the other."""
        spans = [np.arange(*self.span(position)) for position in positions]
        return np.concatenate(spans) if spans else np.empty(0, dtype=np.int64)

    def places_in(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where each row stands in `rows`, which holds none twice; -1 for the others."""
        places = np.full(len(self), -1, dtype=np.int64)
        places[rows] = np.arange(len(rows))
        return places

    def report_of(self, row: int) -> int:
        """Return the position of the report that a row belongs to."""
        return int(np.searchsorted(self.starts, row, side="right")) - 1

    def reports_of(self, rows: Rows) -> NDArray[np.int64]:
        """Return the positions of the reports that these rows belong to."""
        return np.searchsorted(self.starts, rows, side="right") - 1

    def row_at(self, position: int, paragraph: int, sentence: int) -> int | None:
        """Return the row of a sentence of one report, `None` if the report does not have it.

        `paragraph` is the number of its paragraph.
        """
        start, end = self.span(position)
        row = bisect_left(self.paragraphs, paragraph, start, end) + sentence
        there = start <= row < end and self.paragraphs[row] == paragraph
        return row if there and self.sentences[row] == sentence else None

    # -- files

    def save(self, folder: Path) -> None:
        """Write the catalogue into `folder`, which is made if missing."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _ARRAYS:
            arrays.save(folder, f"row-{name}", getattr(self, name))
        cards = [asdict(card) for card in self.cards]
        text = json.dumps(cards, ensure_ascii=False, default=str)
        (folder / _CARDS).write_text(text, encoding="utf-8", errors="surrogatepass")

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Open a saved catalogue; its arrays are mapped, not read.

        Raises:
            StoreError: a file is missing or damaged.
        """
        try:
            content = json.loads((folder / _CARDS).read_text("utf-8", "surrogatepass"))
            cards = tuple(_card(card) for card in content)
            starts, paragraphs, sentences, parts = (
                arrays.mapped(folder, f"row-{name}") for name in _ARRAYS
            )
            rows = int(starts[-1])
            found = (len(starts) - 1, len(paragraphs), len(sentences), len(parts))
            if found != (len(cards), rows, rows, rows):
                raise ValueError(f"{found} entries, expected {len(cards)} reports, {rows} rows")
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise StoreError(
                f"目录 {folder} 缺失或已损坏：{error}。请用 report-qa index --rebuild 重建索引。"
            ) from error
        return cls(cards, starts, paragraphs, sentences, parts)


def _card(content: dict[str, Any]) -> Card:
    given = content["date"]
    return Card(
        id=content["id"],
        title=content["title"],
        region=content["region"],
        year=content["year"],
        date=date.fromisoformat(given) if given else None,
        speaker=content["speaker"],
    )
