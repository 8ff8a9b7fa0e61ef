"""Web pages, as saved from the site of a government: the article without what stands around it.

Libraries that find the article in a page throw away paragraphs that look unlike prose;
a report has many of those (headings, «省长 某某», rows of a table). So what is dropped
here is only what is known: scripts, elements named as navigation, lines of links, the
site's own phrases. Of what is left, the smallest element that holds all prose is the
article, with the lines between its title and it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from vectorstore.readers import plain
from vectorstore.readers.lines import joined, row

_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?([\w-]+)""", re.I)
_UNSEEN = (
    "script", "style", "noscript", "template", "head", "iframe", "object", "svg", "math", "canvas",
    "button", "select", "option", "input", "textarea", "nav", "footer", "aside", "menu", "rt", "rp",
    "audio", "video",
)  # fmt: skip
_BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "br", "caption", "center", "dd", "details", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_HEADINGS = frozenset(("h1", "h2", "h3"))
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:header|banner|logo|nav|navbar|navigation|menu|foot|footer|crumbs?|breadcrumbs?|sidebar|"
    r"side|related|relate|share|copyright|toolbar|tools|search|login|pager|recommend|qrcode|ewm)"
    r"(?:$|[\s_-])",
    re.I,
)
_PHRASE = re.compile(
    r"【?(?:打印|关闭|收藏|责任编辑|扫一扫|分享到?|相关(?:链接|附件|文章|稿件)|[上下]一[篇条]|版权所有|"
    r"主办(?:单位)?|承办|网站标识码|网站地图|发布(?:时间|日期)|浏览(?:次数|量)|点击(?:数|量)|字体|字号|"
    r"(?:您)?(?:现在|当前)的?(?:所在)?位置|索引号|返回(?:顶部|首页)|\S{1,3}ICP备|\S{1,3}公网安备)"
)
_LONGEST_PHRASE = 80
_LONGEST_LINK = 40
_SITE_IN_TITLE = re.compile(r"\s*[-_|—–]\s*[^-_|—–]*(?:网|政府|门户)[^-_|—–]*$")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_LINE_BREAKS = re.compile(r"[ \t]*[\r\n\f]+[ \t\r\n\f]*")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as a reader of the page sees it, and the element that holds it."""

    text: str
    element: Any
    linked: int

    @property
    def is_prose(self) -> bool:
        return len(self.text) >= 15 and "。" in self.text and 2 * self.linked < len(self.text)

    @property
    def is_furniture(self) -> bool:
        if self.is_prose:
            return False
        of_links = 2 * self.linked > len(self.text) and len(self.text) <= _LONGEST_LINK
        return of_links or (len(self.text) <= _LONGEST_PHRASE and bool(_PHRASE.match(self.text)))


def text_of(data: bytes, name: str) -> str:
    """Return the text of the article in a page.

    Raises:
        ReadingError: it is binary, or in an unknown encoding.
    """
    return "\n".join(lines_of(_decoded(data, name)))


def lines_of(page: str) -> list[str]:
    """Return the lines of the article in a page, or in a piece of one."""
    root = _parsed(page)
    if root is None:
        return []
    title = _title(root)
    body = root if root.find("body") is None else root.find("body")
    _strip(body)
    article = _article(_Flow(body).lines, title)
    written = [line.text for line in article if not line.is_furniture]
    if _squeezed(title) not in _squeezed("".join(written[:8])):
        return [title, *written]
    return written


def _decoded(data: bytes, name: str) -> str:
    declared = _CHARSET.search(data[:4096])
    if declared and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        charset = declared[1].decode("ascii").lower()
        # What calls itself GB2312 or GBK uses letters that only GB18030 has.
        charset = "gb18030" if charset.startswith("gb") else charset
        try:
            return data.decode(charset)
        except (UnicodeDecodeError, LookupError):
            pass
    return plain.text_of(data, name)


def _parsed(page: str) -> Any:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing in it
        return None


def _title(root: Any) -> str:
    """Return what the page says its report is called, without the name of the site."""
    told = root.xpath("//meta[translate(@name, 'ARTICLE', 'article')='articletitle']/@content")
    for title in (*told, *(h.text_content() for h in root.iter("h1")), *_titles(root)):
        title = _BLANKS.sub(" ", str(title)).strip()
        if "报告" in title:
            return title
    return ""


def _titles(root: Any) -> Iterator[str]:
    for element in root.iter("title"):
        yield _SITE_IN_TITLE.sub("", element.text_content().strip())


def _strip(body: Any) -> None:
    """Take out what is not shown and what is named as furniture, unless most prose is in it."""
    for element in list(body.iter(*_UNSEEN)):
        element.drop_tree()
    prose = body.text_content().count("。")
    for element in list(body.iterdescendants()):
        needless = _is_hidden(element) or _is_named_furniture(element)
        if needless and 2 * element.text_content().count("。") <= prose:
            element.drop_tree()


def _is_hidden(element: Any) -> bool:
    return "display:none" in element.get("style", "").replace(" ", "").lower()


def _is_named_furniture(element: Any) -> bool:
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return element.tag not in ("p", "span", "td") and bool(_FURNITURE.search(names))


class _Flow:
    """The lines of a page, gathered while walking through its elements."""

    def __init__(self, body: Any) -> None:
        self.lines: list[_Line] = []
        self._holder = body
        self._text: list[str] = []
        self._linked = 0
        self._walk(body, in_link=False)

    def _walk(self, element: Any, *, in_link: bool) -> None:
        outer = self._holder
        if element.tag in _BLOCKS:
            self._end_line()
            self._holder = element
        before = len(self.lines)
        self._add(element.text, in_link)
        for child in element:
            self._walk(child, in_link=in_link or child.tag == "a")
            self._add(child.tail, in_link)
        if element.tag in _BLOCKS:
            self._end_line()
            self._holder = outer
        if element.tag == "tr":
            self.lines[before:] = _row(element, self.lines[before:])

    def _add(self, text: str | None, in_link: bool) -> None:
        if not text:
            return
        if self._holder.tag == "pre":
            for line in text.splitlines():
                self._text.append(line)
                self._end_line()
            return
        self._text.append(text)
        self._linked += in_link * len(text.strip())

    def _end_line(self) -> None:
        text = joined(_LINE_BREAKS.split("".join(self._text)))
        if line := _BLANKS.sub(" ", text).strip():
            self.lines.append(_Line(line, self._holder, self._linked))
        self._text, self._linked = [], 0


def _row(element: Any, lines: Sequence[_Line]) -> list[_Line]:
    cells = [
        [
            line.text
            for line in lines
            if cell is line.element or cell in line.element.iterancestors()
        ]
        for cell in element
    ]
    linked = sum(line.linked for line in lines)
    if any(len(cell) > 1 for cell in cells):
        return list(lines)
    return [_Line(text, element, linked) for text in row(cells)]


def _article(lines: Sequence[_Line], title: str) -> Sequence[_Line]:
    """Return the lines of the smallest element with all prose in it, from the title on."""
    prose = [line for line in lines if line.is_prose]
    if len(prose) < 2:
        return lines
    holder = _common([line.element for line in prose])
    inside = [i for i, line in enumerate(lines) if holder in _with_ancestors(line.element)]
    headings = [
        line.element
        for line in lines[: inside[0]]
        if "报告" in line.text
        and (line.element.tag in _HEADINGS or _squeezed(title) in _squeezed(line.text))
    ]
    first = inside[0]
    if headings:
        first = next(i for i, line in enumerate(lines) if line.element is headings[-1])
    return lines[first : inside[-1] + 1]


def _common(elements: Sequence[Any]) -> Any:
    """Return the innermost element around all of these."""
    common = _with_ancestors(elements[0])
    for element in elements[1:]:
        around = set(_with_ancestors(element))
        common = [ancestor for ancestor in common if ancestor in around]
    return common[0]


def _with_ancestors(element: Any) -> list[Any]:
    return [element, *element.iterancestors()]


def _squeezed(text: str) -> str:
    return "".join(text.split())
