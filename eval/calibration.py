"""How the threshold of abstention was chosen: `make calibrate`.

Every threshold is tried on the development split alone. Coverage is the share of
all cases that are answered, error the share of those answers that are not to be
trusted (wrong, with a forbidden figure, wrongly cited, or given where the report has
none). Only `enough` is tried here, over the built-in report, with the cases of
`data/development` added: questions in everyday words and near misses, written by people
who had not seen the system, and kept for development alone. The thresholds were chosen
with the lexicon as it was before these cases had been read, so that they fit questions
whose words no list foresees; with today's lexicon the same cases flatter. The share of
trusted answers is highest at the threshold in force; below it more is answered that the
report does not say, above it more is refused that it does.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.cases import DATA, Case, load_cases
from eval.run import as_prediction
from eval.scoring import score_case
from qa import ReportQA, Turn
from qa.settings import Settings
from qa.thresholds import Thresholds
from vectorstore.embedding import open_embedder
from vectorstore.reading import builtin_path, read_report
from vectorstore.report import Report
from vectorstore.retriever import Retriever
from vectorstore.store import PassageStore

_TRIED = tuple(round(0.2 + 0.1 * step, 2) for step in range(8))


@dataclass(frozen=True, slots=True)
class Trial:
    """What one threshold gives: shares in [0, 1]."""

    enough: float
    coverage: float
    error: float
    trusted: float


def try_threshold(
    enough: float, retriever: Retriever, cases: Sequence[Case], report: Report
) -> Trial:
    """Answer every case with one threshold."""
    system = ReportQA(retriever, replace(Thresholds(), enough=enough))
    answered = trusted = wrong = 0
    for case in cases:
        history = [Turn(turn.role, turn.content) for turn in case.history]
        found = as_prediction(case.id, system.ask(case.question, history))
        verdict = score_case(case, found, {report.id: report}).score
        answered += not found.abstained
        wrong += not found.abstained and not verdict.trusted
        trusted += verdict.trusted
    n = len(cases)
    return Trial(enough, answered / n, wrong / answered if answered else 0.0, trusted / n)


def draw(trials: Sequence[Trial], in_force: float, path: Path) -> None:
    """Plot error against coverage, each threshold a point."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([t.coverage for t in trials], [t.error for t in trials], marker="o")
    for trial in trials:
        bold = "bold" if abs(trial.enough - in_force) < 0.001 else "normal"
        axes.annotate(f"{trial.enough:.2f}", (trial.coverage, trial.error), weight=bold)
    axes.set(xlabel="coverage", ylabel="error among the answers", ylim=(0, None))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def main() -> None:
    """Try the thresholds, print them, draw the curve."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--plot", type=Path, default=Path("runs/calibration.png"))
    plot = parser.parse_args().plot
    settings, report = Settings(), read_report(builtin_path())
    store = PassageStore.open(
        settings.data_dir / "benchmark" / report.id, open_embedder(settings.embedding_model)
    )
    store.add([report])
    known = (*load_cases("dev"), *load_cases(folder=DATA / "development"))
    cases = [case for case in known if case.index == (report.id,)]
    in_force = Thresholds().enough
    tried = sorted({*_TRIED, in_force})
    trials = [try_threshold(enough, Retriever(store), cases, report) for enough in tried]
    print(f"development split, n = {len(cases)}\nenough  coverage   error  trusted")
    for trial in trials:
        mark = "  in force" if trial.enough == in_force else ""
        print(
            f"{trial.enough:6.2f}  {trial.coverage:8.1%} {trial.error:7.1%} {trial.trusted:8.1%}{mark}"
        )
    draw(trials, in_force, plot)
    print(f"Plot: {plot}")


if __name__ == "__main__":
    main()
