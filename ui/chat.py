"""A conversation -> HTML."""

from __future__ import annotations

import re
import secrets
from enum import StrEnum
from html import escape

from ui import comparison
from ui.markup import button, link, tag
from ui.notebook import Conversation, Exchange, Source
from ui.texts import Texts

# Drawn, since not every system has a font with 👍.
_THUMB = (
    '<svg class="rq-thumb rq-thumb-{}" viewBox="0 0 24 24" aria-hidden="true">'
    '<path d="M2 10h4v11H2zm6 11V10l5-8c2 0 3 1.5 2.5 3.5L15 9h5.5c1 0 1.800 1 1.5 2l-2 8.5'
    'c-.2 1-1 1.5-2 1.5z"/></svg>'
)
_MARKER = re.compile(r"\[(\d+)\]")
# Markers, with the character before and the stop behind them, from which no line parts them.
_MARKED = re.compile(r"\S?(?:\[\d+\])+[。，；、！？.,;]?")


class State(StrEnum):
    """How far the last answer is."""

    DRAFT = "draft"
    FRESH = "fresh"  # verified just now: the reader turns to its first source
    KEPT = "kept"


def page(
    conversation: Conversation,
    texts: Texts,
    *,
    state: State = State.KEPT,
    keep: bool = False,
    box: str | None = None,
    error: str = "",
) -> str:
    """Return a conversation, and with it what the browser does beside showing it.

    With `keep` it stores the conversation; `box` is put into the question box, where
    `None` leaves what is there. No two pages are the same, so that none goes unnoticed.
    """
    exchanges = conversation.exchanges
    last = len(exchanges) - 1
    turns = [
        _turn(exchange, index, texts, state if index == last else State.KEPT, last=index == last)
        for index, exchange in enumerate(exchanges)
    ]
    log = tag("ol", "".join(turns), class_="rq-log") if turns else _welcome(texts)
    return tag(
        "div",
        log + _error(error, texts),
        class_="rq-chat",
        data_state="draft" if state is State.DRAFT else "settled",
        data_keep=conversation.written() if keep else None,
        data_box=box,
        data_page_id=secrets.token_hex(4),
    )


def bar(texts: Texts) -> str:
    """Return the choice of conversations, which the browser fills in."""
    return tag(
        "div",
        tag("select", "", data_page="conversations", aria_label=texts.conversation)
        + _control(texts.new, "begin")
        + _control(texts.forget, "forget"),
        class_="rq-bar",
        data_untitled=texts.untitled,
    )


def composer(texts: Texts) -> str:
    """Return the question box with its buttons."""
    box = tag(
        "textarea", "", name="question", id="rq-question", rows=1, placeholder=texts.placeholder,
        autocomplete="off",
    )  # fmt: skip
    return tag(
        "form",
        tag("label", escape(texts.question), for_="rq-question", class_="rq-unseen")
        + box
        # Until our script is there, nothing can be sent.
        + tag("button", escape(texts.send), type="submit", id="send", disabled=True)
        + tag("button", escape(texts.stop), type="button", id="stop", data_page="stop")
        + tag("p", escape(texts.composing), class_="rq-hint"),
        class_="rq-composer",
        data_page="ask",
    )


def _control(label: str, act: str) -> str:
    return tag("button", escape(label), type="button", data_page=act)


def _welcome(texts: Texts) -> str:
    kinds = "".join(
        tag("dt", escape(kind)) + tag("dd", "".join(_asking(q) for q in questions))
        for kind, questions in texts.examples
    )
    return tag("div", tag("p", escape(texts.welcome)) + tag("dl", kinds), class_="rq-welcome")


def _asking(question: str) -> str:
    return button(question, "ask", data_question=question, class_="rq-ask")


def _turn(exchange: Exchange, index: int, texts: Texts, state: State, *, last: bool) -> str:
    question = tag("p", escape(exchange.question), class_="rq-question")
    kind = "rq-refusal" if exchange.reason else "rq-answer"
    answer = tag(
        "article",
        _head(exchange, texts, state)
        + _text(exchange, texts)
        + _tail(exchange, index, texts, state, last),
        class_=f"{kind} rq-{state}",
        aria_busy="true" if state is State.DRAFT else None,
    )
    return tag("li", question + answer)


def _head(exchange: Exchange, texts: Texts, state: State) -> str:
    if state is State.DRAFT:
        label = texts.draft if exchange.text else texts.searching
        return _mark(label, texts.draft_means)
    if exchange.reason:
        return _mark(texts.refused[exchange.reason], texts.refused_means)
    return _mark(f"✓ {texts.verified}", texts.verified_means)


def _mark(label: str, means: str) -> str:
    """Return a mark that says what it means on hover and to a screen reader."""
    return tag(
        "span", escape(label), class_="rq-mark", title=means, tabindex=0, role="note",
        aria_label=f"{label}：{means}",
    )  # fmt: skip


