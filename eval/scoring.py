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

    `dangling` counts the citations and markers that point nowhere; `hit_lengths` holds
    the characters of the paragraph of each hit.
    """

    case: Case
    gold: Gold
    prediction: Prediction
    score: Score
    dangling: int
    hit_lengths: tuple[int, ...] = ()

    @property
    def cluster(self) -> str:
        """What is drawn together in resampling: the case's cluster, or the case alone."""
        return self.case.cluster or self.case.id


def score_run(
    run: Run, cases: Iterable[Case], reports: Sequence[Report], version: str = VERSION
) -> list[Scored]:
    """Score every case of a run; one without a prediction, or with a crash, fails.

    Raises:
        RunError: the run was made with another version of the cases, or asked others.
    """
    if run.provenance.benchmark != version:
        raise RunError(
            f"The run was made with the cases of version {run.provenance.benchmark}; "
            f"these are of version {version}. Run it again."
        )
    asked = {case.id: case for case in cases}
    if unknown := [id_ for id_ in run.provenance.cases if id_ not in asked]:
        raise RunError(f"The run has cases that are not asked here: {', '.join(unknown[:5])} …")
    return score_cases([asked[id_] for id_ in run.provenance.cases], run.predictions, reports)


def score_cases(
    cases: Iterable[Case], predictions: Iterable[Prediction], reports: Iterable[Report]
) -> list[Scored]:
    """Score every case; one without a prediction fails."""
    by_id = {report.id: report for report in reports}
    made = {prediction.id: prediction for prediction in predictions}
    return [
        score_case(case, made.get(case.id, Prediction(case.id, error="no prediction")), by_id)
        for case in cases
    ]


def score_case(case: Case, prediction: Prediction, reports: Mapping[str, Report]) -> Scored:
    """Score one prediction."""
    gold = gold_of(case, reports)
    cited = [citation.place for citation in prediction.citations]
    verdict = score(gold, prediction.text, prediction.abstained, cited)
    lengths = tuple(_length(hit.place, reports) for hit in prediction.hits)
    return Scored(case, gold, prediction, verdict, dangling(prediction, reports), lengths)


def _length(place: Place, reports: Mapping[str, Report]) -> int:
    """Return how long a paragraph is; 0 where there is none."""
    report = reports.get(place.report)
    passage = report.passage(place.paragraph) if report else None
    return len(passage.text) if passage else 0


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
