"""Ask the cases of the benchmark and keep the answers as they come.

`python -m eval.run` is the same as `report-qa eval run`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from eval.cases import Case
from eval.predictions import (
    Prediction,
    Provenance,
    Run,
    RunError,
    Source,
    Statement,
    read_run,
    write_run,
)
from qa.answer import Answer
from qa.conversation import Turn

if TYPE_CHECKING:
    from vectorstore.embedding import Embedder

_MUST_AGREE = (
    "system", "suite", "split", "benchmark", "embedding_model", "reports", "settings", "model", "prompts",
)  # fmt: skip


class System(Protocol):
    """What can be asked: `ReportQA`, or a system to compare it with."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer one question."""
        ...


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
            Source(c.number, c.passage.report_id, c.passage.number, c.quote, c.span.start, c.span.end)
            for c in citations
        ),
        hits=tuple(
            Source(h.rank, h.passage.report_id, h.passage.number, h.quote, span.start, span.end)
            for h in answer.hits
            for span in [h.passage.sentences[h.sentence]]
        ),
        claims=tuple(
            Statement(c.text, tuple(position[each.number] for each in c.citations), c.operands)
            for c in answer.claims
        ),
        confidence=answer.hits[0].score if answer.hits else None,
        note=answer.note,
        generation=answer.generation,
    )  # fmt: skip


def run_cases(
    cases: Sequence[Case],
    system_for: Callable[[Case], System],
    embedder: Embedder,
    provenance: Provenance,
    output: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Run:
    """Ask the cases that `output` lacks and append each prediction as it comes.

    Raises:
        RunError: `output` is something else, or a run of another system or benchmark.
    """
    done: tuple[Prediction, ...] = ()
    if output.exists() and output.stat().st_size:
        earlier = read_run(output)
        _check_same(earlier.provenance, provenance, output)
        done = earlier.predictions
    # What is complete is written anew: a kill may have cut the last line.
    write_run(output, Run(provenance, done))
    known = {prediction.id for prediction in done}
    missing = [case for case in cases if case.id not in known]
    embedder.embed_queries(["预热"])  # the first call of an engine is not like the others
    with output.open("a", encoding="utf-8") as lines:
        for number, case in enumerate(missing, start=len(cases) - len(missing) + 1):
            lines.write(predict(case, system_for(case), embedder).to_json() + "\n")
            lines.flush()
            progress(number, len(cases))
    return read_run(output)


def _check_same(earlier: Provenance, now: Provenance, output: Path) -> None:
    for name in _MUST_AGREE:
        was, wanted = getattr(earlier, name), getattr(now, name)
        if was != wanted:
            raise RunError(
                f"{output} is a run with {name} {was!r}, and {wanted!r} was asked for. "
                "Choose another output file."
            )


if __name__ == "__main__":
    import typer

    from eval.command import run

    typer.run(run)
