"""A report's records as JSON, and the hash that names its content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date

from vectorstore.manifest import FORMAT_VERSION
from vectorstore.report import Part, Passage, Report, Span


def content_hash(report: Report) -> str:
    """Identify a report's records and the way they are indexed, by 32 hex digits."""
    content = json.dumps(asdict(report), ensure_ascii=False, sort_keys=True, default=str)
    scheme = f"{FORMAT_VERSION}\n{content}"
    return hashlib.sha256(scheme.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def dump(report: Report) -> str:
    """Write a report's records as JSON."""
    return json.dumps(asdict(report), ensure_ascii=False, default=str)


def parse(text: str) -> Report:
    """Read the records that `dump` wrote.

    Raises:
        ValueError, KeyError, TypeError: they are damaged.
    """
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
