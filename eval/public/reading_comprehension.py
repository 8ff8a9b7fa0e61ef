"""CMRC 2018 (trial) and DRCD: one context, questions with short answers from it."""

from __future__ import annotations

from pathlib import Path

from eval.cases import Case
from eval.public.rows import Row, located, rows


class _Context(Row):
    context_id: str
    context: str


class _Question(Row):
    id: str
    context_id: str
    question: str
    answers: tuple[str, ...]


class _QuestionWithContext(_Question):
    context: str


def cmrc2018(folder: Path) -> tuple[list[Case], dict[str, str]]:
    """Return the cases of CMRC 2018's trial part, and the contexts that they ask."""
    (path,) = located(folder, "cmrc2018", "cmrc2018_trial.jsonl")
    found = list(rows(path, _QuestionWithContext))
    cases = [_case(row, "trial") for row in found]
    return cases, {row.context_id: row.context for row in found}


def drcd(folder: Path) -> tuple[list[Case], dict[str, str]]:
    """Return the cases of DRCD's dev and test part (traditional characters) with the contexts."""
    cases: list[Case] = []
    documents: dict[str, str] = {}
    for part in ("dev", "test"):
        contexts, questions = located(
            folder, "drcd", f"drcd_{part}.contexts.jsonl", f"drcd_{part}.questions.jsonl"
        )
        documents |= {row.context_id: row.context for row in rows(contexts, _Context)}
        cases += [_case(row, part) for row in rows(questions, _Question)]
    return cases, documents


def _case(row: _Question, part: str) -> Case:
    return Case(
        id=row.id, kind=part, question=row.question,
        answers=tuple(dict.fromkeys(row.answers)), reports=(row.context_id,), cluster=row.context_id,
    )  # fmt: skip
