"""Saying that the report does not say, why, and what comes closest."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer import Abstention, Citation, Reason
from qa.editions import Editions
from qa.facts import Candidate
from qa.inquiry import Inquiry
from qa.places import english_name
from qa.refusal_words import RefusalWords
from qa.scope import Scope
from qa.statement import sentence_span, statement


def refusal(inquiry: Inquiry, reason: Reason, nearest: Candidate | None = None) -> Abstention:
    """Return an abstention for `reason`, naming the nearest figure where there is one."""
    message = inquiry.refusals.of(reason, english=inquiry.question.english)
    if nearest is None:
        return Abstention(reason, message)
    figure = nearest.figure
    citation = Citation(1, figure.passage, sentence_span(figure))
    closest = "Closest: " if inquiry.question.english else "最接近的是："
    return Abstention(
        reason,
        f"{message}{' ' if inquiry.question.english else ''}{closest}{statement(inquiry, figure)}[1]。",
        (citation,),
    )


def no_such_report(scope: Scope, editions: Editions, words: RefusalWords) -> Abstention:
    """Return an abstention for a region or year that no report is of, naming those there are."""
    english = scope.english
    named = [region for region in scope.named if region in editions.regions]
    there = editions.told(english=english, regions=() if scope.absent else named)
    regions, years = scope.absent or named, [str(year) for year in scope.uncovered]
    if english:
        asked = ", ".join([*map(english_name, regions), *years])
        said = f" Asked: {asked}. There are: {there}."
    else:
        asked = "".join(("、".join(regions), f"{'、'.join(years)}年" if years else ""))
        said = f"所问：{asked}。现有：{there}。"
    return Abstention(
        Reason.NO_SUCH_REPORT, words.of(Reason.NO_SUCH_REPORT, english=english) + said
    )


def ask_back(regions: Sequence[str], words: RefusalWords, *, english: bool) -> Abstention:
    """Return the question which region is meant, with those there are."""
    names = list(dict.fromkeys(regions))
    if english:
        there = f" There are: {', '.join(map(english_name, names))}."
    else:
        there = f"现有：{'、'.join(names)}。"
    return Abstention(Reason.WHICH_REGION, words.of(Reason.WHICH_REGION, english=english) + there)
