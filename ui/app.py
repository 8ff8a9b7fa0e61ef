"""The chat page: questions and answers on the left, their proof on the right."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa import ReportQA, Turn
from ui import render
from vectorstore.errors import ReportQAError

# Gradio reports usage unless told not to, and reads this when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr

EXAMPLES = (
    "2019年地区生产总值增长多少？",
    "2020年经济增长的目标是多少？",
    "城镇新增就业多少人？",
    "在生态环境方面做了哪些工作？",
    "“一区两群”指什么？",
)
_FONTS = ("system-ui", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif")
_Messages = list[dict[str, Any]]


def build(qa: ReportQA) -> Any:
    """Return the page for these reports."""
    names = "、".join(report.title.replace("\n", " ") for report in qa.reports[:3])
    with gr.Blocks(title="政府工作报告问答") as page:
        gr.HTML(f"<h1>政府工作报告问答</h1>{render.notice(f'可以提问的报告：{names}')}")
        with gr.Row():
            with gr.Column(scale=5):
                # Not rendered as markdown: an answer quotes reports, and text is data.
                chat = gr.Chatbot(label="问答", render_markdown=False, height=480)
                box = gr.Textbox(
                    label="问题",
                    placeholder="请输入问题，例如：城镇新增就业多少人？",
                    elem_id="question",
                )
                with gr.Row():
                    send = gr.Button("提问", variant="primary", elem_id="send")
                    clear = gr.Button("清空", elem_id="clear")
                gr.Examples([[example] for example in EXAMPLES], box, label="可以这样问")
            with gr.Column(scale=4):
                proof = gr.HTML(render.PLACEHOLDER, elem_id="proof")

        def respond(question: str, messages: _Messages) -> Iterator[tuple[_Messages, str, str]]:
            yield from _respond(qa, question, messages)

        for event in (send.click, box.submit):
            event(respond, [box, chat], [chat, proof, box])
        clear.click(lambda: ([], render.PLACEHOLDER, ""), None, [chat, proof, box])
    return page


def _respond(
    qa: ReportQA, question: str, messages: _Messages
) -> Iterator[tuple[_Messages, str, str]]:
    """Yield the conversation as the answer grows, the proof, and the emptied question box."""
    turns = [Turn(m["role"], _text(m["content"])) for m in messages]
    asked = [*messages, {"role": "user", "content": question}]
    written = ""
    try:
        stream = qa.stream(question, turns)
        for delta in stream:
            written += delta
            yield [*asked, {"role": "assistant", "content": written}], render.PLACEHOLDER, ""
        answer = stream.result
        yield [*asked, {"role": "assistant", "content": answer.text}], render.sources(answer), ""
    except ReportQAError as error:
        yield messages, render.notice(str(error)), question


def _text(content: Any) -> str:
    """Return the text of a message, which Gradio hands back as a string or as parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in parts)


def serve(qa: ReportQA, host: str, port: int) -> None:
    """Serve the page until interrupted."""
    page = build(qa)
    page.queue(default_concurrency_limit=4).launch(
        server_name=host,
        server_port=port,
        share=False,
        theme=gr.themes.Default(font=_FONTS, font_mono=("monospace",)),
        css=Path(__file__).with_name("style.css").read_text("utf-8"),
    )
