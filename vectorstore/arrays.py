"""NumPy arrays as files: written whole, mapped when they are opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def save(folder: Path, name: str, values: NDArray[Any]) -> None:
    """Write an array into a folder under a name."""
    np.save(folder / f"{name}.npy", values, allow_pickle=False)


def mapped(folder: Path, name: str) -> NDArray[Any]:
    """Open an array; what is in it is read from disk when it is looked at.

    Raises:
        OSError, ValueError: it is missing or damaged.
    """
    path = folder / f"{name}.npy"
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:
        # What is empty cannot be mapped; what is damaged cannot be read either.
        found = np.load(path, allow_pickle=False)
    except EOFError as error:
        raise ValueError(f"{path.name} is empty") from error
    return np.asarray(found)
