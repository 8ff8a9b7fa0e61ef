"""Word documents (.docx): every paragraph, table cell, text box and note, tracked changes accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from vectorstore.errors import ReadingError
from vectorstore.readers.archive import repacked
from vectorstore.readers.lines import row
from vectorstore.readers.numbering import Numbering

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_TEXT, _PARAGRAPH, _TABLE = qn("w:t"), qn("w:p"), qn("w:tbl")
_MARKS = {
    qn("w:tab"): "\t",
    qn("w:ptab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
# Deleted or moved away; the reading of a character; a second form of what was read already;
# `w:pPr` and `w:rPr` hold tab stops, which are no tabs.
_NOT_SHOWN = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:rt"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    qn("w:pPr"),
    qn("w:rPr"),
}
_BOX = qn("w:txbxContent")
_NOTE_PARTS = {
    RELATIONSHIP_TYPE.FOOTNOTES: qn("w:footnote"),
    RELATIONSHIP_TYPE.ENDNOTES: qn("w:endnote"),
}
_NOTES_TITLE = "注释"


def text_of(data: bytes, name: str) -> str:
    """Return the text of a document; its footnotes and endnotes follow under a title.

    Raises:
        ReadingError: it is encrypted, of an older kind, too large, or damaged.
    """
    if data.startswith(_OLE):
        raise ReadingError(_ole_message(data, name))
    try:
        document = docx.Document(repacked(data, name))
        label = Numbering(document).label
        lines = list(_lines(document.element.body, label))
        notes = [line for note in _notes(document) for line in _lines(note, label)]
    except ReadingError:
        raise
    # Of a damaged part python-docx makes an AttributeError, a TypeError or what comes.
    except Exception as error:
        raise ReadingError(
            f"「{name}」不是完好的 Word 文档（.docx），可能没有下载完整。"
            "请重新下载，或用 Word、WPS 打开后另存为 .docx。"
        ) from error
    return "\n".join([*lines, _NOTES_TITLE, *notes] if notes else lines)


def _ole_message(data: bytes, name: str) -> str:
    if _ENCRYPTED_STREAM in data:
        return f"「{name}」有密码保护，无法读取。请在 Word 或 WPS 里去掉密码后另存一份。"
    return (
        f"「{name}」是旧版 Word 文档（.doc）的内容，不是 .docx。"
        "请用 Word 或 WPS 打开，另存为 .docx。"
    )


def _notes(document: Any) -> Iterator[Any]:
    """Yield the footnotes, then the endnotes; the separators between them hold no text."""
    for kind, tag in _NOTE_PARTS.items():
        for relation in document.part.rels.values():
            if relation.reltype == kind:
                yield from parse_xml(relation.target_part.blob).iter(tag)


def _lines(container: Any, label: Callable[[Any], str]) -> Iterator[str]:
    """Yield the lines of a body, a cell, a text box or a note, in the order of reading."""
    for child in container:
        if child.tag == _PARAGRAPH:
            number, text = label(child), "".join(_pieces(child))
            yield from (f"{number}{text}" if text.strip() else text).split("\n")
            for box in _boxes(child):
                yield from _lines(box, label)
        elif child.tag == _TABLE:
            for table_row in _below(child, qn("w:tr")):
                yield from row(
                    [list(_lines(cell, label)) for cell in _below(table_row, qn("w:tc"))]
                )
        elif isinstance(child.tag, str) and child.tag not in _NOT_SHOWN:
            yield from _lines(child, label)  # content controls, insertions


def _pieces(element: Any) -> Iterator[str]:
    """Yield the text of a paragraph, through links, insertions and content controls."""
    for child in element:
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _MARKS:
            yield _MARKS[child.tag]
        elif child.tag not in _NOT_SHOWN and child.tag != _BOX:
            yield from _pieces(child)


def _boxes(element: Any) -> Iterator[Any]:
    """Yield the text boxes that hang on a paragraph."""
    for child in element:
        if child.tag == _BOX:
            yield child
        elif child.tag not in _NOT_SHOWN:
            yield from _boxes(child)


def _below(element: Any, tag: str) -> Iterator[Any]:
    """Yield the rows of a table or the cells of a row, also those in content controls."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in (_TABLE, _PARAGRAPH) and child.tag not in _NOT_SHOWN:
            yield from _below(child, tag)
