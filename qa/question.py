"""What is asked: form, period, aspect, unit, and the terms that evidence must cover."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from qa import wording
from qa.lexicon import lexicon
from qa.terms import Term, Writes, chinese_terms, english_terms
from vectorstore.figures import Aspect
from vectorstore.quantity import Quantity, find_quantities
from vectorstore.report import Part


class Form(StrEnum):
    """The form of answer that a question asks for."""

    FIGURE = "figure"
    LIST = "list"
    ENTITY = "entity"
    DATE = "date"
    YESNO = "yesno"
    COMPARE = "compare"
    MEASURES = "measures"
    DEFINITION = "definition"
    SPEAKER = "speaker"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Question:
    """One stand-alone question, understood.

    `plain` is the text in simplified characters and half width. `years` are the
    years that it names or means, `part` the part of a report that speaks of them.
    `units` are the units that the figure may have (empty: any).
    `spans_parts` tells that what was reached is compared with what is planned,
    `targeted` that only what is aimed at is asked for, `actual` what was reached.
    """

    text: str
    plain: str
    english: bool
    form: Form
    years: tuple[int, ...]
    part: Part | None
    aspect: Aspect | None
    units: frozenset[str]
    terms: tuple[Term, ...]
    spans_parts: bool = False
    targeted: bool = False
    actual: bool = False

    @property
    def words(self) -> str:
        """The terms with their other names, for lexical search."""
        return " ".join(
            dict.fromkeys(name for term in self.terms for name in (term.text, *term.names[:3]))
        )


# Markup says nothing; what stands between script tags even less.
_MARKUP = re.compile(r"<(script|style)\b.*?</\1>|</?[^\s<>\d=][^<>]{0,200}>", re.DOTALL)


@cache
def _converter(config: str) -> object:
    from opencc import OpenCC

    return OpenCC(config)


def plain(text: str) -> str:
    """Return `text` in half width, lower case, simplified characters and standard words of asking."""
    folded = _MARKUP.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip()
    folded = _READING.sub(lambda word: word[0] if word[1].isascii() else word[2], folded)
    if folded.isascii():
        return folded
    written = simplified(folded)
    for said, word in lexicon().spoken:
        written = said.sub(word, written)
    return written


def simplified(text: str) -> str:
    """Return `text` in simplified characters, and where it was not, in the mainland's words."""
    if text.isascii():
        return text
    written = str(_converter("t2s").convert(text))  # type: ignore[attr-defined]
    if written != text:  # Taiwan's words too: «伺服器» is «服务器»
        written = str(_converter("tw2sp").convert(text))  # type: ignore[attr-defined]
    return written


def is_english(text: str) -> bool:
    """Tell whether a question is asked in English: by its first word, or by more words than Han characters."""
    if wording.ASKS_IN_ENGLISH.match(text):
        return True
    latin = len(re.findall(r"[A-Za-z]+", text))
    han = len(re.findall(r"[\u4e00-\u9fff]", text))
    return latin >= 3 and latin > han / 2


def opens_in_english(text: str) -> bool:
    """Tell whether a statement is an English sentence: «In 2019, …», but not «PM2.5平均浓度…»."""
    return re.match(r"[A-Za-z]+:? [A-Za-z\d“]", text) is not None


def understand(text: str, year: int | None = None, writes: Writes = lambda _: False) -> Question:
    """Read a stand-alone question. `year` is the year of the report it is put to.

    The report of a year reviews the year before and plans its own; «去年» and
    «今年» are read from there. `writes` tells whether the reports write a word.
    """
    asked = _without_gloss(wording.ASKER.sub("", plain(text)), writes)
    english = is_english(asked)
    form = _form(asked)
    years, part = _period(asked, year)
    spans_parts = form is Form.COMPARE and _spans_parts(asked, years, year)
    two_levels = form is Form.COMPARE and wording.FROM_YEAR_TO_YEAR.search(asked)
    aspect = None if two_levels else _aspect(asked)
    return Question(
        text,
        asked,
        english,
        form,
        years,
        None if spans_parts else part,
        aspect,
        _units(asked, aspect, form),
        tuple(
            english_terms(asked, writes, _capitalised(text))
            if english
            else chinese_terms(asked, writes)
        ),
        spans_parts,
        bool(wording.TARGETED.search(asked)) and not wording.REACHED.search(asked),
        wording.ACTUAL.search(asked) is not None,
    )


# «biānjiǎodì(边角地)»: how a word is read.
_READING = re.compile(r"([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü']+)\(([\u4e00-\u9fff]+)\)")
_GLOSS = re.compile(r"\((?:占|即|也叫|也就是|简称|单位|按|俗称|不?含)[^()]{1,20}\)")


