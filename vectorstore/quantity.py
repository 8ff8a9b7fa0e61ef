"""Every number in a text: its value, unit, bound and place.

Amounts only. Dates («2019年», «4月15日»), ordinals («第五届», «前10名»), ratios («1:3»),
enumerators («1. …») and names that hold digits («5G», «PM2.5», «“850+”», «6号线»,
«一区两群») are not quantities. Values are exact decimals in the base unit:
«2.36万亿元» is 2360000000000 元, and so is «2.36 trillion yuan».
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
元|元人民币|美元|欧元|日元|港元|英镑|人民币|块钱|
公里|千米|海里|里|米|厘米|毫米|纳米|
平方公里|平方千米|平方米|平方厘米|亩|公顷|
吨|公吨|公斤|千克|斤|克|毫克|微克|担|吨标准煤|标准煤|
立方米|方|升|千升|标准箱|标箱|箱|
千瓦时|千瓦|吉瓦|太瓦|兆瓦|兆瓦时|瓦|度|千伏安|千伏|伏|千卡|摄氏度|兆|字节|比特|
人次|人|名|位|户|家|个|座|条|项|件|班|列|台套|台|辆|架次|架|艘次|艘|套|所|场|处|块|只|头|张|床|
篇|种|类|批|批次|次|届|轮|对|支|枚|颗|株|棵|部|册|车次|航次|班次|笔|单|宗|起|例|片|栋|幢|间|
村|镇|乡|县|省|省区市|门|款|桩|把|期|步|档|级|代|组|
天|日|小时|分钟|秒|周|个月|个工作日|工作日|年|岁|周年|
倍|成|折|分|点|位数
"""
_SYMBOL_UNITS = (
    r"(?:[TGMk]Wh|kwh|[GMkK]W|[KMGTPEZ]?[Ff][Ll][Oo][Pp][Ss]|[KMGTPE]B(?:ps)?|[MG]bps|P"
    r"|km²|km2|km|kg|mm|cm|nm|m²|m³|℃|°C)(?![A-Za-z])"
)
_PER = r"(?:/(?:月|年|日|天|人|户|亩|小时|秒|立方米|平方米|平方公里|公里|米|吨|升|次|件|千瓦时))"
_CHINESE_UNIT = "|".join(
    sorted((re.escape(u) for u in _UNITS.replace("\n", "").split("|") if u), key=len, reverse=True)
)
_UNIT = rf"(?:(?:{_CHINESE_UNIT}){_PER}?|{_SYMBOL_UNITS})"
# Units that may follow a number written in Chinese characters. Fewer than for digits:
# «三期», «一代», «四级», «五年» and «一方» are names and idioms more often than amounts.
_HAN_UNIT = (
    r"个百分点|个月|个工作日|小时|分钟|公里|平方公里|平方米|亩|吨|元|美元|人次|人(?!民|才|员|口|居|类)|名(?!片|城|牌|优)"
    r"|户|家(?!园|庭|级)|个|座|条|项(?!规定)|件(?!套)|班|台|辆|架|艘|套|所|场|处|倍|成(?!果|效|绩|为|功|都)|天"
)
_SAME_UNIT = {
    "名": "人", "位": "人", "千米": "公里", "平方千米": "平方公里", "百分点": "个百分点",
    "标箱": "标准箱", "人民币": "元", "元人民币": "元", "块钱": "元", "km": "公里",
    "kg": "公斤", "km²": "平方公里", "km2": "平方公里", "m²": "平方米", "m³": "立方米", "日": "天", "工作日": "个工作日",
    "千克": "公斤", "公吨": "吨", "班次": "班", "列": "班", "台套": "台", "kWh": "千瓦时",
    "kwh": "千瓦时", "kW": "千瓦", "KW": "千瓦", "MW": "兆瓦", "℃": "摄氏度", "°C": "摄氏度",
}  # fmt: skip

