"""Which reports a question is put to: the regions and years that it means, read before ranking.

What was done in a year is in the review of the report of the year after, what is planned
for it in the plan of its own. A question that fits no report is refused, never put to another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from qa import wording
from qa.editions import Editions
from qa.places import Mention, Places, gazetteer, may_be_called
from qa.question import is_english, simplified
from vectorstore.report import Report

_WIDE = re.compile(
    r"(?:哪|各|每|所有|全部|全国|几|多少)(?:一?[些个几]|[两三四五六]个?|份)*(?:的)?(?:省市区|省区市|省市|省份?|地区|地方|份?报告)(?!级|直|内|委|里有)"
    r"|各地(?!区)|哪(?:里|儿|家)(?=.*[最更])|^谁|所有报告|全部报告"
    r"|\b(?:which|each|every|all(?: the)?|across(?: the)?|any|how many) (?:provinces?|regions?|municipalit(?:y|ies)|reports?|provincial)|\bby (?:province|region)\b|\bwhich (?:of them|province|region)",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"各(?![级类项族界方种])|分别|都是|均|[两三四五六]地|[两三四五六]个?省|[两三四]个?市|谁|哪个|哪里|哪儿|哪家|哪一|哪边|哪些|差|排[名行序列一]|合计|一共|总共|之和|加起来|[更最]|对比|比较|相比|多少倍|几倍"
    r"|比.{1,24}[高低多少快慢大小]"
    r"|\b(?:respectively|each|both|compare|compared|which|higher|lower|faster|larger|highest|lowest|difference|combined|in total|altogether|sum|versus|vs|than|rank)\b",
    re.IGNORECASE,
)
_PARTNER = re.compile(
    r"合作|协作|共建|对口|携手|联合|往来|毗邻|双城|支援|帮扶|援|企业来|来自|cooperat|partner|jointly|support for|between .* and .* (?:sign|build|project)"
)
_HERE = re.compile(r"(?:我|(?<!资)本)(?P<kind>[省市区县])|我们(?P<kind2>[省市区县])")
_EDITION = re.compile(
    r"(?:(?:根据|按照?|依据|据|从|在)(?P<before>[\u4e00-\u9fff]{2,8}?)??)?(?:人民)?(?:政府)?《?(?P<year>(?:19|20)\d\d)年?(?:度)?的?《?"
    r"(?P<place>(?:(?![年的]|人民|政府|工作)[\u4e00-\u9fff]){2,6}?)?(?:自治区|[省市区县])?(?:人民)?(?:政府)?的?《?(?:政府)?(?:工作)?报告》?"
    r"(?:中|里面?|上)?(?:显示|提到|提出|指出|说|讲)?的?[,，:：]?"
    r"|,? ?(?:according to |in |from |as )?(?:the |its |their )?(?P<year2>(?:19|20)\d\d) (?P<place2>(?:(?!(?:government|work|report|in|of|the|and|for|to)\b)[a-z]+ ){1,2}?)?"
    r"(?:government )?(?:work )?report(?:'s)?(?: of| says| states| notes)?,?"
    r"|(?:government )?(?:work )?report(?: of| for| from)? (?P<year3>(?:19|20)\d\d)\b,?",
    re.IGNORECASE,
)
_OVER_YEARS = re.compile(
    r"历年|逐年|每年各|各年|这些年|多年来|历次|over the years|year by year|each year"
)
_BETWEEN_YEARS = re.compile(r"^[、，,和与跟及到至~—–-]*$|^ ?(?:and|to|versus|vs|or|from),? ?$")
_AIMED = re.compile(
    r"目标|计划|预期(?!寿命)|力争|打算|安排|定[在为多]|target|goal|planned|plans? to|aim"
)
_DONE = re.compile(r"实际|完成|实现|达到了|做到|actual|achieved|outturn")
_NOW = re.compile(
    r"去年|今年|上年|本年|明年|现在|目前|如今|当前|this year|last year|now|current", re.IGNORECASE
)

# A report may look back on so many years: «从2020年的82.4岁提升至83.9岁», said in 2026.
_LOOKS_BACK = 6


@dataclass(frozen=True, slots=True)
class Ask:
    """One report to be asked, and in which words.

    `label` names it among others: a region, a year, or both. `report` is missing
    where there is none for `region` and `year`. `aimed` tells that a plan is asked for,
    `looks_back` that the report is one of later years, which may tell of this one in passing.
    """

    label: str
    region: str
    year: int | None
    report: Report | None
    text: str
    aimed: bool = False
    looks_back: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question means by place and time.

    `text` is the question with its regions in full and the titles of reports left
    out; `places` are the mentions in it. `each` tells that every one of `asks` is to be
    answered beside the others; otherwise they are tried in turn. `named` are the regions
    named, `absent` those of them (or cities) without a report. `open_to` tells that no
    region is named: any of `asks` may be meant. `uncovered` are years that no report is on.
    `apart` are the years of one report, to be asked one by one if it does not tell them at once.
    """

    text: str
    english: bool
    asks: tuple[Ask, ...]
    places: tuple[Mention, ...] = ()
    named: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    uncovered: tuple[int, ...] = ()
    each: bool = False
    wide: bool = False
    over_years: bool = False
    apart: tuple[Ask, ...] = ()
    open_to: bool = False

    @property
    def reports(self) -> tuple[Report, ...]:
        """The reports to be asked, each once."""
        return tuple({a.report.id: a.report for a in self.asks if a.report}.values())


