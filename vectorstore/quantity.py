"""Every number in a text: its value, unit, bound and place.

Amounts only. Dates («2019年», «4月15日»), ordinals («第五届») and names that hold
digits («5G», «PM2.5», «“850+”», «6号线», «一区两群») are not quantities.
Values are exact decimals in the base unit: «2.36万亿元» is 2360000000000 元.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from vectorstore.report import Span


class Bound(StrEnum):
    """How a stated value limits the true one."""

    AT_LEAST = "at_least"  # 以上, 不低于
    AT_MOST = "at_most"  # 以内, 不超过
    MORE_THAN = "more_than"  # 超过, 突破, 多, 余
    LESS_THAN = "less_than"  # 低于, 不到
    ABOUT = "about"  # 左右, 约, 近


@dataclass(frozen=True, slots=True)
class Quantity:
    """One amount in a text.

    `span` covers the number, its scale, unit and bound words, and `text` is that
    slice. `value` is in units of `unit` ("" where none is written); `upper` is
    the other end of a range. `core` leaves the bound words out.
    """

    text: str
    value: Decimal
    unit: str
    bound: Bound | None
    span: Span
    core: Span
    upper: Decimal | None = None

    @property
    def measure(self) -> str:
        """The unit under its common name, so that 名 and 人 compare as equal."""
        return _SAME_UNIT.get(self.unit, self.unit)

    def same_amount(self, other: Quantity) -> bool:
        """Tell whether both state the same value in the same unit, bounds aside."""
        return (self.value, self.upper, self.measure) == (other.value, other.upper, other.measure)

    def same(self, other: Quantity) -> bool:
        """Tell whether both state the same value in the same unit with the same bound."""
        return self.same_amount(other) and self.bound == other.bound


_UNITS = """
%|‰|个百分点|百分点|
元|美元|欧元|日元|港元|英镑|人民币|块钱|
公里|千米|海里|里|米|厘米|毫米|纳米|
平方公里|平方千米|平方米|平方厘米|亩|公顷|
吨|公吨|公斤|千克|斤|克|担|吨标准煤|标准煤|
立方米|方|升|标准箱|标箱|箱|
千瓦时|千瓦|兆瓦|瓦|度|千伏安|千伏|伏|
人次|人|名|位|户|家|个|座|条|项|件|班|列|台套|台|辆|架次|架|艘|套|所|场|处|块|只|头|张|床|
篇|种|类|批|批次|次|届|轮|对|支|枚|颗|株|棵|部|册|车次|航次|班次|笔|单|宗|起|例|片|栋|幢|间|
村|镇|乡|县|省|门|款|桩|把|期|步|档|级|代|
天|日|小时|分钟|秒|周|个月|个工作日|工作日|年|岁|周年|
倍|成|折|分|点|位数|公顷|千卡|摄氏度|兆|字节|比特|公里每小时|微克|微克/立方米|毫克
"""
_UNIT = "|".join(
    sorted((re.escape(u) for u in _UNITS.replace("\n", "").split("|") if u), key=len, reverse=True)
)
# Units that may follow a number written in Chinese characters. Fewer than for digits:
# «三期», «一代», «四级», «五年» and «一方» are names and idioms more often than amounts.
_HAN_UNIT = (
    r"个百分点|个月|个工作日|小时|分钟|公里|平方公里|平方米|亩|吨|元|美元|人次|人(?!民|才|员|口|居|类)|名(?!片|城|牌|优)"
    r"|户|家(?!园|庭|级)|个|座|条|项(?!规定)|件(?!套)|班|台|辆|架|艘|套|所|场|处|倍|成(?!果|效|绩|为|功|都)|天"
)
_SAME_UNIT = {
    "名": "人", "位": "人", "千米": "公里", "平方千米": "平方公里", "百分点": "个百分点",
    "标箱": "标准箱", "人民币": "元", "块钱": "元", "日": "天", "工作日": "个工作日",
    "千克": "公斤", "公吨": "吨", "班次": "班", "列": "班", "户": "户", "台套": "台",
}  # fmt: skip

_SCALES = {
    "": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6,
    "千万": 10**7, "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
_SCALE = r"(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千(?![瓦伏米克卡])|百(?!分))"

_BEFORE = {
    Bound.AT_LEAST: ("不低于", "不少于", "不小于", "至少", "最少", "高于或等于"),
    Bound.AT_MOST: ("不超过", "不高于", "不多于", "不大于", "至多", "最多"),
    Bound.MORE_THAN: ("超过", "突破", "超出", "高于", "多于", "大于", "逾", "超", "破"),
    Bound.LESS_THAN: ("低于", "少于", "小于", "不到", "不足", "未满"),
    Bound.ABOUT: ("大约", "将近", "接近", "约为", "约", "近"),
}
_AFTER = {
    Bound.AT_LEAST: ("及以上", "以上"),
    Bound.AT_MOST: ("及以下", "以内", "之内", "以下"),
    Bound.ABOUT: ("左右", "上下"),
    Bound.MORE_THAN: ("多", "余"),
}
_BEFORE_WORD = {word: bound for bound, words in _BEFORE.items() for word in words}
_AFTER_WORD = {word: bound for bound, words in _AFTER.items() for word in words}
_BEFORE_RE = re.compile(
    "(" + "|".join(sorted(_BEFORE_WORD, key=len, reverse=True)) + r")(?:了|达到|到)?$"
)
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_RANGE = r"(?:\s*(?:—{1,2}|–|-|－|~|～|至|到)\s*)"
_START = r"(?<![A-Za-z\d.+＋])(?<![A-Za-z\d]-)"
_SINGLE = re.compile(
    rf"{_START}(?P<a>{_DIGITS})(?P<more>[多余])?(?P<s>{_SCALE})?(?P<more2>[多余])?(?P<u>{_UNIT})?"
    r"(?P<more3>多(?=[,，。;；、]|$))?"
)
_RANGED = re.compile(
    rf"{_START}(?P<a>{_DIGITS})(?P<as>{_SCALE})?(?P<au>{_UNIT})?"
    rf"{_RANGE}(?P<b>{_DIGITS})(?P<s>{_SCALE})?(?P<u>{_UNIT})?"
)
_PERCENT = re.compile(
    r"百分之(?P<a>[零〇一二三四五六七八九十百两]+(?:点(?P<f>[零〇一二三四五六七八九]+))?)"
)
_HAN_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_HAN_NUMBER = re.compile(
    r"(?<![第初〇零一二三四五六七八九十百千万亿两几数上])"
    r"(?P<a>[一二三四五六七八九十百千两][零一二三四五六七八九十百千万亿两]*)"
    rf"(?P<more>[多余])?(?P<u>{_HAN_UNIT})"
)
# Full-width forms have half-width twins of the same length: offsets stay true.
_HALF_WIDTH = {ord("０") + i: str(i) for i in range(10)} | {
    ord("％"): "%", ord("．"): ".", ord("，"): ",", ord("＋"): "+", ord("﹪"): "%",
}  # fmt: skip


def find_quantities(text: str) -> list[Quantity]:
    """Return every amount in `text`, in order of place."""
    plain = text.translate(_HALF_WIDTH)
    found = [*_arabic(text, plain), *_han(text, plain)]
    return sorted(found, key=lambda q: q.span)


def _arabic(text: str, plain: str) -> Iterator[Quantity]:
    offset = 0
    while (match := _SINGLE.search(plain, offset)) is not None:
        ranged = _RANGED.match(plain, match.start())
        quantity = ranged and _from_range(ranged, text, plain)
        if quantity is None and not _is_name_or_date(match, plain):
            quantity = _from_single(match, text, plain)
        if quantity is not None:
            yield quantity
        offset = quantity.core.end if quantity else match.end()


def _is_name_or_date(match: re.Match[str], plain: str) -> bool:
    before, after = plain[: match.start()], plain[match.end() :]
    digits, unit = match["a"], match["u"] or ""
    if before.endswith(("第", "№", "+", "＋")) or plain.startswith(("+", "＋"), match.end("a")):
        return True  # an ordinal, or a name like «13+1»
    is_year = re.fullmatch(r"(19|20)\d\d", digits) is not None
    if is_year and (unit in ("年", "") and not match["s"]):
        return True
    if plain.startswith("月", match.end("a")) or (
        unit == "日" and re.search(r"月$|月\d+日?[至—-]$|日[至—-]$", before)
    ):
        return True
    if unit in ("代", "级", "期", "版", "届", "号") or after.startswith("号线"):
        return True
    if unit:
        return False
    # «5G», «6号线», «2019版», a number alone in quotes: names, not amounts
    return before.endswith(("“", '"')) or bool(
        re.match(r"[A-Za-z]|号|版|路|线|[\"”」』]|后|型|式", after)
    )


def _from_single(match: re.Match[str], text: str, plain: str) -> Quantity:
    value = _decimal(match["a"]) * _SCALES[match["s"] or ""]
    more = bool(match["more"] or match["more2"] or match["more3"])
    core = Span(match.start(), match.end())
    return _bounded(text, plain, core, value, None, match["u"] or "", more)


def _from_range(match: re.Match[str], text: str, plain: str) -> Quantity | None:
    """Read «5%—6%», «5至6个»; `None` where the two numbers are no range of amounts."""
    unit, scale = match["u"] or match["au"] or "", match["s"] or ""
    low = _decimal(match["a"]) * _SCALES[match["as"] or scale]
    high = _decimal(match["b"]) * _SCALES[scale]
    dated = unit in ("", "年", "日") or plain.startswith("月", match.end("b"))
    if dated or high <= low or (match["au"] and match["au"] != unit):
        return None
    core = Span(match.start(), match.end())
    return _bounded(text, plain, core, low, high, unit, more=False)


def _bounded(
    text: str, plain: str, core: Span, value: Decimal, upper: Decimal | None, unit: str, more: bool
) -> Quantity:
    start, end, bound = core.start, core.end, Bound.MORE_THAN if more else None
    before = _BEFORE_RE.search(plain[max(0, start - 6) : start])
    if before is not None:
        bound = _BEFORE_WORD[before[1]]
        start -= len(before[0])
    for word, kind in _AFTER_WORD.items():
        if plain.startswith(word, end) and not (word in "多余" and unit in ("", "%")):
            if bound is None:
                bound = kind
            end += len(word)
            break
    span = Span(start, end)
    return Quantity(span.of(text), value, unit, bound, span, core, upper)


def _han(text: str, plain: str) -> Iterator[Quantity]:
    for match in _PERCENT.finditer(plain):
        whole, _, fraction = match["a"].partition("点")
        value = han_value(whole)
        if value is not None:
            value += Decimal("0." + "".join(str(_HAN_DIGIT[c]) for c in fraction) + "0")
            core = Span(match.start(), match.end())
            yield _bounded(text, plain, core, value, None, "%", more=False)
    for match in _HAN_NUMBER.finditer(plain):
        if _in_quotes(plain, match.start()):
            continue  # «“三个作用”» is a name
        value = han_value(match["a"])
        if value is None or (value == 1 and match["u"] not in ("倍", "成")):
            continue  # «一个都不能少», «一项工作»: an article, not a count
        core = Span(match.start(), match.end())
        yield _bounded(text, plain, core, value, None, match["u"], bool(match["more"]))


def _in_quotes(text: str, offset: int) -> bool:
    opened = max(text.rfind("“", 0, offset), text.rfind("「", 0, offset))
    closed = max(text.rfind("”", 0, offset), text.rfind("」", 0, offset))
    return opened > closed


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def han_value(numeral: str) -> Decimal | None:
    """Return the value of a number in Chinese characters, or `None` if malformed.

    Positional reading: «一百二十» is 120, «两千三百万» is 23000000.
    """
    total = section = 0
    digit: int | None = None
    for char in numeral:
        if char in _HAN_DIGIT:
            if digit not in (None, 0):
                return None  # «一二»: digits in a row are a code, not a number
            digit = _HAN_DIGIT[char]
        elif char in "十百千":
            section += (1 if digit is None else digit) * _SCALES[char]
            digit = None
        else:  # 万 or 亿 closes what stands before it
            section += digit or 0
            if section == 0 and total == 0:
                return None
            total = (total + section) * _SCALES[char]
            section, digit = 0, None
    return Decimal(total + section + (digit or 0))
