"""Follow-ups -> a question that stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


def condense(question: str, history: Sequence[Turn]) -> str:
    """Return `question` with what it takes from the history spelled out."""
    return question
