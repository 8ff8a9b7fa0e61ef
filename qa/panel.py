"""The reports side by side: which of them answers a question, one alone or several compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from qa import wording
from qa.across import figures_of
from qa.answer import Abstention, Answer, Claim, Reason
from qa.citation import numbering, parse, renumber
from qa.desk import Desk, by_paragraph
from qa.editions import Editions
from qa.extractive import compose
from qa.inquiry import Inquiry
from qa.mentions import each_composed, mentioned
from qa.places import english_name
from qa.refusal import ask_back, no_such_report
from qa.refusal_words import RefusalWords
from qa.scope import Ask, Scope, Scoper
from qa.table import Table
from qa.tabulate import tabulated
from qa.thresholds import Thresholds
from qa.verify import Verifier
from qa.wanted import read_wanted
from vectorstore.recent import Recent
from vectorstore.report import Report

if TYPE_CHECKING:
    from vectorstore.retriever import Retriever

# So many reports stay read: one takes some 2 MB.
_DESKS = 64
# After these refusals another report may still answer.
_GO_ON = (Reason.NOT_MENTIONED, Reason.OTHER_PERIOD)
# Where no region is named, so many reports that retrieval puts first are asked.
_LIKELY = 6
# One of them is meant where it says more of what is asked than the others, by this share.
_CLEARLY = 0.12


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and where one report gave it, the inquiry that it comes from."""

    answer: Answer
    inquiry: Inquiry | None = None


