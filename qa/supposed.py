"""Amounts that a question supposes: «GDP下降了6.3%,为什么?», «哪个产业增长了14.3%?», «超过7%吗?»."""

from __future__ import annotations

import re
from dataclasses import replace

from qa.citation import Draft
from qa.compute import COUNTS
from qa.drafting import draft_of, stated
from qa.facts import Candidate, candidates
from qa.inquiry import Inquiry
from qa.question import Form, supposed_amount
from vectorstore.figures import Aspect

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
            return draft_of([stated(inquiry, candidate)])
    return None


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
