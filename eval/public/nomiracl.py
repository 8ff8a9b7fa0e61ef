"""NoMIRACL (Chinese): ten passages, which answer the question or do not.

A passage is a document of its own: its title, and its text. There are no gold answers;
what counts is who refuses.
"""

from __future__ import annotations

from pathlib import Path

from eval.cases import Case
from eval.public.rows import Row, located, rows


class _Passage(Row):
    docid: str
    title: str
    text: str


class _Question(Row):
    id: str
    question: str
    answerable: bool
    passages: tuple[_Passage, ...]


def nomiracl(folder: Path) -> tuple[list[Case], dict[str, str]]:
    """Return the cases, and the passages that they ask."""
    (path,) = located(folder, "nomiracl_zh", "nomiracl_zh_half.jsonl")
    cases: list[Case] = []
    documents: dict[str, str] = {}
    for row in rows(path, _Question):
        documents |= {p.docid: f"{p.title}\n{p.text}" for p in row.passages}
        cases.append(
            Case(
                id=row.id,
                kind="answerable" if row.answerable else "unanswerable",
                question=row.question,
                answerable=row.answerable,
                reports=tuple(dict.fromkeys(p.docid for p in row.passages)),
            )
        )
    return cases, documents
