"""Runs: ask every case, keep each prediction as it comes, score them, sum up.

A run file is JSON lines. The first line is `{"run": …}`, the provenance; every other
line is one `Prediction`. Scoring reads the file alone and needs no model, so stored
runs can be scored again. `python -m eval.run` is the same as `report-qa eval run`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Protocol

from eval.cases import Case
from eval.metrics import Gold, Score, score
from qa.answer import Answer
from qa.conversation import Turn
from vectorstore.report import Report

if TYPE_CHECKING:
    from vectorstore.embedding import Embedder

Place = tuple[str, int]


class System(Protocol):
    """What can be asked: `ReportQA`, or a system to compare it with."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer one question."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A citation or a hit as a run file keeps it: the paragraph and the quoted sentence."""

    report: str
    paragraph: int
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer as a run file keeps it.

    `seconds` is the time of the answer, `embedding_seconds` that of embedding the
    question alone, measured right after it. `error` tells the crash of this case, if any.
    `claims` pairs each claim's text with the positions of its citations in `citations`.
    """

    id: str
    text: str = ""
    abstained: bool = False
    reason: str | None = None
    citations: tuple[Source, ...] = ()
    hits: tuple[Source, ...] = ()
    claims: tuple[tuple[str, tuple[int, ...]], ...] = ()
    confidence: float | None = None
    seconds: float = 0.0
    embedding_seconds: float = 0.0
    error: str | None = None

    def to_json(self) -> str:
        """Return the line of the run file."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Prediction:
        """Read a line of a run file.

        Raises:
            ValueError: the line is not a prediction.
        """
        try:
            content: dict[str, Any] = json.loads(line)
            content["citations"] = tuple(Source(**each) for each in content["citations"])
            content["hits"] = tuple(Source(**each) for each in content["hits"])
            content["claims"] = tuple((text, tuple(at)) for text, at in content["claims"])
            return cls(**content)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a prediction: {error}") from error


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a run was: enough to say whether two runs can be compared."""

    system: str
    split: str
    benchmark: str
    embedding_model: str
    versions: tuple[tuple[str, str], ...]
    reports: tuple[tuple[str, str], ...]
    machine: str
    started: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run file as read."""

    provenance: Provenance
    predictions: tuple[Prediction, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """One case with its prediction and the verdicts on it."""

    case: Case
    gold: Gold
    prediction: Prediction
    score: Score


def predict(case: Case, system: System, embedder: Embedder) -> Prediction:
    """Ask one case and time it; a crash becomes a prediction with an error."""
    history = [Turn(turn.role, turn.content) for turn in case.history]
    begun = time.perf_counter()
    try:
        answer = system.ask(case.question, history)
    # Whatever a system raises is a failed case, and must not end the run.
    except Exception as error:
        return Prediction(case.id, error=f"{type(error).__name__}: {error}")
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    embedder.embed_queries([case.question])
    return replace(
        as_prediction(case.id, answer),
        seconds=seconds,
        embedding_seconds=time.perf_counter() - begun,
    )


def as_prediction(case_id: str, answer: Answer) -> Prediction:
    """Return the answer as a run file keeps it, without times."""
    citations = answer.citations
    position = {citation.number: at for at, citation in enumerate(citations)}
    return Prediction(
        id=case_id,
        text=answer.text,
        abstained=answer.abstention is not None,
        reason=answer.abstention.reason.value if answer.abstention else None,
        citations=tuple(
            Source(c.passage.report_id, c.passage.number, c.quote, c.span.start, c.span.end)
            for c in citations
        ),
        hits=tuple(
            Source(h.passage.report_id, h.passage.number, h.quote, span.start, span.end)
            for h in answer.hits
            for span in [h.passage.sentences[h.sentence]]
        ),
        claims=tuple(
            (claim.text, tuple(position[c.number] for c in claim.citations))
            for claim in answer.claims
        ),
        confidence=answer.hits[0].score if answer.hits else None,
    )


def run_cases(
    cases: Sequence[Case],
    system: System,
    embedder: Embedder,
    provenance: Provenance,
    output: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Run:
    """Ask the cases that `output` lacks and append each prediction as it comes.

    Raises:
        ValueError: `output` is a run of another system, split or benchmark.
    """
    done: tuple[Prediction, ...] = ()
    if output.exists() and output.stat().st_size:
        earlier = read_run(output)
        _same_run(earlier.provenance, provenance, output)
        done = earlier.predictions
    _write_start(output, provenance, done)
    known = {prediction.id for prediction in done}
    missing = [case for case in cases if case.id not in known]
    embedder.embed_queries(["预热"])  # the first call of an engine is not like the others
    with output.open("a", encoding="utf-8") as lines:
        for number, case in enumerate(missing, start=len(cases) - len(missing) + 1):
            lines.write(predict(case, system, embedder).to_json() + "\n")
            lines.flush()
            progress(number, len(cases))
    return read_run(output)


def _same_run(earlier: Provenance, now: Provenance, output: Path) -> None:
    for name in ("system", "split", "benchmark", "embedding_model"):
        was, wanted = getattr(earlier, name), getattr(now, name)
        if was != wanted:
            raise ValueError(
                f"{output} is a run with {name} {was!r}, and {wanted!r} was asked for. "
                "Choose another output file."
            )


def _write_start(output: Path, provenance: Provenance, done: Sequence[Prediction]) -> None:
    """Begin the file, or rewrite what is complete of it: a kill may have cut its last line."""
    output.parent.mkdir(parents=True, exist_ok=True)
    head = json.dumps({"run": asdict(provenance)}, ensure_ascii=False)
    draft = output.with_name(output.name + ".part")
    draft.write_text("\n".join([head, *(p.to_json() for p in done)]) + "\n", encoding="utf-8")
    draft.replace(output)


def read_run(path: Path) -> Run:
    """Read a run file; a last line that was cut short is left out.

    Raises:
        ValueError: the file is not a run.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        head: dict[str, Any] = json.loads(lines[0])["run"]
        head |= {name: tuple(map(tuple, head[name])) for name in ("versions", "reports")}
        provenance = Provenance(**head)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} is not a run file: its first line should hold the provenance."
        ) from error
    predictions: list[Prediction] = []
    for number, line in enumerate(lines[1:], start=2):
        try:
            predictions.append(Prediction.from_json(line))
        except ValueError as error:
            if number < len(lines):
                raise ValueError(f"{path}, line {number}: {error}") from error
    return Run(provenance, tuple(predictions))


