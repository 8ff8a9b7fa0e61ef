"""How much of what a question asks a piece of text speaks of."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import compress, pairwise
from operator import mul, or_

from qa import wording
from qa.lexicon import lexicon
from qa.terms import QUALIFIERS, Term
from qa.zones import zones_of
from vectorstore.report import Report


class Weights:
    """Character weights: what is rare in the reports says more.

    The weight of a character is its inverse document frequency over sentences,
    ln(1 + N / n), scaled so that an unseen one weighs 1.
    """

    def __init__(self, reports: Iterable[Report]) -> None:
        counts: Counter[str] = Counter()
        total = 0
        for report in reports:
            for _, _, sentence in report.sentences():
                counts.update(set(sentence.lower()))
                total += 1
        top = math.log(2 + total)
        self._weights = {c: math.log(1 + total / n) / top for c, n in counts.items()}

    def of(self, text: str) -> float:
        """Return the summed weight of the characters of `text`."""
        return sum(self.each(text))

    def each(self, text: str) -> list[float]:
        """Return the weight of each character of `text`."""
        weights = self._weights
        return [weights.get(char, 1.0) for char in text]


# The share of a question's weight from which on a term may not be passed over.
_WEIGHTY = 0.25
# What a word that people may put differently weighs beside a name.
_SOFT = 0.6
# The share of a term that must be there for a text to speak of it: half a compound is another thing.
SPOKEN_OF = 0.6
# A formal name of so many characters is an indicator's: «出口总值».
_FULL_NAME = 4
# What ends an indicator and says which of its measures is meant.
MEASURE = re.compile(
    r"(?:增加值|总产值|产值|总额|总值|总量|收入|支出|投资|面积|数量|比重|占比|比例|规模|里程|产量|吞吐量|余额|率)$"
)
_TAKEN_IN = {narrow: re.compile(taken_in) for narrow, taken_in in QUALIFIERS.items()}
# What a name may cover at most without its qualifier.
_UNQUALIFIED = 0.4


class _Name:
    """One wording of a term, ready to be looked for in many texts."""

    def __init__(self, text: str, weights: Weights, term: Term) -> None:
        whole, asked = term.whole, term.text
        self.text = text
        self.zones = zones_of(text) if term.town else None
        self.longer = [
            longer + text[len(word) :]
            for word, wholes in lexicon().apart.items()
            for longer in wholes
            if text.startswith(word) and (longer.endswith(word) or word == text)
        ]
        self.weights = weights.each(text)
        self.whole = sum(self.weights)
        # Latin names and pairs of characters are there or not there; longer ones may be in part.
        divisible = len(text) > 2 and not text.isascii() and not whole
        self.pairs = [a + b for a, b in pairwise(text)] if divisible else []
        self.quoted = text.startswith("“")
        # «出口总额» shares no more than a measure with «零售总额».
        measure = MEASURE.search(text)
        self.head = measure.start() - 1 if measure and measure.start() > 1 else 0
        self.qualifiers = [
            taken_in for narrow, taken_in in _TAKEN_IN.items() if narrow in asked + text
        ]

    def covered(self, text: str) -> float:
        """Return the weighted share of the name that stands in `text` in runs of two or more."""
        for longer in self.longer:
            text = text.replace(longer, " ")  # a longer word that means another thing
        if self.zones:
            text = self.zones.sub(" ", text)
        if self.text in text:
            return 1.0
        there = [pair in text for pair in self.pairs]
        if True not in there:
            return 0.0
        if self.head and not any(there[: self.head]):
            return 0.0
        with_next, with_last = (*there, False), (False, *there)
        share = sum(compress(self.weights, map(or_, with_next, with_last))) / self.whole
        if len(there) == 3 and not there[1]:
            share *= 0.5  # two words apart are no compound: «经济» … «规模»
        if all(qualifier.search(text) for qualifier in self.qualifiers):
            return share
        return min(share, _UNQUALIFIED)


class Matcher:
    """Measures how far texts speak of one question's terms.

    Where a method takes several texts, a term is spoken of as far as in the best of them.
    """

    def __init__(self, terms: Sequence[Term], weights: Weights) -> None:
        self._weights = weights
        self.terms = tuple(terms)
        wordings = [dict.fromkeys(name.lower() for name in term.names) for term in terms]
        self._names = [
            [_Name(name, weights, term) for name in names]
            for term, names in zip(terms, wordings, strict=True)
        ]
        # A text without a single pair of characters of a term need not be looked at closely.
        # They are sought one by one: a pattern of them takes longer to compile than to search with.
        self._traces = [
            list(dict.fromkeys(trace for name in names for trace in name.pairs or [name.text]))
            for names in self._names
        ]
        self._shares = [
            weights.of(term.text) * term.weight * (1.0 if term.hard else _SOFT) for term in terms
        ]
        self._total = sum(self._shares)
        self._all_pairs = {a + b for names in wordings for name in names for a, b in pairwise(name)}
        self._seen: dict[str, list[float]] = {}

    def of_things(self) -> Matcher:
        """Return a matcher of the essential terms alone."""
        return Matcher([term for term in self.terms if term.essential], self._weights)

    def coverage(self, *texts: str) -> float:
        """Return the weighted share of the terms that the texts speak of, in [0, 1]."""
        if not self._total:
            return 0.0
        return float(sum(map(mul, self._shares, self._covered(texts)))) / self._total

    def heads(self, indicator: str) -> float:
        """Return how far an indicator names the head of the question, its last essential term.

        «林业碳汇交易的成交额» asks for a «成交额».
        """
        last = max((i for i, term in enumerate(self.terms) if term.essential), default=None)
        if last is None:
            return 0.0
        measure = MEASURE.search(self.terms[last].text)
        same = 0.5 if measure and indicator.endswith(measure[0]) else 0.0
        return self._covered((indicator,))[last] + same

    def missing(self, *texts: str) -> list[Term]:
        """Return the terms of which the texts speak less than half."""
        covered = self._covered(texts)
        return [term for term, share in zip(self.terms, covered, strict=True) if share < 0.5]

    def lacking(self, *texts: str) -> float:
        """Return the weighted share of the terms of which the texts speak less than half."""
        covered = self._covered(texts)
        lost = sum(w for w, share in zip(self._shares, covered, strict=True) if share < 0.5)
        return lost / self._total if self._total else 0.0

    def neglects(self, *texts: str, beside: str = "", names_only: bool = False) -> bool:
        """Tell whether the texts pass over something that the question is about.

        What stands `beside` them may name the thing, but not what narrows it. With
        `names_only`, nothing is missed but a place, a person, a body or a qualifier.
        """
        told = self._covered(texts)
        aside = self._covered((beside,)) if beside else told
        return any(
            (term.proper or term.narrows if names_only else self._asked_for(term, weight))
            and (share if term.narrows else max(share, near)) < SPOKEN_OF
            for term, weight, share, near in zip(self.terms, self._shares, told, aside, strict=True)
        )

    def speaks_elsewhere(self, whole: str, *near: str) -> bool:
        """Tell whether a sentence names a thing that the question is about, but not near its figure.

        «潼荣高速建成通车…,高速公路通车总里程达到3235公里» says nothing of how long the first is.
        """
        told, beside = self._covered((whole,)), self._covered(near)
        return any(
            term.essential
            and weight >= _WEIGHTY * self._total
            and share >= SPOKEN_OF
            and close < SPOKEN_OF
            for term, weight, share, close in zip(
                self.terms, self._shares, told, beside, strict=True
            )
        )

    def _asked_for(self, term: Term, weight: float) -> bool:
        """Tell whether a text that passes over a term cannot answer."""
        if not (term.essential and term.hard):
            return False
        return term.narrows or term.proper or weight >= _WEIGHTY * self._total

    def told_in_part(self, *texts: str) -> list[Term]:
        """Return the long names, half of the question each, of which the texts tell not all."""
        return [
            term
            for term, weight, share in zip(
                self.terms, self._shares, self._covered(texts), strict=True
            )
            if term.essential
            and len(term.text) > _FULL_NAME
            and weight >= 0.5 * self._total
            and SPOKEN_OF <= share < 1.0
        ]

    def lacks_full_name(self, *texts: str) -> bool:
        """Tell whether the texts pass over an indicator whose full name is half of the question."""
        return any(
            term.hard
            and term.essential
            and len(term.text) >= _FULL_NAME
            and weight >= 0.5 * self._total
            and share < SPOKEN_OF
            for term, weight, share in zip(
                self.terms, self._shares, self._covered(texts), strict=True
            )
        )

    def _covered(self, texts: Sequence[str]) -> list[float]:
        """Return for each term how far the best of the texts speaks of it."""
        seen = self._seen
        if len(texts) == 1:
            return seen.get(texts[0]) or self._look(texts[0])
        return list(map(max, *[seen.get(text) or self._look(text) for text in texts]))

    def _look(self, text: str) -> list[float]:
        quoted = text.lower()
        bare = wording.QUOTES.sub("", quoted)
        row = [
            _most_covered(names, quoted, bare) if names[0].quoted or _any_in(bare, traces) else 0.0
            for names, traces in zip(self._names, self._traces, strict=True)
        ]
        self._seen[text] = row
        return row

    def surplus(self, text: str) -> float:
        """Return the weighted share of `text` that no term names, in [0, 1].

        Asked for «地区生产总值», «人均地区生产总值» has surplus: it is another indicator.
        """
        text = text.lower()
        rest = text
        names = [name.text for names in self._names for name in names]
        for name in names:
            rest = rest.replace(name, "\0") if len(name) > 1 else rest
        # what no name covers whole may still be covered in runs
        pairs = self._all_pairs
        left = [True] * len(rest)
        for i in range(len(rest) - 1):
            if rest[i : i + 2] in pairs:
                left[i] = left[i + 1] = False
        unknown = "".join(c for c, keep in zip(rest, left, strict=True) if keep and c != "\0")
        whole = self._weights.of(text)
        return self._weights.of(unknown) / whole if whole else 0.0


def _most_covered(names: Iterable[_Name], quoted: str, bare: str) -> float:
    """Return the share of the name that stands in a text most, with its quotes or without."""
    most = 0.0
    for name in names:
        share = name.covered(quoted if name.quoted else bare)
        if share >= 1.0:
            return share
        most = max(most, share)
    return most


def _any_in(text: str, pieces: Iterable[str]) -> bool:
    for piece in pieces:  # noqa: SIM110  # a generator takes longer than the search
        if piece in text:
            return True
    return False
