"""`report-qa eval`: run the benchmark, look at runs, compare them, guard against losses."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Measure the answers on question sets with known answers.", no_args_is_help=True
)


@app.callback()
def main() -> None:
    """Measure the answers on question sets with known answers."""


@app.command()
def run(
    split: Annotated[str, typer.Option(help="dev or test; choose nothing by test.")] = "dev",
    kinds: Annotated[str, typer.Option(help="Only these kinds, separated by commas.")] = "",
    limit: Annotated[int | None, typer.Option(help="Only the first N cases.", min=1)] = None,
    output: Annotated[
        Path | None, typer.Option(help="The run file; an unfinished one is completed.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write the summary here as well.")] = None,
) -> None:
    """Ask every case of a split, keep the predictions, print the scores."""
    from eval.cases import load_cases
    from eval.provenance import provenance_of
    from eval.run import run_cases, score_run
    from eval.text_report import render
    from qa import ReportQA
    from qa.settings import Settings
    from vectorstore.embedding import open_embedder

    if split not in ("dev", "test"):
        raise typer.BadParameter("expected dev or test", param_hint="--split")
    wanted = frozenset(filter(None, kinds.split(",")))
    cases = [case for case in load_cases(split) if not wanted or case.kind in wanted][:limit]
    if not cases:
        raise typer.BadParameter(f"no case of {split} has one of these kinds", param_hint="--kinds")
    settings = Settings()
    system = ReportQA.open(settings=settings)
    embedder = open_embedder(settings.embedding_model)
    output = output or _new_output(split)
    typer.echo(f"Predictions: {output}", err=True)
    provenance = provenance_of("extractive", split, settings.embedding_model, system.reports)
    try:
        finished = run_cases(cases, system, embedder, provenance, output, _show)
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    scored = score_run(finished, cases, system.reports)
    text = render(finished.provenance, scored, failures=split == "dev")
    typer.echo(text, nl=False)
    if report is not None:
        report.write_text(text, encoding="utf-8")


def _new_output(split: str) -> Path:
    return Path("runs") / f"{split}-{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl"


def _show(done: int, total: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{done}/{total}", nl=done == total, err=True)
