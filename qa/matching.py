"""How much of what a question asks a piece of text speaks of."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from qa.lexicon import lexicon
from qa.terms import Term
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
        weights = self._weights
        return sum(weights.get(char, 1.0) for char in text)


# What narrows an indicator to another one, and the wording that takes it in.
_QUALIFIERS = {
    "人均": "人均",
    "城镇": "城镇|城乡|城市",
    "农村": "农村|城乡|乡村|农民",
    "常住": "常住",
    "户籍": "户籍",
    "登记": "登记",
    "调查": "调查",
    "进口": "进口",
    "民营": "民营|非公",
    "国有": "国有|国企",
    "第一产业": "第一产业|农业",
    "第二产业": "第二产业|工业",
    "第三产业": "第三产业|服务业",
}


def _said(name: str, text: str) -> bool:
    """Tell whether `text` says a name, and not only a longer word that means something else."""
    if name not in text:
        return False
    for longer in lexicon().apart.get(name, ()):
        text = text.replace(longer, " ")
    return name in text


def _unqualified(name: str, text: str) -> bool:
    return any(
        qualifier in name and not re.search(wording, text)
        for qualifier, wording in _QUALIFIERS.items()
    )


class Matcher:
    """Measures coverage of one question's terms."""

    def __init__(self, terms: Sequence[Term], weights: Weights) -> None:
        self._weights = weights
        self.terms = tuple(terms)
        self._parts = [
            (
                weights.of(term.text) * term.weight,
                tuple(dict.fromkeys(n.lower() for n in (term.text, *term.names))),
            )
            for term in terms
        ]
        self._total = sum(weight for weight, _ in self._parts)

    @property
    def total(self) -> float:
        """The summed weight of all terms."""
        return self._total

    def coverage(self, text: str) -> float:
        """Return the weighted share of the terms that `text` speaks of, in [0, 1]."""
        if not self._total:
            return 0.0
        text = text.lower()
        covered = sum(weight * self._covered(names, text) for weight, names in self._parts)
        return covered / self._total

    def missing(self, text: str) -> list[Term]:
        """Return the terms of which `text` speaks less than half."""
        text = text.lower()
        return [
            term
            for term, (_, names) in zip(self.terms, self._parts, strict=True)
            if self._covered(names, text) < 0.5
        ]

    def lacking(self, text: str) -> float:
        """Return the weighted share of the terms of which `text` speaks less than half."""
        absent = set(self.missing(text))
        lost = sum(w for t, (w, _) in zip(self.terms, self._parts, strict=True) if t in absent)
        return lost / self._total if self._total else 0.0

    def neglects(self, text: str) -> bool:
        """Tell whether `text` passes over something that the question is about."""
        return any(
            term.essential
            and weight >= 0.12 * self._total
            and self._covered(names, text.lower()) < 0.5
            for term, (weight, names) in zip(self.terms, self._parts, strict=True)
        )

    def _covered(self, names: tuple[str, ...], text: str) -> float:
        if any(_said(name, text) for name in names):
            return 1.0
        return max(self._share(name, text) for name in names)

    def _share(self, name: str, text: str) -> float:
        """Return the weighted share of `name` in runs of two or more characters of `text`."""
        if len(name) < 3 or name.isascii():
            return 0.0
        covered = [False] * len(name)
        for start in range(len(name) - 1):
            if name[start : start + 2] in text:
                covered[start] = covered[start + 1] = True
        found = "".join(c for c, hit in zip(name, covered, strict=True) if hit)
        share = self._weights.of(found) / self._weights.of(name) if found else 0.0
        return min(share, 0.4) if _unqualified(name, text) else share

    def surplus(self, text: str) -> float:
        """Return the weighted share of `text` that no term names, in [0, 1].

        Asked for «地区生产总值», «人均地区生产总值» has surplus: it is another indicator.
        """
        text = text.lower()
        rest = text
        for _, names in self._parts:
            for name in names:
                rest = rest.replace(name, "\0") if len(name) > 1 else rest
        # what no name covers whole may still be covered in runs
        pairs = {
            name[i : i + 2]
            for _, names in self._parts
            for name in names
            for i in range(len(name) - 1)
        }
        left = [True] * len(rest)
        for i in range(len(rest) - 1):
            if rest[i : i + 2] in pairs:
                left[i] = left[i + 1] = False
        unknown = "".join(c for c, keep in zip(rest, left, strict=True) if keep and c != "\0")
        whole = self._weights.of(text)
        return self._weights.of(unknown) / whole if whole else 0.0
