"""Words typed by their sound: homophone typos and pinyin -> the words of the reports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from itertools import pairwise

from qa.english_names import english_names
from qa.lexicon import lexicon
from qa.pinyin import readings
from qa.question import is_english, plain
from qa.terms import how_common
from vectorstore.report import Report

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{3,}")
# A word typed syllable by syllable: «ji zhan».
_SYLLABLES = re.compile(r"(?<![\da-z])[a-z]{1,6}(?: [a-z]{1,6}){1,3}(?![a-z])")
_LATIN_RUN = re.compile(r"[a-z]{4,}")
# A name within an English sentence, not its first word.
_CAPITALISED = re.compile(r"(?<=[a-z,;'’] )[A-Z][a-z]{5,}\b")
# … and one of several words: «Bawei Yuzhen».
_NAMED = re.compile(r"(?<=[a-z,;'’] )[A-Z][a-z]+(?: [A-Z][a-z]+){1,2}\b")
_SIZES = (4, 3)
# A word that jieba's dictionary has met so often is no chance run of characters.
_COMMON = 300


class Spelling:
    """Maps what the reports never write to what they write with the same sound."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self._text = "\n".join(p.text for report in reports for p in report.passages)

    @cached_property
    def _pairs(self) -> frozenset[str]:
        """The pairs of characters that stand side by side."""
        return frozenset(a + b for a, b in pairwise(self._text))

    @cached_property
    def _sounds(self) -> dict[str, str]:
        """The pinyin of each character, without tones."""
        return {char: _sound(char) for char in set(re.findall(r"[\u4e00-\u9fff]", self._text))}

    @cached_property
    def _by_reading(self) -> dict[str, str]:
        """The most frequent run of 2 to 4 characters for each reading within its words: 长安 is «changan»."""
        runs = Counter(("".join(read), run) for read, run in readings(self._text, (2, *_SIZES)))
        return {reading: run for (reading, run), _ in reversed(runs.most_common())}

    @cached_property
    def _by_sound(self) -> dict[str, str]:
        """The most frequent run of 2 to 4 characters for each sound."""
        runs: Counter[str] = Counter()
        for run in re.findall(r"[\u4e00-\u9fff]+", self._text):
            for size in (2, *_SIZES):
                runs.update(run[i : i + size] for i in range(len(run) - size + 1))
        known = {"".join(map(_sound, name)): name for name in _short_names()}
        return known | {
            "".join(self._sounds[c] for c in run): run
            for run, count in reversed(runs.most_common())
            if count > 1 or len(run) != 3  # three characters met once may be halves of two words
        }

    def corrected(self, question: str) -> str:
        """Return the question with such words put right; all others stay as they are.

        A run of three or four characters that the reports never write is taken for a
        typo of one that sounds alike and differs in one character only.
        """
        if is_english(question):
            named = _NAMED.sub(self._from_romanised, question.replace("ü", "v"))
            return _CAPITALISED.sub(self._from_romanised, named)
        question = plain(question)
        question = _SYLLABLES.sub(self._from_syllables, question)
        question = _LATIN_RUN.sub(self._from_pinyin, question)
        topics = question
        for names in (lexicon().places, lexicon().asking):  # neither holds typos
            topics = names.sub(lambda name: " " * len(name[0]), topics)
        for match in _HAN_RUN.finditer(topics):
            for size in _SIZES:
                for start in range(match.start(), match.end() - size + 1):
                    typed = question[start : start + size]
                    joined = question[max(0, start - 1) : start]  # «4F级机场» begins before
                    inside = joined.isascii() and joined.isalnum()
                    meant = None if inside else self._alike(typed, joined)
                    odd = _difference(typed, meant) if meant else None
                    if (
                        meant
                        and odd is not None
                        and not self._in_word(
                            question, start + odd, foreign=meant not in self._text
                        )
                    ):
                        question = question[:start] + meant + question[start + size :]
        return self._short_words(question, topics)

    def _short_words(self, question: str, topics: str) -> str:
        """Put words of two characters right: «策所» is no word, and «厕所» one of the reports."""
        for match in re.finditer(r"(?=([\u4e00-\u9fff]{2}))", topics):
            start, typed = match.start(), match[1]
            if question[start : start + 2] != typed or typed in self._pairs:
                continue
            meant = self._by_sound.get("".join(map(_sound, typed)), "")
            linking = set(typed + meant) & self._LINKS
            if len(meant) != 2 or _difference(typed, meant) is None or linking:
                continue
            beside = (question[max(0, start - 1) : start + 1], question[start + 1 : start + 3])
            common = self._begins(meant) and how_common(meant) >= _COMMON
            if common and not any(map(how_common, (typed, *beside))):
                question = question[:start] + meant + question[start + 2 :]
        return question

    def romanised(self, names: Iterable[str]) -> frozenset[str]:
        """Return names as they are written in English: 云泽 as «yunze»."""
        from pypinyin import lazy_pinyin

        return frozenset("".join(lazy_pinyin(name)) for name in names)

    def _from_romanised(self, match: re.Match[str]) -> str:
        """Return the name in characters: «Liangjiang» is 两江."""
        word = match[0].lower().replace(" ", "")
        known = english_names().chinese(word) or lexicon().places.fullmatch(word)
        meant = self._by_reading.get(word, "")
        whole = meant and (" " in match[0] or self._begins(meant) or how_common(meant) > 0)
        return meant if whole and not known and word not in self._text.lower() else match[0]

    def _begins(self, run: str) -> bool:
        """Tell whether a run begins words: different characters stand before it.

        «予重» only ever follows one, in «给予重视».
        """
        before = set(re.findall(rf"(.){re.escape(run)}", self._text))
        return len(before) > 1

    def _from_syllables(self, match: re.Match[str]) -> str:
        return self._by_sound.get(match[0].replace(" ", ""), match[0])

    def _from_pinyin(self, match: re.Match[str]) -> str:
        if match[0] in self._text.lower():
            return match[0]
        return self._by_sound.get(match[0], match[0])

    def _alike(self, typed: str, before: str) -> str | None:
        if typed in self._text:
            return None
        meant = self._by_sound.get("".join(map(_sound, typed)))
        if meant is None or len(meant) != len(typed):
            return None
        # «集创新» is no typo in «聚集创新资源»: «技创新» is the end of «科技创新»
        whole = (
            len(meant) > 3
            or meant in _short_names()
            or self._begins(meant)
            or f"{before}{meant}" in self._text
        )
        return meant if whole else None

    # Characters that link words are no typos of what stands beside them.
    _LINKS = frozenset(
        "不没很都何时等后前中里上下内外又也还及与和的了在是有被把将对向从到以为让使给用按比年月日"
    )

    def _in_word(self, question: str, place: int, *, foreign: bool) -> bool:
        """Tell whether a character makes a word with a neighbour: «振兴改» holds no typo.

        What no report writes is put in its place more warily: «签证» is a word anywhere.
        """
        if question[place] in self._LINKS:
            return True
        pairs = (question[max(0, place - 1) : place + 1], question[place : place + 2])
        if any(pair in self._pairs for pair in pairs):
            return True
        return foreign and any(map(how_common, pairs))


@cache
def _short_names() -> frozenset[str]:
    """Return the names of the lexicon that are as long as what is put right: «自贸区»."""
    return frozenset(
        name for name in lexicon().formal if len(name) in _SIZES and _HAN_RUN.fullmatch(name)
    )


@lru_cache(maxsize=1 << 14)
def _sound(char: str) -> str:
    """Return the pinyin of a character, without tone."""
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(char)[0])


def _difference(typed: str, meant: str) -> int | None:
    """Return where two words of one length differ, if in one place only."""
    odd = [i for i, (a, b) in enumerate(zip(typed, meant, strict=True)) if a != b]
    return odd[0] if len(odd) == 1 else None
