"""A file -> the report in it."""

from __future__ import annotations

from pathlib import Path

from vectorstore.errors import ReadingError
from vectorstore.outline import build_report
from vectorstore.report import Report

_BUILTIN = "2020年重庆市政府工作报告.txt"


def builtin_path() -> Path:
    """Return the path of the report that ships with the package."""
    return Path(__file__).parent / "reports" / _BUILTIN


def read_folder(path: Path) -> list[Path]:
    """Return the files under `path` that can be read, sorted."""
    return sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() == ".txt")


def read_report(path: Path) -> Report:
    """Read a file as a report.

    Raises:
        ReadingError: it cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadingError(f"读不了文件 {path}：{error}。") from error
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ReadingError(f"{path.name} 的编码不认识；请存为 UTF-8。")
    return build_report(text, report_id=path.stem, filename=path.name)