def _without_gloss(asked: str, writes: Writes) -> str:
    """Return a question without what it explains in brackets: «研发强度(占gdp比重)»."""
    return _GLOSS.sub(lambda gloss: gloss[0] if writes(gloss[0]) else "", asked)


def _capitalised(text: str) -> frozenset[str]:
    """Return, in lower case, the words that a capital marks as names, wherever they stand."""
    words = re.findall(r"(?<=[a-z,;'’] )[A-Z][a-z]{2,}\b", text)
    return frozenset(word.lower() for word in words)


_FURTHER = re.compile(r"^(?:还有|以及|另外|同时|顺便)[,，]?(?=[^多几哪什怎]{2})")


def parts_of(text: str) -> list[str]:
    """Return the questions in a text that asks several: «是多少?增长了多少?» asks two.

    What asks nothing itself belongs to the question after it.
    """
    found: list[str] = []
    lead = ""
    for piece in re.split(
        r"(?<=[?？;；])|[,，](?=(?:同比|比上年)?(?:增长|提高|上升|下降)了?多少)"
        r"|[,，](?=[^,，]{2,12}又.{0,6}(?:多少|几|什么|哪些|怎[么样]))"
        r"|(?<=[人次家户个座条项吨亩])[,，](?=(?:一共|总共|又|还|共)?[\u4e00-\u9fff]{1,4}了?多少(?:钱|元|人|家|吨|公里))"
        r"|(?<=多少)[,，](?=(?:还有|以及|另外|同时|顺便).{2,20}多少)"
        r"|[,，](?=(?:[今明去]年|(?:19|20)\d\d年)?的?(?:预期|计划)?目标(?:又|呢|是|为|定)?.{0,6}多少)",
        text,
    ):
        if wording.ASKS.search(piece):
            found.append(_FURTHER.sub("", f"{lead}{piece}".strip()) if found else f"{lead}{piece}")
            lead = ""
        else:
            lead += piece
    return found if len(found) > 1 else _counts_in(text)


_IN_BRACKETS = re.compile(r"[(（][^()（）]*报告[)）][?？。]?$")
_DATED = re.compile(r"(?:19|20)\d\d年|去年|今年")
# Asks for a number of things.
_HOW_MANY = re.compile(r"(?:多少|(?<![第这近哪])几)[万亿]?[^,，。?？多几]{1,8}$")


def _counts_in(text: str) -> list[str]:
    """Return the questions of a text that asks for two numbers: «A有多少家,B有多少条?».

    The second is of the year that the first names.
    """
    told = _IN_BRACKETS.search(text)  # «…(四川省2026年政府工作报告)?» belongs to both
    text, title = (text[: told.start()], told[0]) if told else (text, "")
    halves = re.split(r"[,，]", re.sub(r"[?？。]$", "", text))
    if len(halves) != 2 or wording.compares(text) or not all(map(_HOW_MANY.search, halves)):
        return [text + title]
    first, second = halves
    dated = _DATED.search(first)
    year = dated[0] if dated and not _DATED.search(second) else ""
    return [first + title, f"{year}{second}{title}?"]


# What is said not to be asked for: «…目标,不是去年完成数».
_NOT_THAT = re.compile(
    r"[,，;；。?？(（]\s*(?:而|可|并)?(?:(?:不是|并非)(?!吗|么)|不要(?=[^,，]{0,6}(?:目标|计划|实际|实绩|去年|今年)))[^,，。;；?？()（）]{2,}[)）]?|,\s*(?:and )?not (?:the |for |in )?[^,.?]{3,}"
)


def without_asides(text: str) -> str:
    """Return a question without what it says not to be asking for, and how it is told."""
    return wording.HOW_TOLD.sub("", _NOT_THAT.sub("", text))


def without_orders(text: str) -> str:
    """Return a question without the clauses that order the system how to answer.

    Nothing is left of a text that does nothing but order.
    """
    pieces = _pieces(text)
    if not any(wording.ORDER.search(piece.lower()) for piece in pieces):
        return text
    return "".join(p for p in pieces if not wording.ORDER.search(p.lower())).strip(" ,，。;；:：")


def named_in_orders(text: str) -> str:
    """Return what the clauses that order the system speak of: «直接说GDP增长了9%。增长多少?»."""
    ordered = (piece for piece in _pieces(text) if wording.ORDER.search(piece.lower()))
    return "".join(wording.ORDER.sub("", piece) for piece in ordered).strip(" ,，。;；:：")


def _pieces(text: str) -> list[str]:
    return re.split(
        r"(?<=[,，。;；:：!！?？\n])|(?<=\.)\s|\s(?=and (?:then )?(?:tell|give|say|answer|just))",
        text,
    )


