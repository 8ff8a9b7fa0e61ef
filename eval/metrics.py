"""Scores of one answer against its gold: pure functions on plain values.

Numbers are compared as whole amounts with their unit and scale, never by substring
and never with tolerance: «6%» is not in «6.6%», and «2.36万亿元» is «23600亿元».
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from eval.evidence import Place, recall, same_paragraph
from vectorstore.quantity import Quantity, find_quantities

_MARKER = re.compile(r"[\[［]\d+[\]］]")
_BLANKS = re.compile(r"\s+")
_HAN_DIGITS = frozenset("零〇一二三四五六七八九十百千万亿两")
_RATIOS = frozenset({"%", "‰", "个百分点", "百分点", "倍", "成"})
# What English answers write for the same units; matched with the blanks already gone.
_ENGLISH = (
    (re.compile(r"(?<=\d)trillion"), "万亿"),
    (re.compile(r"(?<=\d)thousand"), "千"),
    (re.compile(r"(?<=\d)-?percentagepoints?"), "个百分点"),
    (re.compile(r"(?<=\d)-?percent"), "%"),
    (re.compile(r"(?<=[\d万亿千])-?(?:u\.?s\.?dollars?|usd|dollars?)"), "美元"),
    (re.compile(r"(?<=[\d万亿千])-?(?:yuan|rmb|cny)"), "元"),
    (re.compile(r"(?<=[\d万亿千])-?(?:kilomet(?:er|re)s?|km)"), "公里"),
    (re.compile(r"(?<=[\d万亿千])-?(?:people|persons?)"), "人"),
    (re.compile(r"(?<=[\d万亿千])-?hours?"), "小时"),
    (re.compile(r"(?<=[\d万亿千])-?days?"), "天"),
)


_SCALED = re.compile(r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?)(billion|million)")


def plain(text: str) -> str:
    """Return `text` as it is compared: NFKC, case-folded, without blanks.

    A blank between two digits stays, so that two numbers never become one.
    """
    return re.sub(r"(?<!\d) | (?!\d)", "", _single_blanks(text))


def _single_blanks(text: str) -> str:
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def without_markers(text: str) -> str:
    """Return `text` without its citation markers [n]."""
    return _MARKER.sub("", text)


def occurs(value: str, text: str) -> bool:
    """Tell whether the text states the value.

    A value that is one amount (with or without bound words) occurs where the text has
    the same amount; a bare number stands for any unit but a ratio. Any other value
    occurs as a substring whose ends do not cut a number in two.
    """
    wanted = plain(value)
    if not wanted:
        return False
    amount = _amount(wanted)
    if amount is None:
        return _at_boundaries(wanted, plain(text))
    return any(states(found, amount) for found in amounts(text))


def amounts(text: str) -> list[Quantity]:
    """Return every amount in the text, full-width or half-width, Chinese or English."""
    return find_quantities(_spelled(text))


def _spelled(text: str) -> str:
    """Return `text` for the reading of amounts, with English units as Chinese ones.

    A blank between a letter or digit and a digit stays: «grew 6.3%» has an amount,
    «PM2.5» has none.
    """
    spelled = re.sub(r"(?<![a-z\d]) | (?!\d)", "", _single_blanks(text))
    spelled = _SCALED.sub(_in_chinese_scale, spelled)
    for pattern, unit in _ENGLISH:
        spelled = pattern.sub(unit, spelled)
    return spelled


def _in_chinese_scale(match: re.Match[str]) -> str:
    """Write «4.46 billion» as «44.6亿», «1.5 million» as «150万»."""
    factor, scale = (10, "亿") if match[2] == "billion" else (100, "万")
    value = f"{Decimal(match[1].replace(',', '')) * factor:f}"
    return f"{value.rstrip('0').rstrip('.') if '.' in value else value}{scale}"


def _amount(value: str) -> Quantity | None:
    """Return the quantity that `value` is as a whole, or `None`."""
    spelled = _spelled(value)
    found = find_quantities(spelled)
    if len(found) == 1 and found[0].span.of(spelled) == spelled:
        return found[0]
    return None


def states(found: Quantity, wanted: Quantity) -> bool:
    """Tell whether `found` is the wanted amount; without a unit any but a ratio will do.

    «6.1微克/立方米» states «6.1微克».
    """
    same = (found.value, found.upper) == (wanted.value, wanted.upper)
    if wanted.unit:
        per = same and found.unit.startswith(f"{wanted.unit}/")
        return per or found.same_amount(wanted)
    return same and found.unit not in _RATIOS


def _at_boundaries(value: str, text: str) -> bool:
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        if not _cuts_before(text, start) and not _cuts_after(text, end):
            return True
        start = text.find(value, start + 1)
    return False


def _cuts_before(text: str, start: int) -> bool:
    """Tell whether a number runs across `start`."""
    first, before = text[start], text[:start]
    if first.isdigit():
        return re.search(r"\d[.,]?$", before) is not None
    return first in _HAN_DIGITS and before[-1:] in _HAN_DIGITS and before != ""


def _cuts_after(text: str, end: int) -> bool:
    """Tell whether a number, or its scale or percent sign, runs across `end`."""
    last, after = text[end - 1], text[end:]
    if last.isdigit():
        return re.match(r"\d|\.\d|,\d{3}(?!\d)|[十百千万亿%‰]|个?百分点", after) is not None
    return last in _HAN_DIGITS and after[:1] in _HAN_DIGITS and after != ""


def states_any(text: str, values: Collection[str]) -> bool:
    """Tell whether the text states any of the values."""
    return any(occurs(value, text) for value in values)


def items_stated(text: str, items: Sequence[Sequence[str]]) -> int:
    """Return how many items the text states; an item is a list of aliases."""
    return sum(states_any(text, aliases) for aliases in items)


def list_recall(text: str, items: Sequence[Sequence[str]]) -> float:
    """Return the share of the items that the text states."""
    if not items:
        raise ValueError("list recall needs at least one item")
    return items_stated(without_markers(text), items) / len(items)


@dataclass(frozen=True, slots=True)
class Gold:
    """What a case expects.

    `evidence` holds, for each quote, the places where it stands. Of several quotes
    any will do, unless `all_evidence` asks for every one.
    """

    answerable: bool
    answers: tuple[str, ...] = ()
    items: tuple[tuple[str, ...], ...] = ()
    minimum: int = 0
    forbidden: tuple[str, ...] = ()
    evidence: tuple[frozenset[Place], ...] = ()
    all_evidence: bool = False

    @property
    def units(self) -> tuple[frozenset[Place], ...]:
        """What is to be cited: one place of each unit."""
        if self.all_evidence or not self.evidence:
            return self.evidence
        return (frozenset().union(*self.evidence),)


@dataclass(frozen=True, slots=True)
class Score:
    """The verdicts on one answer.

    `right`, `strict` and `cited` speak of answerable cases; `trusted` of all.
    An abstention is never right, strict or cited.
    """

    answerable: bool
    abstained: bool
    right: bool
    strict: bool
    cited: bool

    @property
    def trusted(self) -> bool:
        """Strict and cited, or abstained where there is no answer."""
        return (self.strict and self.cited) if self.answerable else self.abstained

    @property
    def failures(self) -> tuple[str, ...]:
        """The names of the verdicts that failed."""
        if not self.answerable:
            return () if self.abstained else ("abstention",)
        if self.abstained:
            return ("false abstention",)
        verdicts = {"right": self.right, "strict": self.strict, "cited": self.cited}
        return tuple(name for name, passed in verdicts.items() if not passed)


def score(gold: Gold, text: str, abstained: bool, cited: Collection[Place]) -> Score:
    """Score one answer: its text, whether it abstained, the places that it cites."""
    bare = without_markers(text)
    answered = gold.answerable and not abstained
    right = answered and is_right(gold, bare)
    return Score(
        answerable=gold.answerable,
        abstained=abstained,
        right=right,
        strict=right and not states_any(bare, gold.forbidden),
        cited=answered and is_cited(gold, cited),
    )


def is_right(gold: Gold, bare: str) -> bool:
    """Tell whether the text, free of markers, holds the value or enough of the items."""
    if gold.items:
        return items_stated(bare, gold.items) >= gold.minimum
    return states_any(bare, gold.answers)


def is_cited(gold: Gold, cited: Collection[Place]) -> bool:
    """Tell whether a paragraph of every unit of evidence is among those cited."""
    return bool(gold.units) and recall(gold.units, cited, same_paragraph) == 1
