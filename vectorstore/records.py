"""A report's records as JSON, and the hash that names its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from vectorstore.report import Part, Passage, Report, Span

# The way in which records are embedded and indexed; another number embeds all anew.
_SCHEME = 1
# How each paragraph begins in what `dump` writes.
_PASSAGE = b'{"headings": '
_DECODER = json.JSONDecoder()


def content_hash(report: Report) -> str:
    """Identify a report's records and the way they are indexed, by 32 hex digits."""
    return _hash_of(_encoded(dump(report)))


def dump(report: Report) -> str:
    """Write a report's records as JSON, always in the same letters."""
    return json.dumps(asdict(report), ensure_ascii=False, sort_keys=True, default=str)


def _hash_of(text: bytes) -> str:
    found = hashlib.sha256(b"%d\n" % _SCHEME)
    found.update(text)
    return found.hexdigest()[:32]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def load(text: str, expected: str) -> Report:
    """Read the records that `dump` wrote and whose hash is `expected`.

    Raises:
        ValueError, KeyError, TypeError: they are damaged.
    """
    report = _parse(text)
    # Records were once written with their fields in another order, and hashed in this one.
    if _hash_of(_encoded(text)) != expected and content_hash(report) != expected:
        raise ValueError("内容与校验和不符")
    return report


def load_passages(text: bytes, expected: str, numbers: Sequence[int]) -> list[Passage | None]:
    """Read only the paragraphs with these numbers, of the records that `load` reads whole.

    Raises:
        ValueError, KeyError, TypeError: they are damaged.
    """
    if _hash_of(text) != expected:
        report = load(text.decode("utf-8", "surrogatepass"), expected)
        return [report.passage(number) for number in numbers]
    return [_found(text, number) for number in numbers]


def _found(text: bytes, number: int) -> Passage | None:
    """Read one paragraph out of what `dump` wrote, its fields in the order of their names.

    A quotation mark inside a string has a backslash before it, so that what is looked for is
    found nowhere else.
    """
    place = text.find(b'"number": %d, ' % number)
    if place < 0:
        return None
    start, following = text.rfind(_PASSAGE, 0, place), text.find(_PASSAGE, place)
    piece = text[start : following if following >= 0 else len(text)]
    content, _ = _DECODER.raw_decode(piece.decode("utf-8", "surrogatepass"))
    return _passage(content)


def _passage(content: dict[str, Any]) -> Passage:
    return Passage(
        report_id=content["report_id"],
        number=content["number"],
        section=tuple(content["section"]),
        part=Part(content["part"]),
        text=content["text"],
        sentences=tuple(Span(s["start"], s["end"]) for s in content["sentences"]),
        headings=tuple(Span(s["start"], s["end"]) for s in content["headings"]),
    )


def _parse(text: str) -> Report:
    content = json.loads(text)
    return Report(
        id=content["id"],
        title=content["title"],
        region=content["region"],
        year=content["year"],
        date=date.fromisoformat(content["date"]) if content["date"] else None,
        speaker=content["speaker"],
        passages=tuple(map(_passage, content["passages"])),
        gaps=tuple(content["gaps"]),
    )
