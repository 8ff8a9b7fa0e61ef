"""The page: questions and answers on the left, the report that proves them on the right."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from qa import ReportQA
from ui import chat, reader, table
from ui.dialogue import Dialogue
from ui.markup import tag
from ui.notebook import Conversation
from ui.shelf import Shelf
from ui.texts import Texts
from ui.upload import MOST_MEGABYTES, UPLOADED, Brought, Uploads, understood
from vectorstore.errors import ReportQAError

# Gradio reports usage unless told not to, and reads this when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr

_FONTS = (
    "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "system-ui", "sans-serif",
)  # fmt: skip
BROWSER = Path(__file__).parent / "browser"  # served as it is, at `/page`
_VISIT = 12 * 3600  # seconds that a visitor's report is kept while the page stays open
_QUIET: Any = {"show_progress": "hidden"}
# What is asked while the last event is just ending waits for it and is not lost.
_PATIENT: Any = {**_QUIET, "trigger_mode": "always_last"}


def head(texts: Texts) -> str:
    """Return what the page's head loads: our own files, from beside the page."""
    styles = "".join(
        f'<link rel="stylesheet" href="{texts.home}page/{name}.css">'
        for name in ("base", "chat", "reader", "figures")
    )
    return f'{styles}<link rel="modulepreload" href="{texts.home}page/page.js">'


