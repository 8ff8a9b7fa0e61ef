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


def markers(name: str) -> tuple[str, str]:
    """Return what stands before and after the table of a name."""
    return f"<!-- results of {name}: begin -->", f"<!-- results of {name}: end -->"


def rewrite(readme: str, runs: Sequence[ScoredRun], name: str = "") -> str:
    """Return the README with the table of these runs between the markers of a name.

    The name is that of their suite, unless another is given. Only the cases that all
    the runs were asked count, so that a slow system can be set beside others on a part.

    Raises:
        RunError: the markers are missing, or the runs have no cases in common.
    """
    table = "\n".join(_lines(_on_common_cases(runs)))
    begin, end = markers(name or runs[0][0].suite)
    pattern = re.compile(rf"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    written, count = pattern.subn(lambda _: f"{begin}\n{table}\n{end}", readme)
    if count != 1:
        raise RunError(f"Expected the markers {begin} and {end} once; found them {count} times.")
    return written


def _on_common_cases(runs: Sequence[ScoredRun]) -> list[ScoredRun]:
    """Return the runs with the cases that all of them were asked."""
    common = set.intersection(*(set(provenance.cases) for provenance, _ in runs))
    if len({(run.suite, run.split, run.benchmark) for run, _ in runs}) > 1 or not common:
        raise RunError("The runs are of different cases; expected the same for each system.")
    return [(run, [each for each in scored if each.case.id in common]) for run, scored in runs]


def _lines(runs: Sequence[ScoredRun]) -> Iterator[str]:
    first, asked = runs[0]
    yield (
        f"Split `{first.split}`, {len(asked)} cases of {first.benchmark}, embedding model "
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
