"""The retriever and the embedder as LangChain knows them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from vectorstore.embedding import Embedder
from vectorstore.report import Hit
from vectorstore.retriever import Retriever


class ReportRetriever(BaseRetriever):
    """A LangChain retriever over a store of reports.

    A document is a paragraph or, with `unit="sentence"`, its best sentence,
    verbatim. Its metadata say where it stands: `report`, `paragraph`, `section`
    (a path joined by " › "), and `start` and `end`, the offsets of the best
    sentence in the paragraph; besides `score` and `rank`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    k: int = 10
    unit: Literal["paragraph", "sentence"] = "paragraph"
    reports: Collection[str] | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        find = self.retriever.search if self.unit == "paragraph" else self.retriever.rank
        return [self._document(hit) for hit in find(query, self.k, reports=self.reports)]

    def _document(self, hit: Hit) -> Document:
        passage = hit.passage
        span = passage.sentences[hit.sentence]
        return Document(
            page_content=passage.text if self.unit == "paragraph" else hit.quote,
            metadata={
                "report": passage.report_id,
                "paragraph": passage.number,
                "section": " › ".join(passage.section),
                "start": span.start,
                "end": span.end,
                "score": hit.score,
                "rank": hit.rank,
            },
        )


class ReportEmbeddings(Embeddings):
    """An embedder of this package behind LangChain's interface."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed passages."""
        return [[float(x) for x in row] for row in self.embedder.embed_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Embed one question."""
        return [float(x) for x in self.embedder.embed_queries([text])[0]]
