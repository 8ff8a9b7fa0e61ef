"""The numbers that Word puts before paragraphs by itself («一、», «（三）»): they are in no text.

The rules are those of ECMA-376, part 1, section 17.9 (numbering).
"""

from __future__ import annotations

import re
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

_HAN = "零一二三四五六七八九"
_CIRCLED = 0x2460  # ①
_HAN_FORMATS = frozenset(
    f"{name}{kind}"
    for name in ("chinese", "taiwanese", "japanese")
    for kind in ("Counting", "CountingThousand")
)
_PLACE = re.compile(r"%(\d)")


class Numbering:
    """The counters of a document; `label` is asked once for each paragraph, in order."""

    def __init__(self, document: Any) -> None:
        self._styles = {
            style.get(qn("w:styleId")): style
            for style in document.styles.element.iter(qn("w:style"))
        }
        self._lists = _lists(document)
        self._counts: dict[int, list[int]] = {}

    def label(self, paragraph: Any) -> str:
        """Return the number that Word shows before a paragraph; "" where there is none."""
        where = self._where(paragraph)
        levels = self._lists.get(where[0]) if where else None
        if where is None or levels is None or where[1] not in levels:
            return ""
        level = where[1]
        # Lists of one definition count on together.
        counts = self._counts.setdefault(id(levels), [])
        del counts[level + 1 :]
        while len(counts) < level:
            counts.append(_start(levels.get(len(counts))))
        if len(counts) == level:
            counts.append(_start(levels[level]) - 1)
        counts[level] += 1
        return _PLACE.sub(
            lambda found: _shown(counts, int(found[1]) - 1, levels),
            _value(levels[level], "w:lvlText"),
        )

    def _where(self, paragraph: Any) -> tuple[int, int] | None:
        """Return the list and the level of a paragraph, told by itself or by its styles."""
        owner, level = paragraph, None
        for _ in range(10):
            found = owner.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if found is not None:
                level = level or _value(found, "w:ilvl")
                if number := _value(found, "w:numId"):
                    return int(number), int(level or 0)
            style = owner.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            name = style.get(qn("w:val")) if style is not None else _value(owner, "w:basedOn")
            if name not in self._styles:
                return None
            owner = self._styles[name]
        return None


def _lists(document: Any) -> dict[int, dict[int, Any]]:
    """Return for each list of the document its levels."""
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            root = relation.target_part.element
            break
    else:
        return {}
    definitions = {
        definition.get(qn("w:abstractNumId")): {
            int(level.get(qn("w:ilvl"))): level for level in definition.iter(qn("w:lvl"))
        }
        for definition in root.iter(qn("w:abstractNum"))
    }
    return {
        int(number.get(qn("w:numId"))): definitions.get(_value(number, "w:abstractNumId"), {})
        for number in root.iter(qn("w:num"))
    }


def _shown(counts: list[int], level: int, levels: dict[int, Any]) -> str:
    if level >= len(counts):
        return ""
    form = _value(levels[level], "w:numFmt") if level in levels else "decimal"
    count = counts[level]
    if form in _HAN_FORMATS and count < 100:
        return _han(count)
    if form.startswith("decimalEnclosedCircle") and count <= 20:
        return chr(_CIRCLED + count - 1)
    return str(count)


def _han(count: int) -> str:
    """Return a count below 100 as «三», «十», «十二», «二十», «二十一»."""
    tens, ones = divmod(count, 10)
    if not tens:
        return _HAN[ones]
    return f"{_HAN[tens] if tens > 1 else ''}十{_HAN[ones] if ones else ''}"


def _start(level: Any) -> int:
    return int(_value(level, "w:start") or 1) if level is not None else 1


def _value(element: Any, tag: str) -> str:
    found = element.find(qn(tag))
    return "" if found is None else found.get(qn("w:val"), "")
