"""Saying that the report does not say, why, and what comes closest."""

from __future__ import annotations

from qa.answer import Abstention, Citation, Reason
from qa.facts import Candidate, sentence_span, statement
from qa.inquiry import Inquiry

_CHINESE = {
    Reason.NOT_MENTIONED: "报告未提及这一内容。",
    Reason.OTHER_PERIOD: "报告没有给出所问年份的数据。",
    Reason.RELATED_ONLY: "报告没有给出所问的指标。",
    Reason.OFF_TOPIC: "这不是政府工作报告能够回答的问题。",
    Reason.NO_SUCH_REPORT: "没有所问地区的报告。",
    Reason.EMPTY: "请输入一个问题。",
}
_ENGLISH = {
    Reason.NOT_MENTIONED: "The report does not mention this.",
    Reason.OTHER_PERIOD: "The report gives no figure for the period asked about.",
    Reason.RELATED_ONLY: "The report does not give what was asked.",
    Reason.OFF_TOPIC: "This is not a question that government work reports can answer.",
    Reason.NO_SUCH_REPORT: "There is no report for the region asked about.",
    Reason.EMPTY: "Please ask a question.",
}


def refusal(inquiry: Inquiry, reason: Reason, nearest: Candidate | None = None) -> Abstention:
    """Return an abstention for `reason`, naming the nearest figure where there is one."""
    words = _ENGLISH if inquiry.question.english else _CHINESE
    message = words[reason]
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


def plain_refusal(reason: Reason, *, english: bool = False) -> Abstention:
    """Return an abstention that names nothing near."""
    return Abstention(reason, (_ENGLISH if english else _CHINESE)[reason])
