"""Amounts that a question supposes: «GDP下降了6.3%,为什么?», «哪个产业增长了14.3%?», «超过7%吗?»."""

from __future__ import annotations

import re
from dataclasses import replace

from qa.citation import Draft
from qa.compute import COUNTS
from qa.drafting import Statement, draft_of, stated
from qa.facts import EFFECT, Candidate, candidates
from qa.inquiry import Inquiry
from qa.points import EDGE
from qa.question import Form, supposed_amount
from qa.statement import sentence_span
from vectorstore.figures import Aspect

# A name of which no more is new has nothing of whom the question is after.
_NO_MORE = 0.2

_OVER = re.compile(r"超过|高于|多于|突破|more than|\bover\b|above|exceed")
_UNDER = re.compile(r"低于|少于|不到|不足|less than|under|below")


def false_premise(inquiry: Inquiry) -> Draft | None:
    """Put right an amount that a question supposes: «GDP下降了6.3%,为什么?»."""
    supposed = supposed_amount(inquiry.question.plain)
    if supposed is None:
        return None
    best = next(iter(candidates(inquiry)), None)
    if best is None or best.named < 0.8 or best.lacks > 0.2 or not best.in_period:
        return None
    figure = best.figure
    if figure.quantity.unit != supposed.unit:
        return None
    fell = inquiry.question.aspect is Aspect.DECLINE
    if figure.quantity.same_amount(supposed) and fell == (figure.aspect is Aspect.DECLINE):
        return None
    said = stated(inquiry, best)
    lead = "The report says otherwise: " if inquiry.question.english else "报告所述不同："
    return draft_of([replace(said, text=lead + said.text)])


def of_amount(inquiry: Inquiry) -> Draft | None:
    """Tell what has the amount that a question gives: «哪个产业增长了14.3%?»."""
    supposed = supposed_amount(inquiry.question.plain)
    if supposed is None or supposed.unit in COUNTS:
        return None  # «6个专项» asks for the six
    for candidate in candidates(inquiry):
        if candidate.figure.quantity.same_amount(supposed) and candidate.in_period:
            return draft_of([_with_its_owner(inquiry, candidate)])
    return None


def _with_its_owner(inquiry: Inquiry, candidate: Candidate) -> Statement:
    """Tell a figure with the clauses before it, where its own name says no more than the question.

    «“古埃及文明大展”总营收7.6亿元,带动消费350亿元» tells which exhibition it was.
    """
    figure = candidate.figure
    text, sentence = figure.passage.text, sentence_span(figure)
    before = text[sentence.start : figure.clause.start]
    known = inquiry.matcher.surplus(figure.indicator) < _NO_MORE or EFFECT.match(figure.indicator)
    if not known or not before.strip() or inquiry.question.english:
        return stated(inquiry, candidate)
    start = max(before.rfind(mark) for mark in ";；") + 1
    said = text[sentence.start + start : figure.clause.end].strip(EDGE)
    return Statement(said, ((figure.passage, sentence),))


def verdict_on(inquiry: Inquiry, found: Candidate) -> str:
    """Return «yes» or «no» for a question that supposes an amount, else nothing."""
    question = inquiry.question
    supposed = supposed_amount(question.plain)
    if question.form is not Form.YESNO or supposed is None:
        return ""
    value = found.figure.quantity.value
    if _OVER.search(question.plain):
        true = value > supposed.value
    elif _UNDER.search(question.plain):
        true = value < supposed.value
    else:
        true = value == supposed.value
    if question.english:
        return "Yes: " if true else "No: "
    return "是的，" if true else "不是，"
