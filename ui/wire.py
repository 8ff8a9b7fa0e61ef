"""What programs get: answers, paragraphs and figures as they go over the wire."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel

from qa import Answer, Citation
from qa.answer import Generation
from qa.table import Cell, Table
from vectorstore.figures import Figure
from vectorstore.report import Hit, Passage


class CitationOut(BaseModel):
    """The place that proves a statement; `start` and `end` are offsets into the paragraph."""

    number: int
    report: str
    paragraph: int
    section: str
    quote: str
    start: int
    end: int

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """Return a citation as it goes over the wire."""
        passage, span = citation.passage, citation.span
        return cls(
            number=citation.number,
            report=passage.report_id,
            paragraph=passage.number,
            section=" › ".join(passage.section_at(span.start)),
            quote=citation.quote,
            start=span.start,
            end=span.end,
        )


class GenerationOut(BaseModel):
    """What a language model took to write an answer, over all its calls; times in seconds."""

    model: str
    prompt: str
    calls: int
    tokens_in: int
    tokens_out: int
    first_token: float
    seconds: float
    cached: int

    @classmethod
    def of(cls, generation: Generation) -> Self:
        """Return a generation as it goes over the wire."""
        return cls(**{name: getattr(generation, name) for name in cls.model_fields})


class CellOut(BaseModel):
    """A cell: what the report says, or why it does not.

    `value` is exact and in the base unit, for figures alone; `citation` is the number of
    the one that proves the cell, or that comes closest.
    """

    text: str
    value: str | None
    unit: str | None
    missing: str
    citation: int | None

    @classmethod
    def of(cls, cell: Cell) -> Self:
        """Return a cell as it goes over the wire."""
        return cls(
            text=cell.text,
            value=str(cell.quantity.value) if cell.quantity else None,
            unit=cell.quantity.unit if cell.quantity else None,
            missing=cell.missing,
            citation=cell.citation.number if cell.citation else None,
        )


class RowOut(BaseModel):
    """A region, a year, or both, with a cell for each column."""

    label: str
    region: str
    year: int | None
    report: str | None
    cells: list[CellOut]


class TableOut(BaseModel):
    """What an answer over several reports was drawn from."""

    title: str
    columns: list[str]
    rows: list[RowOut]
    note: str

    @classmethod
    def of(cls, table: Table) -> Self:
        """Return a table as it goes over the wire."""
        rows = [
            RowOut(
                label=row.label,
                region=row.region,
                year=row.year,
                report=row.report,
                cells=[CellOut.of(cell) for cell in row.cells],
            )
            for row in table.rows
        ]
        return cls(title=table.title, columns=list(table.columns), rows=rows, note=table.note)


class EvidenceOut(BaseModel):
    """What proves an answer, or why there is none; `table` is there for several reports.

    `note` tells where a language model did not get its way, `generation` what it took.
    """

    citations: list[CitationOut]
    abstained: bool
    reason: str | None
    note: str
    generation: GenerationOut | None
    table: TableOut | None

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return the evidence of an answer."""
        return cls(
            citations=[CitationOut.of(citation) for citation in answer.citations],
            abstained=answer.abstention is not None,
            reason=answer.abstention.reason.value if answer.abstention else None,
            note=answer.note,
            generation=GenerationOut.of(answer.generation) if answer.generation else None,
            table=TableOut.of(answer.table) if answer.table else None,
        )


class AnswerOut(BaseModel):
    """An answer: its text with markers [n], and the evidence that they number."""

    text: str
    evidence: EvidenceOut

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return an answer as it goes over the wire."""
        return cls(text=answer.text, evidence=EvidenceOut.of(answer))


class ParagraphOut(BaseModel):
    """One paragraph of a report, verbatim."""

    report: str
    paragraph: int
    section: str
    text: str

    @classmethod
    def of(cls, passage: Passage) -> Self:
        """Return a paragraph as it goes over the wire."""
        return cls(
            report=passage.report_id,
            paragraph=passage.number,
            section=" › ".join(passage.section),
            text=passage.text,
        )


class HitOut(ParagraphOut):
    """A paragraph that was found, and the sentence in it that is closest."""

    rank: int
    score: float
    quote: str

    @classmethod
    def found(cls, hit: Hit) -> Self:
        """Return a hit as it goes over the wire."""
        paragraph = ParagraphOut.of(hit.passage).model_dump()
        return cls(**paragraph, rank=hit.rank, score=hit.score, quote=hit.quote)


class HitsOut(BaseModel):
    """Paragraphs, best first."""

    hits: list[HitOut]


class FigureOut(BaseModel):
    """An indicator fact; `value` is in the base unit (7.5万人 is 75000 人), exact, as text."""

    report: str
    paragraph: int
    indicator: str
    aspect: str
    kind: str
    period: str
    value: str
    upper: str | None
    unit: str
    bound: str | None
    text: str
    start: int
    end: int

    @classmethod
    def of(cls, figure: Figure) -> Self:
        """Return a figure as it goes over the wire."""
        quantity, passage = figure.quantity, figure.passage
        return cls(
            report=passage.report_id,
            paragraph=passage.number,
            indicator=figure.indicator,
            aspect=figure.aspect.value,
            kind=figure.kind.value,
            period=figure.period,
            value=str(quantity.value),
            upper=None if quantity.upper is None else str(quantity.upper),
            unit=quantity.unit,
            bound=quantity.bound.value if quantity.bound else None,
            text=quantity.text,
            start=figure.span.start,
            end=figure.span.end,
        )


class FiguresOut(BaseModel):
    """Indicator facts, in the order of the text."""

    figures: list[FigureOut]