class Page:
    """One page in one language over the served reports, and those that visitors bring."""

    def __init__(self, qa: ReportQA, texts: Texts, dialogue: Dialogue, uploads: Uploads) -> None:
        self._qa = qa
        self._texts = texts
        self._dialogue = dialogue
        self._uploads = uploads

    def build(self) -> Any:
        """Return the Gradio blocks of the page."""
        with gr.Blocks(
            title=self._texts.title, analytics_enabled=False, delete_cache=(3600, 3600)
        ) as page:
            own = gr.State(None, time_to_live=_VISIT, delete_callback=_close)
            self._html(self._header)  # anew for each visitor: the reports may change
            with gr.Row(elem_id="desk"):
                with gr.Column(scale=5, elem_id="left"), gr.Tabs():
                    self._chat(own)
                    self._figures(own)
                    upload = self._upload() if self._uploads.taken else None
                with gr.Column(scale=5, elem_id="right"):
                    shown = self._html("", "proof", connect="reader", events="open")
            if upload:
                self._wire(upload, own, shown)
            shown.open(self._open, own, shown, queue=False, **_QUIET)
            page.load(self._arrive, own, shown, **_QUIET)
        return page

    def _html(
        self,
        content: str | Callable[[], str],
        elem_id: str | None = None,
        connect: str = "",
        events: str = "",
    ) -> Any:
        """Return a part in our own markup; `connect` is what looks after it in the browser.

        `events` are those that it tells the server, a name each.
        """
        # Gradio knows only the events that it finds named there in quotes.
        names = ", ".join(f"'{name}'" for name in events.split())
        script = (
            f"import(new URL('{self._texts.home}page/page.js', document.baseURI))"
            f".then((page) => page.{connect}(element, trigger, watch, [{names}]))"
        )
        return gr.HTML(
            content,
            elem_id=elem_id,
            apply_default_css=False,
            js_on_load=script if connect else None,
        )

    def _header(self) -> str:
        texts = self._texts
        reports = self._qa.reports
        names = "、".join(report.id for report in reports[:2])
        if len(reports) > 2:
            names = texts.and_more.format(names, len(reports))
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

    def _chat(self, own: Any) -> None:
        texts = self._texts
        with gr.Tab(texts.tab_chat, elem_classes="rq-tab"):
            self._html(chat.bar(texts), "bar")
            log = self._html("", "chat", connect="chat", events="act stop")
            self._html(chat.composer(texts), "asking", connect="composer")
        # One at a time, which the browser sees to: Gradio would lose what follows a stop.
        running = log.act(self._act, own, log, trigger_mode="multiple", **_QUIET)
        log.stop(self._stop, outputs=log, cancels=running, queue=False, **_QUIET)

    def _figures(self, own: Any) -> None:
        with gr.Tab(self._texts.tab_figures, elem_classes="rq-tab") as tab:
            drawn = self._html("", "figures", connect="figures", events="draw")
        tab.select(self._tabulate, own, drawn, **_PATIENT)
        drawn.draw(self._tabulate_one, own, drawn, **_PATIENT)

    def _tabulate(self, own: Brought | None, wanted: str | None = None) -> str:
        qa = Shelf(self._qa, own).asked
        return table.page(qa.reports, qa.figures(), self._texts, wanted)

    def _tabulate_one(self, own: Brought | None, event: gr.EventData) -> str:
        return self._tabulate(own, str(event.report))

    def _upload(self) -> _Upload:
        texts = self._texts
        with gr.Tab(texts.tab_own, elem_classes="rq-tab"):
            self._html(self._upload_rules(), "rules")
            file = gr.UploadButton(texts.upload, file_types=list(UPLOADED), elem_id="file")
            preview = self._html("", "preview")
            with gr.Row(elem_id="deciding"):
                index = gr.Button(texts.index, variant="primary", visible=False, elem_id="index")
                discard = gr.Button(texts.discard, visible=False, elem_id="discard")
        return _Upload(file, preview, index, discard)

    def _upload_rules(self) -> str:
        texts = self._texts
        fate = texts.upload_kept if self._uploads.kept else texts.upload_forgotten
        rules = texts.upload_means.format(" ".join(UPLOADED), MOST_MEGABYTES)
        return tag(
            "div",
            tag("h2", escape(texts.tab_own)) + tag("p", escape(rules)) + tag("p", escape(fate)),
            class_="rq-rules",
        )

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
        if self._uploads.kept:
            own.keep(self._uploads.kept)
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

    def _arrive(self, own: Brought | None, request: gr.Request) -> str:
        return self._report(own, request.query_params.get("report"))

    def _open(self, own: Brought | None, event: gr.EventData) -> str:
        return self._report(own, event.report)

    def _report(self, own: Brought | None, wanted: str | None) -> str:
        shelf = Shelf(self._qa, own)
        found = shelf.report(wanted) if wanted else None
        missing = self._texts.no_report if wanted and found is None else ""
        return reader.report(found or shelf.reports[0], shelf.reports, self._texts, notice=missing)

    def _act(self, own: Brought | None, event: gr.EventData, request: gr.Request) -> Iterator[str]:
        qa = Shelf(self._qa, own).asked
        wanted: dict[str, Any] = event._data or {}
        conversation = Conversation.read(wanted.get("exchanges"))
        yield from self._dialogue.act(qa, wanted, conversation, _visitor(request))

    def _stop(self, event: gr.EventData) -> str:
        return self._dialogue.show(Conversation.read((event._data or {}).get("exchanges")))


class _Upload(NamedTuple):
    """The components of the upload tab."""

    file: Any
    preview: Any
    index: Any
    discard: Any


def _close(own: Brought | None) -> None:
    if own is not None:
        own.close()


def _visitor(request: gr.Request) -> str:
    return request.client.host if request.client else ""


def theme() -> Any:
    """Return the page's theme, with fonts that systems have."""
    return gr.themes.Base(
        primary_hue="red", neutral_hue="stone", font=_FONTS, font_mono=("monospace",)
    ).set(
        body_background_fill="#f6f4ef",
        body_background_fill_dark="#191817",
        body_text_color="#23211e",
        body_text_color_dark="#ece8e1",
        button_primary_background_fill="#9c1f1f",
        button_primary_background_fill_hover="#7f1717",
        button_primary_background_fill_dark="#9c1f1f",
        button_primary_background_fill_hover_dark="#b32a2a",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
    )
