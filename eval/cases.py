"""The cases of the benchmark: questions, what a right answer holds, and where it stands.

`VERSION` changes whenever a case does. The schema is in `data/README.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from vectorstore.errors import ReportQAError
from vectorstore.report import Report

VERSION = "2020.1"
_DATA = Path(__file__).parent / "data"


class CaseError(ReportQAError):
    """A case that cannot be used, named by its file, line and id."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Message(_Record):
    """One message of the conversation before the question."""

    role: Literal["user", "assistant"]
    content: str


class Evidence(_Record):
    """A place that proves the answer: an exact quote of one report."""

    report: str
    quote: str


class Case(_Record):
    """One question with what a right answer holds.

    `answers` are alternatives; `items` are the parts of a list, each with its
    aliases, of which at least `minimum` must be there. An answer holds nothing of
    `forbidden`. `near_miss` tells for the unanswerable what the report has instead.
    """

    id: str
    kind: str
    question: str
    history: tuple[Message, ...] = ()
    answerable: bool = True
    answers: tuple[str, ...] = ()
    items: tuple[tuple[str, ...], ...] = ()
    minimum: int = 0
    forbidden: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    evidence_mode: Literal["any", "all"] = "any"
    near_miss: str = ""

    def problems(self) -> Iterator[str]:
        """Yield what contradicts itself in this case."""
        if self.answerable and bool(self.answers) == bool(self.items):
            yield "needs either answers or items"
        if self.answerable and not self.evidence:
            yield "has no evidence"
        if not self.answerable and (self.answers or self.items):
            yield "is unanswerable, yet has answers"
        if self.items and not 1 <= self.minimum <= len(self.items):
            yield f"asks for {self.minimum} of {len(self.items)} items"
        if set(self.answers) & set(self.forbidden):
            yield "forbids an answer"


def split_of(case_id: str) -> Literal["dev", "test"]:
    """Return the split of a case: fixed by its id alone."""
    return "dev" if hashlib.sha256(case_id.encode()).digest()[0] % 2 == 0 else "test"


def load_cases(split: str | None = None, folder: Path = _DATA) -> tuple[Case, ...]:
    """Return the cases of all `cases_*.jsonl` files of `folder`, or of one split.

    Raises:
        CaseError: a case is malformed, contradicts itself, or comes twice.
    """
    cases: list[Case] = []
    ids: set[str] = set()
    asked: set[tuple[str, tuple[Message, ...]]] = set()
    for path in sorted(folder.glob("cases_*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            case = _case(path, number, line)
            if case.id in ids or (case.question, case.history) in asked:
                raise CaseError(
                    f"{path.name}, line {number}: {case.id} or its question comes twice"
                )
            ids.add(case.id)
            asked.add((case.question, case.history))
            cases.append(case)
    return tuple(case for case in cases if split is None or split_of(case.id) == split)


def _case(path: Path, number: int, line: str) -> Case:
    try:
        case = Case.model_validate_json(line)
    except ValidationError as error:
        raise CaseError(f"{path.name}, line {number}: {error}") from error
    for problem in case.problems():
        raise CaseError(f"{path.name}, line {number}: {case.id} {problem}")
    return case


def resolve(case: Case, reports: Iterable[Report]) -> list[set[tuple[str, int]]]:
    """Return for each piece of evidence the paragraphs that hold its quote.

    Raises:
        CaseError: a quote is in no paragraph of its report.
    """
    by_id = {report.id: report for report in reports}
    found = []
    for evidence in case.evidence:
        report = by_id.get(evidence.report)
        passages = report.passages if report else ()
        places = {(evidence.report, p.number) for p in passages if evidence.quote in p.text}
        if not places:
            raise CaseError(f"{case.id}: no paragraph of {evidence.report} says {evidence.quote!r}")
        found.append(places)
    return found
