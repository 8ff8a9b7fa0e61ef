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
from itertools import zip_longest

from vectorstore.periods import five_years_before, five_years_named, is_on_five_years
from vectorstore.quantity import Bound, Quantity, find_quantities
from vectorstore.report import Part, Passage, Report, Span


class Aspect(StrEnum):
    """What a quantity says of its indicator."""

    LEVEL = "level"  # 达到, 突破, 为, or no verb at all
    GROWTH = "growth"  # 增长, 上涨
    DECLINE = "decline"  # 下降, 压缩
    CHANGE_TO = "change_to"  # 增至, 降至
    CHANGE_FROM = "change_from"  # 从…增至: the level that a change set out from


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

_RISE = "增长|增加|增收|提高|上升|上涨|(?<!改造)提升|扩大|回升|(?<!新)增"
_FALL = "下降|减少|降低|压缩|压减|缩短|回落|下调|减幅|降幅|降|减"
_TO = rf"(?:{_RISE}|{_FALL}|延长|拓展|扩展|扩|跃升|攀升|升|调整|上调|推进|发展)(?:至|到|为)"
# What came anew, not what grew: «浦东新区法规新增4部» is a count.
_NEW = "新增|新认定|新推出|新建成|新建|新设立|新引进|新入选|新获批"
_REACH = (
    "稳定在|保持在|控制在|维持在|达到了|达到|实现|完成|突破|超过|达|为|有|占|共|计|在|是|约|近|到"
)
_ADVERB = (
    "分别|同比|环比|比上年|较上年|比去年|年均|全年|预计|持续|合计|累计|平均|均|都|各|已经|已|也|仅|只|再|力争|确保"
    "|实际|总体|稳定|进一步|大幅|又|就|将|要|计划|目标|历史性|首次|率先|成功|净|左右|不|共|可|可达"
)
_BEFORE_QUANTITY = re.compile(
    rf"(?P<subject>.*?)(?P<adverb>(?:{_ADVERB})*)"
    rf"(?P<verb>(?P<to>{_TO})(?:(?:19|20)\d\d年底?的?)?|(?P<rise>{_RISE})|(?P<fall>{_FALL})|(?P<new>{_NEW})|(?P<reach>{_REACH}))?"
    rf"(?P<tail>了|约|近|达|的)?$"
)
_FROM = re.compile(r"[由从](?:(?:19|20)\d\d年底?的?)?(?:每[\u4e00-\u9fff]每[年月天])?$")
_TO_NEXT = re.compile(rf"[,，]?(?:分别)?(?:{_TO})")
_FROM_AMOUNT = re.compile(r"[由从][^由从,，]*$")
_FROM_YEAR = re.compile(r"(?<=[由从])(?:19|20)\d\d年")
# «较2020年提高1.16岁、达到79.72岁»: neither is of 2020.
_AGAINST_YEAR = re.compile(r"[较比](?:19|20)\d\d年[底末]?(?:的?同期)?")
# «外贸在…下降超3成的情况下增长12%»: how much else fell is no figure of it.
_ASIDE_NEXT = re.compile(r"的?(?:情况|背景|形势|条件|基础|前提)[之以]?下")
_ASIDE = re.compile(rf"在[^,，]{{4,}}?{_ASIDE_NEXT.pattern}")
# «粮食总产量|连续9年|稳定在…»
_RUNNING = re.compile(r"(?:已)?连续(?:\d+|[一二三四五六七八九十]+)[年个季月度]+$")
_RATE = re.compile(r"(增速|增幅|涨幅|增长率)$")
_DROP = re.compile(r"(降幅|跌幅|下降率)$")
_DURATIONS = ("年", "个月", "周", "天", "日", "小时", "分钟", "秒")
_WORD = re.compile(r"(?!以|左右|内|之内|后|前|和|及|与|的)[\w“]")
# What is counted in «八个方面» is the speech itself.
_FRAME = re.compile(r"方面|方向|维度|层面")
# Counts in Chinese numerals are idiom («四个意识»); measures are amounts («百分之六», «两倍»).
_IN_WORDS = ("%", "个百分点", "倍", "成", "元", "美元", "公里", "平方公里", "平方米", "亩", "吨")
# A subject that says only when or how: the real one stands in a clause before.
_EMPTY = re.compile(
    rf"(?:{_ADVERB}|全市|全省|全区|一年来|其中|今年|去年|同时|年内|今后|每年|当年|到?(?:19|20)\d\d年?底?|、|和|及|以及|并)*"
)
# A subject that needs its owner: «对经济增长贡献率», «总金额», «占比».
_PARTIAL = re.compile(
    r"^(?:(?:对|占|比).+|(?:总|净|年)?(?:金额|额|里程|吞吐量|量|数|规模|面积|人数)|总?产[值量]|.{0,2}(?:贡献率|占比|比重|增速|覆盖率))$"
)
# «播种面积…,总产量…»: one measure is not of the other.
_OUTPUT, _ACREAGE = re.compile(r"总?产[值量]$"), re.compile(r"面积$|产量$")
# The measure that coordinated names share: «电子、材料|产业增加值|».
_MEASURE = re.compile(
    r"(?:产业|行业|业|保险|制造业)?(?:增加值|总产值|产值|(?:销售|营业|综合|总)?收入|(?:进出口|出口|进口)(?:总值|总额|额)?"
    r"|利润总额|利润|投资|消费支出|可支配收入|(?:贷款|存款)余额|[^、和及与]{0,2}(?:率|量|额|数|占比|比重|浓度|里程|规模|面积|速度))$"
)
_MEASURED = re.compile(
    r"(?:[率值额量数]|收入|支出|投资|利润|占比|比重|里程|规模|面积|进出口|出口|进口)$"
)
_JOINT = re.compile(r"、|以及|及|和|与")
_LISTED = re.compile(r"、|以及")
_TRAILING_JOINT = re.compile(r"(?:和|及|与)$")
_COUNTED_HEAD = re.compile(r"(?P<head>.*?[\u4e00-\u9fff]{2,})(?:总?起数|宗数)")
_SHARED_HEAD = re.compile(r"^(?:对|向|与|同|新增|新建|新认定)")
_TOWN_OR_COUNTRY = ("城镇", "城市", "农村", "乡村")
_LEADING = re.compile(
    r"^(?:全年|预计|其中|今年|去年|力争|确保|计划|将(?=[开新建完])|(?:到|至)?(?:19|20)\d\d年底?|实现(?=.{3}))+"
)
_TRADE = re.compile(r"^(?:产业|行业|业|制造业)")
_CUTS = re.compile(
    r"(?:(?:再)?创(?:下|出|历史|新)|位居|稳居|跃居|跃升|保持|持续|稳步|不断|总体|进一步|实现|得到|取得|明显|逐步|加快|全面|更加)"
)
_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)\s*年(?![版度、])")
_YEARS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*(?:年)?\s*(?:—|-|至|到|–|~)+\s*(?P<year>(?:19|20)\d\d)\s*年"
)
# A year that opens a clause holds for the clauses after it; one inside a clause for that alone.
_OPENING_YEAR = re.compile(r"^(?:到|至|截至|预计|力争|确保|争取)*(?:19|20)\d\d\s*年")
_AVERAGE = re.compile(r"年均(?:增|下降|降|提高|减|新增|超|保持|$)")
_TOTAL = re.compile(r"^(?!.*[全今本]年).*累计")
_SPANS = {"五年来": 5, "过去五年": 5, "5年来": 5, "三年来": 3, "两年来": 2, "四年来": 4}
_POST = re.compile(
    r"^[^,，;；:：。！!？?、0-9的<>\[\]{}=\"'*$]*?(?=(?:能够|已|全部|实现|建成|开工|投用|投产|通了|入选|获|纳入|完成|脱贫)|[,，;；:：。！!？?、]|$)"
)