def _text(exchange: Exchange, texts: Texts) -> str:
    sources = {source.number: source for source in exchange.sources}
    text = tag("p", _cited(exchange.text, sources), class_="rq-text")
    workings = "".join(
        tag("p", escape(texts.computed_from.format(working)), class_="rq-workings")
        for working in exchange.workings
    )
    note = tag("p", escape(exchange.note), class_="rq-note") if exchange.note else ""
    compared = comparison.shown(exchange, texts)
    return text + compared + workings + note + _cost(exchange, texts)


def _cost(exchange: Exchange, texts: Texts) -> str:
    written = exchange.written
    if written is None:
        return ""
    said = texts.written_by.format(**written.model_dump())
    return tag("p", escape(said), class_="rq-cost")


def _cited(text: str, sources: dict[int, Source]) -> str:
    """Return the text with every marker that has a source turned into a link to it."""
    pieces, end = [], 0
    for match in _MARKED.finditer(text):
        linked = _linked(match[0], sources)
        pieces += [escape(text[end : match.start()]), tag("span", linked, class_="rq-together")]
        end = match.end()
    return "".join([*pieces, escape(text[end:])])


def _linked(text: str, sources: dict[int, Source]) -> str:
    pieces, end = [], 0
    for match in _MARKER.finditer(text):
        source = sources.get(int(match[1]))
        if source is not None:
            pieces += [escape(text[end : match.start()]), link(source, match[0])]
            end = match.end()
    return "".join([*pieces, escape(text[end:])])


def _tail(exchange: Exchange, index: int, texts: Texts, state: State, last: bool) -> str:
    if state is State.DRAFT:
        return ""
    return (
        _sources(exchange, texts)
        + _actions(exchange, index, texts, last)
        + (_suggestions(exchange, texts) if last else "")
    )


def _sources(exchange: Exchange, texts: Texts) -> str:
    if not exchange.sources:
        return ""
    items = "".join(
        tag(
            "li",
            link(
                s, f"[{s.number}] {texts.paragraph.format(s.paragraph)}", class_="rq-cite rq-where"
            )
            + tag("small", escape(f" {s.report} {s.section}"))
            + tag("q", escape(s.quote)),
        )
        for s in exchange.sources
    )
    heading = texts.nearest if exchange.reason else texts.sources.format(len(exchange.sources))
    return tag(
        "details",
        tag("summary", escape(heading)) + tag("ol", items),
        class_="rq-sources",
        open=exchange.reason is not None,
    )


def _actions(exchange: Exchange, index: int, texts: Texts, last: bool) -> str:
    copied = exchange.as_text(texts.sources.format(len(exchange.sources)))
    actions = button(texts.copy, "copy", data_copy=copied, data_done=texts.copied)
    if last:
        actions += button(texts.retry, "retry") + button(texts.edit, "edit")
    actions += button(texts.delete, "delete", data_index=index)
    return tag("div", actions + _feedback(exchange, index, texts), class_="rq-actions")


def _feedback(exchange: Exchange, index: int, texts: Texts) -> str:
    """Return the thumbs, or the thanks once there is a vote; thumb down asks what is wrong."""
    if exchange.vote:
        return tag("span", _THUMB.format(exchange.vote) + escape(texts.thanks), role="status")
    up = tag(
        "button", _THUMB.format("up"), type="button", title=texts.helpful,
        aria_label=texts.helpful, data_act="vote", data_index=index, data_vote="up",
    )  # fmt: skip
    down = tag("summary", _THUMB.format("down"), title=texts.unhelpful, aria_label=texts.unhelpful)
    return up + tag("details", down + _complaint(index, texts), class_="rq-complaint")


def _complaint(index: int, texts: Texts) -> str:
    choices = "".join(
        tag("label", _radio(f"complaint-{index}", value, not place) + escape(label))
        for place, (value, label) in enumerate(texts.complaints)
    )
    comment = tag(
        "textarea", "", name="comment", rows=2, maxlength=1000, placeholder=texts.comment,
        aria_label=texts.comment,
    )  # fmt: skip
    content = (
        tag("fieldset", tag("legend", escape(texts.what_was_wrong)) + choices)
        + comment
        + tag("button", escape(texts.submit), type="submit")
    )
    return tag("form", content, data_act="vote", data_index=index, data_vote="down")


def _radio(name: str, value: str, checked: bool) -> str:
    return f'<input type="radio" name="{name}" value="{value}"{" checked" if checked else ""}>'


def _suggestions(exchange: Exchange, texts: Texts) -> str:
    if not exchange.suggestions:
        return ""
    asked = "".join(_asking(question) for question in exchange.suggestions)
    return tag("div", tag("span", escape(texts.suggestions)) + asked, class_="rq-suggestions")


def _error(message: str, texts: Texts) -> str:
    if not message:
        return ""
    return tag(
        "p", tag("b", escape(texts.failed)) + " " + escape(message), class_="rq-error", role="alert"
    )
