"""Indicator facts -> a table of actual and target that can be filtered, sorted and saved."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape
from io import StringIO

from ui import plot
from ui.markup import link, plain, tag
from ui.notebook import Source
from ui.plot import Row, named
from ui.texts import Texts
from vectorstore.figures import Aspect, Figure, Kind
from vectorstore.report import Report

_COLUMNS = (
    "report", "paragraph", "indicator", "aspect", "kind", "period", "value", "unit", "text",
)  # fmt: skip
# Words of a plan that are no part of the indicator's name.
_INTENT = re.compile(r"^(?:确保|力争|争取|全市|全省|全年|继续|再)+")
_FEW = 3  # reports that are shown together without being asked for


def rows(reports: Sequence[Report], figures: Iterable[Figure]) -> list[Row]:
    """Return the rows in the order of the text.

    A target joins the first actual of the same name, aspect and unit; what comes
    twice is a row more.
    """
    by_id = {report.id: report for report in reports}
    found: list[Row] = []
    open_rows: dict[tuple[str, str, Aspect, str, Kind], int] = {}
    for figure in figures:
        name = _INTENT.sub("", figure.indicator) or figure.indicator
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


def page(
    reports: Sequence[Report], figures: Sequence[Figure], texts: Texts, wanted: str | None = None
) -> str:
    """Return plot and table of one report or of all, with what they can be downloaded as.

    `wanted` is the id of a report, or empty for all of them. Without it all are
    shown where there are few, else the first.
    """
    ids = [report.id for report in reports]
    if wanted is None or (wanted and wanted not in ids):
        wanted = "" if 1 < len(ids) <= _FEW else ids[0]
    shown = rows(reports, (f for f in figures if wanted in ("", f.passage.report_id)))
    groups = plot.groups(shown)
    return tag(
        "div",
        _bar(reports, wanted, texts, has_plot=bool(groups))
        + (plot.bars(groups, texts) if groups else "")
        + (_table(shown, groups, texts) if shown else "")
        + tag("p", escape(texts.no_figures), class_="rq-notice rq-none", hidden=bool(shown)),
        class_="rq-facts",
    )


def _bar(reports: Sequence[Report], wanted: str, texts: Texts, *, has_plot: bool) -> str:
    choices = [(report.id, report.id) for report in reports]
    if len(choices) > 1:
        choices.insert(0, ("", texts.all_reports))
    options = "".join(
        tag("option", escape(label), value=value, selected=value == wanted)
        for value, label in choices
    )
    chooser = tag("select", options, data_page="facts", aria_label=texts.report)
    words = (
        f'<input type="search" data-page="filter" placeholder="{escape(texts.filter)}"'
        f' aria-label="{escape(texts.filter)}">'
    )
    saving = _button(texts.download, "csv", data_head=_line_of(_COLUMNS))
    saving += _button(texts.download_plot, "png") if has_plot else ""
    return tag("div", chooser + words + saving, class_="rq-saving")


def _button(label: str, act: str, /, **attributes: str) -> str:
    return tag("button", escape(label), type="button", data_page=act, **attributes)


def csv_of(row: Row) -> str:
    """Return a row as lines of CSV, one figure a line, values in the base unit."""
    return "".join(_line_of(_cells_of(row, figure)) for figure in row.figures)


def _cells_of(row: Row, figure: Figure) -> tuple[str, ...]:
    quantity, passage = figure.quantity, figure.passage
    return (
        plain(row.report.id), str(passage.number), plain(row.indicator), row.aspect.value,
        figure.kind.value, figure.period, str(quantity.value), quantity.unit, plain(quantity.text),
    )  # fmt: skip


def _line_of(cells: Sequence[str]) -> str:
    written = StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _table(shown: Sequence[Row], groups: Sequence[plot.Group], texts: Texts) -> str:
    """Return the rows as a table whose numbers lead to their sentences."""
    several = len({row.report.id for row in shown}) > 1
    names = [texts.indicator, texts.actual, texts.target, texts.unit, texts.source]
    names += [texts.report] if several else []
    head = tag("th", tag("span", escape(texts.in_plot), class_="rq-unseen"), scope="col")
    head += "".join(tag("th", _button(name, "sort"), scope="col") for name in names)
    place = {id(row): number for number, group in enumerate(groups) for row in group.rows}
    body = "".join(_line(row, place.get(id(row)), texts, several) for row in shown)
    return tag(
        "div",
        tag("table", tag("thead", tag("tr", head)) + tag("tbody", body), class_="rq-figures"),
        class_="rq-scroll",
        tabindex=0,
        role="region",
        aria_label=texts.tab_figures,
    )


def _line(row: Row, group: int | None, texts: Texts, several: bool) -> str:
    name = named(row.indicator, row.aspect, texts)
    cells = tag("td", _choice(group, f"{texts.in_plot}：{name}"))
    cells += tag("th", escape(name), scope="row")
    cells += "".join(_cell(figure) for figure in (row.actual, row.target))
    cells += tag("td", escape(row.unit))
    cells += tag("td", _paragraphs(row, texts), data_value=row.figures[0].passage.number)
    cells += tag("td", escape(row.report.id)) if several else ""
    return tag("tr", cells, data_name=row.indicator, data_csv=csv_of(row), data_group=group)


def _choice(group: int | None, label: str) -> str:
    """Return the box that puts a row into the plot, for what can be compared."""
    if group is None:
        return ""
    checked = " checked" if group < plot.MOST_AT_FIRST else ""
    return f'<input type="checkbox" data-page="plot"{checked} aria-label="{escape(label)}">'


def _paragraphs(row: Row, texts: Texts) -> str:
    links: dict[int, str] = {}
    for figure in row.figures:
        number = figure.passage.number
        links.setdefault(number, link(_source(figure), texts.paragraph.format(number)))
    return " ".join(links.values())


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