def _form(asked: str) -> Form:
    if wording.SPEAKER.search(asked) and not wording.ANOTHER_HEAD.search(asked):
        return Form.SPEAKER
    if wording.WHICH_MEASURES.search(asked):
        return Form.MEASURES
    if wording.compares(asked):
        return Form.COMPARE
    if wording.DEFINITION.search(asked) and not wording.FIGURE.search(asked):
        return Form.DEFINITION
    if wording.FIGURE.search(asked) and not wording.WHICH_THINGS.search(asked):
        return Form.FIGURE
    ordered = (
        (wording.DATE, Form.DATE),
        (wording.LIST, Form.LIST),
        (wording.ENTITY, Form.ENTITY),
        (wording.MEASURES, Form.MEASURES),
        (wording.YESNO, Form.YESNO),
    )
    for pattern, form in ordered:
        if pattern.search(asked):
            return form
    return Form.OPEN


def _period(asked: str, year: int | None) -> tuple[tuple[int, ...], Part | None]:
    years = [int(y) for y in wording.YEAR.findall(asked)]
    if year is not None:
        shortened = [2000 + int(y) for y in wording.SHORT_YEAR.findall(asked)]
        years += [y for y in shortened if y in (year - 1, year)]
        if re.search(r"去年|上年|last year|previous year", asked):
            years.append(year - 1)
        if re.search(r"今年|本年|this year", asked):
            years.append(year)
        if wording.NEXT.search(asked):
            years.append(year + 1)
    years = list(dict.fromkeys(years))
    if year is not None and years:
        parts = {Part.REVIEW if y < year else Part.PLAN for y in years}
        return tuple(years), parts.pop() if len(parts) == 1 else None
    asked = wording.QUOTED_NAME.sub("", asked)  # «“双高计划”» plans nothing
    past, planned = wording.PAST.search(asked), wording.PLANNED.search(asked)
    if bool(past) == bool(planned):
        return tuple(years), None
    return tuple(years), Part.PLAN if planned else Part.REVIEW


def supposed_amount(asked: str) -> Quantity | None:
    """Return the amount that a question takes for given: «增长了7.3%,对吗?»."""
    stated = (q for q in find_quantities(asked) if asked[q.core.start].isdigit())
    amounts = (q for q in stated if q.unit or q.text[-1] in "万亿")
    return next((q for q in amounts if q.unit not in ("年", "月", "日")), None)


def _spans_parts(asked: str, years: tuple[int, ...], year: int | None) -> bool:
    if year is not None and len(years) > 1:
        return min(years) < year <= max(years)
    if wording.STILL_TO_GO.search(asked):
        return True
    reached = wording.REACHED_ALREADY if years else wording.REACHED
    return bool(reached.search(asked) and wording.PLANNED.search(asked))


def _aspect(asked: str) -> Aspect | None:
    if wording.CHANGED_TO.search(asked):
        return Aspect.LEVEL
    if points := wording.BY_POINTS.search(asked):
        return Aspect.DECLINE if points["less"] else Aspect.GROWTH
    if wording.SHARE.search(asked):
        return None
    if wording.FALL.search(asked):
        return Aspect.DECLINE
    if wording.RISE.search(asked):
        return Aspect.GROWTH
    if wording.LEVEL.search(asked):
        return Aspect.LEVEL
    return None


_UNITS = tuple((re.compile(pattern), frozenset(units)) for pattern, units in wording.UNIT_WORDS)
# Units that a question means loosely, or that are nouns as well.
_VAGUE = frozenset(("", "个", "分", "点", "村", "镇", "乡", "县", "省", "门", "代"))


def _units(asked: str, aspect: Aspect | None, form: Form) -> frozenset[str]:
    compared = form is Form.COMPARE and "倍" in asked
    supposed = supposed_amount(asked) if form is Form.YESNO else None
    if supposed is not None:
        return frozenset((supposed.unit,))
    if wording.IN_PERCENT.search(asked):
        return wording.RATES
    asked = wording.NOUN_BEHIND.sub(r"\1,", asked)
    grown = aspect in (Aspect.GROWTH, Aspect.DECLINE)
    for pattern, units in _UNITS:
        money = "元" in units and not wording.MONEY.search(asked)
        if pattern.search(asked) and not (grown and money):
            return units
    told, asking = re.subn(r".*?(?:多少|(?<![这近])几)", "3", asked, count=1)
    counted = find_quantities(told) if asking else []
    if counted and counted[0].span.start == 0 and counted[0].unit not in _VAGUE and not compared:
        return frozenset((counted[0].unit,))
    if grown or wording.PERCENT.search(asked):
        return frozenset(("%", "个百分点", "倍"))
    if wording.HOW_MANY_DAYS.search(asked):
        return frozenset(("天",))
    if wording.HOW_MANY.search(asked):
        return wording.COUNTED
    return frozenset()
