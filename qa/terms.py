"""The terms of a question: what evidence must speak of to answer it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from qa.dictionary import LONGEST_PHRASE, chinese
from qa.english_names import english_names
from qa.lexicon import lexicon
from qa.zones import is_known_town, is_town
from vectorstore.quantity import find_quantities

# Tells whether the reports write something, letter by letter.
Writes = Callable[[str], bool]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d年?(?!\d)")
# «“十四五”时期» says when.
_FIVE_YEARS = re.compile(
    r"[“\"]?十[一二三四五]?五[”\"]?(?:时期|期间|以来|期末|末|的?五年[间来里内]?|规划期)|五年[间来里内]"
)
# «哪些品牌», «什么工程»: the sort of thing that is asked for, which evidence need not name.
_TYPE = re.compile(r"(?:哪些|哪几?[个家座条项所类种届]?|什么|啥)([\u4e00-\u9fff]{2,4})")
_LEAD_IN = re.compile(r"[^,，。?？]{2,10}(?:的?问题|这(?:件|个)?事|的事儿?|方面|领域)[,，]")
# Who does something: what does not say so names nobody.
ROLE = re.compile(r"负责人|牵头人|总经理|董事长|校长|院长|主教练|设计单位|施工单位|供应商|发言人")
# What is counted stands right behind the measure word, or before «是多少».
_COUNTED = re.compile(
    r"(?:多少|几)[个家条座项件户所名人位台套场处种班辆只头张份](?:新的?)?([\u4e00-\u9fff]{2,6})"
    r"|([\u4e00-\u9fff]{2,8})(?:一共|总共|大概|到底)?(?:是|有|为|达到?了?)?多少"
)
# A part of a whole («引进的人才里,博士有多少») and a partner («对日韩进出口»), of which the whole,
# or all partners together, tell nothing.
_PART_OF = re.compile(
    r"(?<!报告)(?:里(?!程)面?|中(?![心国小西欧医学级])|当中|之中|其中)[,，]?(?:"
    r"([\u4e00-\u9fff]{2,8}?)(?:的?人数|的?数量|部分)?(?:大概|大约|到底|一共)?(?:占|有|是|贡献)了?(?:多[少大]|几|百分)"
    r"|(?:有|占)(?:多少|几)(?!成|百分|分之)[个家条座项件户所名人位]?([\u4e00-\u9fff]{2,8}))"
    r"|(?<![针面])对([\u4e00-\u9fff]{2,6}?)(?:的)?(?:贸易|进出口|出口|进口)"
)
# «海南以外还有哪些?» asks for all that stand together with it.
_BESIDES = re.compile(r"(?:以外|之外)(?=[,，]?还)")
# What an indicator measures of what stands before it.
_OF_MEASURE = re.compile(
    r"(?:产业|行业|业)?的?(?:总?产[量值]|总?收入|投资额?|面积|总额|规模|销量|营业收入|利润|增加值|出口额|进口额|成交额|交易额|吞吐量|余额)"
)
# Kinds of words that name one thing: places, people, bodies, titles, Latin names.
_PROPER = re.compile(r"ns|nr|eng")
_LANDSCAPE = re.compile(r"[山江河湖海岛林田草沙水路桥城乡村镇街岭峡谷滩岸]+")
# What tells how much there is of what it follows: «发行绿色债券的规模是多少».
_MEASURE = re.compile(r"规模|总额|金额|面积|数量|总量|总数|数额|人数|长度|里程|比例|比重|占比")
# What may be said of anything: «哪个面板项目建设».
_GENERIC = re.compile(
    r"(?:重[点大])?(?:项目|工程|工作|事业|体系|制度|机制|能力|任务)(?:建设|发展|推进|工作|改革|提升|实施|落实)"
)
# Compounds with an end that says little: «软件产业» is written in many ways.
_COMPOUND = re.compile(r"(.{2,})(产业|企业|行业|项目|工程|建设|发展|工作|体系|制度|政策|服务|问题)")
_DOUBLE_QUOTES = re.compile(r"[\"“”]")
_GAP = re.compile(r"[^\w.%+&·-]+")
_WHICH = re.compile(
    r"(?:哪[一二两三四五六七八九十几]+|第几)(?:大|个|项|种|类|次|家|条|处|所|座|位|届|方面)?"
    r"|哪(?:个|项|种|类|次|家|条|处|所|座|位|届)"
)
# Single characters that link, count or point, and name nothing.
_ORDINAL = re.compile(r"第[一二三四五六七八九十\d]{1,3}[期次届批轮条座代位阶]")
_EMPTY = re.compile(
    "[是有了的在把被会要将与和及跟或对给向从到为以等也都就还又才再很更最比较于之其这那该此个份座名家条项件户所场处次位"
    "年月日时后前中里上下内外能可让使用按各每不没多少几哪谁啥吗呢啊吧人市省县区]"
)
_IN_QUOTES = re.compile(r"[“\"「『](?!十.五[”\"」』])([\u4e00-\u9fff]{2,12})[”\"」』]")
_OPENING_QUOTES = '“"「『'
# Kinds of words by jieba's tags: nouns and names carry a question, verbs and
# adjectives colour it, the rest (pronouns, numerals, particles …) says nothing.
_CARRIES = re.compile(r"n|an|j|l$|eng|s$|x$|b$|i$")
_COLOURS = re.compile(r"v|a|z|d$|f$")
_COLOUR = 0.35
# What an English word without a Chinese name weighs, however long: it may be any word of doing.
_UNKNOWN = 1.2
# … and what one with a capital does: it names somebody or some place.
_NAMED = 3.0
# So many words at most make one name.
_MOST_WORDS = 8
_VERBAL = 0.7


# What narrows an indicator to another one, and the wording that takes it in.
QUALIFIERS = {
    "以外": "以外|之外|除",
    "在建": "在建",
    "全国": "全国|国家|我国",
    "国内": "国内",
    "人均": "人均",
    "日均": "日均|每天|每日",
    "低收入": "低收入|脱贫",
    "城镇": "城镇|城乡|城市",
    "农村": "农村|城乡|乡村|农民",
    "常住": "常住",
    "户籍": "户籍",
    "登记": "登记",
    "调查": "调查",
    "进口": "进口",
    "民营": "民营|非公",
    "外资": "外资|外商",
    "国有": "国有|国企",
    "第一产业": "第一产业|农业",
    "第二产业": "第二产业|工业",
    "第三产业": "第三产业|服务业",
}


# Other wordings of them that mean the same by themselves.
_ALSO = {"国有": ("国企",), "民营": ("非公",), "全国": ("我国",)}


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that evidence must speak of.

    `text` is as asked, `names` every wording that counts as speaking of it.
    `weight` is 1 for what the question is about, less for what only colours it.
    `whole` tells that it is one word: «市委» and «书记» apart are no «市委书记».
    `hard` marks names of things (of the lexicon, of places and people, what is counted):
    evidence must have them. Other words people may put differently: «任务», «牌子».
    `proper` marks names of one place, person or body; `town` those of a city or county,
    of which its zones do not speak; `part` what is one part of a whole that is named too.
    """

    text: str
    names: tuple[str, ...]
    weight: float = 1.0
    whole: bool = False
    hard: bool = True
    proper: bool = False
    town: bool = False
    part: bool = False

    @property
    def narrows(self) -> bool:
        """Whether this term makes of a thing another one: «农村», «第四期»."""
        of_few = self.part or _ORDINAL.fullmatch(self.text) is not None
        return of_few or self.text in QUALIFIERS

    @property
    def essential(self) -> bool:
        """Whether evidence that passes over this term is about something else."""
        return self.proper or self.weight >= 1.0


