"""What a question over several reports wants done with what each of them says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from qa import wording
from qa.scope import Ask, Scope
from vectorstore.quantity import Bound, Quantity, find_quantities


class Order(StrEnum):
    """How figures are ordered, and whether the first of them is the answer."""

    HIGHEST = "highest"
    LOWEST = "lowest"
    DOWN = "down"
    UP = "up"

    @property
    def rising(self) -> bool:
        """Whether the smallest comes first."""
        return self in (Order.LOWEST, Order.UP)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be told of the figures, and the topic that each report is asked about.

    `topic` is the question without its regions and without the words of comparing.
    `superlative` is the word that it compares with («最高»). `condition` is the limit
    that figures must keep, with its bound. `lists` tells that it asks which reports.
    `first` is how many are asked for («前三名»).
    """

    topic: str
    order: Order | None = None
    superlative: str = "最高"
    first: int | None = None
    gap: bool = False
    total: bool = False
    ratio: bool = False
    condition: Quantity | None = None
    lists: bool = False

    @property
    def figures(self) -> bool:
        """Whether only figures can answer."""
        return bool(
            self.order or self.gap or self.total or self.ratio or self.condition
            or wording.FIGURE.search(self.topic.lower()) or wording.RISE.search(self.topic.lower())
        )  # fmt: skip


_MOST = re.compile(
    r"[更最](?P<much>高|多|大|快|强|靠前)|(?:谁|哪(?:一?个|里|儿|家|边|[省市])).{0,8}?(?P<much2>[高多大快])(?![少质校新中级速铁])|领跑|领先|居首|排?第一(?!产)"
    r"|\b(?:highest|most|largest|fastest|biggest|greatest|higher|faster|larger|bigger|more)\b",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"[更最](?P<little>低|少|小|慢)|(?:谁|哪(?:一?个|里|儿|家|边|[省市])).{0,8}?(?P<little2>[低慢])(?![碳空保])|垫底|倒数第一"
    r"|\b(?:lowest|least|smallest|slowest|fewest|lower|slower|smaller|fewer|less)\b",
    re.IGNORECASE,
)
_SUPERLATIVE = re.compile(
    r"谁|哪(?:一?个|里|儿|家|边|地|省|市|一[省市地年])|最[高多大快强低少小慢]|更[高多大快强低少小慢]|垫底|领跑|居首|\b(?:which|highest|lowest|most|least|fastest|slowest|largest|smallest|biggest)\b",
    re.IGNORECASE,
)
_RANKED = re.compile(
    r"从高到低|从多到少|从大到小|从快到慢|排(?:个|一下|列|出)?(?:名|序|行|位)|排一?下|排个|降序|\brank", re.IGNORECASE
)  # fmt: skip
_RANKED_UP = re.compile(r"从低到高|从少到多|从小到大|从慢到快|升序")
_FIRST = re.compile(r"前([一二两三四五六七八九十]|\d{1,2})(?:名|位|个|的)?|\btop (\d{1,2}|three|five)", re.IGNORECASE)  # fmt: skip
_GAP = re.compile(
    r"相?差(?:距|额|了|异)?(?:是|有)?(?:多少|几|多大)?|(?:高|低|多|少|快|慢|大|小)(?:出|了)?(?:多少|几)(?!家|个高|所)|[多高]多少|少多少|(?:多|少)[\u4e00-\u9fff]了(?:多少|几)|回落了?(?:多少|几)|变化|怎么变|difference|by how (?:much|many)|how (?:much|many) (?:more|higher|faster|fewer|lower)|\bgap\b",
    re.IGNORECASE,
)
# «从2019年到2024年增加了多少» asks for a difference, «2019年和2024年分别增长多少» for two rates.
_SPAN = re.compile(
    r"(?:19|20)\d\d年?(?:底)?(?:到|至|—|-|~)(?:19|20)\d\d|比(?:19|20)\d\d"
    rf"|{wording.FROM_YEAR_TO_YEAR.pattern}"
)
_CHANGE = re.compile(
    r"\b(?:gr[eo]w|ris|rose|rise|climb|increas|chang|fell|fall|declin|drop)\w*(?: by)?\b|(?:增加|增长|提高|上升|多|涨|减少|下降|降低|少|回落|下滑|缩小|扩大)[\u4e00-\u9fff]?了?(?:多少|几)(?:个?百分点|倍)?|怎么变"
)
# «2024年是多少,2025年是多少,增加了多少亿元?»
_AND_CHANGE = re.compile(
    rf"(?:多少|几)[^,，;；?？]{{0,4}}[,，;；?？][^,，]{{0,6}}(?:{_CHANGE.pattern})[^,，]{{0,4}}$"
)
_TOTAL = re.compile(
    r"合计|一共|总共|之和|加起来|加在一起|加总|总和|combined|in total|altogether|\bsum of", re.IGNORECASE
)  # fmt: skip
_RATIO = re.compile(r"几倍|多少倍|倍数|how many times", re.IGNORECASE)
_LISTS = re.compile(r"哪些|哪几|哪一?个(?:省|市|地区|地方|直辖市)|有哪|几个(?:省|地区|市)|多少个(?:省|地区|市)|which|what provinces|how many (?:provinces|regions)", re.IGNORECASE)  # fmt: skip
_EQUAL = re.compile(
    r"(?:定[在为]|设[在为]|等于|同为|都[是为]|[为是])$|\b(?:of|at|is|are|exactly) $"
)

