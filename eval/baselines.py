"""Systems to compare with: what a simple pipeline answers without a language model."""

from __future__ import annotations

from collections.abc import Sequence

from eval.rankers import bm25
from qa.answer import Abstention, Answer, Citation, Claim, Reason
from qa.conversation import Turn
from vectorstore.report import Hit, Span
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


class BestChunk:
    """The LangChain tutorial's retrieval: the nearest chunk is the answer.

    The tutorial hands four chunks to a language model; without one, the best of them is
    the simplest honest answer. It cites every paragraph that it overlaps, never abstains,
    and does not read the history. The paragraphs of one chunk share its rank.
    """

    def __init__(self, store: PassageStore) -> None:
        from eval.chunks import ChunkIndex

        (report,) = store.reports
        self._chunks = ChunkIndex(report, store.embedder)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Return the nearest chunk."""
        chunks = self._chunks.search(question)
        citations = tuple(
            Citation(number, piece.passage, piece.span)
            for number, piece in enumerate(chunks[0].pieces, start=1)
        )
        hits = tuple(
            Hit(piece.passage, piece.passage.sentence_at(piece.span.start), chunk.score, rank)
            for rank, chunk in enumerate(chunks, start=1)
            for piece in chunk.pieces
        )
        return Answer(question, (Claim(chunks[0].text, citations),), hits)
