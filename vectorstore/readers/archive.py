"""Zip archives of reports, read in memory: nothing is ever written where a name points to."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from vectorstore.errors import ReadingError

MOST_BYTES = 50_000_000
"""The largest file that is read, alone or in an archive."""

_MOST_MEMBERS = 2000
_MOST_UNPACKED = 8 * MOST_BYTES
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError, ValueError,
)  # fmt: skip
_MEND_DAMAGE = "可能没有下载完整。请重新下载，或解压后把里面的文件直接放入文件夹。"


def members(
    data: bytes, name: str, suffixes: Collection[str]
) -> Iterator[tuple[PurePosixPath, bytes | ReadingError]]:
    """Yield the files of an archive by name, each with its bytes or why it has none.

    Folders, hidden files and those of other suffixes are left out.

    Raises:
        ReadingError: the archive is damaged, or unpacks to too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGED as error:
        raise ReadingError(f"「{name}」不是完好的压缩包，{_MEND_DAMAGE}") from error
    _check_size(archive, name)
    for member in sorted(archive.infolist(), key=_name):
        path = PurePosixPath(_name(member))
        wanted = path.suffix.lower() in suffixes and not _is_hidden(path)
        if wanted and not member.is_dir():
            try:
                yield path, _unpacked(archive, member, path)
            except ReadingError as error:
                yield path, error


def repacked(data: bytes, name: str) -> io.BytesIO:
    """Return the archive made anew of what its members hold within the limits.

    A library that unpacks it then cannot be made to fill the memory.

    Raises:
        ReadingError: it unpacks to too much.
        Exception: whatever `zipfile` makes of a damaged archive.
    """
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(copy, "w") as target:
        _check_size(archive, name)
        for member in archive.infolist():
            target.writestr(member.filename, _content(archive, member))
    return copy


def _check_size(archive: zipfile.ZipFile, name: str) -> None:
    listed = archive.infolist()
    unpacked = sum(member.file_size for member in listed)
    if len(listed) > _MOST_MEMBERS or unpacked > _MOST_UNPACKED:
        raise ReadingError(
            f"「{name}」解开后有 {len(listed)} 个文件、{unpacked / 1e6:.0f} MB，"
            f"最多可以是 {_MOST_MEMBERS} 个、{_MOST_UNPACKED / 1e6:.0f} MB。请分成几份。"
        )


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: PurePosixPath) -> bytes:
    if path.is_absolute() or ".." in path.parts:
        raise ReadingError(f"「{path}」的路径指到压缩包之外，不予读取。请重新打包。")
    if member.flag_bits & _ENCRYPTED:
        raise ReadingError(f"「{path}」有密码保护，无法读取。请解压后去掉密码，再重新打包。")
    if member.file_size > MOST_BYTES:
        raise ReadingError(too_large(str(path), member.file_size))
    try:
        return _content(archive, member)
    except _DAMAGED as error:
        raise ReadingError(f"压缩包里的「{path}」已经损坏，{_MEND_DAMAGE}") from error


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        # Without a bound all of it is unpacked, whatever size the header tells.
        return file.read(member.file_size + 1)


def too_large(name: str, size: int) -> str:
    """Return the message for a file of `size` bytes."""
    return (
        f"「{name}」有 {size / 1e6:.0f} MB，最多可以是 {MOST_BYTES / 1e6:.0f} MB。"
        "请只留下报告的全文，去掉图片，再试一次。"
    )


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; without the mark of UTF-8 it is often GB18030."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    raw = member.filename.encode("cp437")
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return member.filename


def _is_hidden(path: PurePosixPath) -> bool:
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in path.parts)
