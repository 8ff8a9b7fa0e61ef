"""What a language model is given to read: the evidence in a budget, its figures, the rules.

Evidence is first what proves the extractive answer, then what retrieval ranks best, by
sentences, and cut at a clause where a sentence is too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.answer import Citation, Claim
from qa.facts import candidates
from qa.inquiry import Inquiry, clause_spans
from qa.language_model import Message
from qa.prompting import as_data, prompt
from qa.question import Form
from qa.wording import ORDER
from vectorstore.report import Part, Passage, Span

_MOST_EVIDENCE = 5
_MOST_FIGURES = 4
# A heading tells where a piece stands; its own clauses are no evidence.
_MOST_HEADING = 20
# What says less of what is asked for does not matter to it.
_MATTERS = 0.3
# Fewer tokens than this hold no statement.
_LEAST = 20
_PERIODS = {Part.REVIEW: "回顾", Part.PLAN: "计划", Part.NOTES: "名词解释", Part.OPENING: "开头"}
_CLAUSE_END = re.compile(r"[,，。;；:：]")


def gather(
    inquiry: Inquiry, proven: Sequence[Claim], tokens: int, first: int = 1
) -> tuple[Citation, ...]:
    """Return evidence of `tokens` at most: what proves the extractive answer, then the best.

    It is numbered from `first`. Sentences that give orders to a system are left out: they are no evidence of anything.
    """
    proofs = [(c.passage, c.span) for claim in proven for c in claim.citations]
    ranked = [
        (hit.passage, hit.passage.sentences[hit.sentence])
        for hit in inquiry.hits
        if inquiry.matcher.coverage(hit.quote) >= _MATTERS
    ]
    chosen: list[Citation] = []
    for passage, span in (*proofs, *ranked):
        tokens -= estimated_tokens(_place(inquiry, passage, span))
        if len(chosen) == _MOST_EVIDENCE or tokens < _LEAST:
            break
        if ORDER.search(span.of(passage.text).lower()) or any(
            c.overlaps(passage, span) for c in chosen
        ):
            continue
        cut = _cut(passage, span, tokens)
        if cut is not None:
            chosen.append(Citation(first + len(chosen), passage, cut))
            tokens -= estimated_tokens(cut.of(passage.text))
    return tuple(chosen)


def estimated_tokens(text: str) -> int:
    """Return a bound on the tokens of a text in any common tokenizer: one a character.

    Latin words take fewer; the models people use here take about 0.6 for a Han character.
    """
    return len(text)


def _cut(passage: Passage, span: Span, tokens: int) -> Span | None:
    """Cut a sentence at a clause border to `tokens`; `None` where not even a clause fits."""
    if estimated_tokens(span.of(passage.text)) <= tokens:
        return span
    ends = [
        clause.end
        for clause in clause_spans(passage, passage.sentence_at(span.start))
        if clause.end > span.start
        and estimated_tokens(passage.text[span.start : clause.end]) <= tokens
    ]
    return Span(span.start, ends[-1]) if ends else None


def ask_for(inquiry: Inquiry, evidence: Sequence[Citation]) -> list[Message]:
    """Return the prompt: the rules, an example, and as data evidence, figures and question."""
    texts = prompt("answer")
    pieces = "\n".join(
        texts.fill(
            "piece",
            number=str(c.number),
            place=_place(inquiry, c.passage, c.span),
            text=as_data(c.quote),
        )
        for c in evidence
    )
    rows = "\n".join(_rows(inquiry, evidence))
    figures = texts.fill("figures", rows=rows) + "\n" if rows else ""
    return _conversation(pieces, as_data(inquiry.question.text), figures)


def trial(question: str) -> list[Message]:
    """Return the prompt that puts a question to the made-up evidence of the example."""
    return _conversation(prompt("answer").fill("example_evidence"), question)


def _conversation(evidence: str, question: str, figures: str = "") -> list[Message]:
    texts = prompt("answer")
    example = texts.fill(
        "user",
        evidence=texts.fill("example_evidence"),
        figures="",
        question=texts.fill("example_question"),
    )
    return [
        ("system", texts.fill("system")),
        ("human", example),
        ("ai", texts.fill("example_answer")),
        ("human", texts.fill("user", evidence=evidence, figures=figures, question=question)),
    ]


def _place(inquiry: Inquiry, passage: Passage, span: Span) -> str:
    """Say where a piece stands: its period, and the nearest heading that it does not hold itself."""
    period = _PERIODS[passage.part]
    if year := inquiry.library.year(passage):
        period = f"{year}年{period}"
    above = [h for h in passage.section_at(span.start) if h not in span.of(passage.text)]
    heading = _CLAUSE_END.split(above[-1], maxsplit=1)[0][:_MOST_HEADING] if above else ""
    return "，".join(filter(None, (period, as_data(heading))))


def _rows(inquiry: Inquiry, evidence: Sequence[Citation]) -> Iterator[str]:
    """Yield the figures found for the question that stand in the evidence, best first."""
    if inquiry.question.form is not Form.FIGURE:
        return
    told = 0
    for candidate in candidates(inquiry):
        figure = candidate.figure
        places = [
            c
            for c in evidence
            if c.overlaps(figure.passage, figure.span) and c.span.contains(figure.span)
        ]
        if candidate.covered < inquiry.thresholds.enough or not places or told == _MOST_FIGURES:
            continue
        told += 1
        kind = "目标" if figure.kind == "target" else "实际"
        name = as_data(figure.indicator + figure.verb)
        yield f"{name}|{figure.period}年{kind}|{as_data(figure.quantity.text)}|[{places[0].number}]"
