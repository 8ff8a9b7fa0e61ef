"""The few pieces of markup that chat, reader and tables share. All text is escaped here."""

from __future__ import annotations

import json
from html import escape
from urllib.parse import urlencode

from ui.notebook import Source

Value = str | int | bool | None


def tag(name: str, content: str, /, **attributes: Value) -> str:
    """Return an element around content that is markup already.

    Attribute values are escaped; `class_` is `class`, `data_report` is `data-report`.
    `True` is an attribute without a value, `False` and `None` leave it out.
    """
    return f"<{name}{_attributes(attributes)}>{content}</{name}>"


def _attributes(attributes: dict[str, Value]) -> str:
    written = ""
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        key = name.rstrip("_").replace("_", "-")
        written += f" {key}" if value is True else f' {key}="{escape(str(value))}"'
    return written


def button(label: str, act: str, /, **attributes: Value) -> str:
    """Return a button that tells the page to do `act`."""
    return tag("button", escape(label), type="button", data_act=act, **attributes)


def address(report: str, paragraph: int) -> str:
    """Return the address that opens a paragraph, relative to the page."""
    return "?" + urlencode({"report": report, "paragraph": paragraph})


def link(source: Source, label: str, class_: str = "rq-cite") -> str:
    """Return a link that turns the reader to a source and marks it there.

    Hovering over it, or reaching it by key, shows the quote in a card.
    """
    return tag(
        "a",
        escape(label),
        class_=class_,
        href=address(source.report, source.paragraph),
        data_quote=source.quote,
        data_report=source.report,
        data_paragraph=source.paragraph,
        data_section=source.section or None,
        data_start=source.start,
        data_end=source.end,
        data_figures=json.dumps(source.figures),
    )


def plain(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
