"""A scored run as plain text: the headline, a table by kind, the failed cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.abstention import area_under
from eval.attribution import losses, lost_at
from eval.explain import evidence, expected, paragraphs, reasons
from eval.measures import MEASURES, MeasureSet
from eval.predictions import Provenance
from eval.public.measures import measures_for
from eval.scoring import Scored
from eval.totals import abstention_f1, cost, curve, latency


def render(provenance: Provenance, scored: Sequence[Scored]) -> str:
    """Return the whole report; failed cases are listed of the development split only."""
    measures = measures_for(provenance.suite)
    lines = [*_summary(provenance, scored, measures), "", *_by_kind(scored, measures)]
    if provenance.split == "dev":
        failed = [each for each in scored if list(reasons(each))]
        lines += ["", f"Failed: {len(failed)} of {len(scored)}"]
        for each in failed:
            lines += ["", *_failure(each)]
    return "\n".join(lines) + "\n"


def _summary(
    provenance: Provenance, scored: Sequence[Scored], measures: MeasureSet
) -> Iterator[str]:
    yield (
        f"{provenance.system}, split {provenance.split}, cases {provenance.benchmark}, "
        f"{len(scored)} asked, {provenance.embedding_model}; mean [95 % interval], n"
    )
    for measure in measures.all:
        found = measure.estimate(scored)
        if found is not None:
            yield f"  {measure.name:<26}{found!s:>22}{found.n:>6}"
    for name, value in (
        ("abstention F1", abstention_f1(scored)),
        ("area under error/coverage", area_under(curve(scored)) if measures is MEASURES else None),
    ):
        if value is not None:
            yield f"  {name:<26}{value:>22.3f}"
    if measures is MEASURES:
        share = sum(not each.gold.answerable for each in scored) / len(scored)
        yield (
            f"  trusted at best: {share:.1%} by always abstaining, {1 - share:.1%} by never abstaining"
        )
    times = latency(each.prediction for each in scored)
    if times is not None:
        yield f"  {'seconds, p50 and p95':<26}{times.p50:>12.3f}{times.p95:>10.3f}{times.n:>6}"
        yield f"  {'p50 of ratio to embedding':<26}{times.ratio:>22.2f}"
    took = cost(each.prediction for each in scored)
    if took is not None:
        yield f"  model {provenance.model}, prompts {' '.join(provenance.prompts)}: {took.n} answers,"
        yield (
            f"    {took.tokens_in:.0f} tokens in and {took.tokens_out:.0f} out in {took.calls:.2f} calls,"
            f" first token after {took.first_token:.2f} s, {took.own_words:.1%} in its own words"
        )
    if measures is MEASURES and (lost := losses(scored)):
        yield "  lost: " + ", ".join(f"{step} {count}" for step, count in lost)
    elif crashed := sum(each.prediction.error is not None for each in scored):
        yield f"  {'crashed or missing':<26}{crashed:>22}"


def _by_kind(scored: Sequence[Scored], measures: MeasureSet) -> Iterator[str]:
    kinds = sorted({each.case.kind for each in scored})
    width = max([len("kind"), *map(len, kinds)]) + 2
    names = [measure.name[:16] for measure in measures.headline]
    yield f"{'kind':<{width}}{'n':>4}" + "".join(f"{name:>18}" for name in names)
    for kind in kinds:
        members = [each for each in scored if each.case.kind == kind]
        shares = [measure.estimate(members) for measure in measures.headline]
        cells = "".join(f"{share.mean:>18.1%}" if share else f"{'—':>18}" for share in shares)
        yield f"{kind:<{width}}{len(members):>4}{cells}"


def _failure(each: Scored) -> Iterator[str]:
    case, prediction = each.case, each.prediction
    yield f"[{case.id}] {case.kind}, {lost_at(each) or 'trusted'}: {'; '.join(reasons(each))}"
    for turn in case.history:
        yield f"    {turn.role}: {turn.content}"
    yield f"    question   {case.question}"
    yield f"    gold       {expected(each)}"
    if case.forbidden:
        yield f"    forbidden  {' | '.join(case.forbidden)}"
    yield f"    answer     {prediction.text or prediction.error or ''}"
    cited = paragraphs(citation.place for citation in prediction.citations)
    yield f"    paragraphs cited {cited}, gold {evidence(each)}"
