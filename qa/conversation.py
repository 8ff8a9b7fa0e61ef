"""Follow-ups -> a question that stands alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from qa import wording
from qa.english_names import english_names
from qa.lexicon import lexicon
from qa.matching import MEASURE
from qa.question import Form, Question, is_english
from vectorstore.figures import Aspect

# Reads a question that stands alone.
Reader = Callable[[str], Question]

_THAT_PART = re.compile(r"(?:[那这][块片边个]|方面)?的?$")
_AND_WHAT_OF = re.compile(
    r"^(?:(?:那么|那|还有)?[,，]?(?P<what>.{1,24}?)(?:又)?(?:是多少)?呢|(?P<other>[^,，?？]{2,16}?)又是(?:什么|多少|怎样|如何)|那么?(?P<state>.{1,24}?)(?:如何|怎么样))"
    r"[,，]?(?P<when>\d{4}年?)?[?？。]?$"
)
# «那“一带一路”沿线国家?»: nothing is asked, so it is asked as before.
_AND_BARE = re.compile(r"^那么?[,，]?(?P<what>[^,，?？]{2,16})[?？]$")
_ENGLISH_AND_WHAT_OF = re.compile(
    r"^(?:and|what about|how about|and what about)\s+(?:the )?(?P<what>.{1,60}?)(?: ones?)?[?？.]?$"
)
_POINTING = re.compile(
    r"^(?:它|其|这|该|他们|她们|后来|还有|具体|分别|另外|其中|为什么|为何|怎么|什么时候)|它们?|这个|这些|这项|该项|其中|上述|前者|后者|后[面一][这那]?个|那个|那些|第[二三四五]"
    r"|\b(?:it|its|they|their|that|those|this)\b"
)
# Points back over the last question: «前面那个增长多少?».
_FORMER = re.compile(
    r"(?:前面|之前|上面|先前)(?:那|一)个|前一?[个者]|第一个|the former|the first one"
)
_NEW_TOPIC = re.compile(r"(?:另外|还有|对了|换个话题|再问一?[个下句]?|顺便)[,，:：]")
# A question that begins with what is said of something: «2020年占…的比重要达到多少?».
_LEANING = re.compile(
    r"(?:(?:19|20)\d\d年?|今年|去年|明年)?的?(?:占|同比|比上年|比去年|要?达到|增幅|增速|(?:一?共|又|都)?(?:覆盖|布点|涉及|惠及|带动|投资|投入|铺到?|花|用)了?(?:多少|几|哪))"
)
_IT = re.compile(r"它|其|这个|那个|\b(?:it|its|they|their)\b")
# What stands for the other in one place of a name: «城镇居民收入» to «农村居民收入».
_COUNTERPARTS = (
    ("城镇", "农村"),
    ("城市", "农村"),
    ("城里", "乡下"),
    ("进口", "出口"),
    ("城镇", "乡村"),
    ("urban", "rural"),
    ("import", "export"),
    ("开工", "建成"),
    ("签约", "开工"),
)
_PERIOD = re.compile(
    r"(?:19|20)\d\d年?|去年|今年|上年|明年|本年|目标|计划|实际|完成|预期|预计|打算|安排|任务|底线"
)
_AIM = re.compile(r"目标|计划|预期|任务|打算")
_HOW_MUCH = re.compile(r"^how (?:much|many) ", re.IGNORECASE)
_PREPOSITION = re.compile(r"(?:with|in|for|of|by|from|to|at)\b")
_ENGLISH_PERIOD = re.compile(
    r"\b(?:in|for|by|during)? ?(?:(?:19|20)\d\d|last year|this year|next year)\b"
)
_ENGLISH_AIM = re.compile(r"\b(?:plan|target|goal|aim)s?\b")
# What is left of «what is the target for this year?» names no topic.
_NO_TOPIC = re.compile(r"\b(?:what|is|was|are|the|it|s|for|in|to|and|about|how)\b|[\W_]+")
# The measure word belongs to what was counted: «多少条»航线, but not 旅客.
_MEASURED = re.compile(r"(多少|几)[条个家座项件户所名人位台套场处班次辆]")
_SHORT = 3
_NEXT = re.compile(r"明年|下一年|第二年|next year")
_BEFORE = re.compile(r"(?<![比较])(?:前一年|上一年)|再往前")


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
    if len(asked) > 1 and _FORMER.match(question):
        before = condense(asked[-2], _until(history, asked[-2]), read)
    question, before = (_apostrophes(text) for text in (question, before))
    question = _dated(question.strip(), read(before))
    brief = _AND_WHAT_OF.match(question) or _ENGLISH_AND_WHAT_OF.match(question.lower())
    if brief is None and not wording.ASKS.search(question):
        brief = _AND_BARE.match(question)
    if brief:
        told = brief.groupdict()
        what = (told["what"] or told.get("other") or told.get("state") or "").removeprefix("其中")
        what = _THAT_PART.sub("", what)
        asks_only = lexicon().asking.fullmatch(what) and not _PERIOD.search(what)
        if _IT.match(what) or asks_only:
            alone = f"{what}是多少?"
            return _with_topic(alone, read(alone), read(before))
        return _replaced(before, f"{told.get('when') or ''}{what}", read)
    now = read(question)
    named = any(term.essential for term in now.terms)
    if now.form is Form.COMPARE and not named:
        earlier = [condense(text, _until(history, text), read) for text in asked[-2:-1]]
        return _with_topics(question, now, [read(text) for text in (*earlier, before)])
    if now.form is Form.OPEN and not named and now.years:
        return _replaced(before, question, read)
    if named and _NEW_TOPIC.match(now.plain):
        return question
    if _POINTING.search(now.plain) or _LEANING.match(now.plain) or not named:
        return _with_topic(question, now, read(before))
    return question


def _apostrophes(text: str) -> str:
    return text.replace("’", "'") if is_english(text) else text


def _until(history: Sequence[Turn], text: str) -> Sequence[Turn]:
    """Return the messages before the last one of the user that says `text`."""
    places = [i for i, turn in enumerate(history) if turn.role == "user" and turn.content == text]
    return history[: places[-1]]


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
    english = what.isascii()
    if english and (_ENGLISH_AIM.search(what) or _ENGLISH_PERIOD.search(what)):
        rest = _ENGLISH_PERIOD.sub("", before).strip()
        left = _NO_TOPIC.sub("", _ENGLISH_AIM.sub("", _ENGLISH_PERIOD.sub("", what)))
        return f"{what.rstrip('?. ')}: {rest}" if not left else _swapped(before, what, what, read)
    if not english and _PERIOD.search(what):
        rest = re.sub(r"(?:19|20)\d\d年|去年|今年|上年|明年", "", before)
        if _AIM.search(what):
            rest = re.sub(r"实际(?:完成|达到|增长)?", "", rest)
        left = _PERIOD.sub("", what).strip("的 ")
        for one, other in (*_COUNTERPARTS, *((b, a) for a, b in _COUNTERPARTS)):
            if left == other and one in rest:
                return rest.replace(one, other, 1)
        topical = any(term.essential for term in read(left).terms)
        return _swapped(rest, left, what, read) if topical else f"{what}{rest}"
    return _MEASURED.sub(r"\1", _swapped(before, what, what, read))


def _swapped(before: str, name: str, what: str, read: Reader) -> str:
    name, what = _HOW_MUCH.sub("", name), _HOW_MUCH.sub("", what)
    if preposition := _PREPOSITION.match(name):
        # «growth of trade with ASEAN?» and «with Belt and Road countries?»
        place = re.search(rf"\b{preposition[0]}\b[^?.]*", before)
        if place:
            return before.replace(place[0], what, 1)
    for one, other in (*_COUNTERPARTS, *((b, a) for a, b in _COUNTERPARTS)):
        if other in name and one in before:
            return before.replace(one, what if name == other else name, 1)
    topics = _english_topics(before) if before.isascii() else _topics(before, read)
    if not topics:
        return f"{what} {before}"
    named = _english_topics(name) if name.isascii() else {}
    meant = next(iter(named.values()), name)
    last = list(topics)[-1]  # what is asked of stands last, in Chinese
    alike = max(topics, key=lambda said: (_alike(topics[said], meant) + (said == last), len(said)))
    measure = MEASURE.search(alike)
    if measure and len(what) <= _SHORT and measure.start() and not MEASURE.search(what):
        what += measure[0]  # «货呢?» after «旅客吞吐量» is «货吞吐量»
    return re.sub(re.escape(alike), lambda _: what, before, count=1, flags=re.IGNORECASE)


def _topics(before: str, read: Reader) -> dict[str, str]:
    """Return the names in a Chinese question: those that it is about, or else all."""
    terms = [term for term in read(before).terms if term.text in before.lower()]
    places = lexicon().places
    chosen = [t for t in terms if t.essential and not places.fullmatch(t.text)] or terms
    return {term.text: term.text for term in chosen}


def _english_topics(text: str) -> dict[str, str]:
    """Return the known names in an English text, each with its Chinese one."""
    words = lexicon()
    found = {match[0]: terms[0] for match, terms in english_names().named_in(text.lower())}
    return {
        said: term
        for said, term in found.items()
        if term not in words.light and not words.asking.fullmatch(term)
    }


def _alike(name: str, what: str) -> int:
    """Count the characters that two names share at their ends: 工业, 服务业."""
    same = 0
    for a, b in zip(reversed(name), reversed(what), strict=False):
        if a != b:
            break
        same += 1
    return same + len(set(name) & set(what))


def _with_topic(question: str, now: Question, before: Question) -> str:
    topic = _topic(before, now.plain)
    if before.form is Form.SPEAKER:
        topic = "the report was delivered" if before.english else "作报告"
    if _IT.search(now.plain) and any(term.essential for term in now.terms):
        topic = topic.split(" ", 1)[0]  # «它运了多少货?» is of the airport, not of its routes
    changed = before.aspect in (Aspect.GROWTH, Aspect.DECLINE) and now.aspect is None
    if changed and not now.english and now.form is Form.FIGURE and not now.units:
        topic += "增速" if before.aspect is Aspect.GROWTH else "降幅"
    period = "" if now.years or now.part or not before.years else f"{before.years[-1]}年"
    return " ".join(filter(None, (f"{period}{topic}", question)))


def _with_topics(question: str, now: Question, before: Sequence[Question]) -> str:
    """Put the topics and the years of several questions before one that compares them."""
    years = dict.fromkeys(f"{year}年" for each in before for year in each.years)
    if now.years:
        years |= dict.fromkeys(f"{year}年" for year in now.years)
    topics = dict.fromkeys(_topic(each, now.plain) for each in before)
    return " ".join(filter(None, (*years, "、".join(filter(None, topics)), question)))


def _topic(before: Question, plain: str) -> str:
    """Return the terms of a question as they stood in it: neighbours stay joined."""
    said, end = "", -1
    staged = bool(wording.stages(plain))
    for term in before.terms:
        if term.text in plain or (staged and wording.stages(term.text)):
            continue
        place = before.plain.find(term.text, max(end, 0))
        said += ("" if place == end else " ") + term.text
        end = place + len(term.text)
    return said.strip()