@lru_cache(maxsize=1 << 13)
def clauses(text: str, span: Span) -> tuple[Span, ...]:
    """Cut a sentence into clauses at commas, semicolons and colons outside quotes and brackets.

    Each question cuts what it finds; the sentences cut last stay at hand.
    """
    pieces, start, depth, quoted = [], span.start, 0, False
    for index in range(span.start, span.end):
        char = text[index]
        if char == "“" and quoted:
            char = "”"  # «“小巨人“»: typed for the closing one
        quoted = char == "“" or (quoted and char != "”")
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        elif depth == 0 and char in _CLAUSE_END and not _inside_number(text, index):
            pieces.append(Span(start, index + 1))
            start = index + 1
    if start < span.end:
        pieces.append(Span(start, span.end))
    return tuple(pieces)


def _inside_number(text: str, index: int) -> bool:
    return (
        text[index] in ",，"
        and re.match(r"\d[,，]\d{3}(?!\d)", text[max(0, index - 1) : index + 5]) is not None
    )


def extract(report: Report) -> list[Figure]:
    """Return every indicator fact of a report, in the order of the text."""
    return [figure for passage in report.passages for figure in of_passage(report, passage)]


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
            _shifted(quantity, shift)
            for quantity in find_quantities(sentence.of(self.text))
            if _is_amount(quantity)
        ]
        self.subject = ""

    def figures(self) -> Iterator[Figure]:
        years = ""
        for clause in clauses(self.text, self.sentence):
            groups = _grouped(self.text, self._stated(clause))
            if not groups:
                self._take_subject(clause)
            start = clause.start
            for index, group in enumerate(groups):
                stop = groups[index + 1].start if index + 1 < len(groups) else clause.end
                yield from self._facts(clause, start, group, stop, years)
                start = _next_start(self.text, group.end, stop)
            words = clause.of(self.text)
            years = words if _OPENING_YEAR.match(words) else years

    def _stated(self, clause: Span) -> list[Quantity]:
        """Return the amounts that a clause states, without those that only describe."""
        left = self._left(clause)
        inside = [q for q in self.quantities if clause.contains(q.core) and q not in left]
        stated, start = [], clause.start
        for quantity, after in zip_longest(inside, inside[1:]):
            if not self._describes(quantity, clause, start, after):
                stated.append(quantity)
                start = quantity.span.end
        return stated

    def _left(self, clause: Span) -> list[Quantity]:
        """Return the amounts that a change set out from: «由2110公里增至3055公里» has got to the second."""
        left: list[Quantity] = []
        for group in _grouped(self.text, [q for q in self.quantities if clause.contains(q.core)]):
            setting_out = _FROM.search(self.text[clause.start : group.start])
            if setting_out and _TO_NEXT.match(self.text[group.end : clause.end]):
                left += group.quantities
        return left

    def _describes(
        self, quantity: Quantity, clause: Span, start: int, after: Quantity | None
    ) -> bool:
        """Tell whether an amount is part of a name or of a manner of speaking.

        «42个国考断面水质优良比例达到97.6%» and «10亿元以上项目26个» state one amount each; durations
        before a word («24小时开放», «连续9年位居») and slogans in quotes state none.
        """
        text = self.text
        if _in_quotes(text[clause.start : quantity.core.start]):
            return True
        rest = text[quantity.span.end : clause.end]
        if not rest or rest[0] in _CLAUSE_END + "、":
            return False
        if quantity.unit in _DURATIONS and _WORD.match(rest):
            return True
        if quantity.unit == "省区市" or _FRAME.match(rest):
            return True
        if _ASIDE_NEXT.match(rest):
            return True
        if after is None:
            return False
        threshold = (
            quantity.bound in (Bound.AT_LEAST, Bound.AT_MOST) and quantity.text[-1] in "上下"
        )
        opening = _EMPTY.fullmatch(text[start : quantity.span.start].strip("、 "))
        between = text[quantity.span.end : after.span.start]
        joined = len(_split(between, _LISTED)) > 1 or _JOINT.search(between[-2:])
        return bool((threshold or opening) and between.strip() and not joined)

    def _take_subject(self, clause: Span) -> None:
        words = clause.of(self.text).strip(_CLAUSE_END)
        cut = _CUTS.search(words)
        head = words[: cut.start()] if cut else ""
        if len(head) >= 3 and not _EMPTY.fullmatch(head):
            self.subject = _RATE.sub("", head)

    def _facts(
        self, clause: Span, start: int, group: _Group, stop: int, years: str
    ) -> Iterator[Figure]:
        before = self.text[start : group.start].lstrip("、,， ")
        match = _BEFORE_QUANTITY.match(before)
        assert match is not None  # the pattern matches any text
        told, aspect, verb = _told(match, group.quantities[0])
        noun, rest = self._after(group.end, stop)
        if noun and not told.strip() and (match["new"] or not match["verb"]):
            # «4000个村民小组通了公路»: the counted noun is the subject
            subject, noun, self.subject = match["new"] or "", rest, noun
        else:
            subject = self._whole_subject(told, match)
            if "、" in subject and noun != rest and aspect is Aspect.LEVEL:
                noun = rest  # «城口、彭水4个|县能够摘帽|»
        names = _names(subject, group.quantities, match, before)
        if match["new"] and subject != match["new"]:
            names = [name + match["new"] for name in names]
        if noun and not (match["rise"] or match["fall"]):
            names = [name + noun for name in names]
        when = _AGAINST_YEAR.sub("", self.text[clause.start : group.start])
        # the year that a change set out from is not its own
        changed = aspect is Aspect.CHANGE_TO
        period, kind = self._time(years, _FROM_YEAR.sub("", when) if changed else when)
        for name, quantity in _paired(names, group.quantities, _is_shared(match)):
            name = _LEADING.sub("", name.strip("、,， "))
            place = quantity.span
            yield Figure(name, verb, quantity, aspect, period, kind, self.passage, place, clause)
        if changed:
            yield from self._set_out(
                clause, start, group, names, self._year_left(years, when, period)
            )

    def _set_out(
        self, clause: Span, start: int, group: _Group, names: list[str], year: str
    ) -> Iterator[Figure]:
        """Yield what a change set out from; its year is empty where that is not plain."""
        left = [q for q in self._left(clause) if start <= q.span.start < group.start]
        if len(left) != len(names):
            return
        for name, quantity in zip(names, left, strict=True):
            name = _LEADING.sub("", name.strip("、,， "))
            aspect, kind = Aspect.CHANGE_FROM, Kind.ACTUAL
            place = quantity.span
            yield Figure(name, "", quantity, aspect, year, kind, self.passage, place, clause)

    def _year_left(self, years: str, before: str, period: str) -> str:
        """Return the year that a change set out from: named, the first of the years it took, or before them."""
        if named := _FROM_YEAR.search(before):
            return named[0].rstrip("年")
        first, _, last = period.partition("-")
        if last:
            return first if _YEARS.search(f"{years}{before}") else str(int(first) - 1)
        taken = five_years_before(self.report, self.passage)
        return str(taken[0] - 1) if taken else ""

    def _whole_subject(self, subject: str, match: re.Match[str]) -> str:
        """Restore a subject that the clause leaves out or gives only in part."""
        subject = subject.strip("、,， ").removeprefix("其中")
        if subject == "人" and match["adverb"].startswith("均"):
            return f"人均{self.subject}"
        if _EMPTY.fullmatch(subject):
            verb = match["verb"] if not (match["rise"] or match["fall"] or match["to"]) else ""
            if not self.subject and verb:
                return verb
            return self.subject.removeprefix("新增") if "累计" in match[0] else self.subject
        if _PARTIAL.match(subject) and self.subject and len(subject) <= 12:
            beside = _OUTPUT.match(subject) and _ACREAGE.search(self.subject)
            return subject if beside else self.subject + subject
        self.subject = _RATE.sub("", subject)
        if match["reach"] in ("实现", "完成"):
            return subject + match["reach"]
        return subject

    def _after(self, end: int, stop: int) -> tuple[str, str]:
        """Return the noun that a quantity counts, alone and with what is said of it.

        «10所|高职院校|入选国家“双高计划”» gives «高职院校» and the whole.
        """
        listed = _split(self.text[end:stop], _LISTED)[0]
        listed = _TRAILING_JOINT.sub("", listed) if stop < len(self.text) else listed
        match = _POST.match(listed)
        noun = match[0].strip() if match else ""
        return noun, listed.strip(_CLAUSE_END + " ")

    def _time(self, years: str, before: str) -> tuple[str, Kind]:
        """Return period and kind: as the words before say, else as the section does."""
        spoken = self.report.year_of(self.passage.part)
        reviewed = self.passage.part is Part.REVIEW
        kind = Kind.ACTUAL if reviewed else Kind.TARGET
        for words in (before, years):
            named = _named_period(words)
            if named is None:
                continue
            period, year = named
            if reviewed and spoken is not None and year > spoken:
                if re.search(rf"[到至]{year}", words):
                    return period, Kind.TARGET
                continue  # «制定2025年清单»: what the deed is for, not when it was done
            if not reviewed and spoken is not None and year < spoken:
                kind = Kind.ACTUAL
            return period, kind
        if spoken is None:
            return "", kind
        if not reviewed and "去年" in before:
            return str(spoken - 1), Kind.ACTUAL
        if five := self._five_years(before):
            past = int(five[-4:]) < self.report.year if self.report.year else False
            return five, Kind.ACTUAL if past else kind
        sentence = self.sentence.of(self.text)
        for words, length in _SPANS.items():
            if reviewed and words in sentence:
                return f"{spoken - length + 1}-{spoken}", kind
        return str(spoken), kind

    def _five_years(self, before: str) -> str | None:
        """Return the five years that a figure is of: an average or a total of them, or one of their paragraph."""
        named = five_years_named(self.report, self.passage)
        # a paragraph that tells averages of years tells totals of them too
        total = _TOTAL.search(before) and _AVERAGE.search(self.passage.text)
        of_years = is_on_five_years(self.passage) or _AVERAGE.search(before) or total
        if named is None or not of_years:
            return None
        return f"{named[0]}-{named[1]}"