# What is cut out of a question to leave its topic, in this order.
_CUTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^[^:：,，]{2,16}(?:多大|怎样|怎么样|如何|多少)[:：](?=.*(?:多少|几))",
        r"[,，。;；]?\s*(?:其中)?(?:最[快高多大]的?(?:比|和|与)最[慢低少小]的?.*|最[高低多少快慢大小强]的?(?:一个)?是(?:谁|哪.{0,4})?.*)$",
        r"[,，。;；?？]\s*[^,，。;；?？]{0,8}最[高低多少快慢大小强].{0,3}(?:是|为)?(?:谁|哪).*$",
        r"[,，。;；?？]\s*(?:谁|哪(?:一?个|里|儿|家|边|[省市地])).{0,4}(?:垫底|领先|领跑|居首|第一|跑得?最?[快慢]).*$",
        r"[,，。;；]?\s*(?:请|并)?(?:按)?(?:由|从)[高低多少大小快慢]到[高低多少大小快慢].*$",
        r"[,，。;；?？]?\s*(?:谁|哪(?:一?个|里|儿|家|边|一[省市地])?(?:省份?|市|地区|地方)?)(?:的)?(?=涨|增|升|降|长)",
        r"[,，。;；?？]?\s*(?:谁|哪(?:一?个|里|儿|家|边|一[省市地年])?(?:省份?|市|地区|地方)?)(?:的|要|会|定得|增速|增幅|降幅|定)?[更最比较]*(?:高|低|多|少|大|小|快|慢|强|靠前)(?:一?些|一?点)?(?:呢)?",
        r"是?的?(?:多少|几)倍",
        r"谁的|[更最][高低多少快慢大小](?:一些)?",
        r"[,，。;；]?\s*(?:相差|差距|差额|差了?|相比)(?:是|有)?(?:多少|几|多大)?(?:个)?(?:百分点|[\u4e00-\u9fff]{0,4})?(?=$|[?？。,，])",
        r"(?:高|低|多|少|快|慢|大|小)(?:出|了)?(?:多少|几)(?:个)?(?:百分点|[\u4e00-\u9fff]{0,3})?(?=$|[?？。,，])",
        r"排(?:个|一下|列|出)?(?:名|序|行|位)(?:一下|如何|情况)?|排一?下|排个|最[快慢高低]",
        r"(?:分别|各自|合计|一共|总共|之和|加起来|加在一起|总和|对比一?下|比较一?下|对比|相比|比较)(?:是|有|为)?(?=多少|几|$|[,，?？。的]|\S)",
        r"列(?:一下|个表|出|表|举)|(?:请|帮我)|(?:用|以)?(?:一张)?表格?(?:列出|展示)?$",
        r"(?:所有|全部|各份?|每份?|这些|几份|哪些|哪份)(?:的)?(?:政府工作)?报告(?:里面?|中|都)?[,，]?(?:都)?(?:提到|写到|说到|提出)?了?",
        r"(?:全国|所有|全部)?(?:哪|各|每|所有|全部|几|多少)(?:一?[些个几]|[两三四五六]个)?(?:省区市|省市区|省市|省份?|地区|地方|直辖市|市)(?:的)?(?:报告)?(?:里|中|都)?(?!级|直|内|委)",
        r"(?:全国)?各地(?:区)?(?:的)?|(?<![\u4e00-\u9fff])[两三四五六这](?:个)?(?:省市|[地省市]|直辖市)(?:的)?",
        r"(?:的报告)?(?:里|中)?(?:都)?(?:写到|提到|提及|说到|写了|谈到|讲到|提了)了?",
        r"(?:从|到|至|比|较)(?=\s|[,，]|$)",
        r"怎么变(?:化)?的?|变化(?:了多少|如何|情况)?|各(?=是|有|为|多少|几|下降|增长|上升|提高|减少|增加|新增|达|定)",
    )
)  # fmt: skip
_ENGLISH_CUTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^which (?:of (?:these|the|them)?.{0,20}? )?(?:one |province |region |city |municipality )?(?:had|has|have|is|was|set|sets|did) (?:the |a )?(?:highest|higher|lowest|lower|fastest|faster|largest|larger|most|more|least|biggest|bigger)\b",
        r"[,;?]\s*(?:and )?which (?:one |of them |province |region |city |municipality )?(?:is|was|had|has|set|did|grew|rose)?.{0,14}?(?:highest|higher|lowest|lower|fastest|faster|largest|larger|most|more|least)\b.*$",
        r"\b(?:respectively|compare[ds]?|each|both|in total|combined|altogether|versus|vs\.?)\b",
        r"\b(?:which|what|how many|all(?: the)?|every|each|across(?: the)?) (?:provinces?|regions?|municipalit(?:y|ies)|reports?)(?: (?:mention|set|have|had|aim)\w*)?",
        r"\bby how (?:much|many)\b|\bthe difference (?:between|in)\b|\bdifference\b|\b(?:highest|lowest|fastest|slowest|largest|smallest|higher|lower|faster)\b",
    )
)
_JOINTS = re.compile(r"^(?:\s*(?:[、,，]|和|与|跟|及|以及|比|较|相比|and\b|or\b|vs\.?))+|(?:\s*(?:[、]|和|与|跟|及|比))+$", re.IGNORECASE)  # fmt: skip
_GROWS = re.compile(
    r"(?:涨|增|升|长|增速|增长)(?:得|速|幅)?[更最]?快|涨得|增速|增幅|涨幅|(?:gr[eo]w|rose).*fast|fastest"
)
_FALLS = re.compile(r"降幅|(?:降|跌|减)(?:得)?[更最]?[多快]|下降最")
_ASKING = re.compile(r"多少|几|什么|哪|怎|如何|目标|吗")
_NUMERALS = {c: i for i, c in enumerate("一二三四五六七八九十", 1)} | {
    "两": 2,
    "three": 3,
    "five": 5,
}


