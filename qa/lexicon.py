"""Names that mean the same, places, and the words of asking."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from qa.packaged import packaged


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lexicon as the package ships it.

    `names` maps any name to all names of its group. `apart` maps a word to the longer ones in which it means something
    else («出口» in «进出口»). `light` are names that colour a question. `asking` and `asking_english` say nothing of the topic.
    `formal` are the names that mean just that thing: those of the reports, abbreviations,
    and what shares two characters with them; the others are everyday words.
    `spoken` are everyday words of asking with the standard word for each.
    """

    names: Mapping[str, tuple[str, ...]]
    apart: Mapping[str, tuple[str, ...]]
    light: frozenset[str]
    formal: frozenset[str]
    known: re.Pattern[str]
    asking: re.Pattern[str]
    asking_words: tuple[str, ...]
    asking_english: frozenset[str]
    places: re.Pattern[str]
    spoken: tuple[tuple[re.Pattern[str], str], ...]

    def others(self, name: str) -> tuple[str, ...]:
        """Return every name of what `name` names, itself among them."""
        return self.names.get(name) or self.names.get(name.upper()) or (name,)


@cache
def lexicon() -> Lexicon:
    """Return the lexicon that ships with the package, read once."""
    table = packaged("lexicon.toml")
    names: dict[str, tuple[str, ...]] = {}
    for term, others in table["same"].items():
        for name in (term, *others):
            merged = (*names.get(name, (name,)), term, *others)
            names[name] = tuple(dict.fromkeys(merged))
    asking = table["asking"]
    return Lexicon(
        names,
        {word: tuple(longer) for word, longer in table["apart"].items()},
        frozenset(
            other for name in table["light"]["names"].split() for other in names.get(name, (name,))
        ),
        frozenset(_formal(table["same"])),
        longest_first(
            (*(name for name in names if len(name) > 1), *table["places"]["names"].split())
        ),
        longest_first(asking["chinese"].split()),
        tuple(asking["chinese"].split()),
        frozenset(asking["english"].split()),
        longest_first(table["places"]["names"].split()),
        tuple((re.compile("|".join(said)), word) for word, said in table["spoken"].items()),
    )


def _formal(same: Mapping[str, list[str]]) -> Iterator[str]:
    for term, others in same.items():
        yield term
        pairs = {a + b for a, b in pairwise(term)}
        yield from (o for o in others if o.isascii() or any(a + b in pairs for a, b in pairwise(o)))


def longest_first(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of words in which a longer one goes before those that begin it.

    They are grouped by their first character: of thousands of words, a place in a text is
    compared with those alone that begin like it.
    """
    rests: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(words, key=len, reverse=True):
        rests[word[0].lower()].append(re.escape(word[1:]))
    firsts = "".join(map(re.escape, rests))
    groups = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in rests.items())
    return re.compile(f"(?=[{firsts}])(?:{groups})", re.IGNORECASE)