_SCALES = {
    "": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6,
    "千万": 10**7, "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
_SCALE = r"(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千(?![瓦伏米克卡升])|百(?!分))"

_BEFORE = {
    Bound.AT_LEAST: ("不低于", "不少于", "不小于", "至少", "最少", "高于或等于"),
    Bound.AT_MOST: ("不超过", "不高于", "不多于", "不大于", "至多", "最多"),
    Bound.MORE_THAN: ("超过", "突破", "超出", "高于", "多于", "大于", "逾", "超", "破"),
    Bound.LESS_THAN: ("低于", "少于", "小于", "不到", "不足", "未满"),
    Bound.ABOUT: ("大约", "将近", "接近", "约合", "约为", "约", "近"),
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
_RANGE = r"(?:\s*(?:—{1,2}|–|-|－|~|～|至|到)\s*| to )"
_START = r"(?<![A-Za-z\d.+＋])(?<![A-Za-z\d]-)"
_SINGLE = re.compile(
    rf"{_START}(?P<a>{_DIGITS})(?P<more>[多余])?(?: ?(?P<s>{_SCALE}))?(?P<more2>[多余])?"
    rf"(?: ?(?P<u>{_UNIT}))?(?P<more3>多(?=[,，。;；、]|$))?"
)
_RANGED = re.compile(
    rf"{_START}(?P<a>{_DIGITS})(?P<as>{_SCALE})?(?P<au>{_UNIT})?"
    rf"{_RANGE}(?P<b>{_DIGITS})(?: ?(?P<s>{_SCALE}))?(?: ?(?P<u>{_UNIT}))?"
)
# Rates and temperatures have signs; the 负 of «减负1000亿元» and the - of «A-5座» are none.
_SIGNED_UNITS = ("%", "‰", "个百分点", "百分点", "度", "摄氏度", "℃", "°C")
_MINUS = re.compile(r"(?:(?<![A-Za-z\d%点成）)—–-])[-−]|(?<![减担抱肩])负|零下)$")
_PERCENT = re.compile(
    r"百分之(?P<a>[零〇一二三四五六七八九十百两]+(?:点(?P<f>[零〇一二三四五六七八九]+))?)"
)
_HAN_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_HAN_NUMBER = re.compile(
    r"(?<![第初〇零一二三四五六七八九十百千万亿两几数上])(?<!分之)"
    r"(?P<a>[一二三四五六七八九十百千两][零一二三四五六七八九十百千万亿两]*)"
    rf"(?P<more>[多余])?(?P<u>{_HAN_UNIT})"
)
# Full-width forms have half-width twins of the same length: offsets stay true.
_HALF_WIDTH = {ord("０") + i: str(i) for i in range(10)} | {
    ord("％"): "%", ord("．"): ".", ord("，"): ",", ord("＋"): "+", ord("﹪"): "%",
    ord("／"): "/",
}  # fmt: skip

_ENGLISH_SCALES = {
    "thousand": Decimal(10**3), "million": Decimal(10**6),
    "billion": Decimal(10**9), "trillion": Decimal(10**12),
}  # fmt: skip
_ENGLISH_UNITS = {
    "元": r"yuan(?: rmb)?|rmb|cny|renminbi",
    "美元": r"(?:u\.?s\.? ?)?dollars?|usd",
    "%": r"percent|per cent|pct",
    "个百分点": r"percentage[ -]points?",
    "倍": r"times|fold",
    "公里": r"kilomet(?:er|re)s?|km",
    "平方公里": r"square (?:kilomet(?:er|re)s?|km)|sq km",
    "平方米": r"square met(?:er|re)s?",
    "立方米": r"cubic met(?:er|re)s?",
    "米": r"met(?:er|re)s?",
    "亩": r"mu",
    "公顷": r"hectares?",
    "吨": r"(?:metric )?ton(?:ne)?s?",
    "斤": r"jin",
    "千瓦时": r"kilowatt[ -]hours?|kwh",
    "千瓦": r"kilowatts?",
    "标准箱": r"teus?",
    "小时": r"hours?",
    "天": r"days?",
    "年": r"years?",
    "个月": r"months?",
    "人次": r"(?:passenger|person)[ -]?(?:trips?|times)|passengers?|visits?",
    "人": r"people|persons?|residents?|workers?|employees",
    "户": r"households?|families",
    "家": r"companies|company|enterprises?|firms?|businesses|banks?|consulates?",
    "班": r"trains?|train trips?",
    "所": r"schools?|universities|colleges?|hospitals?",
    "条": r"routes?|airlines?|trails?",
    "件": r"patents?|proposals?|suggestions?",
    "个": r"projects?|districts?|counties|cities|countries|villages|stations?|plots?|parks?",
    "套": r"apartments?|housing units?|homes|dwellings?",
}
_ENGLISH_UNIT = "|".join(
    f"(?P<{name}>{words})"
    for name, words in ((f"u{i}", words) for i, words in enumerate(_ENGLISH_UNITS.values()))
)
# Up to three describing words may stand before what is counted: «3,100 high-tech enterprises».
_DESCRIBED = (
    r"(?:(?!(?:and|or|of|in|to|by|from|for|the|a|with|on|at|per|than|was|were|is|are|as|over)\b)"
    r"[A-Za-z-]+ ){0,3}?"
)
_ENGLISH = re.compile(
    rf"(?P<a>{_DIGITS})(?:(?P<joint> ?[-–—] ?| to | and )(?P<b>{_DIGITS}))?"
    rf"(?:[ -]?(?P<s>{'|'.join(_ENGLISH_SCALES)}))?"
    rf"(?:[ -]{_DESCRIBED}(?P<u>{_ENGLISH_UNIT})(?P<rate> (?:per|a|each) (?P<per>month|year|day|person))?)?"
    r"(?![A-Za-z])",
    re.IGNORECASE,
)
_ENGLISH_PER = {"month": "/月", "year": "/年", "day": "/天", "person": "/人"}
_CURRENCY = re.compile(
    r"(?P<d>(?:US|U\.S\. ?)?\$ ?|USD ?)$|(?P<y>(?:RMB|CNY) ?|[¥￥] ?)$", re.IGNORECASE
)
_ENGLISH_BEFORE = re.compile(
    r"\b(?:(?P<at_least>at least|(?:no|not) (?:less|fewer|lower) than|a minimum of)"
    r"|(?P<at_most>at most|up to|(?:no|not) (?:more|higher) than|not exceeding|within)"
    r"|(?P<more_than>more than|over|above|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|topped"
    r"|in excess of)"
    r"|(?P<less_than>less than|fewer than|under|below)"
    r"|(?P<about>about|around|approximately|roughly|nearly|almost|close to|some|circa)) $",
    re.IGNORECASE,
)
_ENGLISH_AFTER = re.compile(
    r" (?:(?P<at_least>or (?:more|above|higher)|and above)"
    r"|(?P<at_most>or (?:less|fewer|below|lower))|(?P<about>or so))\b",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_AFTER_MONTH = re.compile(rf"\b{_MONTH}\.? (?:\d{{1,2}} ?(?:to|and|-|–|—) ?)?$")
_BEFORE_MONTH = re.compile(rf"^(?: ?(?:to|and|-|–|—) ?\d{{1,2}})? {_MONTH}\b")
_LABEL = re.compile(
    r"\b(?:no|paragraph|para|section|part|chapter|phase|stage|line|page|article|table|version)\.? ?$",
    re.IGNORECASE,
)
_ENUMERATED = re.compile(r"(?:^|[\n;；。])\s*$|[(（]$")
_ENUMERATOR_END = re.compile(r"^(?:[、)）](?!\d)|\.(?=[^\d\s]|\s+\S))")


def find_quantities(text: str) -> list[Quantity]:
    """Return every amount in `text`, in order of place."""
    plain = text.translate(_HALF_WIDTH)
    found = [*_arabic(text, plain), *_han(text, plain)]
    return sorted(found, key=lambda q: q.span)


def _arabic(text: str, plain: str) -> Iterator[Quantity]:
    offset = 0
    while (match := _SINGLE.search(plain, offset)) is not None:
        quantity = _at(match, text, plain)
        if quantity is not None:
            yield quantity
        offset = quantity.core.end if quantity else match.end("a")


def _at(match: re.Match[str], text: str, plain: str) -> Quantity | None:
    """Read the number where `match` starts: as a range, in English words, or alone."""
    if _is_label(match, plain):
        return None
    english = _ENGLISH.match(plain, match.start())
    if english and not _is_year(english):
        worded = english["s"] or english["u"] or _CURRENCY.search(plain[: match.start()][-6:])
        if worded:
            return _from_english(english, text, plain)
    ranged = _RANGED.match(plain, match.start())
    quantity = _from_range(ranged, text, plain) if ranged else None
    if quantity is None and not _is_name_or_date(match, plain):
        quantity = _from_single(match, text, plain)
    return quantity


def _is_year(match: re.Match[str]) -> bool:
    return re.fullmatch(r"(19|20)\d\d", match["a"]) is not None and not match["s"]


def _is_label(match: re.Match[str], plain: str) -> bool:
    """Tell whether digits are an ordinal, a ratio, an enumerator or a mark, not an amount."""
    before, after = plain[max(0, match.start() - 20) : match.start()], plain[match.end("a") :]
    if before.endswith(("第", "№", "+", "分之")) or after.startswith(("+", "分之")):
        return True  # «第3位», a name like «13+1», «3分之2»
    if re.search(r"\d ?[:：∶/×] ?$", before) or re.match(r"[:：∶/×]\d", after):
        return True  # «3:1», «7×24小时»
    if before.endswith(("[", "［")) and after.startswith(("]", "］")):
        return True
    if before.endswith("前") and re.match(r"[名位强]", after):
        return True  # «前10名» is a rank
    if _AFTER_MONTH.search(before) or _BEFORE_MONTH.match(after) or _LABEL.search(before):
        return True
    return bool(_ENUMERATED.search(before) and _ENUMERATOR_END.match(after))


def _is_name_or_date(match: re.Match[str], plain: str) -> bool:
    before, after = plain[: match.start()], plain[match.end() :]
    unit = match["u"] or ""
    if _is_year(match) and unit in ("年", ""):
        return True
    if re.match(r"(?:[-—–~～至到]\d{1,2})? ?月", plain[match.end("a") :]) or (
        unit == "日"
        and (
            re.search(r"月 ?$|月\d+日?[至—-]$|日[至—-]$", before[-8:])
            or re.match(r"[至—-]\d+日", after)
        )
    ):
        return True
    if unit in ("代", "级", "期", "版", "届", "号") or re.match(r" ?号线", after):
        return True
    if unit:
        return False
    # «5G», «6号线», «2019版», «500强», «12345热线», a number alone in quotes: names, not amounts
    return before.endswith(("“", '"')) or bool(
        re.match(r"[A-Za-z]|号|版|路|线|[\"”」』]|后|型|式|强|[\u4e00-\u9fff]{0,6}热线", after)
    )


def _from_english(match: re.Match[str], text: str, plain: str) -> Quantity:
    """Read «2.36 trillion yuan», «about 5 to 6 percent», «US$100 billion»."""
    scale = _ENGLISH_SCALES[match["s"].lower()] if match["s"] else Decimal(1)
    groups = match.groupdict()
    unit = next((u for i, u in enumerate(_ENGLISH_UNITS) if groups[f"u{i}"]), "")
    start, end = match.start(), match.end()
    if match["per"]:
        if unit in ("元", "美元", "吨", "立方米"):
            unit += _ENGLISH_PER[match["per"].lower()]
        else:  # «1,200 households a day»: in Chinese the day stands with the subject («日均»)
            end = match.start("rate")
    value = _decimal(match["a"]) * scale
    upper = _decimal(match["b"]) * scale if match["b"] else None
    if upper is not None and (upper <= value or not _is_english_range(match, plain)):
        upper, end = None, match.end("a")  # «from 5 to 6 percent»: two amounts of one unit
    currency = _CURRENCY.search(plain[max(0, start - 6) : start])
    if currency:
        unit = "美元" if currency["d"] else "元"
        start -= len(currency[0])
    value, start = _signed(plain, start, value, unit)
    bound, first, last = _english_bound(plain, start, end)
    span = Span(first, last)
    return Quantity(span.of(text), value, unit, bound, span, Span(start, end), upper)


def _is_english_range(match: re.Match[str], plain: str) -> bool:
    if match["joint"] == " and ":
        return plain[: match.start()].lower().endswith("between ")
    return not _moves(plain, match.start())


def _english_bound(plain: str, start: int, end: int) -> tuple[Bound | None, int, int]:
    """Return the bound of an amount, and where it starts and ends with its bound words."""
    before = _ENGLISH_BEFORE.search(plain[max(0, start - 24) : start])
    if before is not None and before.lastgroup is not None:
        return Bound(before.lastgroup), start - len(before[0]), end
    after = _ENGLISH_AFTER.match(plain[end : end + 16])
    if after is not None and after.lastgroup is not None:
        return Bound(after.lastgroup), start, end + len(after[0])
    return None, start, end


def _moves(plain: str, start: int) -> bool:
    """Tell whether «from» stands before: what follows is a change, not a range."""
    return (
        re.search(r"(?:从|由|\bfrom )$", plain[max(0, start - 5) : start], re.IGNORECASE)
        is not None
    )


def _from_single(match: re.Match[str], text: str, plain: str) -> Quantity:
    unit = match["u"] or ""
    more = bool(match["more"] or match["more2"] or match["more3"])
    value = _decimal(match["a"]) * _SCALES[match["s"] or ""]
    value, start = _signed(plain, match.start(), value, unit)
    return _bounded(text, plain, Span(start, match.end()), value, None, unit, more)


def _from_range(match: re.Match[str], text: str, plain: str) -> Quantity | None:
    """Read «5%—6%», «5至6个»; `None` where the two numbers are no range of amounts."""
    unit, scale = match["u"] or match["au"] or "", match["s"] or ""
    low = _decimal(match["a"]) * _SCALES[match["as"] or scale]
    high = _decimal(match["b"]) * _SCALES[scale]
    dated = unit in ("", "年", "日") or plain.startswith("月", match.end("b"))
    mixed = match["au"] and match["au"] != unit
    if dated or high <= low or mixed or _moves(plain, match.start()):
        return None
    low, start = _signed(plain, match.start(), low, unit)
    return _bounded(text, plain, Span(start, match.end()), low, high, unit, more=False)


def _signed(plain: str, start: int, value: Decimal, unit: str) -> tuple[Decimal, int]:
    """Return an amount with the minus that stands before it, and where the whole starts."""
    minus = _MINUS.search(plain[max(0, start - 3) : start]) if unit in _SIGNED_UNITS else None
    return (-value, start - len(minus[0])) if minus else (value, start)


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
    if bound is None:
        bound, start, end = _english_bound(plain, start, end)
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
        quantity = _bounded(text, plain, core, value, None, match["u"], bool(match["more"]))
        if match["a"][0] in "百千" and quantity.bound is None:
            continue  # «千户», «百家»: many, not a count; «近百家» is one
        yield quantity


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
        else:  # 万 closes what follows the last 亿, 亿 all that stands before it
            section += digit or 0
            kept, closed = (total, section) if char == "万" else (0, total + section)
            if closed == 0:
                return None
            total = kept + closed * _SCALES[char]
            section, digit = 0, None
    return Decimal(total + section + (digit or 0))
