"""The records of a report: spans, passages, and the report that holds them.

A quote is always a slice of the verbatim paragraph, addressed by a half-open
span, so it can never differ from its source. What cannot be located is `None`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open character offsets `[start, end)` into a paragraph's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def of(self, text: str) -> str:
        """Return the slice of `text` that this span addresses."""
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        """Tell whether `other` lies within this span."""
        return self.start <= other.start and other.end <= self.end


class Part(StrEnum):
    """What a passage speaks of, by the first-level section it stands in."""

    OPENING = "opening"  # titles, salutation: before the first section
    REVIEW = "review"  # what was done: the year before the report's
    PLAN = "plan"  # what is planned: the report's own year
    NOTES = "notes"  # appended explanations of terms


@dataclass(frozen=True)
class Passage:
    """One paragraph of one report.

    `number` counts the non-blank lines of the source from 1. `section` is the
    path of headings above the paragraph, outermost first. `sentences` cover the
    text without gaps. `headings` are the run-in headings inside the text, in
    order («着力稳就业,», «推进全方位开放。»).
    """

    report_id: str
    number: int
    section: tuple[str, ...]
    part: Part
    text: str
    sentences: tuple[Span, ...]
    headings: tuple[Span, ...] = ()

    @property
    def label(self) -> str:
        """A short address for people: report, paragraph number, section path."""
        path = " › ".join(self.section)
        return f"{self.report_id} 第{self.number}段" + (f"（{path}）" if path else "")

    def sentence_at(self, offset: int) -> int:
        """Return the index of the sentence that holds the character at `offset`."""
        for index, span in enumerate(self.sentences):
            if span.start <= offset < span.end:
                return index
        raise ValueError(f"offset {offset} is outside paragraph {self.number}")

    def heading_at(self, offset: int) -> str | None:
        """Return the run-in heading that governs the character at `offset`."""
        governing = None
        for span in self.headings:
            if span.start > offset:
                break
            governing = span.of(self.text)
        return governing

    def section_at(self, offset: int) -> tuple[str, ...]:
        """Return the section path at `offset`, with the run-in heading if any."""
        heading = self.heading_at(offset)
        return (*self.section, heading) if heading else self.section


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a report without opening it; the fields are those of `Report`."""

    id: str
    title: str
    region: str | None
    year: int | None
    date: date | None
    speaker: str | None


@dataclass(frozen=True)
class Report:
    """One government work report.

    `year` is the year it was given in (2020 reviews 2019 and plans 2020).
    `gaps[i]` is the source text before passage `i`, `gaps[-1]` what follows the
    last: line ends, blank lines, indentation, and lines of the website that are
    not the report's. With the passages they give back the source exactly.
    """

    id: str
    title: str
    region: str | None
    year: int | None
    date: date | None
    speaker: str | None
    passages: tuple[Passage, ...]
    gaps: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.gaps) != len(self.passages) + 1:
            raise ValueError("a report has one gap more than it has passages")

    @property
    def card(self) -> Card:
        """What is known of the report without its text."""
        return Card(self.id, self.title, self.region, self.year, self.date, self.speaker)

    @property
    def source(self) -> str:
        """The source text, rebuilt from the pieces."""
        pieces = [self.gaps[0]]
        for passage, gap in zip(self.passages, self.gaps[1:], strict=True):
            pieces += (passage.text, gap)
        return "".join(pieces)

    @cached_property
    def _by_number(self) -> dict[int, Passage]:
        return {passage.number: passage for passage in self.passages}

    def passage(self, number: int) -> Passage | None:
        """Return the paragraph with this number, or `None`."""
        return self._by_number.get(number)

    def sentences(self) -> Iterator[tuple[Passage, int, str]]:
        """Yield every sentence as (passage, index in the passage, text)."""
        for passage in self.passages:
            for index, span in enumerate(passage.sentences):
                yield passage, index, span.of(passage.text)

    def year_of(self, part: Part) -> int | None:
        """Return the year that a part speaks of: the review is a year back."""
        if self.year is None:
            return None
        return self.year - 1 if part is Part.REVIEW else self.year


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result: a paragraph, its best sentence, its score and rank.

    `sentence` is an index into `passage.sentences`; `score` is comparable
    within one search only; `rank` counts from 1. `margin` is how far the cosine of the
    sentence lies above the background: that of the sentence which 15 % of those searched,
    or 100 of them, are nearer than. It is 0 where the sentence is not above it.
    """

    passage: Passage
    sentence: int
    score: float
    rank: int
    margin: float = 0.0

    @property
    def quote(self) -> str:
        """The text of the best sentence."""
        return self.passage.sentences[self.sentence].of(self.passage.text)
