"""A run file: what was asked of which system, and what it answered.

JSON Lines. The first line is `{"run": …}`, the provenance; every other line is one
`Prediction`. Scoring reads the file alone, so that stored runs can be scored again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.evidence import Place
from qa.answer import Generation
from vectorstore.errors import ReportQAError


class RunError(ReportQAError):
    """A run file that cannot be used, or not for this."""


@dataclass(frozen=True, slots=True)
class Source:
    """A citation or a hit: its number or rank, its paragraph, and the quoted sentence."""

    number: int
    report: str
    paragraph: int
    quote: str
    start: int
    end: int

    @property
    def place(self) -> Place:
        """Where the quote stands."""
        return Place(self.report, self.paragraph, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim: its text, the positions of its citations, and what it was computed from."""

    text: str
    citations: tuple[int, ...]
    operands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer as a run file keeps it.

    `seconds` is the time of the answer, `embedding_seconds` that of embedding the
    question alone, measured right after it. `error` tells the crash of this case, if any.
    `generation` is what a language model took, `note` where it did not get its way.
    """

    id: str
    text: str = ""
    abstained: bool = False
    reason: str | None = None
    citations: tuple[Source, ...] = ()
    hits: tuple[Source, ...] = ()
    claims: tuple[Statement, ...] = ()
    confidence: float | None = None
    seconds: float = 0.0
    embedding_seconds: float = 0.0
    error: str | None = None
    note: str = ""
    generation: Generation | None = None

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
            content["claims"] = tuple(
                Statement(each["text"], tuple(each["citations"]), tuple(each["operands"]))
                for each in content["claims"]
            )
            if content.get("generation"):
                content["generation"] = Generation(**content["generation"])
            return cls(**content)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a prediction: {error}") from error


Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a run was: enough to say whether two runs can be compared.

    `cases` are the ids that it was to answer. `reports` pairs each report with the hash
    of its records as indexed, `settings` and `versions` name with value. `model` is the
    language model, `prompts` the versions of its prompts; empty without one. `suite`
    names the set of cases, and `benchmark` is its version.
    """

    system: str
    split: str
    benchmark: str
    embedding_model: str
    cases: tuple[str, ...]
    reports: Pairs
    settings: Pairs
    versions: Pairs
    revision: str
    machine: str
    started: str
    model: str = ""
    prompts: tuple[str, ...] = ()
    suite: str = "benchmark"

    @classmethod
    def from_json(cls, line: str) -> Provenance:
        """Read the first line of a run file.

        Raises:
            ValueError: the line is not a provenance.
        """
        try:
            content: dict[str, Any] = json.loads(line)["run"]
            content["cases"] = tuple(content["cases"])
            content["prompts"] = tuple(content.get("prompts", ()))
            for name in ("reports", "settings", "versions"):
                content[name] = tuple((key, value) for key, value in content[name])
            return cls(**content)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a provenance: {error}") from error


@dataclass(frozen=True, slots=True)
class Run:
    """A run file as read."""

    provenance: Provenance
    predictions: tuple[Prediction, ...]


def write_run(path: Path, run: Run) -> None:
    """Write a whole run in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = json.dumps({"run": asdict(run.provenance)}, ensure_ascii=False)
    draft = path.with_name(path.name + ".part")
    lines = [head, *(prediction.to_json() for prediction in run.predictions)]
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft.replace(path)


def read_run(path: Path) -> Run:
    """Read a run file; a last line that was cut short is left out.

    Raises:
        RunError: the file is not there, or not a run.
    """
    try:
        first, *rest = path.read_bytes().splitlines()
        provenance = Provenance.from_json(first.decode())
    except (OSError, ValueError) as error:
        raise RunError(
            f"{path} is not a run file, whose first line holds the provenance: {error}"
        ) from error
    predictions: list[Prediction] = []
    for number, line in enumerate(rest, start=2):
        try:
            predictions.append(Prediction.from_json(line.decode()))
        except ValueError as error:
            if number <= len(rest):
                raise RunError(f"{path}, line {number}: {error}") from error
    return Run(provenance, tuple(predictions))
