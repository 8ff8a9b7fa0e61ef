"""One report at hand: reading a question with its year and words, and finding the evidence in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from qa.background import background
from qa.conversation import Reader
from qa.inquiry import Inquiry, Library
from qa.matching import Matcher
from qa.question import Form, Question, understand
from qa.refusal_words import RefusalWords
from qa.terms import Term
from qa.thresholds import Thresholds
from vectorstore.report import Hit, Report
from vectorstore.shelf import OPEN

if TYPE_CHECKING:
    from vectorstore.retriever import Retriever

_SENTENCES = 60


class Desk:
    """The reports that one question is put to, read as one: usually a single report.

    Character weights, what is written, spelling and the meaning of «去年» are theirs
    alone, so that a report answers the same however many stand beside it. `chosen`
    are their ids where the store holds others as well.
    """

    def __init__(
        self,
        reports: Sequence[Report],
        retriever: Retriever,
        thresholds: Thresholds,
        refusals: RefusalWords,
        chosen: Collection[str] | None = None,
    ) -> None:
        self.library = Library(reports)
        self._retriever = retriever
        self._thresholds = thresholds
        self._refusals = refusals
        self._chosen = chosen

    @cached_property
    def year(self) -> int | None:
        """The year of the newest of the reports."""
        years = [report.year for report in self.library.reports if report.year is not None]
        return max(years, default=None)

    @property
    def read(self) -> Reader:
        """What reads a question as one put to these reports."""
        # A large library is not read through to find a word in it.
        large = len(self.library.reports) > OPEN
        writes = self._retriever.writes if large else self.library.writes
        return partial(understand, year=self.year, writes=writes)

    def from_pinyin(self, text: str) -> str:
        """Return a question that is typed in pinyin in characters, any other as it is."""
        return self.library.pinyin.read(text) or text

    def topic(self, text: str) -> str:
        """Return a text that names something these reports may speak of, else nothing."""
        named = text and any(term.essential for term in self.read(text).terms)
        return text if named else ""

    def corrected(self, text: str) -> str:
        """Return a question with what was typed by its sound put right."""
        return self.library.spelling.corrected(text)

    def inquiry(self, text: str) -> Inquiry:
        """Return a stand-alone question with its ranked evidence."""
        asked = self.read(text)
        ranked = self._retriever.rank(
            text, _SENTENCES, part=asked.part, words=asked.words, reports=self._chosen
        )
        matcher = Matcher(self._without_region(asked.terms), self.library.weights)
        return Inquiry(
            asked,
            matcher,
            tuple(ranked),
            self.library,
            self._thresholds,
            self._refusals,
            partial(self._distinctness, asked),
        )

    def _distinctness(self, asked: Question, texts: Sequence[str]) -> list[float]:
        """Return how much nearer each text is to a question than to questions of all sorts."""
        text = asked.text if asked.form is Form.MEASURES else self._bare(asked.text)
        others = background(english=asked.english)
        return self._retriever.distinctness(text, texts, others=others)

    def _bare(self, text: str) -> str:
        """Return a question without its region and year, which bring all clauses that name them nearer."""
        regions = "|".join(map(re.escape, self.library.regions))
        named = rf"(?:{regions})(?:自治区|[省市])?的?(?![湖江河山港岛])|" if regions else ""
        return re.sub(rf"{named}(?:19|20)\d\d年", "", text) or text

    def _without_region(self, terms: Sequence[Term]) -> list[Term]:
        kept = []
        for term in terms:
            text = term.text
            if text.isascii() and text.removesuffix("'s") in self.library.romanised_regions:
                continue
            for region in self.library.regions:
                text = re.sub(f"^{region}[市省]?", "", text)
            if text == term.text:
                kept.append(term)
            elif text:
                kept.append(Term(text, (text,), term.weight))
        return kept


def by_paragraph(ranked: Sequence[Hit], k: int = 10) -> tuple[Hit, ...]:
    """Keep the best sentence of each paragraph and number the ranks anew."""
    best: dict[tuple[str, int], Hit] = {}
    for hit in ranked:
        best.setdefault((hit.passage.report_id, hit.passage.number), hit)
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate([*best.values()][:k], 1))
