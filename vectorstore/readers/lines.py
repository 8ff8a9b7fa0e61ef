"""Pieces of text -> lines, as every reader needs them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce

_WORD = re.compile(r"[A-Za-z]{2}|[A-Za-z]\d|\d[A-Za-z]")


def joined(pieces: Sequence[str]) -> str:
    """Join the lines that one paragraph was broken into.

    Chinese is broken anywhere, so nothing stood at the break; only words of Latin
    letters had a blank between them.
    """
    return reduce(_joined, pieces, "")


def _joined(before: str, after: str) -> str:
    blank = " " if _WORD.match(before[-1:] + after[:1]) else ""
    return f"{before}{blank}{after}"


def row(cells: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a row of a table, given the lines of each of its cells.

    Cells of one line each make one line, so that a value stays with its name. A cell
    with more is layout: its lines stand for themselves.
    """
    filled = [[line for line in cell if line.strip()] for cell in cells]
    if any(len(cell) > 1 for cell in filled):
        return [line for cell in filled for line in cell]
    whole = "\t".join(cell[0].strip() for cell in filled if cell)
    return [whole] if whole else []
