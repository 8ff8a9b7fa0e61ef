"""Follow-ups over several reports: region and year stay what they were until others are named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from qa import wording
from qa.conversation import Reader, Turn, condense
from qa.editions import in_edition
from qa.panel import Panel
from qa.places import Mention, english_name
from qa.question import is_english
from qa.scope import Scope, half_width

# Makes a question stand alone, given what was asked before.
Condenser = Callable[[str, Sequence[Turn], Reader], str]

_NOTHING_ELSE = re.compile(
    r"(?:\s|[,，、。?？!！]|相?比较?|对比|那么?|还有|再|呢|的|又|也|和|与|跟|如何|怎么样|怎样|情况|是?多少|(?:19|20)\d\d年?"
    r"|\b(?:and|what|how|about|in|of|for|the|then|is|was|it|same)\b)*",
    re.IGNORECASE,
)
_OF_NOW = re.compile(r"去年|今年|上年|本年|现在|目前|this year|last year", re.IGNORECASE)


def standing_alone(
    question: str, history: Sequence[Turn], panel: Panel, condenser: Condenser = condense
) -> str:
    """Return a question with what it takes from the history, its region and year too.

    «那四川呢?» puts its region in the place of the one asked about before; a question
    that names none keeps the one before.
    """
    users = [i for i, t in enumerate(history) if t.role == "user" and t.content.strip()]
    if len(panel.reports) < 2:
        told = [replace(turn, content=panel.scoper.untitled(turn.content)[0]) for turn in history]
        return condenser(question, told, panel.whole.read)
    if not users:
        return question
    last = users[-1]
    before = standing_alone(history[last].content, history[:last], panel)
    swapped = _swapped(question, before, panel)
    if swapped is not None:
        return swapped
    asked_before = panel.scoper.scope(before)
    read = panel.desk_of(asked_before).read
    untitled, edition = panel.scoper.untitled(before)
    alone = condenser(question, [Turn("user", untitled), *history[last + 1 :]], read)
    kept = _kept(alone, asked_before, panel)
    return kept if edition is None else _of_edition(kept, edition, question, panel)


def _of_edition(alone: str, edition: int, question: str, panel: Panel) -> str:
    """Name the report that was asked before, unless the question names a report or a year beyond it."""
    years = {int(year) for year in wording.YEAR.findall(question)}
    if panel.scoper.untitled(alone)[1] or years - {edition - 1, edition}:
        return alone
    return in_edition(alone, edition)


def _swapped(question: str, before: str, panel: Panel) -> str | None:
    """Put the regions of a question that is nothing else into the question before."""
    question, before = half_width(question), half_width(before)
    named = panel.scoper.mentions(question)
    rest = _without(question, named)
    if not named or not _NOTHING_ELSE.fullmatch(rest):
        return None
    english = is_english(before)
    regions = [region for mention in named for region in mention.regions]
    said = " and ".join(map(english_name, regions)) if english else "、".join(regions)
    told = panel.scoper.mentions(before)
    if told and re.search(r"比|compare|versus|\bvs", question):
        regions = [*(region for mention in told for region in mention.regions), *regions]
        said = " and ".join(map(english_name, regions)) if english else "、".join(regions)
        before = f"{before.rstrip('?？。 ')}, respectively?" if english else f"{before}相差多少?"
    if told:
        start, end = told[0].span.start, told[-1].span.end
        owned = "'s" if before[start:end].endswith("'s") else ""
        before = f"{before[:start]}{said}{owned}{before[end:]}"
    else:
        before = f"{before.rstrip('?？ ')} in {said}?" if english else f"{said}{before}"
    years = wording.YEAR.findall(rest)
    if not years:
        return before
    if wording.YEAR.search(before):
        return wording.YEAR.sub(years[0], before, count=1)
    return f"{before} {years[0]}" if english else f"{years[0]}年{before}"


def _without(text: str, mentions: Sequence[Mention]) -> str:
    for mention in reversed(mentions):
        text = f"{text[: mention.span.start]} {text[mention.span.end :]}"
    return text


def _kept(alone: str, before: Scope, panel: Panel) -> str:
    """Add the region of the question before to one that names none, and its year if it is not new."""
    now = panel.scoper.scope(alone)
    if now.named or now.each or now.absent or not before.named or before.wide:
        return alone
    regions = list(before.named)
    if now.english:
        return f"{alone.rstrip('?？. ')} in {' and '.join(map(english_name, regions))}?"
    kept = f"{'、'.join(regions)}{alone}"
    years = wording.YEAR.findall(before.text)
    newest = panel.scoper.editions.of(regions[0])[:1]
    old = before.reports and before.reports[:1] != newest
    if years and old and not wording.YEAR.search(alone) and not _OF_NOW.search(alone):
        kept = f"{years[-1]}年{kept}"
    return kept
