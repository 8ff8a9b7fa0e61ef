"""Follow-ups -> a question that stands alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.question import Question
from qa.terms import Term

# Reads a question that stands alone.
Reader = Callable[[str], Question]

_AND_WHAT_OF = re.compile(
    r"^(?:那么|那|还有)?[,，]?(?P<what>.{1,24}?)(?:又)?(?:是多少)?(?:呢|如何|怎么样)[,，]?(?P<when>\d{4}年?)?[?？。]?$"
)
_ENGLISH_AND_WHAT_OF = re.compile(
    r"^(?:and|what about|how about|and what about)\s+(?P<what>.{1,60}?)[?？.]?$"
)
_POINTING = re.compile(
    r"^(?:它|其|这|该|他们|她们|后来|还有|具体|分别|另外|其中|为什么|为何|怎么|什么时候)|它们?|这个|这些|这项|该项|其中|上述|前者|后者|那个|那些|第[二三四五]"
    r"|\b(?:it|its|they|their|that|those|this)\b"
)
# What stands for the other in one place of a name: «城镇居民收入» to «农村居民收入».
_COUNTERPARTS = (
    ("城镇", "农村"),
    ("城市", "农村"),
    ("城里", "乡下"),
    ("进口", "出口"),
    ("城镇", "乡村"),
)
_PERIOD = re.compile(
    r"(?:19|20)\d\d年?|去年|今年|上年|明年|本年|目标|计划|实际|完成|预期|预计|打算|安排"
)
_PREPOSITION = re.compile(r"(?:with|in|for|of|by|from|to|at)\b")
_NEXT = re.compile(r"明年|下一年|第二年|next year")
_BEFORE = re.compile(r"前一年|上一年|再往前")


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


def condense(question: str, history: Sequence[Turn], read: Reader) -> str:
    """Return `question` with what it takes from the history spelled out.

    «那服务业呢?» puts its words in the place of the topic of the last question; a
    question that points back («它», «后来») or names no topic of its own takes the
    topic over. Any other question stands alone already. `read` understands a question.
    """
    asked = [turn.content for turn in history if turn.role == "user" and turn.content.strip()]
    if not asked:
        return question
    before = condense(asked[-1], history[: _last_user(history)], read)
    question = _dated(question.strip(), read(before))
    brief = _AND_WHAT_OF.match(question) or _ENGLISH_AND_WHAT_OF.match(question.lower())
    if brief:
        what = brief["what"].removesuffix("的")
        return _replaced(before, f"{brief.groupdict().get('when') or ''}{what}", read)
    now = read(question)
    if _POINTING.search(now.plain) or not any(term.essential for term in now.terms):
        return _with_topic(question, now, read(before))
    return question


def _last_user(history: Sequence[Turn]) -> int:
    return max(i for i, turn in enumerate(history) if turn.role == "user" and turn.content.strip())


def _dated(question: str, before: Question) -> str:
    """Turn «明年» and «前一年» into the year that they mean after a question about a year."""
    if not before.years:
        return question
    question = _NEXT.sub(f"{before.years[-1] + 1}年", question)
    return _BEFORE.sub(f"{before.years[0] - 1}年", question)


def _replaced(before: str, what: str, read: Reader) -> str:
    """Put `what` into the question before: as its period, or as its topic."""
    if _PERIOD.search(what):
        rest = re.sub(r"(?:19|20)\d\d年|去年|今年|上年|明年", "", before)
        left = _PERIOD.sub("", what).strip("的 ")
        return f"{what}{rest}" if not left else _swapped(rest, left, what, read)
    return _swapped(before, what, what, read)


def _swapped(before: str, name: str, what: str, read: Reader) -> str:
    if preposition := _PREPOSITION.match(name):
        # «growth of trade with ASEAN?» and «with Belt and Road countries?»
        place = re.search(rf"\b{preposition[0]}\b[^?.]*", before)
        if place:
            return before.replace(place[0], what, 1)
    for one, other in (*_COUNTERPARTS, *((b, a) for a, b in _COUNTERPARTS)):
        if other in name and one in before:
            return before.replace(one, what if name == other else name, 1)
    terms = [term for term in read(before).terms if term.text in before]
    if not terms:
        return f"{what} {before}"
    alike = max(terms, key=lambda term: (_alike(term, name), len(term.text)))
    return before.replace(alike.text, what, 1)


def _alike(term: Term, what: str) -> int:
    """Count the characters that two names share at their ends: 工业, 服务业."""
    same = 0
    for a, b in zip(reversed(term.text), reversed(what), strict=False):
        if a != b:
            break
        same += 1
    return same + len(set(term.text) & set(what))


def _with_topic(question: str, now: Question, before: Question) -> str:
    topic = _topic(before, now.plain)
    period = "" if now.years or now.part or not before.years else f"{before.years[-1]}年"
    return " ".join(filter(None, (f"{period}{topic}", question)))


def _topic(before: Question, plain: str) -> str:
    """Return the terms of a question as they stood in it: neighbours stay joined."""
    said, end = "", -1
    for term in before.terms:
        if term.text in plain:
            continue
        place = before.plain.find(term.text, max(end, 0))
        said += ("" if place == end else " ") + term.text
        end = place + len(term.text)
    return said.strip()
