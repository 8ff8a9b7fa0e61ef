"""Seal: what files that are never written again were when they were done, so that damage is seen.

NumPy's and Chroma's files are read as they are: a damaged graph ends the process that reads
it. Therefore they are looked at before. Files of little weight are read whole each time;
heavy ones only where their time of change is another than when they were sealed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

# Bytes that are read in some hundredths of a second.
_LITTLE = 32 << 20


@dataclass(frozen=True, slots=True)
class Sealed:
    """One file, by its path below the root: its bytes, its time of change in ns, its checksum."""

    path: str
    size: int
    changed: int
    sha256: str


def sealed(root: Path, paths: Iterable[Path]) -> tuple[Sealed, ...]:
    """Seal these files as they are now.

    Raises:
        OSError: one cannot be read.
    """
    return tuple(_sealed(root, path) for path in sorted(paths))


def _sealed(root: Path, path: Path) -> Sealed:
    now = path.stat()
    place = path.relative_to(root).as_posix()
    return Sealed(place, now.st_size, now.st_mtime_ns, _sum(path))


def damage(root: Path, files: Sequence[Sealed], *, wholly: bool = False) -> str | None:
    """Say in Chinese which of these files is not what it was, `None` if all are.

    `wholly` reads every byte, however many there are.
    """
    wholly = wholly or sum(file.size for file in files) <= _LITTLE
    for file in files:
        path = root / file.path
        try:
            now = path.stat()
            if now.st_size != file.size:
                return f"{path} 已损坏：有 {now.st_size} 字节，应有 {file.size} 字节"
            if (wholly or now.st_mtime_ns != file.changed) and _sum(path) != file.sha256:
                return f"{path} 已损坏：内容与校验和不符"
        except OSError as error:
            return f"{path} 缺失或读不了：{error.strerror}"
    return None


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
