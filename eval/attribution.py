"""Where a case was lost: the first step of the pipeline that failed it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from eval.evidence import recall, same_paragraph
from eval.metrics import is_cited
from eval.scoring import Scored
from eval.support import support

# What is past this rank is hardly read: by people, and by pipelines that hand on a few.
READ = 5


class Loss(StrEnum):
    """The steps at which a case can be lost, in the order in which they are looked at."""

    CRASHED = "crashed"
    UNDUE_ANSWER = "wrong answer on unanswerable"
    NOT_RETRIEVED = "not retrieved"
    RANKED_OUT = "ranked out"
    REFUSED = "wrong refusal"
    UNREAD = "in the hits, unread"
    UNSUPPORTED = "answered without support"
    MISREAD = "read, told wrongly"


def lost_at(scored: Scored) -> Loss | None:
    """Return where an untrusted case was lost; `None` if it can be trusted.

    Of the answerable: evidence that is in no hit, or past the fifth, was lost by search;
    then come a refusal, an answer that cites other paragraphs, one with an amount that
    its citations do not have, and one that cites the right paragraph and is still wrong.
    """
    if scored.prediction.error is not None:
        return Loss.CRASHED
    if scored.score.trusted:
        return None
    if not scored.gold.answerable:
        return Loss.UNDUE_ANSWER
    if not _found(scored, max((hit.number for hit in scored.prediction.hits), default=0)):
        return Loss.NOT_RETRIEVED
    if not _found(scored, READ):
        return Loss.RANKED_OUT
    if scored.score.abstained:
        return Loss.REFUSED
    if not is_cited(scored.gold, [citation.place for citation in scored.prediction.citations]):
        return Loss.UNREAD
    supported = support(scored.prediction)
    if scored.dangling or (supported is not None and supported < 1):
        return Loss.UNSUPPORTED
    return Loss.MISREAD


def _found(scored: Scored, depth: int) -> bool:
    """Tell whether the hits down to a rank hold a paragraph of every unit of evidence."""
    places = [hit.place for hit in scored.prediction.hits if hit.number <= depth]
    return not scored.gold.units or recall(scored.gold.units, places, same_paragraph) == 1


def losses(scored: Iterable[Scored]) -> list[tuple[Loss, int]]:
    """Return how many cases were lost at each step, in the order of the steps."""
    counts = Counter(lost_at(each) for each in scored)
    return [(loss, counts[loss]) for loss in Loss if counts[loss]]
