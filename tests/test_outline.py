"""Titles, sections, paragraphs and sentences: on the built-in report, and on any text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vectorstore.errors import ReadingError
from vectorstore.outline import build_report
from vectorstore.reading import builtin_path, read_report
from vectorstore.report import Part, Report
from vectorstore.sentences import split_sentences


@pytest.fixture(scope="module")
def report() -> Report:
    return read_report(builtin_path())


def test_what_the_built_in_report_says_of_itself(report: Report) -> None:
    assert report.title == "重庆市人民政府工作报告"
    assert report.region == "重庆"
    assert report.year == 2020
    assert report.date == date(2020, 1, 11)
    assert report.speaker == "唐良智"


def test_paragraphs_are_its_lines_less_the_closing_line_of_the_website(report: Report) -> None:
    lines = builtin_path().read_text("utf-8").splitlines()
    written = [line.strip() for line in lines if line.strip()]
    assert written[-1].startswith("您即将离开")
    assert [p.text for p in report.passages] == written[:-1]
    assert [p.number for p in report.passages] == list(range(1, len(written)))
    assert written[-1] in report.gaps[-1]


@pytest.mark.parametrize(
    ("begins", "section", "part"),
    [
        ("各位代表:", (), Part.OPENING),
        ("刚刚过去的2019年", ("一、2019年工作回顾",), Part.REVIEW),
        ("——经济运行逐步向好", ("一、2019年工作回顾", "——经济运行逐步向好"), Part.REVIEW),
        ("一年来,主要抓了", ("一、2019年工作回顾",), Part.REVIEW),
        ("(一)扎实做好", ("一、2019年工作回顾", "(一)扎实做好“六稳”工作"), Part.REVIEW),
        ("我们也清醒地认识到", ("一、2019年工作回顾",), Part.REVIEW),
        ("今年经济社会发展的主要", ("二、2020年工作安排",), Part.PLAN),
        (
            "推动农业提质增效",
            ("二、2020年工作安排", "(七)持续推进乡村振兴,努力实现乡村让人们更向往"),
            Part.PLAN,
        ),
        ("各位代表,今年还有", ("二、2020年工作安排",), Part.PLAN),
        ("坚持把党的领导", ("三、切实加强政府自身建设",), Part.PLAN),
    ],
)
def test_section_and_part_of_known_paragraphs(
    report: Report, begins: str, section: tuple[str, ...], part: Part
) -> None:
    (passage,) = [p for p in report.passages if p.text.startswith(begins)]
    assert (passage.section, passage.part) == (section, part)


@pytest.mark.parametrize(
    ("begins", "headings"),
    [
        ("(一)扎实做好", ["着力稳" + word + "," for word in ("就业", "金融", "外贸", "外资", "投资", "预期")]),
        ("(五)加强生态", ["强化生态保护修复。", "加强环境污染治理。", "大力发展绿色产业。"]),
        ("(四)推进城乡", ["扎实推动乡村振兴。", "扎实推动城市提升。", "统筹推动区域协调发展。"]),
        ("壮大“芯屏", ["壮大“芯屏器核网”全产业链。", *(f"“{c}”," for c in "芯屏器核网")]),
        ("提升创新平台", ["提升创新平台。"]),
        ("一年来,在以", []),
    ],
)  # fmt: skip
def test_run_in_headings_of_known_paragraphs(
    report: Report, begins: str, headings: list[str]
) -> None:
    (passage,) = [p for p in report.passages if p.text.startswith(begins)]
    assert [span.of(passage.text) for span in passage.headings] == headings


@pytest.mark.parametrize(
    ("opening", "is_heading"),
    [
        ("深化国资国企改革。", True),
        ("坚持和落实“两个毫不动摇”。", True),
        ("加强实事求是作风建设。", True),
        ("人民满意是衡量政府工作的根本标准。", False),
        ("高质量编制规划是今年的一项重点工作。", False),
        ("今年任务艰巨繁重。", False),
        ("新建学校10所。", False),
    ],
)
def test_only_a_topic_heads_the_paragraph_that_it_opens(opening: str, is_heading: bool) -> None:
    report = _report(f"{_HALF}{opening}推动各项工作取得新的进展，让人民生活更加美好。\n")
    passage = report.passages[-1]
    assert [span.of(passage.text) for span in passage.headings] == [opening] * is_heading


def test_a_run_in_heading_governs_what_follows_it(report: Report) -> None:
    (passage,) = [p for p in report.passages if p.text.startswith("(一)扎实做好")]
    assert passage.heading_at(passage.text.index("75万人")) == "着力稳就业,"
    assert passage.heading_at(passage.text.index("5100亿元")) == "着力稳金融,"
    assert passage.heading_at(passage.text.index("面对经济下行")) is None


_HALF = """青禾市政府工作报告
--2031年1月9日在青禾市第六届人民代表大会第一次会议上
青禾市市长 林一平
各位代表:
一、2030年工作回顾
--经济平稳运行。地区生产总值增长5.5%。
(一)稳就业。新增就业3万人。
二、2031年工作安排
(一)抓项目。开工建设10个项目。
"""
_FULL = _HALF.translate(str.maketrans("():", "（）：")).replace("--", "——")


@pytest.mark.parametrize("text", [_HALF, _FULL], ids=["half-width", "full-width"])
def test_headings_are_known_in_either_width(text: str) -> None:
    report = _report(text)
    levels = [(len(p.section), p.part.value) for p in report.passages]
    assert levels == [(0, "opening")] * 4 + [
        (1, "review"),
        (2, "review"),
        (2, "review"),
        (1, "plan"),
        (2, "plan"),
    ]
    assert (report.region, report.year, report.speaker) == ("青禾", 2031, "林一平")
    assert report.date == date(2031, 1, 9)


def test_what_follows_a_list_of_one_paragraph_items_belongs_to_none_of_them() -> None:
    items = "(一)稳就业。新增3万人。\n(二)稳外贸。增长5%。\n(三)稳投资。增长6%。\n"
    report = _report(_HALF + items + "各项工作都有新的进展，人民生活不断改善。\n")
    assert report.passages[-2].section == ("二、2031年工作安排", "(三)稳投资")
    assert report.passages[-1].section == ("二、2031年工作安排",)


def test_appended_notes_are_a_part_of_their_own() -> None:
    report = _report(_HALF + "名词解释\n1.一网通办：政务服务事项都在网上办理。\n")
    assert [p.part for p in report.passages[-2:]] == [Part.NOTES, Part.NOTES]


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\r", "\x0c", "\u2028", "\x85"])
def test_every_line_end_divides_paragraphs_and_is_kept(mark: str) -> None:
    text = mark.join(["青禾市政府工作报告", "", "\u3000\u3000各位代表：", "一、2030年工作回顾"])
    report = _report(text)
    assert [p.text for p in report.passages] == [line.strip() for line in text.split(mark) if line]
    assert report.source == text


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("稳就业。稳外贸！好吗？好；", ["稳就业。", "稳外贸！", "好吗？", "好；"]),
        ("他说：“做到了。”大家都高兴。", ["他说：“做到了。”", "大家都高兴。"]),
        ("喊出“加油！前进！”的口号。完成。", ["喊出“加油！前进！”的口号。", "完成。"]),
        ("政策（见附件。）有效。", ["政策（见附件。）有效。"]),
        ("增长6.3%。 下降2.7%。", ["增长6.3%。 ", "下降2.7%。"]),
        ("未完……待续", ["未完……", "待续"]),
        ("只有“开口。没有闭口。", ["只有“开口。", "没有闭口。"]),
        ("没有句号", ["没有句号"]),
        ("真的？！是的。", ["真的？！", "是的。"]),
        ("", []),
    ],
)
def test_sentences(text: str, pieces: list[str]) -> None:
    assert [span.of(text) for span in split_sentences(text)] == pieces


@pytest.mark.parametrize("text", ["", "\n \u3000\n", "您即将离开“某市人民政府网站”"])
def test_a_text_without_paragraphs_is_refused(text: str) -> None:
    with pytest.raises(ReadingError, match="没有一段文字"):
        _report(text)


_LINES = st.one_of(
    st.text(max_size=80),
    st.text(
        "。！？；，、：“”‘’「」（）()《》…—-.!?;\"'一二（三）是第章12%年月 \u3000\t\u200b",
        max_size=60,
    ),
    st.sampled_from(
        [
            "一、2030年工作回顾",
            "（一）稳就业。新增就业3万人。",
            "——经济运行平稳。",
            "二、2031年工作安排",
            "附件",
            "名词解释",
            "各位代表：",
            "您即将离开“某市人民政府网站”",
            "来源：某市人民政府",
            "推进改革，" * 300,
            "“" * 400 + "。",
            "",
        ]
    ),
)
_MARKS = st.sampled_from(["\n", "\r\n", "\n\n", "\r", "\u2028", "\x85", "\x0b", " \n\u3000"])


_TEXTS = st.lists(st.tuples(_LINES, _MARKS), max_size=12).map(
    lambda pairs: "".join(line + mark for line, mark in pairs) + "青禾市政府工作报告"
)


@given(_TEXTS)
@example("\ufeff一、工作回顾\r\n\r\n")
@example("\ud800。\0。")
@settings(deadline=None, max_examples=300)
def test_no_character_is_lost_and_every_one_is_in_one_sentence(text: str) -> None:
    report = _report(text)
    assert report.source == text
    assert [p.number for p in report.passages] == sorted({p.number for p in report.passages})
    for passage in report.passages:
        assert passage.text.strip()
        assert "".join(span.of(passage.text) for span in passage.sentences) == passage.text
        assert all(span.start < span.end for span in passage.sentences)
        assert list(passage.headings) == sorted(passage.headings)
        assert all(span.end <= len(passage.text) for span in passage.headings)


def _report(text: str) -> Report:
    return build_report(text, report_id="报告", filename="报告.txt")


def test_a_paragraph_before_the_first_section_is_no_masthead() -> None:
    text = "华夏公司介绍\n" + "华夏公司成立于2001年5月3日，注册地为上海，主要从事电影制作。" * 3
    report = build_report(text, report_id="a", filename="a.txt")
    assert (report.title, report.region, report.year, report.date) == (
        "华夏公司介绍",
        None,
        None,
        None,
    )


def _parts(*lines: str) -> list[Part]:
    head = [
        "青禾省政府工作报告",
        "——2031年1月9日在青禾省第六届人民代表大会第一次会议上",
        "各位代表:",
    ]
    return [passage.part for passage in _report("\n".join((*head, *lines))).passages[3:]]


def test_a_heading_that_tells_no_time_is_told_by_its_text() -> None:
    parts = _parts(
        "一、一年接着一年干,各项事业迈上新台阶",
        "2030年,一年来我们承压前行,地区生产总值增长5%。",
        "二、一鼓作气向前走,奋力谱写新篇章",
        "2031年,我们要抓好以下工作。",
    )
    assert parts == [Part.REVIEW] * 2 + [Part.PLAN] * 2


def test_a_heading_of_a_period_without_a_number_stands_over_numbered_ones() -> None:
    parts = _parts(
        "“十五五”时期发展成就和2030年工作回顾",
        "经济总量达到2万亿元。",
        "“十六五”时期主要目标和2031年重点工作",
        "今年要抓好以下工作。",
        "一、建设现代化产业体系",
        "新建10个产业园。",
    )
    assert parts == [Part.REVIEW] * 2 + [Part.PLAN] * 4
