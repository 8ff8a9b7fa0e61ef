"""The cases of the benchmark: questions, what a right answer holds, and where it stands.

`VERSION` changes whenever a case does, and `FINGERPRINT` with it. The schema is in
`data/README.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.metrics import plain, states_any
from vectorstore.errors import ReportQAError
from vectorstore.reading import builtin_path, read_report
from vectorstore.report import Report

VERSION = "2020.8"
FINGERPRINT = "a50e04fb3366452b9e5b9c151f3f0b7578a2f09d63d0faf4787c88639b66db32"
DATA = Path(__file__).parent / "data"


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

    It is asked of `reports`; where none are named, of those that it quotes, and where it
    quotes none, of the built-in one. `answers` are alternatives; `items` are the parts of a list, each with its
    aliases, of which at least `minimum` must be there. An answer holds nothing of
    `forbidden`. `near_miss` tells for the unanswerable what the report has instead,
    and their evidence, if any, where that stands. `keypoints` are statements that a
    complete answer makes, as some public sets have them. Cases of one `cluster` (a
    document that they share) are not independent, and are drawn together in resampling.
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
    reports: tuple[str, ...] = ()
    keypoints: tuple[str, ...] = ()
    cluster: str = ""

    @property
    def index(self) -> tuple[str, ...]:
        """The ids of the reports that are asked together."""
        quoted = tuple(dict.fromkeys(evidence.report for evidence in self.evidence))
        return self.reports or quoted or (builtin_path().stem,)

    @property
    def asked(self) -> tuple[object, ...]:
        """What makes it the same question: reports, words and history, however spaced."""
        return self.index, plain(self.question), self.history

    @property
    def expected(self) -> tuple[object, ...]:
        """What a right answer holds."""
        return self.answerable, self.answers, self.items, self.minimum

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
        for beside in sorted({evidence.report for evidence in self.evidence} - set(self.index)):
            yield f"quotes {beside}, which it does not ask"
        for right in (*self.answers, *chain.from_iterable(self.items)):
            if states_any(right, self.forbidden):
                yield f"forbids its own answer {right!r}"


def split_of(case_id: str) -> Literal["dev", "test"]:
    """Return the split of a case: fixed by its id alone.

    By a hash of the id; the cases over several provinces («p-…») were split before they
    came here, by their number: odd ones are for development. Of the wider library, those
    that were looked at («l-r…») are all for development, and the others were split before
    they were called «l-…».
    """
    if case_id.startswith("l-r"):
        return "dev"
    if case_id.startswith("p-"):
        return "dev" if int(case_id.rpartition("-")[2]) % 2 else "test"
    hashed = hashlib.sha256(case_id.removeprefix("l-").encode()).digest()
    return "dev" if hashed[0] % 2 == 0 else "test"


def sampled(cases: Sequence[Case], n: int) -> tuple[Case, ...]:
    """Return `n` of the cases, drawn by a hash of their ids: blindly, always the same."""
    return tuple(sorted(cases, key=lambda c: hashlib.sha256(c.id.encode()).hexdigest())[:n])


def load_cases(split: str | None = None, folder: Path = DATA) -> tuple[Case, ...]:
    """Return the cases of all `cases_*.jsonl` files of `folder`, or of one split.

    Raises:
        CaseError: a case is malformed, contradicts itself or another, or comes twice.
    """
    by_id: dict[str, Case] = {}
    by_question: dict[tuple[object, ...], Case] = {}
    for path in _case_files(folder):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            case = _case(path, number, line)
            earlier = by_question.setdefault(case.asked, case)
            if case.id in by_id or earlier is not case:
                problem = _clash(case, by_id.get(case.id, earlier))
                raise CaseError(f"{path.name}, line {number}: {problem}")
            by_id[case.id] = case
    return tuple(case for case in by_id.values() if split in (None, split_of(case.id)))


def fingerprint(folder: Path = DATA) -> str:
    """Return the SHA-256 of all that the benchmark asks and quotes of its own: cases, reports."""
    digest = hashlib.sha256()
    for path in (*_case_files(folder), *_report_files(folder)):
        digest.update(path.read_text("utf-8").encode())
    return digest.hexdigest()


def benchmark_reports() -> tuple[Report, ...]:
    """Return the reports that the cases ask: the built-in one first, then the fictional ones."""
    return tuple(map(read_report, (builtin_path(), *_report_files(DATA))))


def _case_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("cases_*.jsonl"))


def _report_files(folder: Path) -> list[Path]:
    return sorted((folder / "reports").glob("*.txt"))


def _clash(case: Case, earlier: Case) -> str:
    """Say how two cases with one id or one question clash."""
    if case.id == earlier.id:
        return f"the id {case.id} comes twice"
    if case.expected != earlier.expected:
        return f"{case.id} contradicts {earlier.id}: one question, two answers"
    return f"{case.id} asks the same as {earlier.id}"


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
