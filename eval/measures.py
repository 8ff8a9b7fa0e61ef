"""The numbers of a run: each measure gives a value to a case, or none where it says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.evidence import Place, overlap, precision, recall, same_paragraph
from eval.metrics import list_recall, without_markers
from eval.retrieval import ir_value, named, of_units
from eval.scoring import Scored
from eval.short_answer import character_f1, exact_match
from eval.statistics import Estimate, estimate
from eval.support import support

Value = Callable[[Scored], float | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: its name, what it says, and its value on one case (`None`: does not count).

    `verdict` marks those whose values are 0 or 1 only.
    """

    name: str
    about: str
    of: Value
    verdict: bool = True
    lower_is_better: bool = False

    def estimate(self, scored: Iterable[Scored]) -> Estimate | None:
        """Return the mean over the cases that count, with its interval."""
        counted = [(value, each.cluster) for each in scored if (value := self.of(each)) is not None]
        return estimate([value for value, _ in counted], [cluster for _, cluster in counted])


@dataclass(frozen=True, slots=True)
class MeasureSet:
    """The measures of a suite: those told for every kind, the others, and the deciding one."""

    headline: tuple[Measure, ...]
    detail: tuple[Measure, ...]
    decisive: Measure

    @property
    def all(self) -> tuple[Measure, ...]:
        """All of them, the headline first."""
        return self.headline + self.detail


def answerable(of: Value) -> Value:
    """Let a measure speak of the answerable cases only."""
    return lambda scored: of(scored) if scored.gold.answerable else None


def with_evidence(of: Value) -> Value:
    """Let a measure speak only of the answerable cases that have evidence."""
    return answerable(lambda scored: of(scored) if scored.gold.evidence else None)


def answered(of: Value) -> Value:
    """Let a measure speak only of the cases that have evidence, and were answered."""
    return with_evidence(lambda scored: None if scored.prediction.abstained else of(scored))


def in_hits(k: int) -> Value:
    """Return whether the hits of rank `k` or better hold a paragraph of every unit."""

    def found(scored: Scored) -> float:
        places = [hit.place for hit in scored.prediction.hits if hit.number <= k]
        return float(recall(scored.gold.units, places, same_paragraph) == 1)

    return with_evidence(found)


def ranked(measure: str) -> Value:
    """Return an IR measure of the hits against the units of evidence."""

    def value(scored: Scored) -> float:
        units = [{p.address for p in unit} for unit in scored.gold.units]
        hits = scored.prediction.hits
        ranking = [
            {hit.place.address for hit in hits if hit.number == rank}
            for rank in range(1, max((hit.number for hit in hits), default=0) + 1)
        ]
        return ir_value(measure, tuple(named(units)), of_units(ranking, units))

    return with_evidence(value)


def short(metric: Callable[[str, Sequence[str]], float]) -> Value:
    """Return a metric of short answers: of the text against the references, 0 for a refusal."""

    def value(scored: Scored) -> float | None:
        if not scored.gold.answers:
            return None
        given = "" if scored.prediction.abstained else without_markers(scored.prediction.text)
        return metric(given, scored.gold.answers)

    return value


def _list_recall(scored: Scored) -> float | None:
    if not scored.gold.items:
        return None
    return (
        0.0
        if scored.prediction.abstained
        else list_recall(scored.prediction.text, scored.gold.items)
    )


def _cited(scored: Scored) -> list[Place]:
    return [] if scored.prediction.abstained else [c.place for c in scored.prediction.citations]


TRUSTED = Measure(
    "trusted",
    "strict and cited, or no answer where there is none",
    lambda s: float(s.score.trusted),
)
HEADLINE = (
    Measure("right", "states an accepted answer, or enough of the items",
            answerable(lambda s: float(s.score.right))),
    Measure("strict", "right, and states nothing forbidden",
            answerable(lambda s: float(s.score.strict))),
    Measure("cited", "cites a paragraph that proves it", answerable(lambda s: float(s.score.cited))),
    Measure("abstained on unanswerable", "recall of abstention",
            lambda s: None if s.gold.answerable else float(s.score.abstained)),
    Measure("false abstentions", "no answer where there is one",
            answerable(lambda s: float(s.score.abstained)), lower_is_better=True),
    TRUSTED,
)  # fmt: skip
DETAIL = (
    Measure("abstention precision", "abstentions that were due",
            lambda s: float(not s.gold.answerable) if s.score.abstained else None),
    Measure("exact match", "the answer is the reference (CMRC 2018)", short(exact_match)),
    Measure("character F1", "longest common run with the reference (CMRC 2018)",
            short(character_f1), verdict=False),
    Measure("list recall", "share of the items stated", _list_recall, verdict=False),
    Measure("paragraph precision", "citations in a paragraph that proves it",
            answered(lambda s: precision(s.gold.units, _cited(s), same_paragraph)), verdict=False),
    Measure("paragraph recall", "evidence whose paragraph is cited",
            with_evidence(lambda s: recall(s.gold.units, _cited(s), same_paragraph)), verdict=False),
    Measure("sentence precision", "citations that overlap the proving quote",
            answered(lambda s: precision(s.gold.units, _cited(s), overlap)), verdict=False),
    Measure("sentence recall", "evidence whose quote is cited",
            with_evidence(lambda s: recall(s.gold.units, _cited(s), overlap)), verdict=False),
    Measure("support", "claims whose every amount is in a cited sentence",
            lambda s: support(s.prediction), verdict=False),
    Measure("dangling citations", "answers with a citation or marker that points nowhere",
            lambda s: float(s.dangling > 0), lower_is_better=True),
    Measure("evidence in hit 1", "the first hit has the evidence", in_hits(1)),
    Measure("evidence in 5 hits", "the first five hits have all the evidence", in_hits(5)),
    Measure("evidence in 10 hits", "the first ten hits have all the evidence", in_hits(10)),
    Measure("MRR@10", "one by the rank of the first hit with evidence", ranked("RR@10"),
            verdict=False),
    Measure("nDCG@10", "evidence in the hits, less the lower it ranks", ranked("nDCG@10"),
            verdict=False),
)  # fmt: skip
MEASURES = MeasureSet(HEADLINE, DETAIL, TRUSTED)
