"""English names -> the terms of the reports. Read only where a question is in English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from qa.lexicon import longest_first
from qa.packaged import packaged


@dataclass(frozen=True, slots=True)
class EnglishNames:
    """The English lexicon as the package ships it.

    `terms` maps a name to the terms that it may mean; `known` finds names in lower-case text.
    """

    terms: Mapping[str, tuple[str, ...]]
    known: re.Pattern[str]

    def chinese(self, said: str) -> str | None:
        """Return the first term for a name; a hyphen is as good as a blank."""
        return next(iter(self.terms.get(_bare(said.lower()), ())), None)

    def named_in(self, text: str) -> Iterator[tuple[re.Match[str], tuple[str, ...]]]:
        """Yield each known name in a lower-case text, with its terms."""
        for match in self.known.finditer(text):
            yield match, self.terms[_bare(match[0])]


@cache
def english_names() -> EnglishNames:
    """Return the English lexicon, read once."""
    terms: dict[str, tuple[str, ...]] = {}
    for term, names in packaged("lexicon_english.toml")["english"].items():
        for name in map(_bare, names):
            terms[name] = (*terms.get(name, ()), term)
    either = longest_first(terms).pattern.replace(r"\ ", "[ -]")
    return EnglishNames(terms, re.compile(rf"\b(?:{either})\b"))


def _bare(name: str) -> str:
    return name.replace("-", " ")