@dataclass(frozen=True, slots=True)
class _Years:
    """The years that a question names, each with whether a plan for it is asked for."""

    named: tuple[tuple[int, bool], ...]
    edition: int | None


class Scoper:
    """Reads the scope of questions over the editions of some reports."""

    def __init__(self, editions: Editions) -> None:
        self.editions = editions

    @cached_property
    def places(self) -> Places:
        """What finds places in questions; a single report needs none."""
        return Places(self.editions.regions)

    def scope(self, question: str) -> Scope:
        """Return the reports that a stand-alone question is put to."""
        if len(self.editions.reports) < 2:
            # The year of a report that is here says which one, not what is asked.
            question, _ = self.untitled(question)
            asks = tuple(Ask("", r.region or "", None, r, question) for r in self.editions.reports)
            return Scope(question, is_english(question), asks)
        text, edition = _without_title(half_width(question))
        text = self._in_chinese(text)
        years = _Years(tuple(_years(text)), edition)
        mentions = tuple(self.places.find(text))
        base = Scope(text, is_english(text), (), mentions)
        return self._by_place(base, years)

    def untitled(self, text: str) -> tuple[str, int | None]:
        """Leave out the title of a report that is here, and return the year of that report."""
        rest, edition = _without_title(half_width(text))
        here = edition is not None and edition in {r.year for r in self.editions.reports}
        return (rest, edition) if here else (text, None)

    def mentions(self, text: str) -> list[Mention]:
        """Return the places that a text names as regions, not as part of what is asked."""
        return [m for m in self.places.find(half_width(text)) if not m.loose]

    def _in_chinese(self, text: str) -> str:
        """Write places in full: «渝 森林覆盖率» and «chongqing 森林覆盖率» are about 重庆."""
        if is_english(text):
            return text
        for mention in reversed(self.places.find(text)):
            if not mention.loose and len(mention.regions) == 1:
                said = mention.span.of(text)
                region = mention.regions[0]
                if region not in said:
                    text = text[: mention.span.start] + region + text[mention.span.end :]
        return text

    def _by_place(self, scope: Scope, years: _Years) -> Scope:
        if not self.editions.regions:  # no place can tell one report from another
            return replace(scope, asks=self._any(scope, _Years((), None)), open_to=True)
        firm = [m for m in scope.places if not m.loose and self._is_of_regions(m)]
        regions = tuple(dict.fromkeys(region for m in firm for region in m.regions))
        if not regions and _WIDE.search(scope.text):
            return self._across(scope, years, self.editions.regions, wide=True)
        if not regions:
            return self._unplaced(scope, years)
        group = any(len(m.regions) > 1 for m in firm)
        together = _EACH.search(scope.text) or len(regions) > 2 or group or len(years.named) > 1
        joined = len(regions) > 1 and (together or _side_by_side(scope.text, firm))
        if joined and not (len(regions) == 2 and _is_partnership(scope.text)):
            return self._across(scope, years, regions, wide=False)
        known = tuple(r for r in regions if r in self.editions.regions)
        if not known:
            absent = replace(scope, named=regions, absent=regions)
            if _PARTNER.search(scope.text):
                return replace(absent, asks=self._any(scope, years), open_to=True)
            return absent
        return self._in_region(replace(scope, named=regions), years, known)

    def _is_of_regions(self, mention: Mention) -> bool:
        return all(self.places.is_region(region) for region in mention.regions)

    def _unplaced(self, scope: Scope, years: _Years) -> Scope:
        """Read a question that names no region."""
        regions = self.editions.regions
        cities = [c for m in scope.places for c in m.regions if c in gazetteer().cities]
        hinted = [r for m in scope.places if m.loose for r in m.regions if r in regions]
        if here := _HERE.search(scope.text):
            kind = here["kind"] or here["kind2"]
            hinted = [r for r in regions if may_be_called(r, kind)] or hinted
        homes = [gazetteer().cities[city] for city in cities]
        likely = tuple(dict.fromkeys([*hinted, *(r for r in homes if r in regions)]))
        if len(likely) == 1 and hinted:
            return self._in_region(replace(scope, named=likely), years, likely)
        if len(regions) == 1 and not self.editions.unplaced:
            return self._in_region(replace(scope, named=regions), years, regions)
        asks = self._any(scope, years, likely or regions)
        uncovered = tuple(year for year, _ in years.named) if not asks else ()
        if years.edition and not asks:
            uncovered = (years.edition,)
        return replace(
            scope,
            asks=asks or self._any(scope, _Years((), None), likely or regions),
            absent=tuple(cities),
            uncovered=uncovered,
            open_to=True,
        )

    def _any(
        self, scope: Scope, years: _Years, regions: Sequence[str] | None = None
    ) -> tuple[Ask, ...]:
        """Return every report that may be meant: those on the years named, of now the newest.

        A report that names no region may always be meant.
        """
        found = []
        for region in regions or self.editions.regions:
            reports: Sequence[Report | None] = self.editions.of(region)
            if years.edition is not None:
                reports = [self.editions.edition(region, years.edition)]
            elif years.named:
                year, aimed = years.named[0]
                reports = [self.editions.on(region, year, aimed=aimed)]
            elif _NOW.search(scope.text):
                reports = reports[:1]
            found += [Ask(region, region, r.year, r, scope.text) for r in reports if r is not None]
        found += [Ask(r.id, "", r.year, r, scope.text) for r in self.editions.unplaced]
        return tuple(found)

    def _in_region(self, scope: Scope, years: _Years, regions: Sequence[str]) -> Scope:
        """Choose the reports of the first region, those of the others to be tried after."""
        first = regions[0]
        if years.edition is not None:
            report = self.editions.edition(first, years.edition)
            if report is None:
                return replace(scope, uncovered=(years.edition,))
            return replace(scope, asks=(Ask(first, first, years.edition, report, scope.text),))
        if _OVER_YEARS.search(scope.text) and len(self.editions.of(first)) > 1:
            spoken = sorted(r.year - 1 for r in self.editions.of(first) if r.year)
            years = _Years(tuple((year, False) for year in spoken), None)
        years = self._relative(scope.text, first, years)
        years = self._target_and_result(scope.text, first, years)
        picked = [self.editions.on(first, year, aimed=aimed) for year, aimed in years.named]
        several = len({report.id for report in picked if report}) > 1
        if several or (len(picked) > 1 and None in picked and any(picked)):
            return self._over_years(scope, first, years, picked)
        chosen = [report for report in picked if report][:1]
        if chosen and len(years.named) > 1:
            apart = tuple(
                Ask(
                    _year_label(year, years, aimed=aimed), first, year, chosen[0], scope.text, aimed
                )
                for year, aimed in years.named
            )
            scope = replace(scope, apart=apart)
        uncovered = () if chosen else tuple(year for year, _ in years.named)
        if not chosen:
            year = years.named[0][0] if years.named else None
            chosen = list(self.editions.nearest(first, year) if year else self.editions.of(first))
            if year is None and _NOW.search(scope.text):
                chosen = chosen[:1]
        plan = self.editions.edition(first, years.named[0][0]) if len(years.named) == 1 else None
        if plan and plan not in chosen and not wording.FIGURE.search(scope.text.lower()):
            chosen.append(plan)  # «2025年点名支持哪些企业»: may be planned for the year only
        chosen += [self.editions.of(other)[0] for other in regions[1:]]
        asks = [Ask(r.region or "", r.region or "", r.year, r, scope.text) for r in chosen]
        return replace(scope, asks=tuple(asks), uncovered=uncovered)

    def _over_years(
        self, scope: Scope, region: str, years: _Years, picked: Sequence[Report | None]
    ) -> Scope:
        """Put a question to one report for each year; for a year without, to one that looks back."""
        latest = max((report for report in picked if report), key=lambda r: r.year or 0)
        asks = [
            Ask(
                _year_label(year, years, aimed=aimed),
                region,
                year,
                report or _looking_back(latest, year),
                scope.text,
                aimed,
                looks_back=report is None,
            )
            for (year, aimed), report in zip(years.named, picked, strict=True)
        ]
        return replace(scope, asks=tuple(asks), each=True, over_years=True)

    def _relative(self, text: str, region: str, years: _Years) -> _Years:
        """Read «去年» beside «今年» or a year as the years of the newest report."""
        newest = self.editions.of(region)[0].year
        if newest is None or len(years.named) > 1:
            return years
        named = list(years.named)
        if re.search(r"去年|上年|last year", text, re.IGNORECASE):
            named.append((newest - 1, False))
        if re.search(r"今年|本年|this year", text, re.IGNORECASE):
            named.append((newest, True))
        distinct = sorted(dict(named).items())
        return _Years(tuple(distinct), None) if len(distinct) > 1 else years

    def _target_and_result(self, text: str, region: str, years: _Years) -> _Years:
        """Split a year whose target and result are both asked for, if each has its report."""
        if len(years.named) != 1 or not (_AIMED.search(text) and _DONE.search(text)):
            return years
        year = years.named[0][0]
        if self.editions.edition(region, year) and self.editions.edition(region, year + 1):
            return _Years(((year, True), (year, False)), None)
        return years

    def _across(self, scope: Scope, years: _Years, regions: Sequence[str], *, wide: bool) -> Scope:
        """Put a question to one report of each region, or to one for each year of each region."""
        own = [r for r in regions if r in self.editions.regions]
        absent = tuple(r for r in regions if r not in self.editions.regions)
        if years.edition is not None:
            wanted: list[tuple[int | None, bool]] = [(None, False)]
        else:
            wanted = [*years.named] or [(None, False)]
        asks = []
        for region in regions:
            for year, aimed in wanted:
                report = self._one_of(region, year, years.edition, aimed=aimed, among=own)
                label = region if len(wanted) == 1 else f"{region}{year}年"
                asks.append(Ask(label, region, year, report, scope.text, aimed))
        found = any(ask.report for ask in asks)
        uncovered = () if found else tuple(y for y, _ in wanted if y is not None)
        return replace(
            scope, asks=tuple(asks) if found else (), named=tuple(regions), absent=absent,
            uncovered=uncovered, each=True, wide=wide, over_years=len(wanted) > 1,
        )  # fmt: skip

    def _one_of(
        self, region: str, year: int | None, edition: int | None, *, aimed: bool,
        among: Sequence[str],
    ) -> Report | None:  # fmt: skip
        if region not in among:
            return None
        if edition is not None:
            return self.editions.edition(region, edition)
        if year is not None:
            return self.editions.on(region, year, aimed=aimed)
        newest = max(r.year or 0 for name in among for r in self.editions.of(name)[:1])
        return self.editions.edition(region, newest) if newest else self.editions.of(region)[0]


