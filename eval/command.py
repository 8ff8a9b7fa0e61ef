"""`report-qa eval`: run suites, look at runs, compare them, guard against losses."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from eval.suites import Suite

app = typer.Typer(
    help="Measure the answers on question sets with known answers.", no_args_is_help=True
)

RunFile = Annotated[Path, typer.Argument(help="A run file.")]
System = Annotated[
    str,
    typer.Option(
        help="extractive, bm25 or langchain-tutorial; with the model of the settings, "
        "llm or langchain-tutorial-llm."
    ),
]
Limit = Annotated[int | None, typer.Option(help="Only so many cases.", min=1)]
Sample = Annotated[
    int | None, typer.Option(help="Only so many cases, drawn blindly, always the same.", min=1)
]
Cached = Annotated[
    bool, typer.Option("--cached", help="Take from the cache what a model replied before.")
]
Output = Annotated[Path | None, typer.Option(help="The run file; an unfinished one is completed.")]
Folder = Annotated[
    Path | None,
    typer.Option("--reports", "--data", help="Where the reports or the public sets lie."),
]


@app.callback()
def main() -> None:
    """Measure the answers on question sets with known answers."""


@app.command()
def run(
    split: Annotated[str, typer.Option(help="dev or test; choose nothing by test.")] = "dev",
    system: System = "extractive",
    kinds: Annotated[str, typer.Option(help="Only these kinds, separated by commas.")] = "",
    limit: Limit = None,
    sample: Sample = None,
    cached: Cached = False,
    output: Output = None,
    reports: Annotated[
        Path | None,
        typer.Option(help="Ask a library of reports that lie in this folder, not the benchmark."),
    ] = None,
    library: Annotated[
        str, typer.Option(help="Which library: provinces-2025 or library-2026.")
    ] = "provinces-2025",
) -> None:
    """Ask every case of a split, keep the predictions, print the scores."""
    from dataclasses import replace

    from eval.asking import open_suite
    from eval.cases import sampled
    from eval.suites import BENCHMARK

    if split not in ("dev", "test"):
        raise typer.BadParameter("expected dev or test", param_hint="--split")
    suite = open_suite(library if reports else BENCHMARK, reports, split)
    wanted = frozenset(filter(None, kinds.split(",")))
    cases = tuple(case for case in suite.cases if not wanted or case.kind in wanted)[:limit]
    cases = sampled(cases, sample) if sample else cases
    if not cases:
        raise typer.BadParameter(f"no case of {split} has one of these kinds", param_hint="--kinds")
    name = f"{system}-{split}" if suite.name == BENCHMARK else f"{system}-{suite.name}-{split}"
    suite = replace(suite, cases=cases)
    _run(system, split, suite, output or _new_output(name), cached=cached)


@app.command()
def public(
    data: Annotated[Path, typer.Option(help="The folder with the files of the sets.")],
    set_name: Annotated[
        str, typer.Option("--set", help="cmrc2018, drcd, nomiracl or dragonball.")
    ] = "cmrc2018",
    system: System = "extractive",
    limit: Limit = None,
    output: Output = None,
) -> None:
    """Ask a public set, whose files are not part of the package; print its own measures."""
    from eval.asking import open_suite
    from eval.public.sets import SETS

    if set_name not in SETS:
        raise typer.BadParameter(f"expected one of {', '.join(SETS)}", param_hint="--set")
    suite = open_suite(set_name, data, limit=limit)
    _run(system, "public", suite, output or _new_output(f"{system}-{set_name}"))


@app.command()
def score(path: RunFile, folder: Folder = None) -> None:
    """Score a stored run again and print the scores; needs no model."""
    from eval.asking import scored
    from eval.text_report import render

    stored, _, found = scored(path, folder)
    typer.echo(render(stored.provenance, found), nl=False)


@app.command()
def compare(before: RunFile, after: RunFile, folder: Folder = None) -> None:
    """Compare two stored runs over the same cases, case by case."""
    from eval import comparison
    from eval.asking import scored
    from eval.public.measures import measures_for

    (stored, _, was), (_, _, now) = scored(before, folder), scored(after, folder)
    found = comparison.compare(was, now, measures_for(stored.provenance.suite))
    typer.echo(comparison.render(found), nl=False)


@app.command()
def report(
    path: RunFile,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="By default beside the run.")
    ] = None,
    folder: Folder = None,
) -> None:
    """Write a stored run as one self-contained HTML file."""
    from eval import html_report
    from eval.asking import scored

    stored, suite, found = scored(path, folder)
    output = output or path.with_suffix(".html")
    output.write_text(html_report.render(stored.provenance, found, suite.reports), "utf-8")
    typer.echo(f"Report: {output}")


@app.command()
def gate(
    update: Annotated[
        bool, typer.Option("--update", help="Make this run the new baseline.")
    ] = False,
) -> None:
    """Ask a fixed part of the development cases; fail on a significant loss."""
    from dataclasses import replace

    from eval.asking import ask, score_stored
    from eval.gate import BASELINE, gate_cases, judge, renewed
    from eval.predictions import read_run
    from eval.suites import benchmark
    from qa.settings import Settings

    suite = benchmark("dev")
    suite = replace(suite, cases=gate_cases(suite.cases))
    # Read first: a missing or outdated baseline is told before the cases are asked.
    baseline = None if update else score_stored(read_run(BASELINE), suite)
    output = _new_output("gate")
    made = ask("extractive", "dev", suite, output, Settings(model=""))
    now = score_stored(made, suite)
    if baseline is None:
        typer.echo(renewed(BASELINE, suite, now), nl=False)
        BASELINE.write_bytes(output.read_bytes())
        typer.echo(f"Baseline: {BASELINE}")
        return
    verdict = judge(baseline, now)
    typer.echo(str(verdict))
    raise typer.Exit(0 if verdict.passed else 1)


@app.command()
def table(
    paths: Annotated[list[Path], typer.Argument(help="Run files, one for each system.")],
    readme: Annotated[Path, typer.Option(help="The file that holds the table.")] = Path(
        "README.md"
    ),
    name: Annotated[
        str, typer.Option(help="The name in the markers, if not that of the suite.")
    ] = "",
    folder: Folder = None,
) -> None:
    """Rewrite a table of results between its markers, over the cases that all runs were asked."""
    from eval.asking import scored
    from eval.results_table import rewrite

    runs = [(stored.provenance, found) for stored, _, found in (scored(p, folder) for p in paths)]
    readme.write_text(rewrite(readme.read_text("utf-8"), runs, name), "utf-8")
    typer.echo(f"{readme}: {len(runs)} systems")


def _new_output(name: str) -> Path:
    return Path("runs") / f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl"


def _run(system: str, split: str, suite: Suite, output: Path, *, cached: bool = False) -> None:
    """Ask a suite, then print the scores."""
    from eval.asking import ask, score_stored
    from eval.systems import NAMES
    from eval.text_report import render
    from qa.settings import Settings

    if system not in NAMES:
        raise typer.BadParameter(f"expected one of {', '.join(NAMES)}", param_hint="--system")
    typer.echo(f"Predictions: {output}", err=True)
    made = ask(system, split, suite, output, Settings(answer_cache=cached))
    typer.echo(render(made.provenance, score_stored(made, suite)), nl=False)
