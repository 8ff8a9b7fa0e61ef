"""The page: questions and answers on the left, the report that proves them on the right."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from qa import ReportQA
from ui import reader
from ui.dialogue import Dialogue, Step
from ui.markup import tag
from ui.notebook import Notebook
from ui.shelf import Shelf
from ui.texts import Texts

# Gradio reports usage unless told not to, and reads this when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr

_FONTS = ("system-ui", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif")
_HERE = Path(__file__).parent
# In the head, since Gradio confines what it is given as css to its own container.
HEAD = (
    f"<style>{(_HERE / 'style.css').read_text('utf-8')}</style>"
    f"<script>{(_HERE / 'page.js').read_text('utf-8')}</script>"
)

# The browser's store is read by this page only; a key of its own keeps it readable
# after the server was started anew.
_STORAGE: Any = {"storage_key": "report-qa", "secret": "report-qa"}
_QUIET: Any = {"show_progress": "hidden"}


class Page:
    """One page in one language over the served reports."""

    def __init__(self, qa: ReportQA, texts: Texts, dialogue: Dialogue) -> None:
        self._qa = qa
        self._texts = texts
        self._dialogue = dialogue

    def build(self) -> Any:
        """Return the Gradio blocks of the page."""
        with gr.Blocks(title=self._texts.title, analytics_enabled=False) as page:
            stored = gr.BrowserState(None, **_STORAGE)
            own = gr.State(None)
            gr.HTML(self._header(), apply_default_css=False)
            with gr.Row(elem_id="desk"):
                with gr.Column(scale=5, elem_id="left"):
                    log = self._chat(stored, own)
                with gr.Column(scale=4, elem_id="right"):
                    shown = gr.HTML(
                        "",
                        elem_id="proof",
                        apply_default_css=False,
                        js_on_load="reportQA.reader(element, (d) => trigger('open', d), watch)",
                    )
            shown.open(self._open, own, shown, queue=False, **_QUIET)
            page.load(self._arrive, own, shown, **_QUIET)
            page.load(self._redraw, stored, log, **_QUIET)
        return page

    def _header(self) -> str:
        texts = self._texts
        names = "、".join(report.title.replace("\n", " ") for report in self._qa.reports[:3])
        dark = tag("button", escape(texts.dark), type="button", data_page="dark")
        other = tag("a", escape(texts.other_language), href=texts.other_page)
        return tag(
            "header",
            tag("h1", escape(texts.title))
            + tag("p", escape(texts.asked_of.format(names)))
            + tag("nav", dark + other),
            class_="rq-header",
            lang=texts.lang,
        )

    def _chat(self, stored: Any, own: Any) -> Any:
        texts = self._texts
        log = gr.HTML(
            "",
            elem_id="chat",
            apply_default_css=False,
            js_on_load="reportQA.chat(element, (d) => trigger('act', d), watch)",
        )
        with gr.Row(elem_id="asking"):
            box = gr.Textbox(
                label=texts.question,
                placeholder=texts.placeholder,
                elem_id="question",
                scale=8,
                max_lines=4,
            )
            send = gr.Button(texts.send, variant="primary", elem_id="send", scale=1, min_width=80)
            stop = gr.Button(texts.stop, variant="stop", elem_id="stop", scale=1, min_width=80)
        outputs = [log, stored, box]
        running: list[Any] = [
            event(self._ask, [box, stored, own], outputs, **_QUIET)
            for event in (send.click, box.submit)
        ]
        running.append(log.act(self._act, [stored, own], outputs, **_QUIET))
        stop.click(self._redraw, stored, log, cancels=running, queue=False, **_QUIET)
        return log

    def _redraw(self, stored: Any) -> str:
        return self._dialogue.redraw(Notebook.read(stored))

    def _arrive(self, own: ReportQA | None, request: gr.Request) -> str:
        return self._report(own, request.query_params.get("report"))

    def _open(self, own: ReportQA | None, event: gr.EventData) -> str:
        return self._report(own, event.report)

    def _report(self, own: ReportQA | None, wanted: str | None) -> str:
        shelf = Shelf(self._qa, own)
        found = shelf.report(wanted) if wanted else None
        missing = self._texts.no_report if wanted and found is None else ""
        return reader.report(found or shelf.reports[0], shelf.reports, self._texts, notice=missing)

    def _ask(
        self, question: str, stored: Any, own: ReportQA | None, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        qa = Shelf(self._qa, own).asked
        yield from _updates(
            self._dialogue.ask(qa, question, Notebook.read(stored), _visitor(request))
        )

    def _act(
        self, stored: Any, own: ReportQA | None, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        qa = Shelf(self._qa, own).asked
        wanted: dict[str, Any] = event._data or {}
        yield from _updates(
            self._dialogue.act(qa, wanted, Notebook.read(stored), _visitor(request))
        )


def _updates(steps: Iterable[Step]) -> Iterator[tuple[Any, ...]]:
    """Yield each step as values of chat, browser store and question box."""
    for step in steps:
        kept = step.kept.model_dump(mode="json") if step.kept else gr.skip()
        yield step.shown, kept, gr.skip() if step.question is None else step.question


def _visitor(request: gr.Request) -> str:
    return request.client.host if request.client else ""


def theme() -> Any:
    """Return the page's theme, with fonts that every system has."""
    return gr.themes.Default(primary_hue="blue", font=_FONTS, font_mono=("monospace",)).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
    )
