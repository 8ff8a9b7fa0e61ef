"""Indicator facts -> rows of actual and target, as a table and as bars."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape
from io import StringIO
from itertools import groupby

from ui.markup import link, plain, tag
from ui.notebook import Source
from ui.texts import Texts
from vectorstore.figures import Aspect, Figure, Kind
from vectorstore.report import Report

_COLUMNS = (
    "report", "paragraph", "indicator", "aspect", "kind", "period", "value", "unit", "text",
)  # fmt: skip
# Words of a plan that are no part of the indicator's name.
_INTENT = re.compile(r"^(?:确保|力争|争取|全市|全省|全年|继续|再)+")
_MOST_BARS = 12
_LONGEST = 17  # characters beside a bar
_BAR, _GAP, _LABELS, _WIDTH, _VALUES = 16, 14, 220, 700, 140


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


def rows(reports: Sequence[Report], figures: Iterable[Figure], wanted: str = "") -> list[Row]:
    """Return the rows in the order of the text.

    `wanted` keeps the indicators that hold one of its words. A target joins the
    first actual of the same name, aspect and unit; what comes twice is a row more.
    """
    by_id = {report.id: report for report in reports}
    found: list[Row] = []
    open_rows: dict[tuple[str, str, Aspect, str, Kind], int] = {}
    words = wanted.split()
    for figure in figures:
        name = _INTENT.sub("", figure.indicator) or figure.indicator
        if words and not any(word in name for word in words):
            continue
        key = (figure.passage.report_id, name, figure.aspect, figure.quantity.measure)
        place = open_rows.pop((*key, figure.kind), None)
        if place is None:
            other = Kind.TARGET if figure.kind is Kind.ACTUAL else Kind.ACTUAL
            open_rows[(*key, other)] = len(found)
            found.append(_with(Row(by_id[key[0]], name, figure.aspect), figure))
        else:
            found[place] = _with(found[place], figure)
    return found


def _with(row: Row, figure: Figure) -> Row:
    if figure.kind is Kind.ACTUAL:
        return replace(row, actual=figure)
    return replace(row, target=figure)


def page(shown: Sequence[Row], texts: Texts) -> str:
    """Return plot and table of the rows, with what they can be downloaded as."""
    if not shown:
        return tag("p", escape(texts.no_figures), class_="rq-notice")
    plot = bars(shown, texts)
    saving = _button(texts.download, "csv", data_csv=csv_of(shown))
    saving += _button(texts.download_plot, "png") if plot else ""
    return tag("div", saving, class_="rq-saving") + plot + table(shown, texts)


def _button(label: str, act: str, /, **attributes: str) -> str:
    return tag("button", escape(label), type="button", data_page=act, **attributes)


def csv_of(shown: Sequence[Row]) -> str:
    """Return the rows as CSV, one figure a line, values in the base unit."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(_COLUMNS)
    for row in shown:
        for figure in row.figures:
            quantity, passage = figure.quantity, figure.passage
            writer.writerow(
                (plain(row.report.id), passage.number, plain(row.indicator), row.aspect.value,
                 figure.kind.value, figure.period, quantity.value, quantity.unit,
                 plain(quantity.text))
            )  # fmt: skip
    return written.getvalue()


def table(shown: Sequence[Row], texts: Texts) -> str:
    """Return the rows as a table whose numbers lead to their sentences."""
    several = len({row.report.id for row in shown}) > 1
    names = [texts.indicator, texts.actual, texts.target, texts.unit]
    names += [texts.report] if several else []
    head = "".join(tag("th", _button(name, "sort"), scope="col") for name in names)
    body = "".join(_line(row, texts, several) for row in shown)
    return tag(
        "div",
        tag("table", tag("thead", tag("tr", head)) + tag("tbody", body), class_="rq-figures"),
        class_="rq-scroll",
        tabindex=0,
        role="region",
        aria_label=texts.tab_figures,
    )


