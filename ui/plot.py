"""Rows of actual and target -> bars, side by side where they can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import groupby

from ui.markup import tag
from ui.texts import Texts
from vectorstore.figures import Aspect, Figure, Kind
from vectorstore.report import Report

MOST_AT_FIRST = 8  # groups drawn before anything is chosen
_LONGEST_NAME, _LONGEST_VALUE = 15, 22  # characters before and behind a bar
_BAR, _GAP, _LABELS, _WIDTH, _VALUES = 16, 14, 190, 620, 150


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator of one report: what was reached and what is aimed at."""

    report: Report
    indicator: str
    aspect: Aspect
    actual: Figure | None = None
    target: Figure | None = None

    @property
    def figures(self) -> list[Figure]:
        """The figures that there are, the actual one first."""
        return [figure for figure in (self.actual, self.target) if figure]

    @property
    def unit(self) -> str:
        """The unit of its figures."""
        return self.figures[0].quantity.unit


@dataclass(frozen=True, slots=True)
class Group:
    """What can be compared: figures of one indicator in the order of their years."""

    region: str
    rows: tuple[Row, ...]
    figures: tuple[Figure, ...]

    @property
    def measured(self) -> tuple[str, Aspect]:
        """What its scale is of: bars of one unit and aspect are drawn to one scale."""
        return self.figures[0].quantity.measure, self.figures[0].aspect


def groups(shown: Sequence[Row]) -> list[Group]:
    """Return the indicators that have a target, or figures over years, in their order."""

    def key(row: Row) -> tuple[str, str, Aspect, str]:
        return (row.report.region or row.report.id, row.indicator, row.aspect, row.unit)

    order = {key(row): place for place, row in reversed(list(enumerate(shown)))}
    together = groupby(sorted(shown, key=lambda row: order[key(row)]), key=key)
    found = [_group(region, tuple(rows)) for (region, *_), rows in together]
    return [group for group in found if len(group.figures) > 1]


def _group(region: str, rows: tuple[Row, ...]) -> Group:
    figures = sorted((f for row in rows for f in row.figures), key=lambda f: (f.period, f.kind))
    return Group(region, rows, tuple(figures))


def named(indicator: str, aspect: Aspect, texts: Texts) -> str:
    """Return an indicator's name with what is counted of it: «进出口总值 增长»."""
    change = {Aspect.GROWTH: texts.growth, Aspect.DECLINE: texts.decline}.get(aspect)
    return f"{indicator} {change}" if change else indicator


def bars(shown: Sequence[Group], texts: Texts) -> str:
    """Return the groups as bars; the browser shows those that are chosen."""
    scales: dict[tuple[str, Aspect], Decimal] = {}
    for group in shown:
        largest = max(abs(figure.quantity.value) for figure in group.figures)
        scales[group.measured] = max(scales.get(group.measured, Decimal(0)), largest)
    several = len({group.region for group in shown}) > 1
    pieces, y = "", 8
    for number, group in enumerate(shown):
        first = number < MOST_AT_FIRST
        height = _BAR * len(group.figures) + _GAP
        drawn = _drawn(group, scales[group.measured], texts, several)
        pieces += tag(
            "g", drawn, class_="rq-group", data_group=number, data_height=height,
            transform=f"translate(0 {y})", display=None if first else "none",
        )  # fmt: skip
        y += height if first else 0
    svg = tag(
        "svg", pieces, viewBox=f"0 0 {_WIDTH} {y}", width=_WIDTH, height=y, role="img",
        xmlns="http://www.w3.org/2000/svg", class_="rq-bars", aria_label=texts.plot,
    )  # fmt: skip
    return tag("figure", tag("figcaption", _legend(texts)) + svg, class_="rq-plot")


def _legend(texts: Texts) -> str:
    keys = "".join(
        tag("span", "", class_=f"rq-key rq-{kind}") + escape(label)
        for kind, label in ((Kind.ACTUAL, texts.actual), (Kind.TARGET, texts.target))
    )
    return escape(texts.plot) + tag("small", keys)


def _drawn(group: Group, scale: Decimal, texts: Texts, several: bool) -> str:
    name = named(group.rows[0].indicator, group.rows[0].aspect, texts)
    name = f"{group.region} {name}" if several else name
    label = _text(_LABELS - 10, _BAR * len(group.figures) / 2 + 3, name, "end")
    return label + "".join(
        _bar(figure, place * _BAR, scale, texts) for place, figure in enumerate(group.figures)
    )


def _bar(figure: Figure, y: int, scale: Decimal, texts: Texts) -> str:
    kind = texts.actual if figure.kind is Kind.ACTUAL else texts.target
    said = f"{figure.quantity.text} {figure.period}{kind}"
    return _rectangle(figure.quantity.value, scale, y, figure.kind, said)


def _rectangle(value: Decimal, scale: Decimal, y: int, kind: Kind, said: str) -> str:
    share = float(abs(value) / scale) if scale else 0.0
    width = share * (_WIDTH - _LABELS - _VALUES)
    drawn = tag(
        "rect", "", x=_LABELS, y=y, width=f"{width:.1f}", height=_BAR - 3, rx=2,
        class_=f"rq-{kind}", fill="#1f5c86" if kind is Kind.ACTUAL else "#c08a3e",
    )  # fmt: skip
    return drawn + _text(_LABELS + width + 6, y + _BAR - 5, said, "start")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    longest = _LONGEST_NAME if anchor == "end" else _LONGEST_VALUE
    shown = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return tag(
        "text", escape(shown), x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, font_size=12,
        fill="currentColor",
    )  # fmt: skip


def one_column(entries: Sequence[tuple[str, Decimal, str]], name: str, texts: Texts) -> str:
    """Return bars of (label, value, how it is written), all of one unit."""
    scale = max(abs(value) for _, value, _ in entries)
    pieces = ""
    for place, (label, value, said) in enumerate(entries):
        y = 4 + place * (_BAR + 6)
        pieces += _text(_LABELS - 10, y + _BAR - 5, label, "end")
        pieces += _rectangle(value, scale, y, Kind.ACTUAL, said)
    height = 8 + len(entries) * (_BAR + 6)
    return tag(
        "svg", pieces, viewBox=f"0 0 {_WIDTH} {height}", width=_WIDTH, height=height, role="img",
        xmlns="http://www.w3.org/2000/svg", class_="rq-bars", aria_label=f"{texts.plot}：{name}",
    )  # fmt: skip
