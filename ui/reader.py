"""A report -> HTML to read beside the chat: outline, numbered paragraphs, search."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from itertools import takewhile

from ui.markup import address, tag
from ui.texts import Texts
from vectorstore.report import Part, Passage, Report

_ENDS = tuple("。：；！？，:;!?,.")


def report(shown: Report, reports: Sequence[Report], texts: Texts, *, notice: str = "") -> str:
    """Return one report, with the choice of the others."""
    titles = {passage.number for passage in takewhile(_is_title, shown.passages)}
    text = "".join(
        _paragraph(passage, texts, "rq-title" if passage.number in titles else None)
        for passage in shown.passages
    )
    return tag(
        "section",
        _bar(shown, reports, texts)
        + (tag("p", escape(notice), class_="rq-notice", role="status") if notice else "")
        + _outline(shown, texts)
        + tag("div", text, class_="rq-pages", lang="zh-CN", tabindex=0, aria_label=texts.reader),
        class_="rq-reader",
        aria_label=texts.reader,
        data_report=shown.id,
    )


def _is_title(passage: Passage) -> bool:
    return passage.part is Part.OPENING and not passage.text.rstrip().endswith(_ENDS)


def _bar(shown: Report, reports: Sequence[Report], texts: Texts) -> str:
    options = "".join(
        tag("option", escape(report.id), value=report.id, selected=report.id == shown.id)
        for report in reports
    )
    chooser = tag("select", options, data_page="report", aria_label=texts.report)
    close = tag(
        "button", escape(f"← {texts.close}"), type="button", data_page="close", class_="rq-close"
    )
    find = (
        f'<input type="search" data-page="find" placeholder="{escape(texts.find)}"'
        f' aria-label="{escape(texts.find)}">'
        + tag("output", "", class_="rq-found", aria_live="polite")
        + "".join(
            tag("button", sign, type="button", data_page=act, title=label, aria_label=label)
            for act, sign, label in (("up", "↑", texts.previous), ("down", "↓", texts.next))
        )
    )
    return tag(
        "header",
        close + chooser + tag("div", find, class_="rq-find", role="search"),
        class_="rq-top",
    )


def _outline(shown: Report, texts: Texts) -> str:
    entries = "".join(
        tag(
            "li",
            tag("a", escape(heading), href=address(shown.id, number), data_paragraph=number,
                data_report=shown.id, class_="rq-jump"),
            class_=f"rq-level-{level}",
        )
        for level, heading, number in headings(shown)
    )  # fmt: skip
    if not entries:
        return ""
    return tag(
        "details",
        tag("summary", escape(texts.outline)) + tag("ol", entries),
        class_="rq-outline",
    )


def headings(shown: Report) -> Iterator[tuple[int, str, int]]:
    """Yield the headings of a report as (level from 0, text, paragraph number)."""
    before: tuple[str, ...] = ()
    for passage in shown.passages:
        for level, heading in enumerate(passage.section):
            if before[: level + 1] != passage.section[: level + 1]:
                yield level, heading, passage.number
        before = passage.section


def _paragraph(passage: Passage, texts: Texts, class_: str | None) -> str:
    label = texts.paragraph.format(passage.number)
    number = tag(
        "a", str(passage.number), class_="rq-number", title=label, aria_label=label,
        href=address(passage.report_id, passage.number),
    )  # fmt: skip
    if passage.section and passage.text == passage.section[0]:
        class_ = "rq-chapter"
    body = tag(
        "span",
        _with_headings(passage),
        class_="rq-body",
        data_headings=json.dumps([[h.start, h.end] for h in passage.headings]),
    )
    return tag("p", number + body, id=f"p-{passage.number}", class_=class_, tabindex=-1)


def _with_headings(passage: Passage) -> str:
    """Return the paragraph with its run-in headings set off."""
    pieces, end = "", 0
    for heading in passage.headings:
        pieces += escape(passage.text[end : heading.start])
        pieces += tag("b", escape(heading.of(passage.text)))
        end = heading.end
    return pieces + escape(passage.text[end:])
