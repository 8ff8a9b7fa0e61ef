"""Sums, differences and ratios of figures, exact, with the operands shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import combinations

from vectorstore.quantity import Quantity

_SUM = re.compile(
    r"之和|加总|相加|合计|一共|总共|共(?:有|计|是)?多少|加起来|加在一起|合起来|总和|combined|in total|altogether|sum of"
)
MEAN = re.compile(r"(?:平均|[两二三]年)(?:下来)?(?:每|一)年|[两二三]年平均|on average")
_RATIO = re.compile(r"几倍|多少倍|倍数|how many times")
_DIFFERENCE = re.compile(
    r"差|(?:多|少|高|低|快|慢).{0,3}了?(?:多少|几)|\bgap\b|多多少|少多少|高多少|低多少|高出|快多少|慢多少|difference|more than .* by|by how|how many (?:more|fewer)|(?:more|fewer|less) .* than"
)
_SCALES = ((Decimal(10) ** 12, "万亿"), (Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))


_DECIMALS = 2

# Things counted with different words are summed as «个».
COUNTS = frozenset("家个座处所条项件场户套间对班趟枚块")
_PLACES = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_PLACE = re.compile(r"第([一二三四五])")


def place_asked(asked: str) -> int | None:
    """Return which place in a ranking is asked for: 2 for «排第二的是谁?»."""
    found = _PLACE.search(asked)
    return _PLACES[found[1]] if found else None


def common_unit(quantities: Sequence[Quantity]) -> str | None:
    """Return the unit of a result computed from these quantities, if they have one."""
    units = {q.unit for q in quantities}
    if len(units) == 1:
        return quantities[0].unit
    return "个" if units <= COUNTS else None


class Operation(StrEnum):
    """What is computed from two or more figures."""

    SUM = "sum"
    DIFFERENCE = "difference"
    RATIO = "ratio"
    MEAN = "mean"


def operation(asked: str) -> Operation:
    """Return what a question of the comparing form wants computed."""
    for pattern, found in (
        (MEAN, Operation.MEAN),
        (_SUM, Operation.SUM),
        (_RATIO, Operation.RATIO),
        (_DIFFERENCE, Operation.DIFFERENCE),
    ):
        if pattern.search(asked):
            return found
    return Operation.DIFFERENCE


def results(quantities: Sequence[Quantity]) -> set[tuple[Decimal, str]]:
    """Return every (value, unit) that may be claimed as computed from these operands."""
    found: set[tuple[Decimal, str]] = set()
    unit = common_unit(quantities) if len(quantities) > 1 else None
    if unit is not None:
        found.add((sum((q.value for q in quantities), Decimal(0)), unit))
        for a, b in combinations(quantities, 2):
            found.add((abs(a.value - b.value), difference_unit(unit)))
            for top, bottom in ((a, b), (b, a)):
                if bottom.value:
                    found.add((ratio(top, bottom), "倍"))
                    found.add((share(top, bottom), "%"))
        found.add((mean(quantities), unit))
    elif len(quantities) == 2 and quantities[1].value:
        found.add(quotient(*quantities))
    return found


def difference_unit(unit: str) -> str:
    """Return the unit of a difference: shares differ by percentage points."""
    return "个百分点" if unit == "%" else unit


def ratio(top: Quantity, bottom: Quantity) -> Decimal:
    """Return the ratio of two quantities to two decimals."""
    return (top.value / bottom.value).quantize(Decimal("0.01"))


def share(part: Quantity, whole: Quantity) -> Decimal:
    """Return how many per cent one quantity is of another, to two decimals."""
    return (100 * part.value / whole.value).quantize(Decimal("0.01"))


def mean(quantities: Sequence[Quantity]) -> Decimal:
    """Return the arithmetic mean of quantities of one unit, to two decimals of its scale."""
    return _rounded(sum((q.value for q in quantities), Decimal(0)) / len(quantities))


def quotient(amount: Quantity, count: Quantity) -> tuple[Decimal, str]:
    """Return how much of an amount there is for each of a count, and its unit."""
    return _rounded(amount.value / count.value), amount.unit


def _rounded(value: Decimal) -> Decimal:
    """Round to two decimals of the scale in which a value is written: 147058823 is 1.47亿."""
    scale = next((scale for scale, _ in _SCALES[1:] if abs(value) >= scale), Decimal(1))
    return (value / scale).quantize(Decimal("0.01")) * scale


def written(value: Decimal, unit: str) -> str:
    """Write a value with its unit as reports do: 1440000 人 is «144万人»."""
    if unit not in ("%", "个百分点", "倍"):
        scales = [(scale, name) for scale, name in _SCALES if abs(value) >= scale]
        for scale, name in scales:
            digits = _digits(value / scale)
            # «32503.85亿元» reads better than «3.250385万亿元»
            if name == scales[-1][1] or len(digits.partition(".")[2]) <= _DECIMALS:
                return f"{digits}{name}{unit}"
    return f"{_digits(value)}{unit}"


def _digits(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
