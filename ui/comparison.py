"""The table of an answer over several reports -> HTML with a link in every cell, bars, CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from html import escape
from io import StringIO

from ui import plot
from ui.markup import link, plain, tag
from ui.notebook import Comparison, Exchange, Source, Told
from ui.texts import Texts

_COLUMNS = (
    "row", "column", "text", "value", "unit", "missing", "report", "paragraph", "quote",
)  # fmt: skip


def shown(exchange: Exchange, texts: Texts) -> str:
    """Return the table of an exchange with its bars, and what it can be saved as."""
    comparison = exchange.comparison
    if comparison is None:
        return ""
    sources = {source.number: source for source in exchange.sources}
    bars = _bars(comparison, texts)
    saving = tag(
        "button", escape(texts.download), type="button", data_page="save",
        data_csv=csv_of(comparison, sources),
    )  # fmt: skip
    if bars:
        saving += tag("button", escape(texts.download_plot), type="button", data_page="png")
    note = tag("p", escape(comparison.note), class_="rq-workings") if comparison.note else ""
    return tag(
        "div", _table(comparison, sources) + bars + note + tag("div", saving), class_="rq-table"
    )


def _table(comparison: Comparison, sources: dict[int, Source]) -> str:
    head = tag("td", "") + "".join(tag("th", escape(c), scope="col") for c in comparison.columns)
    body = "".join(
        tag(
            "tr",
            tag("th", escape(row.label), scope="row")
            + "".join(tag("td", _cell(told, sources)) for told in row.cells),
        )
        for row in comparison.rows
    )
    table = tag(
        "table",
        tag("caption", escape(comparison.title))
        + tag("thead", tag("tr", head))
        + tag("tbody", body),
        class_="rq-figures",
    )
    return tag(
        "div", table, class_="rq-scroll", tabindex=0, role="region", aria_label=comparison.title
    )


def _cell(told: Told, sources: dict[int, Source]) -> str:
    source = sources.get(told.source) if told.source is not None else None
    text = told.text or told.missing
    written = link(source, text) if source else escape(text)
    return written if told.text else tag("small", written)


def _bars(comparison: Comparison, texts: Texts) -> str:
    """Return bars of the first column with two figures of one unit or more."""
    for place, column in enumerate(comparison.columns):
        told = [(row.label, row.cells[place]) for row in comparison.rows]
        figures = [(label, cell) for label, cell in told if cell.value]
        if len(figures) > 1 and len({cell.unit for _, cell in figures}) == 1:
            entries = [(label, Decimal(cell.value), cell.text) for label, cell in figures]
            return plot.one_column(entries, column, texts)
    return ""


def csv_of(comparison: Comparison, sources: dict[int, Source]) -> str:
    """Return the cells as CSV, one a line, values in the base unit."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(_COLUMNS)
    writer.writerows([plain(cell) for cell in line] for line in _lines(comparison, sources))
    return written.getvalue()


def _lines(comparison: Comparison, sources: dict[int, Source]) -> Iterator[tuple[str, ...]]:
    for row in comparison.rows:
        for column, told in zip(comparison.columns, row.cells, strict=True):
            source = sources.get(told.source) if told.source is not None else None
            where = (source.report, str(source.paragraph), source.quote) if source else ("",) * 3
            yield (row.label, column, told.text, told.value, told.unit, told.missing, *where)
