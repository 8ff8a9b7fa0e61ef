"""Indicator facts: which indicator has which quantity, for which period, done or planned.

A sentence is read clause by clause. What stands before a quantity names its
indicator; a verb between them says whether it is a level, a change, or the level
that a change led to. A clause without a subject takes the one before it, and
«A、B分别增长x、y» is one fact for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from vectorstore.quantity import Quantity, find_quantities
from vectorstore.report import Part, Passage, Report, Span


class Aspect(StrEnum):
    """What a quantity says of its indicator."""

    LEVEL = "level"  # 达到, 突破, 为, or no verb at all
    GROWTH = "growth"  # 增长, 上涨
    DECLINE = "decline"  # 下降, 压缩
    CHANGE_TO = "change_to"  # 增至, 降至


class Kind(StrEnum):
    """Whether a figure was reached or is aimed at."""

    ACTUAL = "actual"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator fact.

    `verb` is the word that joins them, as written («增长», «达到», or ""). `span` is
    the quantity's place in `passage.text`; `clause` the clause that states it;
    `period` a year («2019»), a span of years («2018-2022») or "".
    """

    indicator: str
    verb: str
    quantity: Quantity
    aspect: Aspect
    period: str
    kind: Kind
    passage: Passage
    span: Span
    clause: Span


_CLAUSE_END = ",，;；:：。！!？?"
_OPEN, _CLOSE = "“「『（(《【", "”」』）)》】"

_RISE = "增长|增加|增收|提高|上升|上涨|提升|扩大|回升|增"
_FALL = "下降|减少|降低|压缩|压减|缩短|回落|下调|减幅|降幅|降|减"
_TO = rf"(?:{_RISE}|{_FALL}|延长|拓展|扩展|扩|升|调整|上调|推进|发展)(?:至|到|为)"
_REACH = (
    "稳定在|保持在|控制在|维持在|达到了|达到|实现|完成|突破|超过|达|为|有|占|共|计|在|是|约|近|到"
)
_ADVERB = (
    "分别|同比|环比|比上年|较上年|比去年|年均|全年|预计|持续|合计|累计|平均|均|都|各|已经|已|也|仅|只|再|力争|确保"
    "|实际|总体|稳定|进一步|大幅|又|就|将|要|计划|目标|历史性|首次|率先|成功|净|左右|不|共|可|可达"
)
_BEFORE_QUANTITY = re.compile(
    rf"(?P<subject>.*?)(?P<adverb>(?:{_ADVERB})*)"
    rf"(?P<verb>(?P<to>{_TO})|(?P<rise>{_RISE})|(?P<fall>{_FALL})|(?P<reach>{_REACH}))?"
    rf"(?P<tail>了|约|近|达|的)?$"
)
_RATE = re.compile(r"(增速|增幅|涨幅|增长率)$")
_DROP = re.compile(r"(降幅|跌幅|下降率)$")
# A subject that says only when or how: the real one stands in a clause before.
_EMPTY = re.compile(
    rf"(?:{_ADVERB}|全市|全省|全区|一年来|其中|今年|去年|同时|年内|今后|每年|当年|到?(?:19|20)\d\d年?底?|、|和|及|以及|并)*"
)
# A subject that needs its owner: «对经济增长贡献率», «总金额», «占比».
_PARTIAL = re.compile(
    r"^(?:(?:对|占|比).+|其中.*|(?:总|净|年)?(?:金额|额|里程|量|数|规模|面积|人数)|.{0,2}(?:贡献率|占比|比重|产值|产量|增速|覆盖率))$"
)
# The measure that coordinated names share: «电子、材料|产业增加值|».
_MEASURE = re.compile(
    r"(?:产业|行业|业|保险|制造业)?(?:增加值|总产值|产值|(?:销售|营业|综合|总)?收入|(?:进出口|出口|进口)(?:总值|总额|额)?"
    r"|利润总额|利润|投资|消费支出|可支配收入|(?:贷款|存款)余额|[^、和及与]{0,2}(?:率|量|额|数|占比|比重|浓度|里程|规模|面积|速度))$"
)
_MEASURED = re.compile(
    r"(?:[率值额量数]|收入|支出|投资|利润|占比|比重|里程|规模|面积|进出口|出口|进口)$"
)
_JOINT = re.compile(r"、|以及|及|和|与")
_CUTS = re.compile(r"(?:保持|持续|稳步|不断|总体|进一步|实现|得到|取得|明显|逐步|加快|全面|更加)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*(?:年)?\s*(?:—|-|至|到|–|~)+\s*((?:19|20)\d\d)\s*年")
_SPANS = {"五年来": 5, "过去五年": 5, "5年来": 5, "三年来": 3, "两年来": 2, "四年来": 4}
_POST = re.compile(
    r"^[^,，;；:：。！!？?、0-9的]*?(?=(?:能够|已|全部|实现|建成|开工|投用|投产|通了|入选|获|纳入|完成|脱贫)|[,，;；:：。！!？?、]|$)"
)


