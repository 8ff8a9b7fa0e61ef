"""The prompts: versioned data, and what makes texts from elsewhere safe to put in them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

_FENCES = str.maketrans({"<": "＜", ">": "＞", "|": "｜"})
_MARKER = re.compile(r"[\[［【](\d{1,3})[\]］】]")


@dataclass(frozen=True, slots=True)
class Prompt:
    """The texts of one prompt file, by their names, and their version."""

    version: str
    texts: Mapping[str, str]

    def fill(self, name: str, **values: str) -> str:
        """Return one of the texts with its `$` places filled."""
        return Template(self.texts[name]).substitute(values).strip()


@cache
def prompt(name: str) -> Prompt:
    """Return the prompt of that name, read once."""
    path = Path(__file__).parent / "prompts" / f"{name}.toml"
    texts = tomllib.loads(path.read_text("utf-8"))
    return Prompt(texts.pop("version"), texts)


def as_data(text: str) -> str:
    """Return a text that cannot close its fence, pose as a chat token, or number evidence."""
    return _MARKER.sub(r"（\1）", text.translate(_FENCES)).strip()