def _named_period(words: str) -> tuple[str, int] | None:
    """Return the last period that words name, and its last year."""
    spans, years = list(_YEARS.finditer(words)), list(_YEAR.finditer(words))
    if spans and (not years or spans[-1].end() >= years[-1].end()):
        return f"{spans[-1][1]}-{spans[-1]['year']}", int(spans[-1]["year"])
    if years:
        return years[-1]["year"], int(years[-1]["year"])
    return None


def _is_amount(quantity: Quantity) -> bool:
    """Tell whether a number can be a fact: small bare ones and counts in words are not."""
    if quantity.unit == "周年" or (quantity.unit == "岁" and quantity.bound is not None):
        return False  # «3岁以下» is an age group
    if quantity.unit == "" and quantity.value < 1000:
        return quantity.core.end - quantity.core.start > 2
    return quantity.unit in _IN_WORDS or any(char.isdigit() for char in quantity.text)


def _in_quotes(before: str) -> bool:
    marks = before.count("“") + before.count("”")
    return marks % 2 == 1 or before.count("「") > before.count("」")


def _next_start(text: str, end: int, stop: int) -> int:
    """Return where the words of the next quantity start: after the noun of the one before."""
    gap = text[end:stop]
    listed = _split(gap, _LISTED)
    if len(listed) > 1:
        return stop - len(listed[-1])
    return stop if _TRAILING_JOINT.search(gap) else end


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


