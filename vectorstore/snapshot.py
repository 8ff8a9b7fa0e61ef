"""Snapshot: one committed state of the index, ready to be searched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vectorstore.lexical import LexicalIndex
from vectorstore.manifest import Version
from vectorstore.report import Part, Passage, Report

PART_CODES: dict[Part, int] = {part: code for code, part in enumerate(Part)}
_ORDINAL = re.compile(r"^\s*[一二三四五六七八九十]+\s*[、.．]\s*")


@dataclass(frozen=True, slots=True)
class Row:
    """One indexed sentence: its paragraph and its index in it."""

    passage: Passage
    sentence: int


@dataclass(frozen=True)
class Snapshot:
    """One committed state, complete in itself: a search uses one from start to end.

    Rows are the sentences of the live reports in reading order; `lexical` scores
    them by position. `row_report[i]` is the position of row i's report in
    `reports`, `row_paragraph[i]` the running number of its paragraph over all
    reports, `row_part[i]` the code of its part in `PART_CODES`. `vectors` names the place
    of their vectors in the index's home.
    """

    reports: tuple[Report, ...]
    versions: tuple[str, ...]
    rows: tuple[Row, ...]
    row_report: NDArray[np.int32]
    row_paragraph: NDArray[np.int32]
    row_part: NDArray[np.int8]
    row_of_id: dict[str, int]
    lexical: LexicalIndex
    vectors: str

    @classmethod
    def of(
        cls,
        versions: Sequence[Version],
        reports: Sequence[Report],
        lexical: LexicalIndex,
        vectors: str,
    ) -> Snapshot:
        """Lay out the rows of these reports; `versions` and `reports` run side by side."""
        rows: list[Row] = []
        ids: dict[str, int] = {}
        row_report: list[int] = []
        row_paragraph: list[int] = []
        row_part: list[int] = []
        paragraph = -1
        for position, (version, report) in enumerate(zip(versions, reports, strict=True)):
            for passage in report.passages:
                paragraph += 1
                for index in range(len(passage.sentences)):
                    ids[row_id(version.key, passage, index)] = len(rows)
                    rows.append(Row(passage, index))
                    row_report.append(position)
                    row_paragraph.append(paragraph)
                    row_part.append(PART_CODES[passage.part])
        return cls(
            reports=tuple(reports),
            versions=tuple(version.key for version in versions),
            rows=tuple(rows),
            row_report=np.array(row_report, dtype=np.int32),
            row_paragraph=np.array(row_paragraph, dtype=np.int32),
            row_part=np.array(row_part, dtype=np.int8),
            row_of_id=ids,
            lexical=lexical,
            vectors=vectors,
        )


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


def build_lexical(reports: Sequence[Report]) -> LexicalIndex:
    """Index the terms of every sentence of these reports, in the order of a snapshot's rows."""
    return LexicalIndex.build(
        [
            contextualised(passage, text)
            for report in reports
            for passage, _, text in report.sentences()
        ]
    )
