"""Figures told in English, each with the report's own Chinese words beside it."""

from __future__ import annotations

import re
from decimal import Decimal

from qa.english_names import english_names
from qa.inquiry import Inquiry
from qa.lexicon import lexicon
from vectorstore.figures import Aspect, Figure, Kind
from vectorstore.quantity import Bound, Quantity

_VERBS = {
    Aspect.LEVEL: "stood at",
    Aspect.GROWTH: "grew by",
    Aspect.DECLINE: "fell by",
    Aspect.CHANGE_TO: "reached",
    Aspect.CHANGE_FROM: "stood at",
}
_BOUNDS = {
    None: "",
    Bound.AT_LEAST: "at least ",
    Bound.AT_MOST: "at most ",
    Bound.MORE_THAN: "over ",
    Bound.LESS_THAN: "less than ",
    Bound.ABOUT: "about ",
}
# Only units that the verifier reads back as the same ones.
_UNITS = {
    "%": "%",
    "个百分点": " percentage points",
    "元": " yuan",
    "美元": " US dollars",
    "人": " people",
    "名": " people",
    "户": " households",
    "公里": " km",
    "天": " days",
    "小时": " hours",
    "吨": " tonnes",
    "斤": " jin",
    "亩": " mu",
    "平方米": " square meters",
    "平方公里": " square kilometers",
    "班": " trains",
    "人次": " passengers",
}
_SCALES = (
    (Decimal(10) ** 12, "trillion"),
    (Decimal(10) ** 9, "billion"),
    (Decimal(10) ** 6, "million"),
)


def english_statement(inquiry: Inquiry, figure: Figure) -> str:
    """Return one English sentence that says a figure."""
    name, value = _name(inquiry, figure), english_value(figure.quantity)
    if figure.kind is Kind.TARGET:
        growth = " growth" if figure.aspect is Aspect.GROWTH else ""
        return f"The {figure.period} target for {name}{growth} is {value}"
    return f"In {figure.period}, {name} {_VERBS[figure.aspect]} {value}"


def _name(inquiry: Inquiry, figure: Figure) -> str:
    """Return the indicator as the question calls it, and as the report does."""
    words, best, longest = lexicon(), "", 0
    for match, terms in english_names().named_in(inquiry.question.plain):
        meant = [n for term in terms for n in words.others(term) if n in figure.indicator]
        if meant and len(max(meant, key=len)) > longest:
            best, longest = match[0], len(max(meant, key=len))
    asked = re.search(re.escape(best), inquiry.question.text, re.IGNORECASE) if best else None
    if asked is None:
        return figure.indicator
    quietly = re.sub(r"\b[A-Z]{5,}\b", lambda word: word[0].lower(), asked[0])
    # A number in a name is none that the report states.
    quietly = re.sub(r"\b10,?000\b", "ten thousand", quietly)
    return f"{quietly} ({figure.indicator})"


def english_value(quantity: Quantity) -> str:
    """Return «over 3,100 enterprises (超过3100家)»; a unit without an English name is left to the original."""
    if quantity.upper is not None:
        return quantity.text
    unit = _UNITS.get(quantity.unit, "")
    value = f"{_BOUNDS[quantity.bound]}{_number(quantity.value)}{unit}"
    return value if value == quantity.text else f"{value} ({quantity.text})"


def english_amount(value: Decimal, unit: str) -> str:
    """Return a computed amount: «109.7 billion yuan»; a unit without an English name stays Chinese."""
    return f"{_number(value)}{_UNITS.get(unit, unit)}"


# «135.097 billion»: a scale with more decimals is too large to be read.
_DECIMALS = 4


def _number(value: Decimal) -> str:
    for scale, name in _SCALES:
        scaled = (value / scale).normalize()
        exponent = scaled.as_tuple().exponent
        if value >= scale and isinstance(exponent, int) and exponent >= -_DECIMALS:
            return f"{scaled:f} {name}"
    plain = f"{value:,f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