def read_wanted(scope: Scope) -> Wanted:
    """Read what the question of a scope wants."""
    text = scope.text
    condition = _condition(scope)
    order, word = _order(text) if condition is None else (None, "最高")
    return Wanted(
        _topic(scope, condition),
        order,
        word,
        _first(text),
        gap=_GAP.search(text) is not None or _spans(scope),
        total=_TOTAL.search(text) is not None,
        ratio=_RATIO.search(text) is not None,
        condition=condition,
        lists=_LISTS.search(text) is not None,
    )


_YEARS = re.compile(r"[从自]?(?:(?:19|20)\d\d年?|[去今上本]年)(?:度|底)?[到至、和与~—-]*")
# What is left of «from 2020 to 2025» without its years.
_NO_YEARS = re.compile(r"\b(?:from\s+to|between\s+and|in\s+and)\b")
_REACHED = re.compile(r"实际(?:完成|达到)?|完成|达到")
# What is asked of the other of two years: «去年完成多少,今年目标又是多少?»
_OTHER_YEAR = re.compile(
    r"[:：,，]\s*实际.{0,4}(?:多少|几).{0,4}[,，]\s*目标.{0,3}(?:多少|几).*$"
    r"|[,，;；?？]\s*(?:今年|(?:19|20)\d\d年)?[^,，]{0,3}(?:目标|计划|力争|打算|预计|预期)[^,，]*$"
)


def question_for(wanted: Wanted, ask: Ask, scope: Scope) -> str:
    """Return the words in which one report is asked: its year named, where years are compared."""
    if not scope.over_years or ask.year is None:
        return wanted.topic
    rest = _YEARS.sub("", _OTHER_YEAR.sub("", wanted.topic)).strip(" ,，:：的")
    if scope.english:
        return f"{_NO_YEARS.sub('', rest)} in {ask.year}"
    if "目标" in rest and not ask.aimed:
        rest = rest.replace("目标", "") if "实际" in ask.label else rest
    elif ask.aimed and not re.search("目标|计划|预期", rest):
        rest = f"{_REACHED.sub('', rest).rstrip('?？')}目标"
    return f"{ask.year}年{rest}"


