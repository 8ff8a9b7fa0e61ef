"""Draft text with [n] markers -> claims with citations.

Every generator, with or without a language model, writes the same draft: plain
sentences, each followed by the numbers of the evidence that proves it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qa.answer import Citation, Claim

_MARKER = re.compile(r"\s*[\[［【](\d{1,3})[\]］】]")
_STOP = "。！？!?；;.\n"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft answer: text with [n] markers, and the evidence they number.

    `operands` maps the index of a computed claim to the texts it was computed from.
    """

    text: str
    evidence: tuple[Citation, ...]
    operands: tuple[tuple[str, ...], ...] = ()


def parse(draft: Draft) -> list[Claim]:
    """Split a draft into claims at its sentence ends; a claim owns the markers within it.

    Markers that number no evidence are left out, so that the claim stands uncited
    and fails verification instead of pointing nowhere.
    """
    evidence = {citation.number: citation for citation in draft.evidence}
    claims: list[Claim] = []
    for piece in _sentences(draft.text):
        numbers = dict.fromkeys(int(m[1]) for m in _MARKER.finditer(piece))
        text = _MARKER.sub("", piece).strip()
        if not text.strip(_STOP + " "):
            continue
        citations = tuple(evidence[n] for n in numbers if n in evidence)
        index = len(claims)
        operands = draft.operands[index] if index < len(draft.operands) else ()
        claims.append(Claim(text, citations, operands))
    return claims


def _sentences(text: str) -> list[str]:
    """Cut after a stop, keeping the markers that directly follow with what they mark."""
    cut = re.compile(rf"(?:[。！？!?；;\n]|\.(?=\s|$|\s*[\[［【]))(?:{_MARKER.pattern})*")
    pieces, start = [], 0
    for match in cut.finditer(text):
        pieces.append(text[start : match.end()])
        start = match.end()
    return [*pieces, text[start:]]


Numbering = Callable[[Citation], Citation]


def numbering() -> Numbering:
    """Return what numbers citations 1, 2, … in the order in which they come; one number a place."""
    numbers: dict[tuple[object, ...], int] = {}

    def numbered(citation: Citation) -> Citation:
        place = (citation.passage.report_id, citation.passage.number, citation.span)
        return replace(citation, number=numbers.setdefault(place, len(numbers) + 1))

    return numbered


def renumber(claims: Sequence[Claim], numbered: Numbering | None = None) -> tuple[Claim, ...]:
    """Number the citations in the order of their first use, by `numbered` or from 1."""
    numbered = numbered or numbering()
    return tuple(
        replace(claim, citations=tuple(numbered(c) for c in claim.citations)) for claim in claims
    )
