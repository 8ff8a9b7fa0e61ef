"""Disk: files that are written in one step, and what is said where they cannot be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vectorstore.errors import StoreError


@contextmanager
def writing_to(place: Path) -> Iterator[None]:
    """Turn what the file system refuses into an error that says what to do.

    Raises:
        StoreError: there is no room below `place`, or no right to write.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"不能写入 {place}：{error.strerror}。原有的索引没有变。"
            "请腾出空间、检查权限，或换一个可以写入的位置。"
        ) from error


def write_atomically(path: Path, text: str) -> None:
    """Replace a file in one step, on disk before this returns."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    flush(path.parent)


def flush(path: Path) -> None:
    """Have a file, or the entries of a folder, on disk before this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
