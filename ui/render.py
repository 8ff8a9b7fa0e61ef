"""Answers and reports -> HTML. Whatever a report or a question says is escaped here."""

from __future__ import annotations

from html import escape

from qa.answer import Answer, Citation

PLACEHOLDER = '<p class="rq-empty">回答的出处会显示在这里。</p>'


def sources(answer: Answer) -> str:
    """Return the sources of an answer: each quote marked inside its paragraph."""
    if not answer.citations:
        return '<p class="rq-empty">这个回答没有可以引用的段落。</p>'
    title = "最接近的段落" if answer.abstention else "出处"
    return f"<h3>{title}</h3>" + "".join(_source(citation) for citation in answer.citations)


def _source(citation: Citation) -> str:
    passage, span = citation.passage, citation.span
    text = passage.text
    section = " › ".join(passage.section_at(span.start))
    return (
        f'<article class="rq-source" id="source-{citation.number}">'
        f"<header><b>[{citation.number}]</b> {escape(passage.report_id)} 第{passage.number}段"
        f"<br><small>{escape(section)}</small></header>"
        f"<p>{escape(text[: span.start])}<mark>{escape(span.of(text))}</mark>"
        f"{escape(text[span.end :])}</p></article>"
    )


def notice(message: str) -> str:
    """Return a message to the visitor as HTML."""
    return f'<p class="rq-empty">{escape(message)}</p>'