class Panel:
    """The reports of one moment, with what was read of each."""

    def __init__(
        self,
        reports: Sequence[Report],
        retriever: Retriever,
        thresholds: Thresholds,
        refusals: RefusalWords,
    ) -> None:
        self.source = reports
        self.reports = tuple(reports)
        self.verifier = Verifier(self.reports)
        self._retriever = retriever
        self._thresholds = thresholds
        self._refusals = refusals
        self._desks: Recent[str, Desk] = Recent(_DESKS)

    @cached_property
    def scoper(self) -> Scoper:
        """What reads from a question which reports it is put to."""
        return Scoper(Editions(self.reports))

    @cached_property
    def whole(self) -> Desk:
        """All reports read as one."""
        if len(self.reports) == 1:
            return self.desk(self.reports[0])
        return Desk(self.reports, self._retriever, self._thresholds, self._refusals)

    def desk(self, report: Report) -> Desk:
        """Return one report at hand; it is read once."""
        chosen = None if len(self.reports) == 1 else (report.id,)
        return self._desks.get(
            report.id,
            lambda: Desk((report,), self._retriever, self._thresholds, self._refusals, chosen),
        )

    def desk_of(self, scope: Scope) -> Desk:
        """Return the desk whose report reads a question: the first that it is put to."""
        return self.desk(scope.reports[0]) if scope.reports else self.whole

    def answered(self, question: str, scope: Scope) -> Told:
        """Answer `question`, which stands alone as the text of `scope`."""
        if not scope.asks:
            return Told(Answer(question, (), (), self._no_such(scope), scope.text))
        if scope.each:
            return self._looking_back(question, scope) or self._across(question, scope)
        if scope.open_to and len(scope.asks) > 1:
            return self._whichever(question, scope)
        told = self._in_turn(question, scope)
        if scope.apart and not all(str(ask.year) in told.answer.text for ask in scope.apart):
            years = replace(scope, asks=scope.apart, each=True, over_years=True)
            apart = self._across(question, years)
            return apart if apart.answer.claims else told
        return told

    def _looking_back(self, question: str, scope: Scope) -> Told | None:
        """Let one report tell how far a thing got since a year that none is on, if it does."""
        back = [ask for ask in scope.asks if ask.looks_back and ask.report]
        if not back or not wording.CHANGED_OVER.search(scope.text):
            return None
        told = self._by(question, back[0])
        calculated = any(claim.operands for claim in told.answer.claims)
        return told if calculated else None

    def _no_such(self, scope: Scope) -> Abstention:
        return no_such_report(scope, self.scoper.editions, self._refusals)

    def _not_mentioned(self, *, english: bool) -> Abstention:
        reason = Reason.NOT_MENTIONED
        return Abstention(reason, self._refusals.of(reason, english=english))

    def _by(self, question: str, ask: Ask) -> Told:
        """Let one report answer."""
        assert ask.report is not None
        desk = self.desk(ask.report)
        inquiry = desk.inquiry(desk.corrected(ask.text))
        hits, text = by_paragraph(inquiry.hits), inquiry.question.text
        draft = compose(inquiry)
        if isinstance(draft, Abstention):
            return Told(Answer(question, (), hits, draft, text), inquiry)
        claims = [c for c in parse(draft) if self.verifier.check(c).holds]
        if not claims:
            missing = self._not_mentioned(english=inquiry.question.english)
            return Told(Answer(question, (), hits, missing, text), inquiry)
        return Told(Answer(question, renumber(claims), hits, None, text), inquiry)

    def _in_turn(self, question: str, scope: Scope) -> Told:
        """Let the reports answer one after the other, until one does."""
        first: Told | None = None
        for ask in scope.asks:
            told = self._by(question, ask)
            if told.answer.claims and self._speaks_of(told.answer, scope.absent):
                return told
            first = first or told
            refused = told.answer.abstention
            if not scope.uncovered and refused and refused.reason not in _GO_ON:
                break
        assert first is not None
        if scope.uncovered or scope.absent:
            return Told(replace(first.answer, claims=(), abstention=self._no_such(scope)))
        return first

    def _whichever(self, question: str, scope: Scope) -> Told:
        """Answer a question that names no region, where only one report can be meant."""
        likely = self._likely(scope)
        said = [(self._by(question, ask), ask) for ask in likely]
        good = [
            (told, ask)
            for told, ask in said
            if told.answer.claims and self._speaks_of(told.answer, scope.absent)
        ]
        if not good:
            hits = said[0][0].answer.hits
            named = scope.absent or scope.uncovered
            why = self._no_such(scope) if named else self._not_mentioned(english=scope.english)
            return Told(Answer(question, (), hits, why, scope.text))
        measured = sorted(
            ((_says(told), told, ask) for told, ask in good), key=lambda m: m[0], reverse=True
        )
        rivals = [m for m in measured if measured[0][0] - m[0] <= _CLEARLY]
        if len({ask.region or ask.label for _, _, ask in rivals}) == 1:
            _, told, ask = max(rivals, key=lambda m: m[2].year or 0)
            return _named(told, ask, english=scope.english)
        regions = [ask.region or ask.label for ask in scope.asks]
        back = ask_back(regions, self._refusals, english=scope.english)
        return Told(Answer(question, (), good[0][0].answer.hits, back, scope.text))

    def _likely(self, scope: Scope) -> list[Ask]:
        """Return the reports whose sentences retrieval puts first."""
        asks = {ask.report.id: ask for ask in scope.asks if ask.report}
        ranked = self._retriever.rank(scope.text, 40, reports=tuple(asks))
        found = dict.fromkeys(hit.passage.report_id for hit in ranked)
        return [asks[report_id] for report_id in found][:_LIKELY] or list(scope.asks[:1])

    def _speaks_of(self, answer: Answer, places: Sequence[str]) -> bool:
        """Tell whether an answer is about these places: what it cites names one of them."""
        cited = "".join(
            "".join(c.passage.section_at(c.span.start)) + c.quote for c in answer.citations
        )
        return not places or any(place in cited for place in places)

    def _across(self, question: str, scope: Scope) -> Told:
        wanted = read_wanted(scope)
        inquiries: dict[str, Inquiry] = {}

        def look(ask: Ask, text: str) -> Inquiry:
            assert ask.report is not None
            inquiries[ask.label] = self.desk(ask.report).inquiry(text)
            return inquiries[ask.label]

        def holds(claim: Claim) -> bool:
            return self.verifier.check(claim).holds

        if wanted.figures or not wanted.lists:
            told = tabulated(figures_of(scope, wanted, look), wanted, scope, holds)
            if told is None and not wanted.figures:
                told = each_composed(scope, wanted, look, holds)
        else:
            told = mentioned(scope, wanted, look, holds)
        firsts = [hit for inquiry in inquiries.values() for hit in inquiry.hits[:3]]
        hits = by_paragraph(sorted(firsts, key=lambda hit: hit.rank), k=max(10, len(inquiries)))
        if told is None or not told[0]:
            why = self._not_mentioned(english=scope.english)
            return Told(Answer(question, (), hits, why, scope.text))
        claims, table = _numbered(*told)
        return Told(Answer(question, claims, hits, None, scope.text, table=table))


def _numbered(claims: Sequence[Claim], table: Table) -> tuple[tuple[Claim, ...], Table]:
    """Number the citations of claims and cells as one: the claims' first, in order."""
    number = numbering()
    numbered = renumber(claims, number)
    return numbered, table.cited(number)


def _named(told: Told, ask: Ask, *, english: bool) -> Told:
    """Say first whose report answers: the question did not."""
    if not ask.region:
        return told
    first, *others = told.answer.claims
    lead = f"{english_name(ask.region)}: " if english else f"{ask.region}："
    led = replace(first, text=f"{lead}{first.text}")
    return replace(told, answer=replace(told.answer, claims=(led, *others)))


def _says(told: Told) -> float:
    """Return how much of the question an answer's citations speak of."""
    assert told.inquiry is not None
    texts = [c.quote + " ".join(c.passage.section_at(c.span.start)) for c in told.answer.citations]
    return told.inquiry.matcher.coverage(*texts) if texts else 0.0
