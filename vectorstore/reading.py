"""A file -> the report in it; a folder or an archive -> the reports in it.

Each kind of file has one reader in `vectorstore.readers`, from its bytes to its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path, PurePath

from vectorstore.errors import ReadingError
from vectorstore.outline import build_report
from vectorstore.readers.archive import MOST_BYTES, members, too_large
from vectorstore.report import Report

_BUILTIN = "2020年重庆市政府工作报告.txt"
_READERS = {
    ".txt": "plain",
    ".md": "markdown",
    ".html": "web",
    ".htm": "web",
    ".docx": "word",
    ".pdf": "pdf",
}
_ARCHIVE = ".zip"

SUFFIXES = (*_READERS, _ARCHIVE)
"""The suffixes of the files that can be read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one file: its report, or the reason why there is none.

    `source` names the file for people; one inside an archive as «archive › file».
    """

    source: str
    outcome: Report | ReadingError

    @property
    def report(self) -> Report | None:
        """The report, if the file could be read."""
        return self.outcome if isinstance(self.outcome, Report) else None

    @property
    def error(self) -> ReadingError | None:
        """Why there is no report, if there is none."""
        return self.outcome if isinstance(self.outcome, ReadingError) else None


def builtin_path() -> Path:
    """Return the path of the report that ships with the package."""
    return Path(__file__).parent / "reports" / _BUILTIN


def read_folder(path: Path) -> list[Path]:
    """Return the files under `path` that can be read, sorted; hidden ones are left out."""
    return sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower() in SUFFIXES
        and not any(part.startswith((".", "~$")) for part in file.relative_to(path).parts)
        and file.is_file()
    )


def read_report(path: Path) -> Report:
    """Read a file as a report; an archive must hold just one.

    Raises:
        ReadingError: there is no such file, it may not be read, or it holds no text
            of a known kind and encoding; the message says which, and how to mend it.
    """
    readings = list(_readings(path))
    if len(readings) != 1:
        raise ReadingError(
            f"压缩包 {path} 里有 {len(readings)} 份可以读取的文件，这里应当是一份报告。"
            "请解压后选出一份，或为整个压缩包建立索引。"
        )
    outcome = readings[0].outcome
    if isinstance(outcome, ReadingError):
        raise outcome
    return outcome


def read_reports(*paths: Path) -> Iterator[Reading]:
    """Read files, folders and archives; what cannot be read is told, not raised.

    Reports are known by their file's name without suffix: the second of one name
    is not read.
    """
    sources: dict[str, str] = {}
    for path in paths:
        for file in read_folder(path) if path.is_dir() else [path]:
            for reading in _readings_or_error(file):
                yield _told_apart(reading, sources)


def _told_apart(reading: Reading, sources: dict[str, str]) -> Reading:
    """Return the reading, or an error where its report's id was met before."""
    if isinstance(reading.outcome, ReadingError):
        return reading
    id_ = reading.outcome.id
    first = sources.setdefault(id_, reading.source)
    if first == reading.source:
        return reading
    message = (
        f"{reading.source} 与 {first} 同名，已读取后者。"
        "报告以不带后缀的文件名区分，请给其中一个改名。"
    )
    return Reading(reading.source, ReadingError(message))


def _readings_or_error(file: Path) -> Iterator[Reading]:
    try:
        yield from _readings(file)
    except ReadingError as error:
        yield Reading(str(file), error)


def _readings(path: Path) -> Iterator[Reading]:
    """Yield what comes of a file: one reading, or those of an archive's members.

    Raises:
        ReadingError: the file itself cannot be read.
    """
    data = _bytes(path)
    if path.suffix.lower() != _ARCHIVE:
        yield Reading(str(path), _report(data, path))
        return
    for member, content in members(data, path.name, SUFFIXES):
        yield Reading(f"{path} › {member}", _member(content, member))


def _member(content: bytes | ReadingError, member: PurePath) -> Report | ReadingError:
    if isinstance(content, ReadingError):
        return content
    if member.suffix.lower() == _ARCHIVE:
        return ReadingError(f"「{member}」是压缩包里的压缩包，不予读取。请先解开它。")
    try:
        return _report(content, member)
    except ReadingError as error:
        return error


def _report(data: bytes, path: PurePath) -> Report:
    text = _reader(path)(data, path.name)
    return build_report(text, report_id=path.stem, filename=path.name)


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise ReadingError(f"{path} 不是文件；这里应当是一份报告的文件，例如 报告.txt。")
        _check_kind(path)
        if size > MOST_BYTES:
            raise ReadingError(too_large(str(path), size))
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ReadingError(f"找不到文件 {path}。请检查路径和文件名。") from error
    except PermissionError as error:
        raise ReadingError(
            f"没有权限读取 {path}。请让当前用户可以读取它，或换一个文件。"
        ) from error
    except OSError as error:
        raise ReadingError(f"读不了文件 {path}：{error.strerror}。请检查路径和磁盘。") from error


def _reader(path: PurePath) -> Callable[[bytes, str], str]:
    module = import_module(f"vectorstore.readers.{_READERS[path.suffix.lower()]}")
    read: Callable[[bytes, str], str] = module.text_of
    return read


def _check_kind(path: PurePath) -> None:
    if path.suffix.lower() not in SUFFIXES:
        kind = f"{path.suffix} 文件" if path.suffix else "没有后缀的文件"
        raise ReadingError(
            f"「{path.name}」是{kind}，可以读取的是 {'、'.join(SUFFIXES)}。"
            "请把报告的全文另存为其中一种。"
        )