def clauses(text: str, span: Span) -> list[Span]:
    """Cut a sentence into clauses at commas, semicolons and colons outside quotes and brackets."""
    pieces, start, depth = [], span.start, 0
    for index in range(span.start, span.end):
        char = text[index]
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        elif depth == 0 and char in _CLAUSE_END and not _inside_number(text, index):
            pieces.append(Span(start, index + 1))
            start = index + 1
    if start < span.end:
        pieces.append(Span(start, span.end))
    return pieces


def _inside_number(text: str, index: int) -> bool:
    return (
        text[index] in ",，"
        and re.match(r"\d[,，]\d{3}(?!\d)", text[max(0, index - 1) : index + 5]) is not None
    )


def extract(report: Report) -> list[Figure]:
    """Return every indicator fact of a report, in the order of the text."""
    return [figure for passage in report.passages for figure in of_passage(report, passage)]


@lru_cache(maxsize=64)
def figures_of(report_key: int, report: Report) -> tuple[Figure, ...]:
    """Return `extract(report)`, remembered for the reports in use."""
    return tuple(extract(report))


def of_passage(report: Report, passage: Passage) -> Iterator[Figure]:
    """Yield the indicator facts of one paragraph."""
    if passage.part is Part.OPENING:
        return
    for sentence in passage.sentences:
        yield from _Reader(report, passage, sentence).figures()


@dataclass
class _Group:
    """Quantities that follow each other with nothing but «、» or «和» between them."""

    quantities: list[Quantity]

    @property
    def start(self) -> int:
        return self.quantities[0].span.start

    @property
    def end(self) -> int:
        return self.quantities[-1].span.end


class _Reader:
    """Reads one sentence, carrying the subject from clause to clause."""

    def __init__(self, report: Report, passage: Passage, sentence: Span) -> None:
        self.report, self.passage, self.sentence = report, passage, sentence
        self.text = passage.text
        shift = sentence.start
        self.quantities = [
            _shifted(q, shift) for q in find_quantities(sentence.of(self.text)) if _is_amount(q)
        ]
        self.subject = ""

    def figures(self) -> Iterator[Figure]:
        for clause in clauses(self.text, self.sentence):
            inside = [q for q in self.quantities if clause.contains(q.core)]
            if not inside:
                self._take_subject(clause)
                continue
            start = clause.start
            groups = _grouped(self.text, inside)
            for index, group in enumerate(groups):
                stop = groups[index + 1].start if index + 1 < len(groups) else clause.end
                yield from self._facts(clause, start, group, stop)
                start = group.end

    def _take_subject(self, clause: Span) -> None:
        words = clause.of(self.text).strip(_CLAUSE_END)
        cut = _CUTS.search(words)
        head = words[: cut.start()] if cut else ""
        if len(head) >= 3 and not _EMPTY.fullmatch(head):
            self.subject = _RATE.sub("", head)

    def _facts(self, clause: Span, start: int, group: _Group, stop: int) -> Iterator[Figure]:
        before = self.text[start : group.start].lstrip("、,， ")
        match = _BEFORE_QUANTITY.match(before)
        assert match is not None  # the pattern matches any text
        subject, aspect = match["subject"], _aspect(match)
        grown = re.search(rf"(?:{_RISE})$", subject)
        if grown and aspect is Aspect.LEVEL and group.quantities[0].unit in ("%", "倍"):
            subject, aspect = subject[: grown.start()], Aspect.GROWTH  # «增长均超过48%»
        verb = grown[0] if grown and aspect is Aspect.GROWTH else match["verb"] or ""
        if aspect is Aspect.LEVEL and _RATE.search(subject):
            aspect = Aspect.GROWTH
        elif aspect is Aspect.LEVEL and _DROP.search(subject):
            aspect = Aspect.DECLINE
        subject = self._whole_subject(subject, match)
        after = self._after(group.end, stop)
        if not match["subject"].strip() and not match["verb"] and after:
            subject = ""  # «4000个村民小组通了公路»: the counted noun is the subject
            after = self.text[group.end : stop].strip(_CLAUSE_END + "、 ")
        each = "分别" in match["adverb"] or "分别" in before[-6:]
        shared = re.search(r"均|都|各", match["adverb"]) is not None
        names = _split_names(subject, len(group.quantities), each=each, shared=shared)
        if after and not (match["rise"] or match["fall"]):
            names = [name + after for name in names]
        pairs = _paired(names, group.quantities, shared)
        for name, quantity in pairs:
            yield self._figure(name, verb, quantity, aspect, clause)

    def _whole_subject(self, subject: str, match: re.Match[str]) -> str:
        """Restore a subject that the clause leaves out or gives only in part."""
        subject = subject.strip("、,， ")
        if _EMPTY.fullmatch(subject):
            verb = match["verb"] if not (match["rise"] or match["fall"] or match["to"]) else ""
            if not self.subject and verb:
                return verb
            return self.subject
        if _PARTIAL.match(subject) and self.subject and len(subject) <= 12:
            return self.subject + subject.removeprefix("其中")
        self.subject = _RATE.sub("", subject)
        if not match["verb"] or match["reach"] in ("实现", "完成"):
            return subject + (match["reach"] or "") if match["reach"] else subject
        return subject

    def _after(self, end: int, stop: int) -> str:
        """Return the noun that a quantity counts: «11条|重点特色山城步道|»."""
        match = _POST.match(self.text[end:stop])
        return match[0].strip() if match else ""

    def _figure(
        self, name: str, verb: str, quantity: Quantity, aspect: Aspect, clause: Span
    ) -> Figure:
        period = _period(
            self.report, self.passage, self.text[self.sentence.start : quantity.span.start]
        )
        kind = Kind.ACTUAL if self.passage.part is Part.REVIEW else Kind.TARGET
        name = re.sub(r"^(?:全年|预计|其中|今年|去年)+", "", name.strip("、,， "))
        return Figure(
            name, verb, quantity, aspect, period, kind, self.passage, quantity.span, clause
        )


