"""What a visitor's browser keeps of a conversation, with the place of every citation.

It comes back from the browser, so it is checked like any other input: what does
not have this shape is dropped, and nothing in it is trusted to be markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from qa import Answer, Citation, Turn
from qa.answer import Generation, Reason
from qa.table import Cell, Table
from vectorstore.quantity import find_quantities

_MOST_EXCHANGES = 60

Vote = Literal["up", "down"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Record):
    """A citation that survives a reload.

    `start` and `end` are offsets into the paragraph, `figures` those of the amounts
    that the answer names. `quote` is the text there when the answer was given.
    """

    number: int
    report: str
    paragraph: int
    section: str
    start: int
    end: int
    quote: str
    figures: tuple[tuple[int, int], ...] = ()


class Written(_Record):
    """What a language model took to write an answer, over all its calls; `seconds` in all."""

    model: str
    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float


class Told(_Record):
    """A cell of a comparison: what the report says, or why it does not.

    `value` is exact, in the base unit, and empty for words; `source` is the number of
    the source that proves it, or that comes closest.
    """

    text: str = ""
    value: str = ""
    unit: str = ""
    missing: str = ""
    source: int | None = None


class Line(_Record):
    """A row of a comparison: a region, a year, or both."""

    label: str
    cells: tuple[Told, ...]


class Comparison(_Record):
    """The table that an answer over several reports was drawn from."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Line, ...]
    note: str = ""


class Exchange(_Record):
    """One question and its answer. With a `reason`, the answer is a refusal.

    `workings` are the operands of what was computed; `note` says how the answer came
    about, and `written` what it took, if a language model wrote it.
    """

    question: str
    text: str = ""
    reason: Reason | None = None
    sources: tuple[Source, ...] = ()
    workings: tuple[str, ...] = ()
    note: str = ""
    written: Written | None = None
    comparison: Comparison | None = None
    suggestions: tuple[str, ...] = ()
    vote: Vote | None = None

    def as_text(self, heading: str) -> str:
        """Return question, answer and sources as plain text to paste elsewhere."""
        cited = [f"[{s.number}] {s.report} 第{s.paragraph}段：{s.quote}" for s in self.sources]
        table = self.comparison
        tabled = [table.title, "\t".join(("", *table.columns))] if table else []
        for row in table.rows if table else ():
            tabled.append(
                "\t".join((row.label, *(cell.text or cell.missing for cell in row.cells)))
            )
        sources = [heading, *cited] if cited else []
        return "\n".join([self.question, self.text, *tabled, *sources])


class Conversation(_Record):
    """Questions and their answers, oldest first. The browser keeps which others there are."""

    exchanges: tuple[Exchange, ...] = ()

    @classmethod
    def read(cls, sent: Any) -> Conversation:
        """Return the conversation that a browser sent, or an empty one if it is none."""
        try:
            return cls(exchanges=sent or ())
        except ValidationError:
            return cls()

    @property
    def turns(self) -> list[Turn]:
        """The conversation as the history of the next question."""
        return [
            turn
            for exchange in self.exchanges
            for turn in (Turn("user", exchange.question), Turn("assistant", exchange.text))
        ]

    def holding(self, *exchanges: Exchange) -> Conversation:
        """Return a conversation of these exchanges, the oldest given up if need be."""
        return Conversation(exchanges=exchanges[-_MOST_EXCHANGES:])

    def written(self) -> str:
        """Return the conversation as the JSON that `read` takes, once it is parsed."""
        return json.dumps(self.model_dump(mode="json")["exchanges"], ensure_ascii=False)


def record(answer: Answer) -> Exchange:
    """Return what the browser keeps of an answer."""
    return Exchange(
        question=answer.question,
        text=answer.text,
        reason=answer.abstention.reason if answer.abstention else None,
        sources=sources(answer.citations, answer.text),
        workings=tuple("、".join(claim.operands) for claim in answer.claims if claim.operands),
        note=answer.note,
        written=_written(answer.generation) if answer.generation else None,
        comparison=_comparison(answer.table) if answer.table else None,
    )


def _comparison(table: Table) -> Comparison:
    rows = (Line(label=r.label, cells=tuple(_told(cell) for cell in r.cells)) for r in table.rows)
    return Comparison(title=table.title, columns=table.columns, rows=tuple(rows), note=table.note)


def _told(cell: Cell) -> Told:
    return Told(
        text=cell.text,
        value=str(cell.quantity.value) if cell.quantity else "",
        unit=cell.quantity.unit if cell.quantity else "",
        missing=cell.missing,
        source=cell.citation.number if cell.citation else None,
    )


def _written(generation: Generation) -> Written:
    return Written(**{name: getattr(generation, name) for name in Written.model_fields})


def sources(citations: Iterable[Citation], text: str) -> tuple[Source, ...]:
    """Return what the browser keeps of citations; `text` tells which figures they are for."""
    return tuple(_source(citation, text) for citation in citations)


def _source(citation: Citation, text: str) -> Source:
    passage, span = citation.passage, citation.span
    named = find_quantities(text)
    figures = tuple(
        (span.start + quantity.span.start, span.start + quantity.span.end)
        for quantity in find_quantities(citation.quote)
        if any(quantity.same_amount(other) for other in named)
    )
    return Source(
        number=citation.number,
        report=passage.report_id,
        paragraph=passage.number,
        section=" › ".join(passage.section_at(span.start)) if span.start < span.end else "",
        start=span.start,
        end=span.end,
        quote=citation.quote,
        figures=figures,
    )
