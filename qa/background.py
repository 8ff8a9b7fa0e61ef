"""Questions of all sorts, against which nearness to one question is measured."""

from __future__ import annotations

from functools import cache

from qa.packaged import packaged


@cache
def background(*, english: bool) -> tuple[str, ...]:
    """Return the questions of the package in one language."""
    return tuple(packaged("background.toml")["english" if english else "chinese"])
