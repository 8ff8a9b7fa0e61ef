"""What an answer is: claims, their citations, or an abstention with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from qa.table import Table
from vectorstore.report import Hit, Passage, Span


@dataclass(frozen=True, slots=True)
class Citation:
    """The place that proves a claim: a span of one paragraph, numbered in the answer."""

    number: int
    passage: Passage
    span: Span

    @property
    def quote(self) -> str:
        """The cited text, verbatim."""
        return self.span.of(self.passage.text)

    def overlaps(self, passage: Passage, span: Span) -> bool:
        """Tell whether it cites some of the text at `span` of a paragraph."""
        return self.passage is passage and self.span.start < span.end and span.start < self.span.end


# A piece of a draft as it comes: text, or the evidence that the markers in what follows number.
Drafted = str | tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer with the citations that prove it.

    `operands` is empty for a statement read off the report. For a computed one
    it holds the texts of the quantities it was computed from, in order.
    """

    text: str
    citations: tuple[Citation, ...]
    operands: tuple[str, ...] = ()

    @property
    def marked(self) -> str:
        """The statement with its markers before the closing stop: «…6.3%[1]。»."""
        body = self.text.rstrip("。；;.")
        stop = self.text[len(body) :]
        blank = " " if stop == "." else ""  # English sentences stand apart
        return body + "".join(f"[{c.number}]" for c in self.citations) + stop + blank


class Reason(StrEnum):
    """Why there is no answer."""

    EMPTY = "empty_question"
    NOT_MENTIONED = "not_mentioned"
    OTHER_PERIOD = "other_period"
    RELATED_ONLY = "related_only"
    NO_SUCH_REPORT = "no_such_report"
    WHICH_REGION = "which_region"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True)
class Abstention:
    """An answer that is not given: why, in words, and what comes closest.

    `message` is what the reader sees; `nearest` are the citations it names.
    """

    reason: Reason
    message: str
    nearest: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Generation:
    """What a language model took to write an answer, over all its calls.

    `prompt` is the version of the prompt. `cached` counts the replies that came from the
    cache: they are no calls and took no tokens. Tokens are 0 where the endpoint does not
    count them, or the call failed; `first_token` is the time to the first text, like
    `seconds` in seconds.
    """

    model: str
    prompt: str
    calls: int
    tokens_in: int
    tokens_out: int
    first_token: float
    seconds: float
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, or the abstention from it.

    `standalone` is the question after follow-ups were resolved with the history.
    `table` is what an answer over several reports or years is drawn from.
    `note` tells the reader, in words, where a language model did not get its way, and
    which of several questions in one is refused;
    `generation` what it took, if one wrote the answer.
    """

    question: str
    claims: tuple[Claim, ...] = ()
    hits: tuple[Hit, ...] = ()
    abstention: Abstention | None = None
    standalone: str = ""
    seconds: float = field(default=0.0, compare=False)
    note: str = ""
    generation: Generation | None = field(default=None, compare=False)
    table: Table | None = None

    def __post_init__(self) -> None:
        if bool(self.claims) == (self.abstention is not None):
            raise ValueError("an answer has either claims or an abstention")

    @property
    def text(self) -> str:
        """The text shown: the claims with their markers, or the abstention's message."""
        if self.abstention is not None:
            return self.abstention.message
        return "".join(claim.marked for claim in self.claims).rstrip()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, each once, in the order of their numbers.

        The nearest passages of an abstention count: its message names them. Those of
        a table's cells come after those of the claims.
        """
        if self.abstention is not None:
            return self.abstention.nearest
        seen = {c.number: c for c in self.table.citations} if self.table else {}
        seen |= {c.number: c for claim in self.claims for c in claim.citations}
        return tuple(seen[number] for number in sorted(seen))

    @property
    def grounded(self) -> bool:
        """Whether every claim has a citation (an abstention is not grounded)."""
        return bool(self.claims) and all(claim.citations for claim in self.claims)
