"""A report's records as JSON, and the hash that names its content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date

from vectorstore.report import Part, Passage, Report, Span

# The way in which records are embedded and indexed; another number embeds all anew.
_SCHEME = 1


def content_hash(report: Report) -> str:
    """Identify a report's records and the way they are indexed, by 32 hex digits."""
    return _hash_of(dump(report))


def dump(report: Report) -> str:
    """Write a report's records as JSON, always in the same letters."""
    return json.dumps(asdict(report), ensure_ascii=False, sort_keys=True, default=str)


def _hash_of(text: str) -> str:
    return hashlib.sha256(f"{_SCHEME}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def load(text: str, expected: str) -> Report:
    """Read the records that `dump` wrote and whose hash is `expected`.

    Raises:
        ValueError, KeyError, TypeError: they are damaged.
    """
    report = _parse(text)
    # Records were once written with their fields in another order, and hashed in this one.
    if _hash_of(text) != expected and content_hash(report) != expected:
        raise ValueError("内容与校验和不符")
    return report


def _parse(text: str) -> Report:
    content = json.loads(text)
    return Report(
        id=content["id"],
        title=content["title"],
        region=content["region"],
        year=content["year"],
        date=date.fromisoformat(content["date"]) if content["date"] else None,
        speaker=content["speaker"],
        passages=tuple(
            Passage(
                report_id=p["report_id"],
                number=p["number"],
                section=tuple(p["section"]),
                part=Part(p["part"]),
                text=p["text"],
                sentences=tuple(Span(s["start"], s["end"]) for s in p["sentences"]),
                headings=tuple(Span(s["start"], s["end"]) for s in p["headings"]),
            )
            for p in content["passages"]
        ),
        gaps=tuple(content["gaps"]),
    )