def english_terms(
    asked: str, writes: Writes, proper: Collection[str] = frozenset()
) -> Iterator[Term]:
    """Yield the terms of an English question, under their Chinese names where known.

    `proper` are the words in it, in lower case, that are written with a capital.
    """
    words, end = lexicon(), 0
    asked = _DOUBLE_QUOTES.sub("", asked)
    for match, terms in english_names().named_in(asked):
        yield from _loose_english(asked[end : match.start()], writes, proper)
        if not words.asking.fullmatch(terms[0]):
            names = tuple(dict.fromkeys(name for term in terms for name in words.others(term)))
            colours = all(term in words.light for term in terms)
            role = any(ROLE.fullmatch(term) for term in terms)
            place = role or any(words.places.fullmatch(term) for term in terms)
            named = place or any(word in proper for word in match[0].split())
            hard = named or any(_formal(term) or _narrowed(term) for term in terms)
            yield Term(terms[0], names, _COLOUR if colours else 1.0, hard=hard, proper=place)
        end = match.end()
    yield from _loose_english(asked[end:], writes, proper)


def _narrowed(term: str) -> bool:
    return any(qualifier in term for qualifier in QUALIFIERS)


def _loose_english(text: str, writes: Writes, proper: Collection[str]) -> Iterator[Term]:
    """Yield what the lexicon does not know under the dictionary's words that the reports write.

    A word without any stands for itself.
    """
    words = re.findall(r"[\u4e00-\u9fff]+|(?<![a-z0-9])[a-z][a-z0-9.+&'-]+", text)
    while words:
        if not words[0].isascii():  # a name typed in characters, or put in them by its sound
            yield from _named_terms(words.pop(0), writes)
            continue
        size, found = _translated(words, writes)
        if found:
            yield Term(found[0], found, hard=False)
        # verbs of doing say nothing that a report's nouns do not
        elif words[0] in proper and words[0] not in lexicon().asking_english:
            yield Term(words[0], (words[0],), _NAMED / len(words[0]), proper=True)
        elif not _says_nothing(words[0]):
            yield Term(words[0], (words[0],), _UNKNOWN / len(words[0]))
        words = words[size:]