def _spans(scope: Scope) -> bool:
    """Tell whether the change from one year to another is asked for."""
    text = scope.text
    from_to = _SPAN.search(text) and _CHANGE.search(text)
    return bool(scope.over_years and (from_to or _AND_CHANGE.search(text)))


def _order(text: str) -> tuple[Order | None, str]:
    if _RANKED_UP.search(text):
        return Order.UP, "最低"
    if _RANKED.search(text):
        return Order.DOWN, "最高"
    if not _SUPERLATIVE.search(text):
        return None, "最高"
    much, little = _MOST.search(text), _LEAST.search(text)
    if little and not (much and much.start() < little.start()):
        return Order.LOWEST, f"最{little['little'] or little['little2'] or '低'}"
    if much:
        return Order.HIGHEST, f"最{much['much'] or much['much2'] or '高'}"
    return None, "最高"


def _first(text: str) -> int | None:
    found = _FIRST.search(text)
    if found is None:
        return None
    said = (found[1] or found[2]).lower()
    return int(said) if said.isdigit() else _NUMERALS.get(said)


def _condition(scope: Scope) -> Quantity | None:
    """Return the limit that a question sets: «高于5.5%», «定在5%左右»."""
    text = scope.text
    if not scope.each or not _LISTS.search(text):
        return None
    for quantity in find_quantities(text):
        firm = quantity.bound not in (None, Bound.ABOUT)
        if firm or _EQUAL.search(text[: quantity.span.start]):
            return quantity
    return None


def _topic(scope: Scope, condition: Quantity | None) -> str:
    text, blanks = scope.text, []
    for mention in scope.places:
        if not mention.loose and set(mention.regions) & set(scope.named or mention.regions):
            blanks.append(mention.span)
    if condition is not None:
        blanks.append(condition.span)
    text = _blanked(text, [(span.start, span.end) for span in blanks])
    if _spans(scope):
        text = _CHANGE.sub(" ", text)
    for cut in _ENGLISH_CUTS if scope.english else _CUTS:
        text = cut.sub(" ", text)
    text = re.sub(r"\s+的?", " ", text)
    text = re.sub(r"(?<=[\u4e00-\u9fff]) (?=增长|下降|上升|提高)", "", text)
    text = re.sub(r"([,，?？。])(?:\s*[,，?？。;；])+", r"\1", text)
    text = _JOINTS.sub("", text.strip(" ,，、;；:：的")).strip(" ,，、;；:：")
    grows = _GROWS.search(scope.text) and not wording.RISE.search(text)
    if scope.english or (_ASKING.search(text) and not grows):
        return text
    text = re.sub(r"(?:在|是|有)$", "", text.rstrip(" ?？。,，的"))
    if _FALLS.search(scope.text) and not wording.FALL.search(text):
        return f"{text}下降多少?"
    if _GROWS.search(scope.text):
        text = re.sub(r"[涨增升长](?:得|速|幅)?[更最]?快?$|(?:增速|增幅|涨幅)$", "", text).rstrip(
            "的"
        )
        return f"{text}增长多少?"
    if re.search(r"(?:下降|增长|上升|提高|减少|增加|上涨)了?$", text):
        return f"{text}多少?"
    if _LISTS.search(scope.text) and condition is None and not _order(scope.text)[0]:
        return text
    return f"{text}是多少?"


def _blanked(text: str, places: Sequence[tuple[int, int]]) -> str:
    """Blank the places, and the joints between neighbours: «四川、河南和贵州» goes whole."""
    for start, end in sorted(places, reverse=True):
        after = re.match(
            r"(?:\s*(?:[、,，]|和|与|跟|及|以及|比)\s*(?=\x00))?(?:['’]s)?", text[end:]
        )
        text = text[:start] + "\x00" + text[end + (after.end() if after else 0) :]
    text = re.sub(
        r"(?:\b(?:in|of|for|by|between|and|from|did|does)\s+|[和与跟及比,、]\s*)*\x00(?:[\s,、]*(?:and\s+)?\x00)*",
        " ",
        text,
    )
    return text.replace("\x00", " ")
