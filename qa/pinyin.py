"""Whole questions typed in pinyin -> characters: «2019 nian GDP zengzhang duoshao»."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from qa.lexicon import lexicon
from vectorstore.report import Report

# Syllables by which word, or what is no pinyin, as it stands.
Syllables = tuple[str, ...]

_LATIN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
# What can be pinyin at all: English hardly ever is, word for word.
_SYLLABLES = re.compile(
    r"(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:i(?:a[on]?|ang|e|n|ng|ong|u)?|u(?:a[in]?|ang|e|i|n|o)?"
    r"|v[e]?|a[io]?|ang?|o(?:u|ng)?|e[ir]?|eng?)'?)+"
)
# Two reports have the words of the genre.
_REPORTS = 2
# Words of one syllable that questions are made of.
_PARTICLES = "是有的了在和与比去几年月日个谁做为到占呢吗要"
_LONGEST = 6
# So few syllables may be a name.
_FEWEST = 4
# Each word costs one, less for one that is written often.
_OFTEN = 0.06
# A word of asking is as good as one that a report writes so often.
_ASKED = 200
# A syllable that is no word by itself.
_ALONE = 1.0


class Pinyin:
    """Reads pinyin with the words of the reports, of the lexicon and of asking."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self._reports = tuple(reports)[:_REPORTS]

    @cached_property
    def _words(self) -> dict[Syllables, tuple[float, str]]:
        """Each word's syllables with the cost and the writing of the likeliest word."""
        from pypinyin import lazy_pinyin

        counts: defaultdict[Syllables, Counter[str]] = defaultdict(Counter)
        for report in self._reports:
            for passage in report.passages:
                for read, run in readings(passage.text, range(1, _LONGEST + 1)):
                    counts[read][run] += 1
        for word in (*lexicon().names, *lexicon().asking_words):
            if len(word) > 1 and _HAN.fullmatch(word):
                counts[tuple(lazy_pinyin(word))][word] += _ASKED
        for char in _PARTICLES:
            counts[tuple(lazy_pinyin(char))][char] += _ASKED
        return {read: _likeliest(read, written) for read, written in counts.items()}

    @cached_property
    def _syllables(self) -> frozenset[str]:
        return frozenset(syllable for read in self._words for syllable in read)

    def read(self, text: str) -> str | None:
        """Return a question in characters, or nothing if it is not typed in pinyin."""
        latin = [word for word in _LATIN.findall(text) if not word.isupper()]
        if not latin or not all(_SYLLABLES.fullmatch(word.lower()) for word in latin):
            return None
        if _HAN.search(text):
            return None
        tokens = re.findall(rf"{_LATIN.pattern}|[^A-Za-z\s]+", text)
        spelled = [self._spelled(token) for token in tokens]
        if not all(spelled) or sum(len(s) for s in spelled if s and s[0].islower()) < _FEWEST:
            return None
        return self._written([syllable for token in spelled for syllable in token])

    def _spelled(self, token: str) -> list[str]:
        """Return the syllables of a word, or what is no word as it stands; nothing if it is English."""
        if token.isupper() or not token[0].isalpha():
            return [token]
        best: dict[int, list[str]] = {0: []}
        word = token.lower().replace("'", "")
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 6), end):
                if start in best and word[start:end] in self._syllables:
                    longer = [*best[start], word[start:end]]
                    if end not in best or len(longer) < len(best[end]):
                        best[end] = longer
        return best.get(len(word), [])

    def _written(self, syllables: list[str]) -> str:
        """Return the likeliest words for syllables: the fewest, and those written most often."""
        best: list[tuple[float, str]] = [(0.0, "")]
        for end in range(1, len(syllables) + 1):
            options = []
            for start in range(max(0, end - _LONGEST), end):
                cost, before = best[start]
                read = tuple(syllables[start:end])
                if read in self._words:
                    price, word = self._words[read]
                    options.append((cost + price, before + word))
                elif len(read) == 1:
                    options.append((cost + _ALONE, before + read[0]))
            best.append(min(options))
        return best[-1][1]


def readings(text: str, sizes: Iterable[int]) -> Iterator[tuple[Syllables, str]]:
    """Yield every run of so many characters, after its syllables as they are read within the words."""
    from pypinyin import lazy_pinyin

    for whole in _HAN.findall(text):
        read = lazy_pinyin(whole)
        for size in sizes:
            for i in range(len(whole) - size + 1):
                yield tuple(read[i : i + size]), whole[i : i + size]


def _likeliest(read: Syllables, written: Counter[str]) -> tuple[float, str]:
    word, count = written.most_common(1)[0]
    return 1.0 + (_ALONE if len(read) == 1 else 0.0) - _OFTEN * math.log(1 + count), word