def _says_nothing(word: str) -> bool:
    done = word.endswith(("ed", "ing")) and "-" not in word  # «foreign-funded» is said of a thing
    return done or word in lexicon().asking_english


def _translated(words: list[str], writes: Writes) -> tuple[int, tuple[str, ...]]:
    """Return how many of the words the dictionary takes as one, and their Chinese names."""
    for size in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        if all(map(_says_nothing, words[:size])):
            continue
        found = tuple(word for word in chinese(" ".join(words[:size])) if writes(word))
        if found:
            return size, found
    return 1, ()


def chinese_terms(asked: str, writes: Writes) -> Iterator[Term]:
    """Yield the terms of a Chinese question in their order.

    Names of the lexicon first; what lies between them is freed of the words of
    asking, kept whole where the reports write it, and cut into words elsewhere.
    """
    asked = _BESIDES.sub("", _FIVE_YEARS.sub(" ", _YEAR.sub(" ", asked)))
    asked = _without_amounts(asked, writes)
    types, counted = _TYPE.findall(asked), _COUNTED.findall(asked)
    parts = ["".join(groups) for groups in _PART_OF.findall(asked)]
    terms = _without_lead_in(asked, writes) or list(_all_terms(asked, writes))
    if not terms and "主要" in asked:
        # «主要预期目标有哪些?» asks for what its words of asking name
        terms = [term for term in _words(_GAP.sub("", asked), writes) if term.essential]
    things = [t for t in terms if t.essential and not lexicon().places.fullmatch(t.text)]
    if all(any(term.text in sort for sort in types) for term in things):
        types = []  # nothing else is named
    for term in terms:
        if term.weight >= _VERBAL and any(term.text in part for part in parts):
            yield replace(term, part=True, hard=True, weight=max(1.0, term.weight))
        elif is_town(term.text, asked):
            yield replace(term, town=True, proper=term.proper or is_known_town(term.text))
        elif any(term.text in sort for sort in types):
            yield replace(term, hard=False)
        elif _is_measured(term.text, asked):
            yield replace(term, hard=True)  # «棉花产量»: another one is another indicator
        elif not _MEASURE.fullmatch(term.text) and any(
            after.startswith(term.text) or before.endswith(term.text) for after, before in counted
        ):
            yield replace(term, hard=True)
        else:
            yield term


