"""`report-qa eval`: run the benchmark, look at runs, compare them, guard against losses."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from eval.cases import Case
    from eval.predictions import Run
    from eval.scoring import Scored

app = typer.Typer(
    help="Measure the answers on question sets with known answers.", no_args_is_help=True
)

RunFile = Annotated[Path, typer.Argument(help="A run file.")]


@app.callback()
def main() -> None:
    """Measure the answers on question sets with known answers."""


@app.command()
def run(
    split: Annotated[str, typer.Option(help="dev or test; choose nothing by test.")] = "dev",
    system: Annotated[
        str,
        typer.Option(
            help="extractive, bm25 or langchain-tutorial; with the model of the settings, "
            "llm or langchain-tutorial-llm."
        ),
    ] = "extractive",
    kinds: Annotated[str, typer.Option(help="Only these kinds, separated by commas.")] = "",
    limit: Annotated[int | None, typer.Option(help="Only the first N cases.", min=1)] = None,
    output: Annotated[
        Path | None, typer.Option(help="The run file; an unfinished one is completed.")
    ] = None,
) -> None:
    """Ask every case of a split, keep the predictions, print the scores."""
    from eval.cases import load_cases

    if split not in ("dev", "test"):
        raise typer.BadParameter("expected dev or test", param_hint="--split")
    wanted = frozenset(filter(None, kinds.split(",")))
    cases = [case for case in load_cases(split) if not wanted or case.kind in wanted][:limit]
    if not cases:
        raise typer.BadParameter(f"no case of {split} has one of these kinds", param_hint="--kinds")
    output = output or _new_output(f"{system}-{split}")
    typer.echo(f"Predictions: {output}", err=True)
    _ask(system, split, cases, output)
    score(output)


@app.command()
def score(path: RunFile) -> None:
    """Score a stored run again and print the scores; needs no model."""
    from eval.text_report import render

    stored, scored = _scored(path)
    typer.echo(render(stored.provenance, scored), nl=False)


@app.command()
def compare(before: RunFile, after: RunFile) -> None:
    """Compare two stored runs over the same cases, case by case."""
    from eval import comparison

    (_, was), (_, now) = _scored(before), _scored(after)
    typer.echo(comparison.render(comparison.compare(was, now)), nl=False)


@app.command()
def report(
    path: RunFile,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="By default beside the run.")
    ] = None,
) -> None:
    """Write a stored run as one self-contained HTML file."""
    from eval import html_report
    from eval.cases import benchmark_reports

    stored, scored = _scored(path)
    output = output or path.with_suffix(".html")
    output.write_text(html_report.render(stored.provenance, scored, benchmark_reports()), "utf-8")
    typer.echo(f"Report: {output}")


@app.command()
def gate(
    update: Annotated[
        bool, typer.Option("--update", help="Make this run the new baseline.")
    ] = False,
) -> None:
    """Ask a fixed part of the development cases; fail on a significant loss."""
    from eval.cases import load_cases
    from eval.gate import BASELINE, gate_cases, judge

    # Read first: a missing baseline is told before the cases are asked.
    baseline = None if update else _scored(BASELINE)[1]
    output = _new_output("gate")
    _ask("extractive", "dev", gate_cases(load_cases()), output)
    if baseline is None:
        BASELINE.write_bytes(output.read_bytes())
        typer.echo(f"Baseline: {BASELINE}")
        return
    verdict = judge(baseline, _scored(output)[1])
    typer.echo(str(verdict))
    raise typer.Exit(0 if verdict.passed else 1)


@app.command()
def table(
    paths: Annotated[list[Path], typer.Argument(help="Run files, one for each system.")],
    readme: Annotated[Path, typer.Option(help="The file that holds the table.")] = Path(
        "README.md"
    ),
) -> None:
    """Rewrite the table of results between its markers from stored runs."""
    from eval.results_table import rewrite

    runs = [(stored.provenance, scored) for stored, scored in map(_scored, paths)]
    readme.write_text(rewrite(readme.read_text("utf-8"), runs), "utf-8")
    typer.echo(f"{readme}: {len(runs)} systems")


def _new_output(name: str) -> Path:
    return Path("runs") / f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl"


def _ask(system: str, split: str, cases: Sequence[Case], output: Path) -> None:
    """Run the cases under a progress bar."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from eval.cases import benchmark_reports
    from eval.provenance import provenance_of
    from eval.run import run_cases
    from eval.systems import NAMES, model_for, systems_for
    from qa.settings import Settings
    from vectorstore.embedding import open_embedder

    if system not in NAMES:
        raise typer.BadParameter(f"expected one of {', '.join(NAMES)}", param_hint="--system")
    settings, reports = Settings(), benchmark_reports()
    model = model_for(system, settings)
    embedder = open_embedder(settings.embedding_model)
    opened = systems_for(system, reports, embedder, settings.data_dir / "benchmark", model)
    provenance = provenance_of(system, split, cases, reports, settings, model)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(system, total=len(cases))
        run_cases(
            cases, opened, embedder, provenance, output,
            lambda done, total: bar.update(task, completed=done),
        )  # fmt: skip


def _scored(path: Path) -> tuple[Run, list[Scored]]:
    from eval.cases import benchmark_reports, load_cases
    from eval.predictions import read_run
    from eval.scoring import score_run

    stored = read_run(path)
    return stored, score_run(stored, load_cases(), benchmark_reports())
