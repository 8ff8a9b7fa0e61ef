"""The tables of results in the README, each rewritten from stored runs of one suite."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eval.predictions import Provenance, RunError
from eval.public.measures import measures_for
from eval.scoring import Scored
from eval.statistics import Estimate
from eval.totals import latency

ScoredRun = tuple[Provenance, Sequence[Scored]]


def markers(suite: str) -> tuple[str, str]:
    """Return what stands before and after the table of a suite."""
    return f"<!-- results of {suite}: begin -->", f"<!-- results of {suite}: end -->"


def rewrite(readme: str, runs: Sequence[ScoredRun]) -> str:
    """Return the README with the table of these runs between the markers of their suite.

    Raises:
        RunError: the markers are missing, or the runs are not of the same cases.
    """
    table = "\n".join(_lines(runs))
    begin, end = markers(runs[0][0].suite)
    pattern = re.compile(rf"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    written, count = pattern.subn(lambda _: f"{begin}\n{table}\n{end}", readme)
    if count != 1:
        raise RunError(f"Expected the markers {begin} and {end} once; found them {count} times.")
    return written


def _lines(runs: Sequence[ScoredRun]) -> Iterator[str]:
    (first, _), *others = runs
    for other, _ in others:
        if (other.split, other.benchmark, other.cases) != (
            first.split,
            first.benchmark,
            first.cases,
        ):
            raise RunError("The runs are of different cases; expected the same for each system.")
    yield (
        f"Split `{first.split}`, cases {first.benchmark}, embedding model "
        f"`{first.embedding_model}`. Means in % with 95 % bootstrap intervals; time is the median "
        "multiple of embedding the question."
    )
    yield ""
    headline = measures_for(first.suite).headline
    rows = [[measure.estimate(scored) for measure in headline] for _, scored in runs]
    names = (
        f"{measure.name} (n = {found.n if found else 0})"
        for measure, found in zip(headline, rows[0], strict=True)
    )
    yield f"| system | {' | '.join(names)} | time |"
    yield "|---|" + "---:|" * (len(headline) + 1)
    for (provenance, scored), row in zip(runs, rows, strict=True):
        times = latency(each.prediction for each in scored)
        time = f"× {times.ratio:.1f}" if times else "—"
        name = f"{provenance.system}, {provenance.model}" if provenance.model else provenance.system
        yield f"| {name} | {' | '.join(map(_cell, row))} | {time} |"


def _cell(found: Estimate | None) -> str:
    if found is None:
        return "—"
    return f"{100 * found.mean:.1f} ({100 * found.low:.0f}–{100 * found.high:.0f})"
