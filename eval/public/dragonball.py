"""DragonBall (Chinese, of RAGEval): questions over 108 documents, all asked together.

Gold are reference sentences, as spans of the documents, and keypoints. A reference
that no document says word for word has no span, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from eval.cases import Case, Evidence
from eval.public.rows import Row, located, rows


class _Document(Row):
    doc_id: int
    content: str


class _Span(Row):
    doc_id: int
    start: int
    end: int


class _Question(Row):
    id: int
    type: str
    question: str
    answer: str
    keypoints: tuple[str, ...]
    doc_ids: tuple[int, ...]
    reference_spans: tuple[_Span | None, ...]
    unanswerable: bool


def dragonball(folder: Path) -> tuple[list[Case], dict[str, str]]:
    """Return the cases, and the documents that they ask."""
    queries, docs = located(folder, "dragonball_zh", "queries_zh_half.jsonl", "docs_zh.jsonl")
    documents = {str(row.doc_id): row.content for row in rows(docs, _Document)}
    everything = tuple(documents)
    cases = [
        Case(
            id=str(row.id),
            kind=row.type,
            question=row.question,
            answerable=not row.unanswerable,
            answers=() if row.unanswerable else (row.answer,),
            evidence=tuple(_evidence(row, documents)),
            evidence_mode="all",
            reports=everything,
            keypoints=() if row.unanswerable else row.keypoints,
            cluster=str(row.doc_ids[0]),
        )
        for row in rows(queries, _Question)
    ]
    return cases, documents


def _evidence(row: _Question, documents: Mapping[str, str]) -> Iterator[Evidence]:
    """Yield the reference sentences; one that runs over a line is as many pieces."""
    for span in filter(None, row.reference_spans):
        id_ = str(span.doc_id)
        for line in documents[id_][span.start : span.end].splitlines():
            if line.strip():
                yield Evidence(report=id_, quote=line.strip())
