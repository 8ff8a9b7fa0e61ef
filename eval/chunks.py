"""Retrieval as the LangChain tutorial has it: chunks of 1000 characters, dense, four of them.

https://docs.langchain.com/oss/python/langchain/rag, with the embedding model of this package.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from langchain_core.vectorstores import InMemoryVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter

from vectorstore.embedding import Embedder
from vectorstore.langchain import ReportEmbeddings
from vectorstore.report import Passage, Report, Span

CHUNK_SIZE, OVERLAP, TOP = 1000, 200, 4


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of one paragraph that a chunk covers."""

    passage: Passage
    span: Span


@dataclass(frozen=True, slots=True)
class Chunk:
    """One retrieved chunk: its text, its cosine, and the paragraphs that it overlaps."""

    text: str
    score: float
    pieces: tuple[Piece, ...]


class ChunkIndex:
    """The chunks of some reports in LangChain's own vector store."""

    def __init__(self, reports: Sequence[Report], embedder: Embedder) -> None:
        self._places = {report.id: tuple(_places(report)) for report in reports}
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=CHUNK_SIZE, chunk_overlap=OVERLAP, add_start_index=True
        )
        self._store = InMemoryVectorStore(ReportEmbeddings(embedder))
        self._store.add_documents(
            splitter.create_documents(
                [report.source for report in reports], [{"report": r.id} for r in reports]
            )
        )

    def search(self, query: str, k: int = TOP) -> list[Chunk]:
        """Return the `k` chunks nearest to the query, best first."""
        found = self._store.similarity_search_with_score(query, k=k)
        return [
            Chunk(
                document.page_content,
                float(score),
                tuple(self._pieces(document.metadata["report"], start, end)),
            )
            for document, score in found
            for start in [int(document.metadata["start_index"])]
            for end in [start + len(document.page_content)]
        ]

    def _pieces(self, report_id: str, start: int, end: int) -> Iterator[Piece]:
        """Yield the paragraphs that source characters `start` to `end` of a report overlap."""
        for begin, passage in self._places[report_id]:
            first, last = max(start - begin, 0), min(end - begin, len(passage.text))
            if first < last:
                yield Piece(passage, Span(first, last))


def _places(report: Report) -> Iterator[tuple[int, Passage]]:
    """Yield every paragraph with the offset in the source at which it starts."""
    offset = 0
    for gap, passage in zip(report.gaps, report.passages, strict=False):
        offset += len(gap)
        yield offset, passage
        offset += len(passage.text)