def _told(match: re.Match[str], quantity: Quantity) -> tuple[str, Aspect, str]:
    """Return subject, aspect and verb of the words before a quantity."""
    subject, aspect = match["subject"], _aspect(match)
    subject = _AGAINST_YEAR.sub("", _RUNNING.sub("", _ASIDE.sub("", subject)))
    if aspect is Aspect.CHANGE_TO:
        subject = _FROM_AMOUNT.sub("", subject).removesuffix("分别")
    grown = re.search(rf"(?:{_RISE})$", subject)
    if grown and aspect is Aspect.LEVEL and quantity.unit in ("%", "倍"):
        return subject[: grown.start()], Aspect.GROWTH, grown[0]  # «增长均超过48%»
    if aspect is Aspect.LEVEL and _RATE.search(subject):
        aspect = Aspect.GROWTH
    elif aspect is Aspect.LEVEL and _DROP.search(subject):
        aspect = Aspect.DECLINE
    return subject, aspect, match["to"] or match["verb"] or ""


def _aspect(match: re.Match[str]) -> Aspect:
    if match["to"]:
        return Aspect.CHANGE_TO
    if match["rise"]:
        return Aspect.GROWTH
    if match["fall"]:
        return Aspect.DECLINE
    return Aspect.LEVEL


def _is_shared(match: re.Match[str]) -> bool:
    return re.search(r"均|都|各", match["adverb"]) is not None


