"""Questions of all sorts, against which nearness to one question is measured."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def background(*, english: bool) -> tuple[str, ...]:
    """Return the questions of the package in one language."""
    table = tomllib.loads(Path(__file__).with_name("background.toml").read_text("utf-8"))
    return tuple(table["english" if english else "chinese"])
