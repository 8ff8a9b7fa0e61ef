"""The numbers of a run: each measure gives a value to a case, or none where it says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.abstention import CurvePoint, coverage_error, f1
from eval.evidence import Place, overlap, precision, recall, same_paragraph
from eval.metrics import list_recall, without_markers
from eval.predictions import Prediction
from eval.scoring import Scored
from eval.short_answer import character_f1, exact_match
from eval.statistics import Estimate, estimate, percentile
from eval.support import support


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: its name, what it says, and its value on one case (`None`: does not count).

    `verdict` marks those whose values are 0 or 1 only.
    """

    name: str
    about: str
    of: Callable[[Scored], float | None]
    verdict: bool = True
    lower_is_better: bool = False

    def estimate(self, scored: Iterable[Scored]) -> Estimate | None:
        """Return the mean over the cases that count, with its interval."""
        return estimate([value for each in scored if (value := self.of(each)) is not None])


def _answerable(of: Callable[[Scored], float | None]) -> Callable[[Scored], float | None]:
    return lambda scored: of(scored) if scored.gold.answerable else None


def _answered(of: Callable[[Scored], float | None]) -> Callable[[Scored], float | None]:
    return _answerable(lambda scored: None if scored.prediction.abstained else of(scored))


def _in_hits(k: int) -> Callable[[Scored], float | None]:
    """Return whether the hits of rank `k` or better hold a paragraph of every unit."""

    def found(scored: Scored) -> float:
        places = [hit.place for hit in scored.prediction.hits if hit.number <= k]
        return float(recall(scored.gold.units, places, same_paragraph) == 1)

    return _answerable(found)


def _short(metric: Callable[[str, Sequence[str]], float]) -> Callable[[Scored], float | None]:
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
            _answerable(lambda s: float(s.score.right))),
    Measure("strict", "right, and states nothing forbidden",
            _answerable(lambda s: float(s.score.strict))),
    Measure("cited", "cites a paragraph that proves it", _answerable(lambda s: float(s.score.cited))),
    Measure("abstained on unanswerable", "recall of abstention",
            lambda s: None if s.gold.answerable else float(s.score.abstained)),
    Measure("false abstentions", "no answer where there is one",
            _answerable(lambda s: float(s.score.abstained)), lower_is_better=True),
    TRUSTED,
)  # fmt: skip
DETAIL = (
    Measure("abstention precision", "abstentions that were due",
            lambda s: float(not s.gold.answerable) if s.score.abstained else None),
    Measure("exact match", "the answer is the reference (CMRC 2018)", _short(exact_match)),
    Measure("character F1", "longest common run with the reference (CMRC 2018)",
            _short(character_f1), verdict=False),
    Measure("list recall", "share of the items stated", _list_recall, verdict=False),
    Measure("paragraph precision", "citations in a paragraph that proves it",
            _answered(lambda s: precision(s.gold.units, _cited(s), same_paragraph)), verdict=False),
    Measure("paragraph recall", "evidence whose paragraph is cited",
            _answerable(lambda s: recall(s.gold.units, _cited(s), same_paragraph)), verdict=False),
    Measure("sentence precision", "citations that overlap the proving quote",
            _answered(lambda s: precision(s.gold.units, _cited(s), overlap)), verdict=False),
    Measure("sentence recall", "evidence whose quote is cited",
            _answerable(lambda s: recall(s.gold.units, _cited(s), overlap)), verdict=False),
    Measure("support", "claims whose every amount is in a cited sentence",
            lambda s: support(s.prediction), verdict=False),
    Measure("dangling citations", "answers with a citation or marker that points nowhere",
            lambda s: float(s.dangling > 0), lower_is_better=True),
    Measure("evidence in hit 1", "the first hit has the evidence", _in_hits(1)),
    Measure("evidence in 5 hits", "the first five hits have all the evidence", _in_hits(5)),
    Measure("evidence in 10 hits", "the first ten hits have all the evidence", _in_hits(10)),
)  # fmt: skip
MEASURES = HEADLINE + DETAIL


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds an answer took, and its median as a multiple of embedding the question."""

    p50: float
    p95: float
    ratio: float
    n: int


def latency(predictions: Iterable[Prediction]) -> Latency | None:
    """Return the latency over the predictions that did not crash, or `None` of none."""
    timed = [p for p in predictions if p.embedding_seconds > 0]
    if not timed:
        return None
    seconds = [p.seconds for p in timed]
    ratios = [p.seconds / p.embedding_seconds for p in timed]
    return Latency(
        percentile(seconds, 0.5), percentile(seconds, 0.95), percentile(ratios, 0.5), len(timed)
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """What a language model took: means over the `n` answers it was asked for.

    `first_token` is the median time to the first text, in seconds; `own_words` the
    share of these answers that are the model's alone, without our stepping in.
    """

    n: int
    calls: float
    tokens_in: float
    tokens_out: float
    first_token: float
    own_words: float


def cost(predictions: Iterable[Prediction]) -> Cost | None:
    """Return what the model took, or `None` where none was asked."""
    asked = [(p, p.generation) for p in predictions if p.generation]
    if not asked:
        return None
    n = len(asked)
    return Cost(
        n=n,
        calls=sum(took.calls for _, took in asked) / n,
        tokens_in=sum(took.tokens_in for _, took in asked) / n,
        tokens_out=sum(took.tokens_out for _, took in asked) / n,
        first_token=percentile([took.first_token for _, took in asked], 0.5),
        own_words=sum(not p.note for p, _ in asked) / n,
    )


def curve(scored: Sequence[Scored]) -> list[CurvePoint]:
    """Return the error (not trusted) against the coverage of the answers of a run."""
    answered = [
        (each.prediction.confidence, not each.score.trusted)
        for each in scored
        if not each.score.abstained
    ]
    return coverage_error(answered, len(scored))


def abstention_f1(scored: Sequence[Scored]) -> float | None:
    """Return the F1 of abstaining where there is no answer, or `None` if all can be answered."""
    refused = [each.score.abstained for each in scored if not each.gold.answerable]
    due, given = sum(refused), sum(each.score.abstained for each in scored)
    if not refused:
        return None
    return f1(due / given if given else 0.0, due / len(refused))
