"""Follow-ups rewritten by a language model, where the result keeps what the rules found."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from qa.conversation import Reader, Turn, condense
from qa.lexicon import lexicon
from qa.local_model import ModelError
from qa.models import LanguageModel
from qa.prompting import as_data, prompt

_MOST_TURNS = 6
_MOST_SECONDS = 15.0
_LONGEST = 120
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def condense_by(
    model: LanguageModel, question: str, history: Sequence[Turn], read: Reader, deadline: float
) -> str:
    """Return a follow-up as a question that stands alone, in the model's words if they hold.

    The rules decide whether a question leans on the history, and what it means; the
    model may say it better. Where it does not answer in time, or changes period,
    place, indicator or form, the rules' wording stands.
    """
    by_rules = condense(question, history, read)
    if by_rules == question:
        return question
    texts = prompt("condense")
    told = "\n".join(f"{turn.role}: {as_data(turn.content)}" for turn in history[-_MOST_TURNS:])
    user = texts.fill("user", history=told, question=as_data(question))
    messages = [("system", texts.fill("system")), ("human", user)]
    try:
        written = model.said(messages, min(deadline, time.monotonic() + _MOST_SECONDS)).text
    except ModelError:
        return by_rules
    return written if keeps(written, by_rules, read) else by_rules


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