def _paired(
    names: list[str], quantities: list[Quantity], shared: bool
) -> list[tuple[str, Quantity]]:
    if shared and len(quantities) == 1:
        return [(name, quantities[0]) for name in names]
    if len(names) == len(quantities):
        return list(zip(names, quantities, strict=True))
    return [("、".join(names), quantity) for quantity in quantities]


def _names(
    subject: str, quantities: list[Quantity], match: re.Match[str], before: str
) -> list[str]:
    """Resolve «A、B和C的产值» into as many names as there are quantities."""
    count, shared = len(quantities), _is_shared(match)
    told_apart = "分别" in before[-6:] or re.search("分别[由从]", before) is not None
    each = "分别" in match["adverb"] or told_apart
    # «A、B80家、16家»: the same unit twice says «each» as well
    each = each or (count > 1 and len({quantity.measure for quantity in quantities}) == 1)
    if not each and not shared:
        return [subject]
    urban = re.fullmatch(r"(?P<head>.*?)城乡(?P<tail>.+)", subject)
    if urban and (count == 2 or shared) and len(_split(urban["tail"], _JOINT)) == 1:
        return [f"{urban['head']}{kind}{urban['tail']}" for kind in ("城镇", "农村")]
    parts = _split(subject, _JOINT)
    if len(parts) < 2 or (each and count != len(parts)):
        return [subject]
    return _with_shared_ends(parts)


