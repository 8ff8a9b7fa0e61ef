"""Markdown: the marks are stripped; a heading, an item of a list, a row of a table is a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from vectorstore.readers import plain, web
from vectorstore.readers.lines import joined, row

_FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*\r?\n.*?\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL
)


def text_of(data: bytes, name: str) -> str:
    """Return the text of a Markdown file.

    Raises:
        ReadingError: it is binary, or in another encoding than text may be.
    """
    text = _FRONT_MATTER.sub("", plain.text_of(data, name), count=1)
    # A report holds no code: four blanks before a paragraph are its indentation.
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")
    return "\n".join(_lines(parser.parse(text)))


def _lines(tokens: Sequence[Token]) -> Iterator[str]:
    numbering = ""
    cells: list[list[str]] | None = None
    for token in tokens:
        match token.type:
            case "list_item_open":
                numbering = f"{token.info}{token.markup}" if token.info else ""
            case "tr_open":
                cells = []
            case "tr_close":
                yield from row(cells or [])
                cells = None
            case "inline" if cells is not None:
                cells.append([_text(token)])
            case "inline":
                yield from f"{numbering}{_text(token)}".split("\n")
                numbering = ""
            case "fence":
                yield from token.content.splitlines()
            case "html_block":
                yield from web.lines_of(token.content)


def _text(inline: Token) -> str:
    lines: list[list[str]] = [[""]]
    for child in inline.children or ():
        if child.type == "hardbreak":
            lines.append([""])
        elif child.type == "softbreak":
            lines[-1].append("")
        elif child.type in ("text", "code_inline", "text_special"):
            lines[-1][-1] += child.content
    return "\n".join(joined(pieces) for pieces in lines)
