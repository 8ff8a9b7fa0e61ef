"""Each claim against the places it cites: every number, unit, bound and period.

The verifier trusts no generator. A claim passes when it cites something and each
of its quantities, years and quoted names is found in what it cites, or, for a
computed claim, follows from operands that are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qa.answer import Citation, Claim
from qa.compute import results
from qa.english_names import english_names
from qa.lexicon import lexicon
from qa.places import english_name
from qa.question import opens_in_english
from vectorstore.figures import Aspect, of_passage
from vectorstore.periods import five_years_named
from vectorstore.quantity import Quantity, find_quantities
from vectorstore.report import Part, Passage, Report, Span

# A year has 年 after it, or in English no letter that would make it an amount: «2068件» is none.
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年|[^\w,.]|[,.](?!\d)|$)")
# Quoted names, and Latin ones that are no plain words: GDP, T3B, PM2.5.
_NAME = re.compile(
    r"[“\"「《]([^”\"」》]{2,40})[”\"」》]|[A-Za-z]*(?:[A-Z][A-Za-z]*[A-Z]|[A-Za-z]\d)[A-Za-z0-9.+-]*"
)
# «从27136元增长到36439元»: the first is of the year before the years that a paragraph is on.
_SETS_OUT = re.compile(r"[从由][^,，。;；]*\d[^,，。;；]*[至到]")
_TARGET = re.compile(r"目标|计划|预期|力争")
_REACHED = re.compile(r"实现了?|已经?|完成了")


_RATIOS = ("%", "个百分点", "倍")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim holds, and if not, what does not."""

    claim: Claim
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found against the claim."""
        return not self.problems


class Verifier:
    """Checks claims against the reports they cite."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._reports = {report.id: report for report in reports}
        regions = {report.region for report in reports if report.region}
        self._regions = _names_of(regions) if len(regions) > 1 else {}

    def check(self, claim: Claim) -> Verdict:
        """Return the verdict on one claim."""
        if not claim.citations:
            return Verdict(claim, ("no citation",))
        problems = [
            *self._numbers(claim),
            *self._years(claim),
            *self._names(claim),
            *self._stage(claim),
            *self._places(claim),
        ]
        return Verdict(claim, tuple(problems))

    def _numbers(self, claim: Claim) -> list[str]:
        cited = [q for c in claim.citations for q in find_quantities(c.quote)]
        computed = self._computed(claim, cited)
        if opens_in_english(claim.text):
            # «12家领馆» may be told in English as 12, the unit in the original beside it
            computed |= {(value, "") for value, unit in computed if unit not in _RATIOS}
            computed |= {(q.value, "") for q in cited if q.unit not in _RATIOS}
        return [
            f"figure not in the cited text: {quantity.text}"
            for quantity in find_quantities(claim.text)
            if not any(quantity.same(other) for other in cited)
            and (quantity.value, quantity.unit) not in computed
        ]

    def _places(self, claim: Claim) -> list[str]:
        """Find figures told of one region that stand in the report of another.

        What follows the name of a region, up to the next such name, is told of it: its
        figures must stand in a report of that region, or in a quote that names it.
        """
        if not self._regions:
            return []
        names = "|".join(sorted(map(re.escape, self._regions), key=len, reverse=True))
        pieces = re.split(f"({names})", claim.text)
        problems = []
        computed = self._computed(
            claim, [q for c in claim.citations for q in find_quantities(c.quote)]
        )
        for name, told in zip(pieces[1::2], pieces[2::2], strict=True):
            region = self._regions[name]
            own = [c for c in claim.citations if self._is_of(c, region)]
            there = [q for c in own for q in find_quantities(c.quote)]
            problems += [
                f"figure of another region than {region}: {quantity.text}"
                for quantity in find_quantities(told)
                if not any(quantity.same_amount(other) for other in there)
                and (quantity.value, quantity.unit) not in computed
            ]
        return problems

    def _is_of(self, citation: Citation, region: str) -> bool:
        report = self._reports.get(citation.passage.report_id)
        named = region in citation.quote or any(region in head for head in citation.passage.section)
        return named or (report is not None and report.region == region)

    def _computed(self, claim: Claim, cited: Sequence[Quantity]) -> set[tuple[Decimal, str]]:
        """Return what follows from the operands of a claim, if each of them is cited."""
        operands = [q for text in claim.operands for q in find_quantities(text)[:1]]
        if not operands or not all(any(q.same(other) for other in cited) for q in operands):
            return set()
        return results(operands)

    def _stage(self, claim: Claim) -> list[str]:
        """Find a result told as a target, or a target told as reached."""
        quotes = "".join(c.quote for c in claim.citations)
        parts = {c.passage.part for c in claim.citations}
        target, reached = _TARGET.search(claim.text), _REACHED.search(claim.text)
        problems = []
        if target and parts == {Part.REVIEW} and target[0] not in quotes:
            problems.append(f"told as a target, but reached: {target[0]}")
        if reached and parts == {Part.PLAN} and reached[0] not in quotes:
            problems.append(f"told as reached, but a target: {reached[0]}")
        return problems

    def _years(self, claim: Claim) -> list[str]:
        supported = {year for c in claim.citations for year in self._years_of(c.passage, c.quote)}
        return [
            f"year not supported: {year}"
            for year in dict.fromkeys(_YEAR.findall(claim.text))
            if int(year) not in supported
        ]

    def _years_of(self, passage: Passage, quote: str) -> set[int]:
        report = self._reports.get(passage.report_id)
        years = {int(year) for year in _YEAR.findall(quote)}
        if report is not None and report.year is not None:
            spoken = report.year_of(passage.part)
            years |= {spoken} if spoken is not None else set()
            years.update(five_years_named(report, passage) or ())
            if passage.part is Part.OPENING:
                years.add(report.year)
            if _SETS_OUT.search(quote):
                left = (f for f in of_passage(report, passage) if f.aspect is Aspect.CHANGE_FROM)
                years.update(int(f.period) for f in left if f.period and f.quantity.text in quote)
        return years

    def _names(self, claim: Claim) -> list[str]:
        cited = "".join(
            c.quote + "".join(c.passage.section) + c.passage.report_id for c in claim.citations
        )
        told = [quantity.span for quantity in find_quantities(claim.text)]
        told += _in_english(claim.text, cited)
        names = (
            match[1] or match[0]
            for match in _NAME.finditer(claim.text)
            # «10 billion US dollars» names nothing
            if not any(span.contains(Span(*match.span())) for span in told)
        )
        return [f"name not in the cited text: {name}" for name in names if not _said(name, cited)]


def _names_of(regions: Iterable[str]) -> dict[str, str]:
    """Return regions by each of their names, Chinese and English."""
    return {name: region for region in regions for name in (region, english_name(region))}


def _in_english(text: str, cited: str) -> list[Span]:
    """Return where a text calls by a known English name what the cited text has: «SOEs», 国企."""
    if not opens_in_english(text):
        return []
    return [
        Span(*match.span())
        for match, terms in english_names().named_in(text.lower())
        if any(name in cited for term in terms for name in lexicon().others(term))
    ]


def _said(name: str, cited: str) -> bool:
    """Tell whether the cited text has a name, or a Chinese term that the lexicon gives for it."""
    if any(other in cited for other in (name, *lexicon().names.get(name, ()))):
        return True
    return (english_names().chinese(name) or name) in cited
