"""Saying a figure in one sentence: period, indicator, verb, and value with its bound."""

from __future__ import annotations

import re

from qa.english import english_statement
from qa.inquiry import Inquiry
from vectorstore.figures import Aspect, Figure, Kind
from vectorstore.report import Span

# «完成地区生产总值32765亿元、增长4.1%»: what grew was not the doing.
_DONE, _GROWS = re.compile(r"^(?:完成|实现)(?=..)"), ("增长", "下降")


def statement(inquiry: Inquiry, figure: Figure) -> str:
    """Return one sentence that says the figure: period, indicator, verb, value with its bound."""
    if inquiry.question.english:
        return english_statement(inquiry, figure)
    body = _clause_alone(inquiry, figure) or _composed(figure)
    return period_prefix(figure, body) + body


def period_prefix(figure: Figure, body: str) -> str:
    """Return the words that place a statement in time, where it does not do so itself."""
    if not figure.period or re.search(r"(?:19|20)\d\d年", body):
        return ""
    if figure.kind is Kind.TARGET:
        verb_first = re.match(
            r"(?:新|再|建|改|整|开|实施|打造|完成|培育|治理|力争|确保|推|增|统一|扎实|加|提)", body
        )
        return f"{figure.period}年计划" if verb_first else f"{figure.period}年目标："
    return f"{figure.period}年"


def _clause_alone(inquiry: Inquiry, figure: Figure) -> str:
    """Return the clause itself where it states just this figure and has its own subject."""
    text = figure.clause.of(figure.passage.text).strip(" ,，;；:：。！!？?、")
    inside = [
        other
        for other in inquiry.library.figures(figure.passage)
        if figure.clause.contains(other.span)
    ]
    own_subject = figure.indicator[:2] in text and _in_order(figure.indicator, text)
    if len({other.span for other in inside}) == 1 and own_subject and len(text) <= 45:
        return text
    return ""


def _in_order(words: str, text: str) -> bool:
    """Tell whether `text` has the characters of `words` in their order, others between them."""
    rest = iter(text)
    return all(char in rest for char in words)


def _composed(figure: Figure) -> str:
    verb = figure.verb
    if figure.aspect is Aspect.GROWTH and not verb:
        verb = "增长"
    if verb and (figure.quantity.text.startswith(verb) or figure.indicator.startswith(verb)):
        verb = ""
    name = _DONE.sub("", figure.indicator) if verb in _GROWS else figure.indicator
    # «人均GDP5.2万元» would read as a name
    runs_on = not verb and name[-1:].isascii() and name[-1:].isalnum()
    return name + ("为" if runs_on else verb) + figure.quantity.text


def sentence_span(figure: Figure) -> Span:
    """Return the sentence that states a figure."""
    return figure.passage.sentences[figure.passage.sentence_at(figure.span.start)]