def half_width(text: str) -> str:
    """Return a question in half width and simplified characters, capitals kept."""
    return simplified(unicodedata.normalize("NFKC", text)).strip()


def _years(text: str) -> Iterator[tuple[int, bool]]:
    """Yield each year named, and whether it is its plan that is asked for.

    Years side by side («2020年和2025年») share the words after them; words that go before
    the first year hold for all.
    """
    found = list(wording.YEAR.finditer(text))
    before = found and _AIMED.search(text[: found[0].start()])
    overall = before or (len(found) == 1 and _AIMED.search(text))
    seen: dict[int, bool] = {}
    for place, match in enumerate(found):
        end = place + 1
        while end < len(found) and _BETWEEN_YEARS.match(
            text[found[end - 1].end() : found[end].start()].lstrip("年")
        ):
            end += 1
        said = text[match.end() : found[end].start() if end < len(found) else len(text)]
        if _AIMED.search(said):
            aimed = not re.match(r".{0,12}(?:实际|完成|达到)", said)
        else:
            aimed = bool(overall) and not _DONE.search(said)
        seen.setdefault(int(match[1]), aimed)
    yield from seen.items()


def _looking_back(report: Report, year: int) -> Report | None:
    """Return a report that may tell of a year that none is on: five years, and what they set out from."""
    return report if report.year and report.year - _LOOKS_BACK <= year < report.year else None


def _year_label(year: int, years: _Years, *, aimed: bool) -> str:
    twice = len({y for y, _ in years.named}) < len(years.named)
    return f"{year}年{'目标' if aimed else '实际'}" if twice else f"{year}年"


def _without_title(text: str) -> tuple[str, int | None]:
    """Leave out which report is meant («2025年政府工作报告里»), and return its year."""
    found = _EDITION.search(text)
    if found is None:
        return text, None
    place = found["before"] or found["place"] or found["place2"] or ""
    rest = (text[: found.start()] + place + text[found.end() :]).strip(" ,，:：")
    return rest, int(found["year"] or found["year2"] or found["year3"])


def _side_by_side(text: str, mentions: Sequence[Mention]) -> bool:
    gaps = [text[a.span.end : b.span.start] for a, b in pairwise(mentions)]
    return all(re.fullmatch(r"\s*(?:[、,，]|和|与|跟|及|以及|and|,? and)?\s*", gap) for gap in gaps)


def _is_partnership(text: str) -> bool:
    return bool(_PARTNER.search(text)) and not re.search(
        r"各(?:是|有|为|多|自)|分别|谁|哪(?:一?个|里|边)?[省市地更最]", text
    )
