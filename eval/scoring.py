"""A stored run scored against its cases; needs no model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.cases import VERSION, Case
from eval.evidence import Place
from eval.metrics import Gold, Score, score
from eval.predictions import Prediction, Run, RunError
from eval.support import dangling
from vectorstore.report import Report


@dataclass(frozen=True, slots=True)
class Scored:
    """One case with its prediction and the verdicts on it.

    `dangling` counts the citations and markers that point nowhere.
    """

    case: Case
    gold: Gold
    prediction: Prediction
    score: Score
    dangling: int


def score_run(run: Run, cases: Iterable[Case], reports: Sequence[Report]) -> list[Scored]:
    """Score every case of a run; one without a prediction, or with a crash, fails.

    Raises:
        RunError: the run was made with another version of the benchmark.
    """
    if run.provenance.benchmark != VERSION:
        raise RunError(
            f"The run was made with the cases of version {run.provenance.benchmark}; "
            f"these are of version {VERSION}. Run it again with: report-qa eval run"
        )
    by_id = {report.id: report for report in reports}
    asked = {case.id: case for case in cases}
    made = {prediction.id: prediction for prediction in run.predictions}
    return [
        score_case(asked[id_], made.get(id_, Prediction(id_, error="no prediction")), by_id)
        for id_ in run.provenance.cases
    ]


def score_case(case: Case, prediction: Prediction, reports: Mapping[str, Report]) -> Scored:
    """Score one prediction."""
    gold = gold_of(case, reports)
    cited = [citation.place for citation in prediction.citations]
    verdict = score(gold, prediction.text, prediction.abstained, cited)
    return Scored(case, gold, prediction, verdict, dangling(prediction, reports))


def gold_of(case: Case, reports: Mapping[str, Report]) -> Gold:
    """Return what the case expects, its quotes resolved to places."""
    return Gold(
        answerable=case.answerable,
        answers=case.answers,
        items=case.items,
        minimum=case.minimum,
        forbidden=case.forbidden,
        evidence=tuple(
            frozenset(_places(reports[evidence.report], evidence.quote))
            for evidence in case.evidence
        ),
        all_evidence=case.evidence_mode == "all",
    )


def _places(report: Report, quote: str) -> Iterator[Place]:
    for passage in report.passages:
        for match in re.finditer(re.escape(quote), passage.text):
            yield Place(report.id, passage.number, *match.span())