def _is_amount(quantity: Quantity) -> bool:
    return not (
        quantity.unit == ""
        and quantity.value < 1000
        and quantity.core.end - quantity.core.start <= 2
    )


def _shifted(quantity: Quantity, by: int) -> Quantity:
    span = Span(quantity.span.start + by, quantity.span.end + by)
    core = Span(quantity.core.start + by, quantity.core.end + by)
    return Quantity(
        quantity.text, quantity.value, quantity.unit, quantity.bound, span, core, quantity.upper
    )


def _grouped(text: str, quantities: list[Quantity]) -> list[_Group]:
    groups: list[_Group] = []
    for quantity in quantities:
        gap = text[groups[-1].end : quantity.span.start] if groups else None
        if gap is not None and gap.strip() in ("、", "和", "及", "以及", "与"):
            groups[-1].quantities.append(quantity)
        else:
            groups.append(_Group([quantity]))
    return groups


def _aspect(match: re.Match[str]) -> Aspect:
    if match["to"]:
        return Aspect.CHANGE_TO
    if match["rise"]:
        return Aspect.GROWTH
    if match["fall"]:
        return Aspect.DECLINE
    return Aspect.LEVEL


def _paired(
    names: list[str], quantities: list[Quantity], shared: bool
) -> list[tuple[str, Quantity]]:
    if shared and len(quantities) == 1:
        return [(name, quantities[0]) for name in names]
    if len(names) == len(quantities):
        return list(zip(names, quantities, strict=True))
    return [("、".join(names), quantity) for quantity in quantities]


def _split_names(subject: str, count: int, *, each: bool, shared: bool) -> list[str]:
    """Resolve «A、B和C的产值» into as many names as there are quantities."""
    if not each and not shared:
        return [subject]
    urban = re.fullmatch(r"(?P<head>.*?)城乡(?P<tail>.+)", subject)
    if urban and (count == 2 or shared) and len(_JOINT.split(urban["tail"])) == 1:
        return [f"{urban['head']}{kind}{urban['tail']}" for kind in ("城镇", "农村")]
    parts = _outside_quotes_split(subject)
    if len(parts) < 2 or (each and count != len(parts)):
        return [subject]
    return _with_shared_ends(parts)


def _outside_quotes_split(subject: str) -> list[str]:
    parts, start, depth = [], 0, 0
    for match in re.finditer(rf"[{_OPEN}]|[{_CLOSE}]|{_JOINT.pattern}", subject):
        if match[0] in _OPEN:
            depth += 1
        elif match[0] in _CLOSE:
            depth -= 1
        elif depth == 0 and match.start() > start:
            parts.append(subject[start : match.start()])
            start = match.end()
    return [*parts, subject[start:]]


def _with_shared_ends(parts: list[str]) -> list[str]:
    """Give each name the preposition of the first and the measure of the last."""
    head = re.match(r"^(?:对|向|与|同)", parts[0])
    if head:
        parts = [parts[0], *(head[0] + p for p in parts[1:])]
    measure = _MEASURE.search(parts[-1])
    if measure is None:
        return parts
    return [p if _MEASURED.search(p) else _joined(p, measure[0]) for p in parts[:-1]] + [parts[-1]]


def _joined(name: str, measure: str) -> str:
    """Put a shared measure to a name without saying «业» twice: 制造业 + 产业增加值."""
    return name + (re.sub(r"^(?:产业|行业|业)", "", measure) if name.endswith("业") else measure)


def _period(report: Report, passage: Passage, before: str) -> str:
    """Return the period that a figure speaks of: as written before it, else the section's."""
    span = list(_YEARS.finditer(before))
    years = list(_YEAR.finditer(before))
    if span and (not years or span[-1].end() >= years[-1].end()):
        return f"{span[-1][1]}-{span[-1][2]}"
    if years:
        return years[-1][1]
    spoken = report.year_of(passage.part)
    if spoken is None:
        return ""
    for words, length in _SPANS.items():
        if words in before and passage.part is Part.REVIEW:
            return f"{spoken - length + 1}-{spoken}"
    return str(spoken)
