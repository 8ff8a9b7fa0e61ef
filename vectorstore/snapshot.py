"""Snapshot: one committed state of the index, ready to be searched."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vectorstore.catalogue import Catalogue
from vectorstore.lexical import LexicalIndex
from vectorstore.manifest import Manifest
from vectorstore.report import Passage, Report
from vectorstore.shelf import Shelf

_ORDINAL = re.compile(r"^\s*[一二三四五六七八九十]+\s*[、.．]\s*")


@dataclass(frozen=True, slots=True)
class Row:
    """One indexed sentence: its paragraph and its index in it."""

    passage: Passage
    sentence: int


@dataclass(frozen=True)
class Snapshot:
    """One committed state, complete in itself: a search uses one from start to end.

    Rows are the sentences of the live reports in reading order; `lexical` scores them by
    position, `catalogue` says where each stands. `versions[i]` is the key of the version
    of `reports[i]`; `manifest` names the place of their vectors in the index's home, and
    `hold` keeps them there.
    """

    reports: Shelf
    versions: tuple[str, ...]
    catalogue: Catalogue
    lexical: LexicalIndex
    manifest: Manifest
    hold: object = None

    # Not kept: what refers to itself lets go of its files late.
    @property
    def rows(self) -> Rows:
        """The rows in reading order, each read from its report when it is looked at."""
        return Rows(self)

    def row(self, index: int) -> Row:
        """Return a row; its report is opened if need be."""
        return self.rows_at([index])[0]

    def rows_at(self, indices: Sequence[int]) -> list[Row]:
        """Return some rows; of reports that are not open no more is read than need be."""
        catalogue, wanted = self.catalogue, np.array(indices, dtype=np.int64)
        positions = catalogue.reports_of(wanted).tolist()
        numbers = catalogue.paragraphs[wanted].tolist()
        asked: dict[int, set[int]] = {}
        for position, number in zip(positions, numbers, strict=True):
            asked.setdefault(position, set()).add(number)
        # The catalogue is of these reports: they have these paragraphs.
        passages = {
            position: self.reports.passages(position, sorted(some))
            for position, some in asked.items()
        }
        sentences = catalogue.sentences[wanted].tolist()
        places = zip(positions, numbers, sentences, strict=True)
        return [Row(passages[position][number], sentence) for position, number, sentence in places]

    def paragraph(self, index: int) -> tuple[int, int]:
        """Return what tells the paragraph of a row from all others: its report and number."""
        return self.catalogue.report_of(index), int(self.catalogue.paragraphs[index])

    def rows_named(self, ids: Sequence[str]) -> list[int | None]:
        """Return the rows that have these names among the vectors, `None` for what is not live."""
        found: list[int | None] = []
        for id_ in ids:
            version, paragraph, sentence = id_.rsplit(":", 2)
            position = self._positions.get(version)
            found.append(
                None
                if position is None
                else self.catalogue.row_at(position, int(paragraph), int(sentence))
            )
        return found

    def row_ids(self, position: int) -> tuple[str, ...]:
        """Return the names among the vectors of the rows of one report."""
        rows = slice(*self.catalogue.span(position))
        places = zip(self.catalogue.paragraphs[rows], self.catalogue.sentences[rows], strict=True)
        return tuple(f"{self.versions[position]}:{p}:{s}" for p, s in places)

    def positions(self, reports: Collection[str]) -> list[int]:
        """Return the positions of those of these report ids that are live, in order."""
        found = (self.reports.position(id_) for id_ in set(reports))
        return sorted(position for position in found if position is not None)

    @property
    def opened(self) -> dict[str, Report]:
        """The reports that are open, by the key of their version."""
        return {self.versions[place]: report for place, report in self.reports.opened.items()}

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {version: place for place, version in enumerate(self.versions)}


class Rows(Sequence[Row]):
    """The rows of a snapshot as a sequence."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __len__(self) -> int:
        return len(self._snapshot.catalogue)

    def __iter__(self) -> Iterator[Row]:
        return (self._snapshot.row(index) for index in range(len(self)))

    def __getitem__(self, index: int) -> Row:  # type: ignore[override]
        return self._snapshot.row(range(len(self))[index])


def row_id(version: str, passage: Passage, sentence: int) -> str:
    """Name one sentence of one report version among the vectors."""
    return f"{version}:{passage.number}:{sentence}"


def contextualised(passage: Passage, sentence: str) -> str:
    """The text that is embedded and indexed for a sentence.

    The sentence alone has lost its year; the title of its first-level section,
    without the ordinal, gives it back: «2019年工作回顾 城镇新增就业75万人。».
    """
    title = _ORDINAL.sub("", passage.section[0]).strip() if passage.section else ""
    return f"{title} {sentence.strip()}" if title else sentence.strip()
