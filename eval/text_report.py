"""A scored run as plain text: the headline, a table by kind, the failed cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.run import HEADLINE, Provenance, Scored, median_times

_COLUMNS = ("right", "strict", "cited", "abst.", "false a.", "trusted")


def render(provenance: Provenance, scored: Sequence[Scored], *, failures: bool) -> str:
    """Return the whole report; `failures` lists the failed cases one by one."""
    lines = [*_headline(provenance, scored), "", *_by_kind(scored)]
    if failures:
        failed = [each for each in scored if each.score.failures]
        lines += ["", f"Failed: {len(failed)} of {len(scored)}"]
        for each in failed:
            lines += ["", *_failure(each)]
    return "\n".join(lines) + "\n"


def _headline(provenance: Provenance, scored: Sequence[Scored]) -> Iterator[str]:
    yield (
        f"{provenance.system}, split {provenance.split}, {provenance.benchmark}, "
        f"{len(scored)} cases, {provenance.embedding_model}"
    )
    scores = [each.score for each in scored]
    for name, measure in HEADLINE.items():
        share = measure(scores)
        yield f"  {name:<26}{share}  ({share.passed}/{share.n})"
    times = median_times(each.prediction for each in scored)
    if times is not None:
        seconds, ratio = times
        yield f"  {'median seconds':<26}{seconds:6.3f}"
        yield f"  {'median ratio to embedding':<26}{ratio:6.2f}"
    crashed = sum(each.prediction.error is not None for each in scored)
    if crashed:
        yield f"  {'crashed or missing':<26}{crashed:6d}"


def _by_kind(scored: Sequence[Scored]) -> Iterator[str]:
    kinds = sorted({each.case.kind for each in scored})
    width = max([len("kind"), *map(len, kinds)]) + 2
    yield f"{'kind':<{width}}{'n':>4}" + "".join(f"{name:>10}" for name in _COLUMNS)
    for kind in kinds:
        scores = [each.score for each in scored if each.case.kind == kind]
        shares = "".join(f"{measure(scores)!s:>10}" for measure in HEADLINE.values())
        yield f"{kind:<{width}}{len(scores):>4}{shares}"


def _failure(each: Scored) -> Iterator[str]:
    case, prediction = each.case, each.prediction
    yield f"[{case.id}] {case.kind}: {', '.join(each.score.failures)}"
    for turn in case.history:
        yield f"    {turn.role}: {turn.content}"
    yield f"    question   {case.question}"
    yield f"    gold       {gold_text(each)}"
    if case.forbidden:
        yield f"    forbidden  {' | '.join(case.forbidden)}"
    yield f"    answer     {prediction.text or prediction.error or ''}"
    yield f"    paragraphs cited {_cited(each)}, gold {_gold_places(each)}"


def gold_text(each: Scored) -> str:
    """Return what the case expects, in one line."""
    if not each.gold.answerable:
        return f"no answer ({each.case.near_miss or 'not mentioned'})"
    if each.gold.items:
        items = "; ".join("|".join(aliases) for aliases in each.gold.items)
        return f"at least {each.gold.minimum} of: {items}"
    return " | ".join(each.gold.answers)


def _cited(each: Scored) -> str:
    places = dict.fromkeys((s.report, s.paragraph) for s in each.prediction.citations)
    return " ".join(f"¶{number}" for _, number in places) or "none"


def _gold_places(each: Scored) -> str:
    joint = " and " if each.gold.all_evidence else " or "
    return (
        joint.join("/".join(f"¶{n}" for _, n in sorted(places)) for places in each.gold.paragraphs)
        or "none"
    )
