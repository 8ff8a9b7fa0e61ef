"""What a visitor's browser keeps: conversations, with the place of every citation.

It comes back from the browser, so it is checked like any other input: what does
not have this shape is dropped, and nothing in it is trusted to be markup.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from qa import Answer, Citation, Turn
from qa.answer import Reason
from vectorstore.quantity import find_quantities

_MOST_CONVERSATIONS = 20
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


class Exchange(_Record):
    """One question and its answer. With a `reason`, the answer is a refusal.

    `workings` are the operands of what was computed; `note` says how the answer came about.
    """

    question: str
    text: str = ""
    reason: Reason | None = None
    sources: tuple[Source, ...] = ()
    workings: tuple[str, ...] = ()
    note: str = ""
    suggestions: tuple[str, ...] = ()
    vote: Vote | None = None

    def as_text(self, heading: str) -> str:
        """Return question, answer and sources as plain text to paste elsewhere."""
        cited = [f"[{s.number}] {s.report} 第{s.paragraph}段：{s.quote}" for s in self.sources]
        return "\n".join([self.question, self.text, *([heading, *cited] if cited else [])])


class Notebook(_Record):
    """The conversations of one browser; `current` is the index of the one that is open."""

    conversations: tuple[tuple[Exchange, ...], ...] = ((),)
    current: int = 0

    @classmethod
    def read(cls, stored: Any) -> Notebook:
        """Return the notebook that a browser sent, or an empty one if it is none."""
        try:
            notebook = cls.model_validate(stored or {})
        except ValidationError:
            return cls()
        return notebook if 0 <= notebook.current < len(notebook.conversations) else cls()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The conversation that is open."""
        return self.conversations[self.current]

    @property
    def turns(self) -> list[Turn]:
        """The open conversation as the history of the next question."""
        return [
            turn
            for exchange in self.exchanges
            for turn in (Turn("user", exchange.question), Turn("assistant", exchange.text))
        ]

    def holding(self, *exchanges: Exchange) -> Notebook:
        """Return the notebook with the open conversation holding these exchanges."""
        kept = exchanges[-_MOST_EXCHANGES:]
        before, after = self.conversations[: self.current], self.conversations[self.current + 1 :]
        return Notebook(conversations=(*before, kept, *after), current=self.current)

    def begun(self) -> Notebook:
        """Return the notebook with a new conversation open, the oldest given up if need be."""
        kept = tuple(c for c in self.conversations if c)[-(_MOST_CONVERSATIONS - 1) :]
        return Notebook(conversations=(*kept, ()), current=len(kept))

    def opened(self, index: int) -> Notebook:
        """Return the notebook with another conversation open; an unknown one changes nothing."""
        if not 0 <= index < len(self.conversations):
            return self
        return Notebook(conversations=self.conversations, current=index)

    def forgotten(self) -> Notebook:
        """Return the notebook without the conversation that is open."""
        kept = self.conversations[: self.current] + self.conversations[self.current + 1 :]
        return Notebook(conversations=kept or ((),), current=max(0, self.current - 1))


def record(answer: Answer) -> Exchange:
    """Return what the browser keeps of an answer."""
    return Exchange(
        question=answer.question,
        text=answer.text,
        reason=answer.abstention.reason if answer.abstention else None,
        sources=tuple(_source(citation, answer.text) for citation in answer.citations),
        workings=tuple("、".join(claim.operands) for claim in answer.claims if claim.operands),
        note=answer.note,
    )


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