def _without_lead_in(asked: str, writes: Writes) -> list[Term]:
    """Return the terms of what follows «停车难的问题,», if that asks about something itself.

    What makes of it another thing is kept: «农村住房方面,».
    """
    lead = _LEAD_IN.match(asked)
    if lead is None:
        return []
    rest = list(_all_terms(asked[lead.end() :], writes))
    kept = [term for term in _all_terms(lead[0], writes) if term.narrows]
    return [*kept, *rest] if any(term.essential for term in rest) else []


def _is_measured(thing: str, asked: str) -> bool:
    """Tell whether a measure follows a thing wherever it stands: «棉花产量»."""
    start = asked.find(thing)
    while start >= 0:
        if _OF_MEASURE.match(asked, start + len(thing)):
            return True
        start = asked.find(thing, start + 1)
    return False


def _all_terms(asked: str, writes: Writes) -> Iterator[Term]:
    """Yield the terms in their order: what stands in quotes there and in the reports is one."""
    end = 0
    for quoted in _IN_QUOTES.finditer(asked):
        if writes(quoted[1]) or quoted[1] in lexicon().names:
            yield from _named_terms(asked[end : quoted.start()], writes)
            yield Term(quoted[1], lexicon().others(quoted[1]))
            end = quoted.end()
    yield from _named_terms(asked[end:], writes)


def _named_terms(asked: str, writes: Writes) -> Iterator[Term]:
    words, end = lexicon(), 0
    for match in words.known.finditer(asked):
        if _inside_longer(match, asked):
            continue
        yield from _loose(asked[end : match.start()], writes)
        weight = _COLOUR if match[0] in words.light else 1.0
        others = words.others(match[0].lower())
        place = words.places.fullmatch(match[0]) is not None
        named = place or ROLE.fullmatch(others[0]) is not None
        hard = named or _formal(match[0])
        ratio = match[0].endswith("比")  # «城乡居民收入比» is there or not
        yield Term(match[0], others, weight, whole=ratio, hard=hard, proper=named)
        end = match.end()
    yield from _loose(asked[end:], writes)


def _formal(name: str) -> bool:
    return name in lexicon().formal or name.upper() in lexicon().formal or name.isascii()


def _inside_longer(match: re.Match[str], asked: str) -> bool:
    return any(
        longer in asked[max(0, match.start() - 4) : match.end() + 4]
        for longer in lexicon().apart.get(match[0], ())
    )


def _without_amounts(asked: str, writes: Writes) -> str:
    """Return a question without the amounts that it supposes; names with digits stay."""
    for quantity in reversed(find_quantities(asked)):
        start, end = quantity.span.start, quantity.span.end
        if not asked[quantity.core.start].isdigit() or writes(asked[start : end + 2]):
            continue
        if (
            asked[max(0, start - 1) : start].isascii()
            and asked[max(0, start - 1) : start].isalpha()
        ):
            continue  # «PM2.5»
        asked = f"{asked[:start]} {asked[end:]}"
    return asked


def _loose(text: str, writes: Writes) -> Iterator[Term]:
    text = _WHICH.sub(" ", text)
    for piece in _GAP.split(_without_asking(text, writes)):
        piece = piece.strip("_.-·")
        if not piece:
            continue
        if len(piece) == 1:
            if any(f"{mark}{piece}" in text for mark in _OPENING_QUOTES):
                yield Term(piece, (f"“{piece}”", f"“{piece},", f"“{piece}:"))
            elif not _EMPTY.fullmatch(piece):
                yield Term(piece, (piece,), _COLOUR)
        elif piece.isascii():
            yield Term(piece, lexicon().others(piece))
        else:
            for run in re.split(f"({_ORDINAL.pattern})", piece):
                if _ORDINAL.fullmatch(run):
                    first = (f"首{run[2:]}",) if run.startswith("第一") else ()
                    yield Term(run, (run, *first), whole=True)
                elif run:
                    yield from _words(run, writes)


def _without_asking(text: str, writes: Writes) -> str:
    """Blank the words of asking, but not where the reports write them amid other words.

    «数据» asks in «有什么数据», and is part of a name in «大数据智能化».
    """
    found = list(lexicon().asking.finditer(text))
    taken = {place for match in found for place in range(*match.span())}
    for match in reversed(found):
        start, end = match.span()
        beside = {start - 1, end}
        inside = start > 0 and end < len(text) and not beside & taken
        if not (inside and writes(text[start - 1 : end + 1])):
            text = f"{text[:start]} {text[end:]}"
    return text


