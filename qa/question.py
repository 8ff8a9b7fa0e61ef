"""What is asked: form, period, aspect, unit, and the terms that evidence must cover."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from qa import wording
from vectorstore.figures import Aspect
from vectorstore.report import Part


class Form(StrEnum):
    """The form of answer that a question asks for."""

    FIGURE = "figure"
    LIST = "list"
    ENTITY = "entity"
    DATE = "date"
    YESNO = "yesno"
    COMPARE = "compare"
    MEASURES = "measures"
    DEFINITION = "definition"
    SPEAKER = "speaker"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that evidence must speak of.

    `text` is as asked, `names` every wording that counts as speaking of it.
    """

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One stand-alone question, understood.

    `plain` is the text in simplified characters and half width. `years` are the
    years that it names or means, `part` the part of a report that speaks of them.
    `units` are the units that the figure may have (empty: any).
    """

    text: str
    plain: str
    english: bool
    form: Form
    years: tuple[int, ...]
    part: Part | None
    aspect: Aspect | None
    units: frozenset[str]
    terms: tuple[Term, ...]

    @property
    def words(self) -> str:
        """The terms with their other names, for lexical search."""
        return " ".join(
            dict.fromkeys(name for term in self.terms for name in (term.text, *term.names[:3]))
        )


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Names that mean the same, and the words of asking.

    `names` maps any name to all names of its group; `english` English to Chinese.
    """

    names: Mapping[str, tuple[str, ...]]
    english: Mapping[str, str]
    known: re.Pattern[str]
    known_english: re.Pattern[str]
    asking: re.Pattern[str]
    asking_english: frozenset[str]
    places: re.Pattern[str]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon that ships with the package, read once."""
    table = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text("utf-8"))
    names: dict[str, tuple[str, ...]] = {}
    for term, others in table["same"].items():
        for name in (term, *others):
            merged = (*names.get(name, (name,)), term, *others)
            names[name] = tuple(dict.fromkeys(merged))
    english = {name: term for term, others in table["english"].items() for name in others}
    asking = table["asking"]
    return Lexicon(
        names,
        english,
        _longest_first(name for name in names if not name.isascii() or len(name) > 1),
        re.compile(rf"\b(?:{_longest_first(english).pattern})\b"),
        _longest_first(asking["chinese"].split()),
        frozenset(asking["english"].split()),
        _longest_first(table["places"]["names"].split()),
    )


def _longest_first(words: object) -> re.Pattern[str]:
    ordered = sorted(words, key=len, reverse=True)  # type: ignore[call-overload]
    return re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE)


@cache
def _to_simplified() -> object:
    from opencc import OpenCC

    return OpenCC("t2s")


def plain(text: str) -> str:
    """Return `text` in half width, lower case and simplified characters."""
    folded = unicodedata.normalize("NFKC", text).lower().strip()
    if folded.isascii():
        return folded
    return _to_simplified().convert(folded)  # type: ignore[attr-defined, no-any-return]


def is_english(text: str) -> bool:
    """Tell whether a question is asked in English: Latin letters outweigh Han characters."""
    latin = len(re.findall(r"[A-Za-z]+", text))
    han = len(re.findall(r"[\u4e00-\u9fff]", text))
    return latin >= 3 and latin > han / 2


def understand(text: str, year: int | None = None) -> Question:
    """Read a stand-alone question. `year` is the year of the report it is put to.

    The report of a year reviews the year before and plans its own; «去年» and
    «今年» are read from there.
    """
    asked = plain(text)
    english = is_english(asked)
    years, part = _period(asked, year)
    form = _form(asked)
    aspect = _aspect(asked)
    return Question(
        text,
        asked,
        english,
        form,
        years,
        part,
        aspect,
        _units(asked, aspect),
        _terms(asked, english),
    )


def without_orders(text: str) -> str:
    """Return a question without the clauses that order the system how to answer.

    Nothing is left of a text that does nothing but order.
    """
    pieces = re.split(r"(?<=[,，。;；:：!！\n])|(?<=\.)\s", text)
    if not any(wording.ORDER.search(piece.lower()) for piece in pieces):
        return text
    return "".join(p for p in pieces if not wording.ORDER.search(p.lower())).strip(" ,，。;；:：")


def _form(asked: str) -> Form:
    if wording.SPEAKER.search(asked):
        return Form.SPEAKER
    if wording.COMPARE.search(asked):
        return Form.COMPARE
    if wording.DEFINITION.search(asked) and not wording.FIGURE.search(asked):
        return Form.DEFINITION
    if wording.FIGURE.search(asked):
        return Form.FIGURE
    ordered = (
        (wording.DATE, Form.DATE),
        (wording.LIST, Form.LIST),
        (wording.ENTITY, Form.ENTITY),
        (wording.MEASURES, Form.MEASURES),
        (wording.YESNO, Form.YESNO),
    )
    for pattern, form in ordered:
        if pattern.search(asked):
            return form
    return Form.OPEN


def _period(asked: str, year: int | None) -> tuple[tuple[int, ...], Part | None]:
    years = [int(y) for y in wording.YEAR.findall(asked)]
    if year is not None:
        if re.search(r"去年|上年|last year|previous year", asked):
            years.append(year - 1)
        if re.search(r"今年|本年|this year", asked):
            years.append(year)
        if wording.NEXT.search(asked):
            years.append(year + 1)
    years = list(dict.fromkeys(years))
    if year is not None and years:
        parts = {Part.REVIEW if y < year else Part.PLAN for y in years}
        return tuple(years), parts.pop() if len(parts) == 1 else None
    past, planned = wording.PAST.search(asked), wording.PLANNED.search(asked)
    if bool(past) == bool(planned):
        return tuple(years), None
    return tuple(years), Part.PLAN if planned else Part.REVIEW


def _aspect(asked: str) -> Aspect | None:
    if wording.CHANGED_TO.search(asked):
        return Aspect.LEVEL
    if wording.SHARE.search(asked):
        return None
    if wording.FALL.search(asked):
        return Aspect.DECLINE
    if wording.RISE.search(asked):
        return Aspect.GROWTH
    if wording.LEVEL.search(asked):
        return Aspect.LEVEL
    return None


def _units(asked: str, aspect: Aspect | None) -> frozenset[str]:
    for pattern, units in wording.UNIT_WORDS:
        if re.search(pattern, asked):
            return frozenset(units)
    if aspect in (Aspect.GROWTH, Aspect.DECLINE) or wording.PERCENT.search(asked):
        return frozenset(("%", "个百分点", "倍"))
    return frozenset()


def _terms(asked: str, english: bool) -> tuple[Term, ...]:
    if english:
        return tuple(_english_terms(asked))
    return tuple(_chinese_terms(asked))


def _english_terms(asked: str) -> Iterator[Term]:
    words, place = lexicon(), 0
    for match in words.known_english.finditer(asked):
        yield from _loose_english(asked[place : match.start()])
        term = words.english[match[0]]
        yield Term(term, words.names.get(term, (term,)))
        place = match.end()
    yield from _loose_english(asked[place:])


def _loose_english(text: str) -> Iterator[Term]:
    """Yield the words without a known Chinese name: they stand for themselves."""
    for word in re.findall(r"[\u4e00-\u9fff]+|[a-z][a-z0-9.+&'-]+", text):
        # verbs of doing say nothing that a report's nouns do not
        if word not in lexicon().asking_english and not word.endswith(("ed", "ing")):
            yield Term(word, (word,))


def _chinese_terms(asked: str) -> Iterator[Term]:
    words, place = lexicon(), 0
    asked = wording.YEAR.sub(" ", asked)
    for match in words.known.finditer(asked):
        yield from _loose(asked[place : match.start()])
        yield Term(match[0], words.names[_exact(match[0], words.names)])
        place = match.end()
    yield from _loose(asked[place:])


def _exact(found: str, names: Mapping[str, tuple[str, ...]]) -> str:
    return next(
        name
        for name in (found, found.upper(), *names)
        if name.lower() == found.lower() and name in names
    )


def _loose(text: str) -> Iterator[Term]:
    """Yield what is left when the words of asking are taken out."""
    for piece in re.split(r"[^\w.%+&]+", lexicon().asking.sub(" ", text)):
        if piece.strip("_."):
            yield Term(piece, (piece,))