def _line(row: Row, texts: Texts, several: bool) -> str:
    cells = tag("th", escape(_named(row, texts)), scope="row")
    cells += "".join(_cell(figure) for figure in (row.actual, row.target))
    cells += tag("td", escape(row.unit))
    return tag("tr", cells + (tag("td", escape(row.report.id)) if several else ""))


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return tag("td", "")
    value = link(_source(figure), figure.quantity.text)
    return tag(
        "td",
        value + tag("small", escape(f" {figure.period}")),
        data_value=str(figure.quantity.value),
    )


def _source(figure: Figure) -> Source:
    passage = figure.passage
    sentence = passage.sentences[passage.sentence_at(figure.span.start)]
    return Source(
        number=0,
        report=passage.report_id,
        paragraph=passage.number,
        section="",
        start=sentence.start,
        end=sentence.end,
        quote=sentence.of(passage.text),
        figures=((figure.span.start, figure.span.end),),
    )


def _named(row: Row, texts: Texts) -> str:
    change = {Aspect.GROWTH: texts.growth, Aspect.DECLINE: texts.decline}.get(row.aspect)
    return f"{row.indicator} {change}" if change else row.indicator


def bars(shown: Sequence[Row], texts: Texts) -> str:
    """Return bars of the indicators that can be compared: with a target, or over years.

    Bars of one unit and aspect share a scale. At most twelve indicators are drawn.
    """
    groups = _comparable(shown, texts)[:_MOST_BARS]
    if not groups:
        return ""
    scales: dict[tuple[str, Aspect], Decimal] = {}
    for _, figures in groups:
        key = _measured(figures[0])
        scales[key] = max(scales.get(key, Decimal(0)), *(abs(f.quantity.value) for f in figures))
    pieces, y = "", 8
    for name, figures in groups:
        pieces += _text(_LABELS - 10, y + _BAR * len(figures) / 2 + 5, name, "end")
        for figure in figures:
            pieces += _bar(figure, y, scales[_measured(figure)], texts)
            y += _BAR
        y += _GAP
    drawn = tag(
        "svg", pieces, viewBox=f"0 0 {_WIDTH} {y}", width=_WIDTH, height=y, role="img",
        xmlns="http://www.w3.org/2000/svg", class_="rq-bars", aria_label=texts.plot,
    )  # fmt: skip
    return tag("figure", tag("figcaption", escape(texts.plot)) + drawn, class_="rq-plot")


def _measured(figure: Figure) -> tuple[str, Aspect]:
    return figure.quantity.measure, figure.aspect


def _comparable(shown: Sequence[Row], texts: Texts) -> list[tuple[str, list[Figure]]]:
    """Return (name, figures in the order of their years) where there are two or more."""

    def key(row: Row) -> tuple[str, str, str]:
        return (row.report.region or row.report.id, _named(row, texts), row.unit)

    order = {key(row): place for place, row in reversed(list(enumerate(shown)))}
    together = groupby(sorted(shown, key=lambda row: order[key(row)]), key=key)
    groups = [
        (name, sorted((f for row in rows for f in row.figures), key=lambda f: (f.period, f.kind)))
        for (_, name, _), rows in together
    ]
    return [(name, figures) for name, figures in groups if len(figures) > 1]


def _bar(figure: Figure, y: float, scale: Decimal, texts: Texts) -> str:
    share = float(abs(figure.quantity.value) / scale) if scale else 0.0
    width = share * (_WIDTH - _LABELS - _VALUES)
    drawn = tag(
        "rect", "", x=_LABELS, y=str(y), width=f"{width:.1f}", height=_BAR - 3, rx=2,
        class_=f"rq-{figure.kind}", fill="#1d4f91" if figure.kind is Kind.ACTUAL else "#b26a00",
    )  # fmt: skip
    kind = texts.actual if figure.kind is Kind.ACTUAL else texts.target
    said = f"{figure.quantity.text} {figure.period}{kind}"
    return drawn + _text(_LABELS + width + 6, y + _BAR - 5, said, "start")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return tag(
        "text", escape(shown), x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, font_size=12,
        fill="currentColor",
    )  # fmt: skip
