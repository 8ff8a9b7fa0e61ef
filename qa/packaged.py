"""The tables of the package: names, places, words, in TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def packaged(name: str) -> dict[str, Any]:
    """Return a TOML file that lies beside this one."""
    return tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))
