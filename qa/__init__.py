"""Questions over government work reports -> cited, verified answers."""

from qa.answer import Abstention, Answer, Citation, Claim
from qa.conversation import Turn
from qa.service import ReportQA

__all__ = ["Abstention", "Answer", "Citation", "Claim", "ReportQA", "Turn"]
