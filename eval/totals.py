"""The numbers of a whole run that are no mean over its cases: time, cost, curve, F1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.abstention import CurvePoint, coverage_error, f1
from eval.predictions import Prediction
from eval.scoring import Scored
from eval.statistics import percentile


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds an answer took, and its median as a multiple of embedding the question."""

    p50: float
    p95: float
    ratio: float
    n: int


def latency(predictions: Iterable[Prediction]) -> Latency | None:
    """Return the latency over the predictions that did not crash, or `None` of none.

    Nor is there one where replies of a language model came from the cache: what is left
    would be the answers without a model.
    """
    timed = [p for p in predictions if p.embedding_seconds > 0]
    if not timed or any(p.generation and p.generation.cached for p in timed):
        return None
    seconds = [p.seconds for p in timed]
    ratios = [p.seconds / p.embedding_seconds for p in timed]
    return Latency(
        percentile(seconds, 0.5), percentile(seconds, 0.95), percentile(ratios, 0.5), len(timed)
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """What a language model took: means over the `n` answers it was asked for.

    Replies from the cache are no calls and took nothing. `first_token` is the median time
    to the first text of the others, in seconds, 0 if there are none; `own_words` the
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
    waited = [took.first_token for _, took in asked if not took.cached]
    return Cost(
        n=n,
        calls=sum(took.calls for _, took in asked) / n,
        tokens_in=sum(took.tokens_in for _, took in asked) / n,
        tokens_out=sum(took.tokens_out for _, took in asked) / n,
        first_token=percentile(waited, 0.5) if waited else 0.0,
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
