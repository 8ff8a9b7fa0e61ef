"""A suite asked of a system under a progress bar, and a stored run scored again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from eval.predictions import Run, RunError, read_run
from eval.public.sets import SETS, open_public
from eval.scoring import Scored, score_run
from eval.suites import BENCHMARK, LIBRARIES, Suite, SuiteError, benchmark, over

if TYPE_CHECKING:
    from qa.settings import Settings

SUITES = (BENCHMARK, *LIBRARIES, *SETS)


def open_suite(
    name: str, folder: Path | None = None, split: str | None = None, limit: int | None = None
) -> Suite:
    """Return a suite by its name; all but the benchmark are read from a folder.

    Raises:
        SuiteError: there is no such suite, or it needs a folder.
        PublicSetError: a public set's files are not there, or not of the form expected.
    """
    if name == BENCHMARK:
        return benchmark(split)
    if name not in SUITES:
        raise SuiteError(f"There is no suite {name!r}; expected one of {', '.join(SUITES)}.")
    if folder is None:
        raise SuiteError(f"The suite {name} is not part of the package: name its folder.")
    if name in LIBRARIES:
        return over(LIBRARIES[name], folder, split)
    return open_public(name, folder, limit)


def ask(system: str, split: str, suite: Suite, output: Path, settings: Settings) -> Run:
    """Ask all cases of a suite and keep the predictions in `output` as they come.

    Raises:
        ModelError: the system needs a language model, and there is none that can be used.
        RunError: `output` is something else, or another run.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from eval.provenance import provenance_of
    from eval.run import run_cases
    from eval.systems import model_for, systems_for
    from vectorstore.embedding import open_embedder

    model = model_for(system, settings)
    embedder = open_embedder(settings.embedding_model)
    folder = settings.data_dir / "benchmark"
    opened = systems_for(system, suite.reports, embedder, folder, model)
    provenance = provenance_of(system, split, suite, settings, model)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(system, total=len(suite.cases))
        return run_cases(
            suite.cases, opened, embedder, provenance, output,
            lambda done, total: bar.update(task, completed=done),
        )  # fmt: skip


def scored(path: Path, folder: Path | None = None) -> tuple[Run, Suite, list[Scored]]:
    """Return a stored run with its suite and its scores; needs no model.

    Raises:
        RunError: the file is no run, or was made with other cases or other reports.
        SuiteError: its suite is read from a folder, and none is given.
    """
    stored = read_run(path)
    suite = open_suite(stored.provenance.suite, folder)
    return stored, suite, score_stored(stored, suite)


def score_stored(stored: Run, suite: Suite) -> list[Scored]:
    """Return the scores of a run of this suite.

    Raises:
        RunError: it was made with another version of the cases, or another suite.
    """
    if stored.provenance.suite != suite.name:
        raise RunError(f"The run is one of {stored.provenance.suite}, and not of {suite.name}.")
    return score_run(stored, suite.cases, suite.reports, suite.version)
