"""Follow-ups rewritten by a language model, where the result keeps what the rules found.

The rules decide whether a question leans on the history, and what it means; the model
may say it better. Where it does not answer in time, or changes period, place, indicator
or form, the rules' wording stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.conversation import Reader, Turn
from qa.language_model import Message
from qa.lexicon import lexicon
from qa.prompting import as_data, prompt

# Rewriting is a courtesy: the answer must not wait for it.
MOST_SECONDS = 15.0
_MOST_TURNS = 6
_LONGEST = 120
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def rewriting(question: str, history: Sequence[Turn]) -> list[Message]:
    """Return the prompt that asks to rewrite a follow-up, with the last turns as data."""
    texts = prompt("condense")
    told = "\n".join(f"{turn.role}: {as_data(turn.content)}" for turn in history[-_MOST_TURNS:])
    user = texts.fill("user", history=told, question=as_data(question))
    return [("system", texts.fill("system")), ("human", user)]


def keeps(written: str, by_rules: str, read: Reader) -> bool:
    """Tell whether a wording asks just what another does: period, place, indicator, form, numbers."""
    if len(written) > _LONGEST or "\n" in written:
        return False
    one, other = read(written), read(by_rules)
    places = lexicon().places.findall
    return (
        (one.years, one.part, one.aspect, one.form)
        == (other.years, other.part, other.aspect, other.form)
        and set(places(one.plain)) == set(places(other.plain))
        and all(term.text in one.plain for term in other.terms)
        and set(_NUMBER.findall(one.plain)) == set(_NUMBER.findall(other.plain))
        and sum(len(term.text) for term in one.terms) <= 4 + sum(len(t.text) for t in other.terms)
    )
