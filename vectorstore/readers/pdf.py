"""PDF with text: lines on pages -> paragraphs, without page numbers and running heads.

A page knows only where each line lies. A paragraph begins where a line is indented,
where the line before ends short of the margin, after a gap, or in another size.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from threading import Lock

import pypdfium2
from pypdfium2 import raw

from vectorstore.errors import ReadingError
from vectorstore.readers.lines import joined

# PDFium keeps state of its own: two threads in it at once end the process.
_PDFIUM = Lock()
_PAGE_NUMBER = re.compile(
    r"[-—–－·•\s]*第?\s*\d{1,4}\s*页?(?:\s*[/／共]\s*共?\s*\d{1,4}\s*页?)?[-—–－·•\s]*"
)
_ENDS = re.compile(r"[。！？：；!?:;][”’」）)]*$")
# PDFium puts this for a hyphen at the end of a line, and no line end.
_HYPHEN = "\x02"
_DIGITS = re.compile(r"\d+")
_UNKNOWN = 0xFFFD  # for a letter whose font does not say which it is
_NOTES_TITLE = "注释"
_FOOTNOTE_SIZE = 0.8  # of the size of the body
_GAP = 1.35  # of the usual distance of lines
_WIDE = 2.0  # times the size of a letter


# With left, bottom, right, top; a blank that PDFium added has no place.
_Letter = tuple[str, tuple[float, float, float, float] | None]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line on a page, in points from the lower left corner; `size` is the height of its letters."""

    text: str
    left: float
    right: float
    bottom: float
    size: float


def text_of(data: bytes, name: str) -> str:
    """Return the text of a PDF; footnotes follow under a title.

    Raises:
        ReadingError: it is encrypted, damaged, scanned, or its letters have no meaning.
    """
    with _PDFIUM:
        pages = list(_pages(data, name))
    with_text = [page for page in pages if page]
    if 2 * len(with_text) < len(pages) or not with_text:
        raise ReadingError(
            f"「{name}」的 {len(pages)} 页里只有 {len(with_text)} 页有文字，看来是扫描件。"
            "请先做文字识别（OCR），或换成文字版的 PDF、Word 或网页。"
        )
    text = "\n".join(_paragraphs(pages))
    if _is_meaningless(text):
        raise ReadingError(
            f"「{name}」的文字取不出来（字体没有附带编码）。"
            "请换成文字可以复制的 PDF，或 Word、网页、纯文本。"
        )
    return text


def _pages(data: bytes, name: str) -> Iterator[list[_Line]]:
    try:
        with pypdfium2.PdfDocument(data) as document:
            for page in document:
                yield list(_lines(page.get_textpage()))
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise ReadingError(f"「{name}」有密码保护，无法读取。请去掉密码后另存一份。") from error
        raise ReadingError(
            f"「{name}」不是完好的 PDF，可能没有下载完整。请重新下载，或用阅读器打开后另存一份。"
        ) from error


def _lines(page: pypdfium2.PdfTextPage) -> Iterator[_Line]:
    """Yield the lines of letters between the line ends that PDFium found."""
    letters: list[_Letter] = []
    for index in range(page.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(page, index) or _UNKNOWN)
        if char not in f"\r\n{_HYPHEN}":
            added = raw.FPDFText_IsGenerated(page, index) == 1
            letters.append((char, None if added else page.get_charbox(index, loose=True)))
            continue
        if char == _HYPHEN:
            letters.append(("-", None))
        yield from _line(letters)
        letters = []
    yield from _line(letters)


def _line(letters: Sequence[_Letter]) -> Iterator[_Line]:
    boxes = [box for char, box in letters if box and not char.isspace()]
    if not boxes:
        return
    size = median(box[3] - box[1] for box in boxes)
    # Letters beyond 16 bits come as two halves.
    text = (
        _spaced(letters, _WIDE * size).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )
    yield _Line(
        text=text.strip(),
        left=min(box[0] for box in boxes),
        right=max(box[2] for box in boxes),
        bottom=median(box[1] for box in boxes),
        size=size,
    )


