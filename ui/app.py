"""The page: questions and answers on the left, the report that proves them on the right."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from qa import ReportQA
from ui import reader, table
from ui.dialogue import Dialogue, Step
from ui.markup import tag
from ui.notebook import Notebook
from ui.shelf import Shelf
from ui.texts import Texts
from ui.upload import MOST_MEGABYTES, UPLOADED, Brought, understood
from vectorstore.errors import ReportQAError

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
_VISIT = 12 * 3600  # seconds that a visitor's report is kept while the page stays open
_QUIET: Any = {"show_progress": "hidden"}
# What is asked while the last event is just ending waits for it and is not lost.
_PATIENT: Any = {**_QUIET, "trigger_mode": "always_last"}


class Page:
    """One page in one language over the served reports, and those that visitors bring."""

    def __init__(self, qa: ReportQA, texts: Texts, dialogue: Dialogue, *, uploads: bool) -> None:
        self._qa = qa
        self._texts = texts
        self._dialogue = dialogue
        self._uploads = uploads

    def build(self) -> Any:
        """Return the Gradio blocks of the page."""
        with gr.Blocks(
            title=self._texts.title, analytics_enabled=False, delete_cache=(3600, 3600)
        ) as page:
            stored = gr.BrowserState(None, **_STORAGE)
            own = gr.State(None, time_to_live=_VISIT, delete_callback=_close)
            gr.HTML(self._header(), apply_default_css=False)
            with gr.Row(elem_id="desk"):
                with gr.Column(scale=5, elem_id="left"), gr.Tabs():
                    log = self._chat(stored, own)
                    self._figures(own)
                    upload = self._upload() if self._uploads else None
                with gr.Column(scale=4, elem_id="right"):
                    shown = gr.HTML(
                        "",
                        elem_id="proof",
                        apply_default_css=False,
                        js_on_load="reportQA.reader(element, (d) => trigger('open', d), watch)",
                    )
            if upload:
                self._wire(upload, own, shown)
            shown.open(self._open, own, shown, queue=False, **_QUIET)
            page.load(self._arrive, own, shown, **_QUIET)
            page.load(self._redraw, stored, log, **_QUIET)
        return page

    def _header(self) -> str:
        texts = self._texts
        names = "、".join(report.title.replace("\n", " ") for report in self._qa.reports[:3])
        read = tag("button", escape(texts.reader), type="button", data_page="read")
        dark = tag("button", escape(texts.dark), type="button", data_page="dark")
        other = tag("a", escape(texts.other_language), href=texts.other_page)
        return tag(
            "header",
            tag("h1", escape(texts.title))
            + tag("p", escape(texts.asked_of.format(names)))
            + tag("nav", read + dark + other),
            class_="rq-header",
            lang=texts.lang,
        )

    def _chat(self, stored: Any, own: Any) -> Any:
        texts = self._texts
        with gr.Tab(texts.tab_chat, elem_classes="rq-tab"):
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
                send = gr.Button(texts.send, variant="primary", elem_id="send", min_width=80)
                stop = gr.Button(texts.stop, variant="stop", elem_id="stop", min_width=80)
        outputs = [log, stored, box]
        running: list[Any] = [
            event(self._ask, [box, stored, own], outputs, **_PATIENT)
            for event in (send.click, box.submit)
        ]
        running.append(log.act(self._act, [stored, own], outputs, **_PATIENT))
        stop.click(self._redraw, stored, log, cancels=running, queue=False, **_QUIET)
        return log

    def _figures(self, own: Any) -> None:
        with gr.Tab(self._texts.tab_figures, elem_classes="rq-tab") as tab:
            words = gr.Textbox(label=self._texts.filter, elem_id="filter", max_lines=1)
            drawn = gr.HTML("", elem_id="figures", apply_default_css=False)
        for event in (tab.select, words.change):
            event(self._tabulate, [words, own], drawn, **_PATIENT)

    def _tabulate(self, words: str, own: Brought | None) -> str:
        qa = Shelf(self._qa, own).asked
        return table.page(table.rows(qa.reports, qa.figures(), words), self._texts)

    def _upload(self) -> _Upload:
        texts = self._texts
        with gr.Tab(texts.tab_own, elem_classes="rq-tab"):
            gr.HTML(tag("p", escape(self._upload_rules())), apply_default_css=False)
            file = gr.File(
                label=texts.upload, file_types=list(UPLOADED), height=140, elem_id="file"
            )
            preview = gr.HTML("", elem_id="preview", apply_default_css=False)
            with gr.Row():
                index = gr.Button(texts.index, variant="primary", visible=False, elem_id="index")
                discard = gr.Button(texts.discard, visible=False, elem_id="discard")
        return _Upload(file, preview, index, discard)

    def _upload_rules(self) -> str:
        return self._texts.upload_means.format(" ".join(UPLOADED), MOST_MEGABYTES)

    def _wire(self, upload: _Upload, own: Any, shown: Any) -> None:
        outputs = [own, upload.preview, upload.file, upload.index, upload.discard, shown]
        upload.file.upload(self._bring, [upload.file, own], outputs)
        upload.index.click(self._index, own, outputs)
        upload.discard.click(self._discard, own, outputs)

    def _bring(self, file: str, own: Brought | None) -> tuple[Any, ...]:
        _close(own)
        try:
            brought = Brought(Path(file), self._texts)
        except ReportQAError as error:
            refusal = tag("p", escape(str(error)), class_="rq-notice", role="alert")
            return self._brought(None, refusal)
        return self._brought(brought, understood(brought.report, self._texts))

    def _index(self, own: Brought) -> tuple[Any, ...]:
        own.index()
        return self._brought(own, self._told(self._texts.indexed))

    def _discard(self, own: Brought | None) -> tuple[Any, ...]:
        _close(own)
        return self._brought(None, self._told(self._texts.discarded))

    def _told(self, message: str) -> str:
        return tag("p", escape(message), class_="rq-notice", role="status")

    def _brought(self, own: Brought | None, preview: str) -> tuple[Any, ...]:
        """Return the state of the visitor's report as values of all that shows it."""
        waiting = own is not None and own.qa is None
        return (
            own,
            preview,
            None,
            gr.update(visible=waiting),
            gr.update(visible=own is not None),
            self._report(own, None),
        )

    def _redraw(self, stored: Any) -> str:
        return self._dialogue.redraw(Notebook.read(stored))

    def _arrive(self, own: Brought | None, request: gr.Request) -> str:
        return self._report(own, request.query_params.get("report"))

    def _open(self, own: Brought | None, event: gr.EventData) -> str:
        return self._report(own, event.report)

    def _report(self, own: Brought | None, wanted: str | None) -> str:
        shelf = Shelf(self._qa, own)
        found = shelf.report(wanted) if wanted else None
        missing = self._texts.no_report if wanted and found is None else ""
        return reader.report(found or shelf.reports[0], shelf.reports, self._texts, notice=missing)

    def _ask(
        self, question: str, stored: Any, own: Brought | None, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        qa = Shelf(self._qa, own).asked
        yield from _updates(
            self._dialogue.ask(qa, question, Notebook.read(stored), _visitor(request))
        )

    def _act(
        self, stored: Any, own: Brought | None, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        qa = Shelf(self._qa, own).asked
        wanted: dict[str, Any] = event._data or {}
        yield from _updates(
            self._dialogue.act(qa, wanted, Notebook.read(stored), _visitor(request))
        )


class _Upload(NamedTuple):
    """The components of the upload tab."""

    file: Any
    preview: Any
    index: Any
    discard: Any


def _close(own: Brought | None) -> None:
    if own is not None:
        own.close()


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
