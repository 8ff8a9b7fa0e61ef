"""Files of every encoding, and everything that can be wrong with a file."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vectorstore.errors import ReadingError
from vectorstore.reading import builtin_path, read_folder, read_report

_TEXT = (
    "青禾市政府工作报告\r\n\r\n一、2030年工作回顾\r\n"
    "地区生产总值增长6.3%,全市工业、农业和服务业都有发展。\r\n"
)
_TRADITIONAL = (
    "各位代表：現在，我代表市人民政府向大會報告工作，請予審議。\n地區生產總值增長6.3%。\n"
)
_JAPANESE = "代表の皆さん、市政府の活動報告をいたします。\n昨年の域内総生産は6.3%増加しました。\n"
_KOREAN = (
    "대표 여러분, 시 정부의 업무보고를 드리겠습니다.\n지난해 지역내총생산은 6.3% 증가했습니다.\n"
)


@pytest.mark.parametrize(
    "data",
    [
        _TEXT.encode("utf-8"),
        _TEXT.encode("utf-8-sig"),
        _TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + _TEXT.encode("utf-16-be"),
        _TEXT.encode("gb18030"),
        _TEXT.encode("gb2312"),
    ],
    ids=["utf-8", "utf-8 with BOM", "utf-16 LE", "utf-16 BE", "gb18030", "gb2312"],
)
def test_each_encoding_gives_the_same_report_with_its_line_ends(
    tmp_path: Path, data: bytes
) -> None:
    report = read_report(_file(tmp_path, data))
    assert report.source == _TEXT
    assert [p.text for p in report.passages] == [line for line in _TEXT.split("\r\n") if line]
    assert report.id == "报告"


def test_rare_characters_of_gb18030_survive(tmp_path: Path) -> None:
    text = f"{_TEXT}石碶、㵲阳河、𬇙水。\n"
    assert read_report(_file(tmp_path, text.encode("gb18030"))).source == text


@pytest.mark.parametrize(
    ("text", "codec", "guess"),
    [
        (_TRADITIONAL, "big5", "Big5"),
        (_JAPANESE, "shift_jis", "Shift-JIS"),
        (_JAPANESE, "euc_jp", "EUC-JP"),
        (_KOREAN, "euc_kr", "EUC-KR"),
    ],
)
def test_other_encodings_are_refused_by_name(
    tmp_path: Path, text: str, codec: str, guess: str
) -> None:
    message = _refusal(_file(tmp_path, (text * 3).encode(codec)))
    assert guess in message
    assert "UTF-8" in message


def test_bytes_that_decode_but_mean_nothing_are_refused(tmp_path: Path) -> None:
    """GB18030 decodes this Big5 text without an error; what comes out is no Chinese."""
    data = (_TRADITIONAL[:17] * 3).encode("big5")
    data.decode("gb18030")
    assert "编码" in _refusal(_file(tmp_path, data))


def test_control_characters_are_no_report(tmp_path: Path) -> None:
    assert "编码" in _refusal(_file(tmp_path, f"{_TEXT}\x1b\x02".encode("gb18030")))


def test_traditional_chinese_in_gb18030_is_read(tmp_path: Path) -> None:
    assert read_report(_file(tmp_path, _TRADITIONAL.encode("gb18030"))).source == _TRADITIONAL


def test_damaged_utf8_is_not_read_as_something_else(tmp_path: Path) -> None:
    data = bytearray((_TEXT * 3).encode("utf-8"))
    data[40] = 0xFF
    assert "编码" in _refusal(_file(tmp_path, bytes(data)))


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\t\n", "\u3000\u200b\n".encode()])
def test_an_empty_or_blank_file_is_named(tmp_path: Path, data: bytes) -> None:
    message = _refusal(_file(tmp_path, data))
    assert "报告.txt" in message
    assert "没有一段文字" in message


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04\x14\x00\x06\x00report", b"\xff\xfe\x00\x00" + "报告".encode("utf-32-le")],
    ids=["zip", "utf-32"],
)
def test_binary_files_are_named(tmp_path: Path, data: bytes) -> None:
    assert "二进制" in _refusal(_file(tmp_path, data))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    message = _refusal(tmp_path / "无此文件.txt")
    assert "找不到" in message
    assert "无此文件.txt" in message


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "文件夹.txt").mkdir()
    assert "不是文件" in _refusal(tmp_path / "文件夹.txt")


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = _file(tmp_path, _TEXT.encode())
    path.chmod(0)
    with _without_privileges():
        assert "没有权限" in _refusal(path)


@pytest.mark.parametrize("name", ["报告.doc", "报告.rtf", "报告"])
def test_kinds_that_cannot_be_read_name_those_that_can(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(_TEXT.encode())
    message = _refusal(path)
    assert name in message
    assert ".txt" in message


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "报告.TXT"
    path.write_text(_TEXT, "utf-8", newline="")
    assert read_report(path).source == _TEXT


def test_a_folder_gives_its_readable_files(tmp_path: Path) -> None:
    for name in ("乙.txt", "甲.TXT", "图.png", "._甲.txt", ".cache/丙.txt", "子/丁.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(_TEXT, "utf-8")
    found = [str(path.relative_to(tmp_path)) for path in read_folder(tmp_path)]
    assert found == sorted(["乙.txt", "甲.TXT", "子/丁.txt"])


def test_the_built_in_report_is_read_as_it_lies_there() -> None:
    assert read_report(builtin_path()).source.encode() == builtin_path().read_bytes()


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "报告.txt"
    path.write_bytes(data)
    return path


def _refusal(path: Path) -> str:
    with pytest.raises(ReadingError) as caught:
        read_report(path)
    return str(caught.value)


@contextmanager
def _without_privileges() -> Iterator[None]:
    """Be nobody for a while where the tests run as root, who may read anything."""
    privileged = os.geteuid() == 0
    if privileged:
        os.seteuid(65534)
    try:
        yield
    finally:
        if privileged:
            os.seteuid(0)