def _spaced(letters: Sequence[_Letter], wide: float) -> str:
    """Return the text, with a tab for every wide gap, as between the cells of a table."""
    text, right = "", None
    for char, box in letters:
        if box is not None:
            if right is not None and box[0] - right > wide:
                text = f"{text.rstrip()}\t"
            right = box[2]
        text += char
    return text


def _paragraphs(pages: Sequence[Sequence[_Line]]) -> Iterator[str]:
    """Yield the paragraphs of the body, then the footnotes."""
    bare = _without_furniture(pages)
    size = median(line.size for page in bare for line in page for _ in line.text)
    bodies, notes = [], []
    for page in bare:
        end = len(page)
        while end and page[end - 1].size < _FOOTNOTE_SIZE * size:
            end -= 1
        # A page in small type alone is no footnote.
        end = end or len(page)
        bodies.append(page[:end])
        notes.append(page[end:])
    yield from _joined(bodies)
    if any(notes):
        yield _NOTES_TITLE
        yield from _joined(notes)


def _without_furniture(pages: Sequence[Sequence[_Line]]) -> list[Sequence[_Line]]:
    """Take page numbers, and heads and feet that recur on most pages, off each page."""
    edges = Counter(_pattern(line) for page in pages for line in _edges(page))

    def is_furniture(line: _Line) -> bool:
        recurs = edges[_pattern(line)]
        return bool(_PAGE_NUMBER.fullmatch(line.text)) or (recurs >= 3 and 2 * recurs > len(pages))

    bare = []
    for page in pages:
        while taken := {line for line in _edges(page) if is_furniture(line)}:
            page = [line for line in page if line not in taken]
        bare.append(page)
    return [page for page in bare if page]


def _edges(page: Sequence[_Line]) -> set[_Line]:
    """Return the highest and the lowest line, which need not come first and last."""
    by_height = sorted(page, key=lambda line: line.bottom)
    return {*by_height[:1], *by_height[-1:]}


def _pattern(line: _Line) -> tuple[str, int]:
    return _DIGITS.sub("0", line.text), round(line.bottom)


def _joined(pages: Sequence[Sequence[_Line]]) -> Iterator[str]:
    column = _Column.of(pages)
    pieces: list[str] = []
    before: _Line | None = None
    for line in (line for page in pages for line in page):
        if before is not None and column.parts(before, line):
            yield joined(pieces)
            pieces = []
        pieces.append(line.text)
        before = line
    if pieces:
        yield joined(pieces)


@dataclass(frozen=True, slots=True)
class _Column:
    """The column of text that the lines fill, and the usual distance between them."""

    left: float
    right: float
    pitch: float

    @classmethod
    def of(cls, pages: Sequence[Sequence[_Line]]) -> _Column:
        steps = [
            a.bottom - b.bottom for page in pages for a, b in pairwise(page) if a.bottom > b.bottom
        ]
        return cls(
            left=median(min(line.left for line in page) for page in pages if page),
            right=median(max(line.right for line in page) for page in pages if page),
            pitch=sorted(steps)[len(steps) // 4] if steps else 0.0,
        )

    def parts(self, before: _Line, line: _Line) -> bool:
        """Tell whether a new paragraph begins between two lines."""
        letter = before.size
        if abs(line.size - letter) > 0.2 * letter or "\t" in before.text + line.text:
            return True
        step = before.bottom - line.bottom
        if step > _GAP * self.pitch:
            return True
        missing = self.right - before.right
        ends_short = missing > 1.5 * letter and (
            bool(_ENDS.search(before.text)) or missing > 0.25 * (self.right - self.left)
        )
        indented = line.left - self.left > 1.2 * letter
        return ends_short or indented


def _is_meaningless(text: str) -> bool:
    """Tell whether many letters are of no alphabet: private, unassigned or control."""
    strange = sum(unicodedata.category(char) in ("Co", "Cn", "Cc", "Cs") for char in text)
    strange += text.count(chr(_UNKNOWN)) - text.count("\n") - text.count("\t")
    return 10 * strange > len(text)
