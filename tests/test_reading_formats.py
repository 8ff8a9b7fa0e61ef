"""Word, PDF, web pages, Markdown and archives: all of the text, none of what is around it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as FilePart
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from playwright.sync_api import Browser
from reportlab.lib.pagesizes import A5
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

from tests.serving import chromium
from vectorstore.errors import ReadingError
from vectorstore.reading import (
    SUFFIXES,
    Reading,
    builtin_path,
    read_folder,
    read_report,
    read_reports,
)
from vectorstore.report import Part, Report

_LONG = "坚持稳中求进工作总基调，新增就业3.5万人，推动经济实现质的有效提升和量的合理增长。"
_LINES = (
    "2031年青禾市政府工作报告",
    "——2031年1月9日在青禾市第六届人民代表大会第一次会议上",
    "青禾市市长 林一平",
    "各位代表：",
    "现在，我代表市人民政府，向大会报告工作，请予审议。",
    "一、2030年工作回顾",
    "地区生产总值增长6.3%，全市工业、农业和服务业都有发展。",
    f"（一）稳就业。{_LONG * 4}",
    "二、2031年工作安排",
    f"——地区生产总值增长6%左右。{_LONG * 2}",
    "各位代表！让我们一起努力。",
)
_WORD = nsdecls("w")


def _is_the_report(report: Report) -> None:
    """Check what every format must tell of the same report."""
    assert (report.title, report.region, report.year) == (_LINES[0], "青禾", 2031)
    assert (report.date, report.speaker) == (date(2031, 1, 9), "林一平")
    assert [p.text for p in report.passages] == list(_LINES)
    assert [p.part for p in report.passages] == [Part.OPENING] * 5 + [Part.REVIEW] * 3 + [
        Part.PLAN
    ] * 3
    assert report.passages[7].section == (_LINES[5], "（一）稳就业")


# Word


def test_a_word_document_is_read_paragraph_by_paragraph(tmp_path: Path) -> None:
    _is_the_report(read_report(_word(tmp_path, _LINES)))


@pytest.mark.parametrize(
    ("xml", "lines"),
    [
        ("<w:r><w:t>增长</w:t></w:r><w:hyperlink><w:r><w:t>6%</w:t></w:r></w:hyperlink>", ["增长6%"]),
        ("<w:ins><w:r><w:t>新增</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>", ["新增"]),
        ("<w:moveFrom><w:r><w:t>从</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>到</w:t></w:r></w:moveTo>", ["到"]),
        ("<w:sdt><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt>", ["控件"]),
        ("<w:r><w:t>上</w:t><w:br/><w:t>下</w:t></w:r>", ["上", "下"]),
        ("<w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>左</w:t><w:tab/><w:t>右</w:t></w:r>", ["左\t右"]),
        ("<w:fldSimple><w:r><w:t>域</w:t></w:r></w:fldSimple><w:r><w:instrText>PAGE</w:instrText></w:r>", ["域"]),
        ("<w:r><w:t>前</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict><w:t>后</w:t></w:r>", ["前后", "框"]),
        ("<w:ruby><w:rt><w:r><w:t>qí</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>祁</w:t></w:r></w:rubyBase></w:ruby>", ["祁"]),
    ],
    ids=["link", "tracked", "moved", "control", "break", "tab", "field", "box", "ruby"],
)  # fmt: skip
def test_text_that_is_not_in_a_plain_run(tmp_path: Path, xml: str, lines: list[str]) -> None:
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:p {_WORD}>{xml}</w:p>"))
    assert _texts(_saved(tmp_path, document)) == lines


def test_a_second_form_of_the_same_text_box_is_not_read(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>框里的话</w:t></w:r></w:p></w:txbxContent>"
    document = docx.Document()
    document.element.body.insert(
        0,
        parse_xml(
            f'<w:p {_WORD} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
            f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        ),
    )
    assert _texts(_saved(tmp_path, document)) == ["框里的话"]


def test_a_row_of_values_is_one_line_and_a_layout_table_is_none(tmp_path: Path) -> None:
    document = docx.Document()
    values = document.add_table(2, 2)
    for cell, text in zip(values._cells, ["指标", "目标", "粮食产量", "6万吨"], strict=True):
        cell.text = text
    layout = document.add_table(1, 2)
    layout.cell(0, 0).text = "左栏"
    layout.cell(0, 1).text = "右栏第一段"
    layout.cell(0, 1).add_paragraph("右栏第二段")
    inner = layout.cell(0, 1).add_table(1, 1)
    inner.cell(0, 0).text = "表中之表"
    assert _texts(_saved(tmp_path, document)) == [
        "指标\t目标", "粮食产量\t6万吨", "左栏", "右栏第一段", "右栏第二段", "表中之表",
    ]  # fmt: skip


def test_footnotes_follow_the_text_as_notes(tmp_path: Path) -> None:
    document = docx.Document(_word(tmp_path, _LINES))
    xml = (
        f'<w:footnotes {_WORD}><w:footnote w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        f'<w:footnote w:id="1"><w:p><w:r><w:t>一网通办：都在网上办理。</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    part = FilePart(PackURI("/word/footnotes.xml"), "application/xml", xml.encode())
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    report = read_report(_saved(tmp_path, document))
    assert [(p.text, p.part) for p in report.passages[-2:]] == [
        ("注释", Part.NOTES),
        ("一网通办：都在网上办理。", Part.NOTES),
    ]


def test_numbers_that_word_puts_before_paragraphs_are_read(tmp_path: Path) -> None:
    """Of an own list with two levels, and of a style of the template."""
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for level, text in enumerate(["%1、", "（%2）"])
    )
    document = docx.Document()
    lists = document.part.numbering_part.element
    lists.insert(
        0, parse_xml(f'<w:abstractNum {_WORD} w:abstractNumId="77">{levels}</w:abstractNum>')
    )
    lists.append(parse_xml(f'<w:num {_WORD} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in [
        (0, "回顾"),
        (1, "稳就业"),
        (1, "稳外贸"),
        (0, "安排"),
        *[(1, "项目")] * 21,
    ]:
        properties = document.add_paragraph(text)._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = 77
        properties.get_or_add_ilvl().val = level
    document.add_paragraph("新建学校", style="List Number")
    document.add_paragraph("新建医院", style="List Number")
    document.add_paragraph("没有编号")
    texts = _texts(_saved(tmp_path, document))
    assert texts[:5] == ["一、回顾", "（一）稳就业", "（二）稳外贸", "二、安排", "（一）项目"]
    assert [texts[number] for number in (13, 14, 23, 24)] == [
        "（十）项目", "（十一）项目", "（二十）项目", "（二十一）项目",
    ]  # fmt: skip
    assert texts[25:] == ["1.新建学校", "2.新建医院", "没有编号"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"PK\x03\x04 not a zip", "重新下载"),
        ("青禾市政府工作报告".encode(), "重新下载"),
        (b"", "重新下载"),
    ],
    ids=["doc", "encrypted", "damaged", "text", "empty"],
)
def test_what_is_no_word_document_is_named(tmp_path: Path, data: bytes, told: str) -> None:
    assert told in _refusal(_written(tmp_path, "报告.docx", data))


def test_a_word_document_cut_short_or_without_its_text_is_damaged(tmp_path: Path) -> None:
    whole = _word(tmp_path, _LINES).read_bytes()
    assert "重新下载" in _refusal(_written(tmp_path, "报告.docx", whole[: len(whole) // 2]))
    parts = zipfile.ZipFile(io.BytesIO(whole))
    for damaged in ("word/document.xml", "_rels/.rels", "[Content_Types].xml"):
        members = {name: parts.read(name) for name in parts.namelist()} | {damaged: b"<a/>"}
        assert "重新下载" in _refusal(_written(tmp_path, "报告.docx", _zip(members))), damaged


# PDF


@pytest.mark.parametrize("indent", [True, False], ids=["indented", "spaced"])
def test_the_paragraphs_of_a_pdf_are_put_together_again(tmp_path: Path, indent: bool) -> None:
    """On small pages most paragraphs break over lines, and some over pages."""
    path = _pdf(tmp_path, _LINES, indent=indent)
    assert b"/Count 1" not in path.read_bytes()
    _is_the_report(read_report(path))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_a_pdf_that_a_browser_prints_gives_back_the_report(
    tmp_path: Path, browser: Browser
) -> None:
    """With the fonts of this machine, a running head, rare letters and a hyphen at a line end."""
    lines = [passage.text for passage in read_report(builtin_path()).passages[:30]]
    lines += [f"{'推进改革' * 9}推动5G-A商用，治理𬇙水。"]
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    style = "p{text-indent:2em;margin:0;font-size:12pt;line-height:1.7;text-align:justify}"
    page = browser.new_page()
    page.set_content(f"<style>{style}</style>{body}")
    data = page.pdf(
        format="A4",
        display_header_footer=True,
        header_template="<p style='font-size:9px;margin:auto'>人民代表大会文件</p>",
        footer_template="<p style='font-size:9px;margin:auto'>— <b class='pageNumber'></b> —</p>",
        margin={"top": "2.5cm", "bottom": "2.5cm", "left": "2.8cm", "right": "2.6cm"},
    )
    texts = _texts(_written(tmp_path, "报告.pdf", data))
    assert [_squeezed([text]) for text in texts] == [_squeezed([line]) for line in lines]


def test_a_pdf_whose_letters_have_no_meaning_is_refused(tmp_path: Path, browser: Browser) -> None:
    page = browser.new_page()
    private = "\ue002\ue003\ue004" * 30
    page.set_content(f"<p>{private}</p><p>2025</p>")
    assert "取不出来" in _refusal(_written(tmp_path, "报告.pdf", page.pdf()))


def test_a_number_at_the_edge_of_a_page_that_is_no_page_number_stays(tmp_path: Path) -> None:
    canvas = _canvas(tmp_path / "报告.pdf")
    canvas.drawString(60, 500, "目标是新增就业")
    canvas.drawString(60, 480, "3万人。")
    canvas.save()
    assert _squeezed(_texts(tmp_path / "报告.pdf")) == "目标是新增就业3万人。"


def test_values_side_by_side_in_a_pdf_are_one_line(tmp_path: Path) -> None:
    canvas = _canvas(tmp_path / "报告.pdf")
    for height, cells in ((500, ("指标", "目标")), (480, ("粮食产量", "6万吨"))):
        for place, cell in enumerate(cells):
            canvas.drawString(60 + 150 * place, height, cell)
    canvas.save()
    assert _texts(tmp_path / "报告.pdf") == ["指标\t目标", "粮食产量\t6万吨"]


def test_small_type_at_the_foot_of_a_page_is_a_note(tmp_path: Path) -> None:
    canvas = _canvas(tmp_path / "报告.pdf")
    canvas.drawString(60, 500, "推进一网通办，新建学校10所，群众办事更加方便。")
    canvas.setFont("STSong-Light", 7)
    canvas.drawString(60, 60, "一网通办：都在网上办理。")
    canvas.save()
    assert _texts(tmp_path / "报告.pdf")[-2:] == ["注释", "一网通办：都在网上办理。"]


def test_a_pdf_without_text_is_told_to_be_scanned(tmp_path: Path) -> None:
    canvas = _canvas(tmp_path / "报告.pdf")
    for _ in range(3):
        canvas.rect(60, 60, 200, 300, fill=1)
        canvas.showPage()
    canvas.save()
    assert "扫描件" in _refusal(tmp_path / "报告.pdf")


def test_a_pdf_with_a_password_is_refused(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "报告.pdf"), encrypt=StandardEncryption("secret"))
    canvas.drawString(60, 500, "report")
    canvas.save()
    assert "密码" in _refusal(tmp_path / "报告.pdf")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", "青禾市政府工作报告".encode()])
def test_what_is_no_pdf_is_named(tmp_path: Path, data: bytes) -> None:
    assert "不是完好的 PDF" in _refusal(_written(tmp_path, "报告.pdf", data))


# Web pages

_ARTICLE = "".join(f"<p>　　{line}</p>\n" for line in _LINES[3:])
_PAGE = f"""<!DOCTYPE html>
<html><head><meta charset="CHARSET"><title>2031年青禾市政府工作报告_青禾市人民政府网</title></head><body>
<div class="header"><h1>青禾市人民政府门户网站</h1><ul><li><a href="/">首页</a></li></ul></div>
<form><div>您现在的位置：<a href="/">首页</a> &gt; <a href="/gzbg">政府工作报告</a></div>
<div class="wrap"><h1>2031年青禾市<br>政府工作报告</h1>
<div>发布时间：2031-01-20　字体：[<a>大</a> <a>小</a>]</div>
<div>{_LINES[1]}</div><div>{_LINES[2]}</div>
<div class="TRS_Editor">{_ARTICLE}<p style="display: none">不显示的一句话。</p></div>
<div>责任编辑：张三</div><div class="share-bar">分享到：微信</div></div></form>
<div class="related"><a>报告解读：一图读懂</a></div>
<footer>未经授权，不得转载本网站的任何内容。</footer>
<script>var text = "脚本里的一句话，不是报告。";</script></body></html>
"""


@pytest.mark.parametrize("suffix", [".html", ".htm"])
@pytest.mark.parametrize(
    ("declared", "codec"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("", "gb18030")]
)
def test_a_saved_page_gives_its_article_alone(
    tmp_path: Path, suffix: str, declared: str, codec: str
) -> None:
    page = _PAGE.replace("CHARSET", declared).encode(codec)
    report = read_report(_written(tmp_path, f"报告{suffix}", page))
    assert [p.text for p in report.passages] == ["2031年青禾市", "政府工作报告", *_LINES[1:]]
    assert (report.title, report.region, report.year) == (_LINES[0], "青禾", 2031)
    assert (report.date, report.speaker) == (date(2031, 1, 9), "林一平")


def test_every_paragraph_of_the_article_is_kept(tmp_path: Path) -> None:
    """In lists, tables, links, line breaks, quotes; short, long, or without a full stop."""
    body = (
        "<p>地区生产总值增长<b>6</b>.<i>3</i>%，\n   就业<a href='#'>稳定</a>。</p>"
        "<div>短句<br/>　　没有句号的话</div><ul><li>开工10个项目。</li><li>新建学校</li></ul>"
        "<table><tr><td><p>指标</p></td><td><p>目标</p></td></tr>"
        "<tr><td><p>第一栏</p></td><td><p>第二栏第一段</p><p>第二栏第二段</p></td></tr></table>"
        "<blockquote>全市GDP\nper capita水平提高，人民生活改善。</blockquote>&lt;完&gt;"
    )
    assert _texts(_written(tmp_path, "报告.html", body.encode())) == [
        "地区生产总值增长6.3%，就业稳定。", "短句", "没有句号的话", "开工10个项目。", "新建学校",
        "指标\t目标", "第一栏", "第二栏第一段", "第二栏第二段",
        "全市GDP per capita水平提高，人民生活改善。", "<完>",
    ]  # fmt: skip


def test_furniture_with_most_of_the_prose_in_it_is_the_article(tmp_path: Path) -> None:
    page = f"<div class='content related'>{_ARTICLE}</div>"
    assert _texts(_written(tmp_path, "报告.html", page.encode())) == list(_LINES[3:])


@pytest.mark.parametrize("page", [b"", b"<html></html>", b"<script>1</script>"])
def test_a_page_without_text_is_refused(tmp_path: Path, page: bytes) -> None:
    assert "没有一段文字" in _refusal(_written(tmp_path, "报告.html", page))


# Markdown


def test_the_marks_of_markdown_are_stripped(tmp_path: Path) -> None:
    marked = [
        f"# {_LINES[0]}",
        *_LINES[1:5],
        f"## {_LINES[5]}",
        f"**{_LINES[6][:8]}**{_LINES[6][8:]}",
    ]
    marked += [_LINES[7][:60] + "\n" + _LINES[7][60:], f"{_LINES[8]}\n---", f"    {_LINES[9]}"]
    marked.append(f"> [{_LINES[10]}](https://example.org/)")
    text = "---\ntitle: 报告\n---\n" + "\n\n".join(marked)
    _is_the_report(read_report(_written(tmp_path, "报告.md", text.encode())))


def test_lists_tables_and_breaks_of_markdown(tmp_path: Path) -> None:
    text = (
        "1. 新建学校\n2. 新建医院\n\n- 甲\n- 乙\n\n| 指标 | 目标 |\n|---|---|\n| 粮食 | **6**万吨 |\n\n"
        "上一行  \n下一行\n\n<div>网页的一块</div>\n\n```\n原样的话\n```\n\n3\\. 5 &lt; 6 ![图](a.png)`码`\n"
    )
    assert _texts(_written(tmp_path, "报告.md", text.encode())) == [
        "1.新建学校", "2.新建医院", "甲", "乙", "指标\t目标", "粮食\t6万吨", "上一行", "下一行",
        "网页的一块", "原样的话", "3. 5 < 6 码",
    ]  # fmt: skip


# Archives, folders, limits


def test_an_archive_gives_every_report_in_it_by_name(tmp_path: Path) -> None:
    word = _word(tmp_path, _LINES).read_bytes()
    members = {
        "甲.txt": _plain(),
        "夹/乙.docx": word,
        "图.png": b"",
        "__MACOSX/._甲.txt": b"",
        ".丙.txt": b"",
    }
    path = _written(tmp_path, "报告.zip", _zip(members))
    readings = {reading.source: reading.outcome for reading in read_reports(path)}
    assert sorted(readings) == sorted([f"{path} › 甲.txt", f"{path} › 夹/乙.docx"])
    assert {r.id for r in readings.values() if isinstance(r, Report)} == {"甲", "乙"}
    assert "2 份" in _refusal(path)


def test_an_archive_of_one_report_is_read_as_this_report(tmp_path: Path) -> None:
    path = _written(tmp_path, "夹.zip", _zip({"甲.txt": _plain()}))
    report = read_report(path)
    assert report.id == "甲"
    _is_the_report(report)


def test_names_that_are_in_gb18030_without_saying_so(tmp_path: Path) -> None:
    """So Windows writes them. The placeholder is of the same length in bytes."""
    data = _zip({"abcd.txt": _plain()}).replace(b"abcd", "报告".encode("gb18030"))
    assert read_report(_written(tmp_path, "夹.zip", data)).id == "报告"


@pytest.mark.parametrize(
    ("member", "told"),
    [("../甲.txt", "之外"), ("/甲.txt", "之外"), ("甲.zip", "压缩包里的压缩包"), ("甲.pdf", "PDF")],
)
def test_a_member_that_cannot_be_read_does_not_stop_the_others(
    tmp_path: Path, member: str, told: str
) -> None:
    path = _written(tmp_path, "夹.zip", _zip({member: _plain(), "乙.txt": _plain()}))
    readings = {reading.source: reading.outcome for reading in read_reports(path)}
    assert told in str(readings[f"{path} › {member}"])
    assert isinstance(readings[f"{path} › 乙.txt"], Report)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(_zip({"a.txt": _plain()}))
    data[6] |= 1  # the flags in the member's own header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    assert "密码" in _refusal(_written(tmp_path, "夹.zip", bytes(data)))


def test_a_damaged_archive_or_member_is_named(tmp_path: Path) -> None:
    data = bytearray(_zip({"甲.txt": _plain()}))
    assert "重新下载" in _refusal(_written(tmp_path, "夹.zip", bytes(data[:-30])))
    data[len(data) // 3] ^= 0xFF
    assert "损坏" in _refusal(_written(tmp_path, "夹.zip", bytes(data)))


@pytest.mark.parametrize("name", ["夹.zip", "报告.docx"])
def test_a_bomb_does_not_fill_the_memory(tmp_path: Path, name: str) -> None:
    """60 MB of blanks that its headers call 100 bytes, as text and as a part of a document."""
    data = bytearray(
        _zip({"word/document.xml" if name.endswith("docx") else "a.txt": b" " * 60_000_000})
    )
    for header, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(header) + offset
        data[place : place + 4] = (100).to_bytes(4, "little")
    path = _written(tmp_path, name, bytes(data))
    _refusal(path)  # the imports
    tracemalloc.start()
    _refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("name", ["夹.zip", "报告.docx"])
def test_an_archive_of_too_many_files_or_bytes_is_refused(tmp_path: Path, name: str) -> None:
    many = _zip({f"{number}.txt": b"" for number in range(2001)})
    assert "2001 个文件" in _refusal(_written(tmp_path, name, many))
    big = bytearray(_zip({f"{number}.txt": b"1" for number in range(3)}))
    for match in list(re.finditer(rb"PK\x01\x02", big)):
        big[match.start() + 24 : match.start() + 28] = (200_000_000).to_bytes(4, "little")
    assert "600 MB" in _refusal(_written(tmp_path, name, bytes(big)))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"报告{suffix}"
    with path.open("wb") as file:
        file.truncate(60_000_000)
    assert "60 MB" in _refusal(path)


def test_a_folder_with_a_damaged_file_still_gives_the_others(tmp_path: Path) -> None:
    _written(tmp_path, "甲.txt", _plain())
    _written(tmp_path, "乙.docx", b"damaged")
    _written(tmp_path, "丙.zip", _zip({"丁.md": _plain(), "甲.html": _PAGE.encode()}))
    _written(tmp_path, "~$乙.docx", b"open in Word")
    assert len(read_folder(tmp_path)) == 3
    outcomes = list(read_reports(tmp_path, tmp_path / "无.txt"))
    assert {r.outcome.id for r in outcomes if isinstance(r.outcome, Report)} == {"甲", "丁"}
    errors = _errors(outcomes)
    assert "重新下载" in errors["乙.docx"]
    assert "找不到" in errors["无.txt"]
    # Which of the two is read depends on the order of names alone.
    assert "同名" in errors["甲.txt"]
    assert len(outcomes) == 5


def test_a_text_is_read_without_the_libraries_of_other_kinds(tmp_path: Path) -> None:
    path = _written(tmp_path, "报告.txt", _plain())
    script = (
        "import sys; from pathlib import Path; from vectorstore.reading import read_report;"
        "read_report(Path(sys.argv[1]));"
        "print([m for m in ('docx', 'lxml', 'pypdfium2', 'markdown_it') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def _plain() -> bytes:
    return "\n".join(_LINES).encode()


def _written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _word(folder: Path, lines: Sequence[str]) -> Path:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    return _saved(folder, document)


def _saved(folder: Path, document: docx.document.Document) -> Path:
    path = folder / "报告.docx"
    document.save(str(path))
    return path


def _canvas(path: Path) -> Canvas:
    registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path))
    canvas.setFont("STSong-Light", 12)
    return canvas


def _pdf(folder: Path, lines: Sequence[str], *, indent: bool) -> Path:
    """Set the lines on small pages with a running head and page numbers."""
    path = folder / "报告.pdf"
    registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle(
        "body", fontName="STSong-Light", fontSize=12, leading=18, wordWrap="CJK",
        firstLineIndent=24 if indent else 0, spaceAfter=0 if indent else 12,
    )  # fmt: skip
    title = ParagraphStyle("title", body, fontSize=18, leading=27, alignment=1, firstLineIndent=0)

    def furnish(canvas: Canvas, template: SimpleDocTemplate) -> None:
        canvas.setFont("STSong-Light", 9)
        canvas.drawCentredString(A5[0] / 2, 300, "青禾市第六届人民代表大会第一次会议文件")
        canvas.drawCentredString(A5[0] / 2, 30, f"— {template.page} —")

    SimpleDocTemplate(str(path), pagesize=(A5[0], 330)).build(
        [Paragraph(line, body if number else title) for number, line in enumerate(lines)],
        onFirstPage=furnish,
        onLaterPages=furnish,
    )
    return path


def _zip(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def _texts(path: Path) -> list[str]:
    return [passage.text for passage in read_report(path).passages]


def _squeezed(texts: Sequence[str]) -> str:
    return "".join("".join(texts).split())


def _refusal(path: Path) -> str:
    with pytest.raises(ReadingError) as caught:
        read_report(path)
    return str(caught.value)


def _errors(readings: Sequence[Reading]) -> dict[str, str]:
    return {
        re.split("[/ ]", reading.source)[-1]: str(reading.outcome)
        for reading in readings
        if isinstance(reading.outcome, ReadingError)
    }