def _words(piece: str, writes: Writes) -> Iterator[Term]:
    """Cut a run into words; neighbours that the reports write as one stay together."""
    if _GENERIC.fullmatch(piece):
        yield Term(piece, (piece,), _COLOUR)
        return
    if len(piece) > 3 and writes(piece):
        yield Term(piece, lexicon().others(piece))
        return
    pairs = list(_segmenter().cut(piece))
    while pairs:
        size = next((n for n in range(_MOST_WORDS, 1, -1) if _is_name(pairs[:n], writes)), 1)
        run = "".join(pair.word for pair in pairs[:size])
        if _GENERIC.fullmatch(run):
            yield Term(run, (run,), _COLOUR)
        elif size > 1 and len(run) > 2:
            carries = any(_CARRIES.match(pair.flag) for pair in pairs[:size])
            named = all(_CARRIES.match(pair.flag) or pair.flag == "vn" for pair in pairs[:size])
            weight = 1.0 if carries else _VERBAL
            yield Term(run, lexicon().others(run), weight, hard=named)
        else:
            for pair in pairs[:size]:
                yield from _word(pair.word, pair.flag)
        pairs = pairs[size:]


def _is_name(pairs: list[Any], writes: Writes) -> bool:
    """Tell whether the reports write these words as one, and no particle opens or ends it."""
    opens, ends = pairs[0].flag, pairs[-1].flag
    if not (_CARRIES.match(opens) or _COLOURS.match(opens) or opens == "m"):
        return False
    if not (_CARRIES.match(ends) or _COLOURS.match(ends)):
        return False
    return writes("".join(pair.word for pair in pairs))


def _word(word: str, tag: str) -> Iterator[Term]:
    if _EMPTY.fullmatch(word):
        return
    names = lexicon().others(word)
    compound = _COMPOUND.fullmatch(word)
    if word in lexicon().light or re.fullmatch("[一二两三四五六七八九十].", word):
        yield Term(word, names, _COLOUR)
    elif compound and len(names) == 1:
        yield Term(compound[1], lexicon().others(compound[1]))
        yield Term(compound[2], (compound[2],), _COLOUR)
    elif _CARRIES.match(tag) or word in QUALIFIERS:
        placed = tag.startswith("nt") and word[-1] in "省市区县州镇乡村"  # «渝中区»
        proper = placed or _names_one(word, tag) or ROLE.fullmatch(word) is not None
        names = (*names, *_ALSO.get(word, ()))
        hard = proper or word in QUALIFIERS or _formal(word)
        weight = 1.0 if len(word) > 1 else _COLOUR
        yield Term(word, names, weight, whole=True, hard=hard, proper=proper)
    elif _COLOURS.match(tag) and len(word) > 1:
        yield Term(word, names, _VERBAL if tag == "vn" else _COLOUR)


def _names_one(word: str, tag: str) -> bool:
    """Tell whether a word is the name of one place, person or body, by jieba's tag for it.

    It takes «江河» and words that it does not know («山山岭岭») for places, «盖楼» for a person.
    """
    if _PROPER.match(tag) is None or len(word) < 2:
        return False
    if tag.startswith("nr"):
        return len(word) > 2
    return tag == "eng" or not (
        _LANDSCAPE.fullmatch(word) or _segmenter().dt.FREQ.get(word, 0) == 0
    )


def how_common(run: str) -> int:
    """Return how often jieba's dictionary has met a word of two characters or more, 0 for no word."""
    words = _segmenter().dt
    words.check_initialized()
    return int(words.FREQ.get(run, 0)) if len(run) > 1 else 0


@cache
def _segmenter() -> Any:
    """Return jieba's tagger; its dictionary costs a second, so only a question that needs it pays."""
    import jieba
    import jieba.posseg

    jieba.setLogLevel(logging.WARNING)
    return jieba.posseg
