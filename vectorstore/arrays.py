"""NumPy arrays as files: written whole, mapped when they are opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def save(folder: Path, name: str, values: NDArray[Any]) -> None:
    """Write an array into a folder under a name."""
    np.save(folder / f"{name}.npy", values, allow_pickle=False)


def picked(folder: Path, name: str, row: int, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Read one row of a float32 array of this shape; to map it would take longer.

    Raises:
        OSError, ValueError: it is missing, or too short.
    """
    file = os.open(f"{folder}/{name}.npy", os.O_RDONLY)
    try:
        width = 4 * shape[1]
        begin = os.fstat(file).st_size - width * shape[0]
        if begin <= 0:
            raise ValueError(f"{name}.npy is too short")
        return np.frombuffer(os.pread(file, width, begin + width * row), dtype=np.float32)
    finally:
        os.close(file)


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