def gold_of(case: Case, reports: Iterable[Report]) -> Gold:
    """Return what the case expects, its quotes resolved to paragraphs."""
    by_id = {report.id: report for report in reports}
    places = tuple(
        frozenset(
            (report.id, passage.number)
            for report in [by_id[evidence.report]]
            for passage in report.passages
            if evidence.quote in passage.text
        )
        for evidence in case.evidence
        if evidence.report in by_id
    )
    return Gold(
        answerable=case.answerable,
        answers=tuple(case.answers),
        items=tuple(tuple(aliases) for aliases in case.items),
        minimum=case.minimum,
        forbidden=tuple(case.forbidden),
        paragraphs=places,
        all_evidence=case.evidence_mode == "all",
    )


def score_run(run: Run, cases: Sequence[Case], reports: Iterable[Report]) -> list[Scored]:
    """Score every case; one without a prediction, or with a crash, fails."""
    by_id = {prediction.id: prediction for prediction in run.predictions}
    reports = tuple(reports)
    scored = []
    for case in cases:
        gold = gold_of(case, reports)
        prediction = by_id.get(case.id, Prediction(case.id, error="no prediction"))
        cited = {(source.report, source.paragraph) for source in prediction.citations}
        verdict = score(gold, prediction.text, prediction.abstained, cited)
        scored.append(Scored(case, gold, prediction, verdict))
    return scored


@dataclass(frozen=True, slots=True)
class Share:
    """A mean of zeros and ones: how many of how many."""

    passed: int
    n: int

    @classmethod
    def of(cls, verdicts: Iterable[bool]) -> Share:
        """Count the verdicts."""
        outcomes = list(verdicts)
        return cls(sum(outcomes), len(outcomes))

    @property
    def value(self) -> float | None:
        """The share, or `None` of nothing."""
        return self.passed / self.n if self.n else None

    def __str__(self) -> str:
        """The share as a percentage, six characters wide, or a dash."""
        return "—" if self.value is None else f"{self.value:6.1%}"


HEADLINE: dict[str, Callable[[Sequence[Score]], Share]] = {
    "right": lambda scores: Share.of(s.right for s in scores if s.answerable),
    "strict": lambda scores: Share.of(s.strict for s in scores if s.answerable),
    "cited": lambda scores: Share.of(s.cited for s in scores if s.answerable),
    "abstained on unanswerable": lambda scores: Share.of(
        s.abstained for s in scores if not s.answerable
    ),
    "false abstentions": lambda scores: Share.of(s.abstained for s in scores if s.answerable),
    "trusted": lambda scores: Share.of(s.trusted for s in scores),
}


def median_times(predictions: Iterable[Prediction]) -> tuple[float, float] | None:
    """Return the medians of seconds and of their ratio to embedding the question alone."""
    timed = [p for p in predictions if p.embedding_seconds > 0]
    if not timed:
        return None
    return (
        median(p.seconds for p in timed),
        median(p.seconds / p.embedding_seconds for p in timed),
    )


if __name__ == "__main__":
    import typer

    from eval.command import run

    typer.run(run)
