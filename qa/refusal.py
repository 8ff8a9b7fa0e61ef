"""Saying that the report does not say, why, and what comes closest."""

from __future__ import annotations

from qa.answer import Abstention, Citation, Reason
from qa.facts import Candidate, sentence_span, statement
from qa.inquiry import Inquiry


def refusal(inquiry: Inquiry, reason: Reason, nearest: Candidate | None = None) -> Abstention:
    """Return an abstention for `reason`, naming the nearest figure where there is one."""
    message = inquiry.refusals.of(reason, english=inquiry.question.english)
    if nearest is None:
        return Abstention(reason, message)
    figure = nearest.figure
    citation = Citation(1, figure.passage, sentence_span(figure))
    closest = "Closest: " if inquiry.question.english else "最接近的是："
    return Abstention(
        reason,
        f"{message}{' ' if inquiry.question.english else ''}{closest}{statement(inquiry, figure)}[1]。",
        (citation,),
    )