def _split(text: str, joint: re.Pattern[str]) -> list[str]:
    """Split a text at the joints that stand outside quotes and brackets."""
    parts, start, depth = [], 0, 0
    for match in re.finditer(rf"[{_OPEN}]|[{_CLOSE}]|{joint.pattern}", text):
        if match[0] in _OPEN:
            depth += 1
        elif match[0] in _CLOSE:
            depth -= 1
        elif depth == 0:
            parts.append(text[start : match.start()])
            start = match.end()
    return [*parts, text[start:]]


def _with_shared_ends(parts: list[str]) -> list[str]:
    """Give each name the opening word of the first and the measure of the last."""
    *others, last = parts
    if counted := _COUNTED_HEAD.fullmatch(parts[0]):
        # «生产安全事故起数、死亡人数»: both are of the accidents
        parts = [parts[0], *(counted["head"] + part for part in parts[1:])]
        *others, last = parts
    head = _SHARED_HEAD.match(parts[0])
    if head:
        parts = [parts[0], *(head[0] + part for part in parts[1:])]
        *others, last = parts
    if all(len(part) == 1 for part in others):
        return [*(part + last[1:] for part in others), last]  # «一、二、三产增加值»
    town_or_country = re.match("|".join(_TOWN_OR_COUNTRY), last)
    if len(others) == 1 and town_or_country and others[0].endswith(_TOWN_OR_COUNTRY):
        return [others[0] + last[town_or_country.end() :], last]  # «城镇和农村居民收入»
    measure = _MEASURE.search(last)
    if measure is None:
        return parts
    shared = measure[0]

    def measured(part: str) -> str:
        if _MEASURED.search(part):
            return part
        return part + (_TRADE.sub("", shared) if part.endswith("业") else shared)

    return [*map(measured, others), last]
