"""Follow-ups rewritten by a language model, where the rules' wording finds no answer.

The rules decide whether a question leans on the history, and what period, place and form
it asks for. Where that is answered, nothing better can be said by rewriting it. Where it is
not, the model may fill in from what was said what the rules missed, or leave out what they
took over needlessly.
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


def keeps(written: str, question: str, by_rules: str, said: Sequence[str], read: Reader) -> bool:
    """Tell whether a wording asks what `question` does, with nothing added but what was `said`.

    Period, place, form and numbers are those that the rules found. What the question names
    itself is kept, and what it leaves out is filled in from what was said.
    """
    if len(written) > _LONGEST or "\n" in written:
        return False
    one, other, own = read(written), read(by_rules), read(question)
    known = "\n".join(read(text).plain for text in said)
    places = lexicon().places.findall
    filled = [term.text for term in one.terms if term.text not in own.plain]
    return (
        (one.years, one.part, one.aspect, one.form)
        == (other.years, other.part, other.aspect, other.form)
        and set(places(one.plain)) == set(places(other.plain))
        and set(_NUMBER.findall(one.plain)) == set(_NUMBER.findall(other.plain))
        and all(term.text in one.plain for term in own.terms if term.essential)
        and bool(filled)
        and all(term in known for term in filled)
    )
