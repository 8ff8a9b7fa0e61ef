"""A scored run as one HTML file that needs nothing else: no script, no other host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval import plots
from eval.abstention import area_under
from eval.attribution import Loss, losses, lost_at
from eval.explain import evidence, expected, reasons
from eval.measures import MEASURES, Measure, MeasureSet
from eval.predictions import Prediction, Provenance, Source
from eval.public.measures import measures_for
from eval.scoring import Scored
from eval.statistics import Estimate
from eval.totals import abstention_f1, cost, curve, latency
from vectorstore.report import Report, Span

_TEMPLATE = "report.html.j2"


@dataclass(frozen=True, slots=True)
class Shown:
    """A citation or hit inside its paragraph: the text before, the quote, the text after."""

    source: Source
    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed case as the error browser shows it; `lost` is the step that failed it."""

    scored: Scored
    lost: Loss | None
    reasons: tuple[str, ...]
    expected: str
    evidence: str
    citations: tuple[Shown, ...]
    hits: tuple[Shown, ...]


Row = tuple[str, int, list[Estimate | None]]


def render(provenance: Provenance, scored: Sequence[Scored], reports: Sequence[Report]) -> str:
    """Return the report of a run; failed cases of a test split are not shown."""
    measures = measures_for(provenance.suite)
    by_id = {report.id: report for report in reports}
    predictions = [each.prediction for each in scored]
    points, times = curve(scored), latency(predictions)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(_TEMPLATE).render(
        provenance=provenance,
        n=len(scored),
        measures=[(measure, measure.estimate(scored)) for measure in measures.all],
        headline=measures.headline,
        headline_plot=plots.headline(scored, measures.headline),
        kinds=list(_by_kind(scored, measures.headline)),
        by_kind=plots.by_kind(scored, measures.decisive),
        decisive=measures.decisive,
        joint=measures is MEASURES,
        curve=plots.error_curve(points) if points else None,
        area=area_under(points),
        abstention_f1=abstention_f1(scored),
        unanswerable=sum(not each.gold.answerable for each in scored) / len(scored),
        latency=times,
        cost=cost(predictions),
        latencies=plots.latencies(predictions) if times else None,
        losses=losses(scored) if measures is MEASURES else (),
        open_errors=provenance.split != "test",
        failures=[_failure(each, by_id, measures) for each in scored if any(reasons(each))],
    )


def _by_kind(scored: Sequence[Scored], measures: Sequence[Measure]) -> list[Row]:
    kinds = sorted({each.case.kind for each in scored})
    rows: list[Row] = []
    for kind in kinds:
        members = [each for each in scored if each.case.kind == kind]
        rows.append((kind, len(members), [measure.estimate(members) for measure in measures]))
    return rows


def _failure(each: Scored, reports: Mapping[str, Report], measures: MeasureSet) -> Failure:
    prediction: Prediction = each.prediction
    return Failure(
        scored=each,
        lost=lost_at(each) if measures is MEASURES else None,
        reasons=tuple(reasons(each)),
        expected=expected(each),
        evidence=evidence(each),
        citations=tuple(_shown(source, reports) for source in prediction.citations),
        hits=tuple(_shown(source, reports) for source in prediction.hits),
    )


def _shown(source: Source, reports: Mapping[str, Report]) -> Shown:
    """Return a source inside its paragraph, or alone where it points nowhere."""
    report = reports.get(source.report)
    passage = report.passage(source.paragraph) if report else None
    span = Span(source.start, source.end)
    if passage is None or span.of(passage.text) != source.quote:
        return Shown(source, "", source.quote, "")
    return Shown(source, passage.text[: span.start], source.quote, passage.text[span.end :])
