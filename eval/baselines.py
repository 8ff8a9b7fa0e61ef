"""BM25 alone, to compare with: the best paragraph is the answer."""

from __future__ import annotations

from collections.abc import Sequence

from eval.rankers import bm25
from qa.answer import Abstention, Answer, Citation, Claim, Reason
from qa.conversation import Turn
from vectorstore.report import Span
from vectorstore.store import PassageStore


class BestParagraph:
    """BM25 alone: the best paragraph is the answer; the history is not read."""

    def __init__(self, store: PassageStore) -> None:
        self._store = store

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Return the best paragraph; abstain where no term of the question occurs."""
        hits = tuple(bm25(self._store, question))
        if not hits:
            return Answer(question, abstention=Abstention(Reason.NOT_MENTIONED, "报告未提及。"))
        best = hits[0].passage
        citation = Citation(1, best, Span(0, len(best.text)))
        return Answer(question, (Claim(best.text, (citation,)),), hits)
