"""Exact match and character F1 of short answers, as CMRC 2018 defines them.

Cui et al., A Span-Extraction Dataset for Chinese Machine Reading Comprehension (2019),
https://aclanthology.org/D19-1600, and its script cmrc2018_evaluate.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_DROPPED = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
_HAN = re.compile(r"[\u4e00-\u9fa5]")
# Words with their decimals, and other marks one by one: what NLTK's tokenizer gives here.
_WORD = re.compile(r"\w+(?:[.,]\w+)*|[^\w\s]")


def exact_match(answer: str, references: Sequence[str]) -> float:
    """Return 1 if the answer is one of the references, punctuation and case aside."""
    return float(any(_bare(answer) == _bare(reference) for reference in references))


def character_f1(answer: str, references: Sequence[str]) -> float:
    """Return the best F1 over the references.

    With L the length of the longest run of tokens common to both, precision is L by the
    length of the answer and recall L by that of the reference.
    """
    return max((_f1(_tokens(answer), _tokens(each)) for each in references), default=0.0)


def _f1(answer: Sequence[str], reference: Sequence[str]) -> float:
    common = _longest_common_run(answer, reference)
    return 2 * common / (len(answer) + len(reference)) if common else 0.0


def _bare(text: str) -> str:
    return "".join(char for char in text.lower().strip() if char not in _DROPPED)


def _tokens(text: str) -> list[str]:
    """Split into Han characters, each alone, and the words between them."""
    spaced = _HAN.sub(lambda match: f" {match[0]} ", _bare(text))
    return _WORD.findall(spaced)


def _longest_common_run(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common run, by dynamic programming."""
    longest = 0
    above = [0] * (len(other) + 1)
    for token in one:
        row = [0] * (len(other) + 1)
        for at, candidate in enumerate(other, start=1):
            if token == candidate:
                row[at] = above[at - 1] + 1
        longest = max(longest, *row)
        above = row
    return longest
