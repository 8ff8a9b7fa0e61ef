"""What visitors said of answers, and what could not be answered: one local SQLite file.

Nothing is sent anywhere, and with `REPORT_QA_LOG_QUESTIONS=0` nothing is written.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from qa.settings import Settings
from ui.notebook import Exchange, Vote

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, question TEXT NOT NULL,
    answer TEXT NOT NULL, reason TEXT NOT NULL, citations TEXT NOT NULL,
    complaint TEXT NOT NULL, comment TEXT NOT NULL
)
"""
_LONGEST_COMMENT = 1000


Kind = Literal["unanswered", "up", "down"]


def default_path() -> Path:
    """Return the file in the data folder."""
    return Settings().data_dir / "feedback.sqlite3"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the file.

    `at` is the time in UTC, ISO 8601. `citations` is a JSON list of
    [report, paragraph, quote].
    `reason` is why there was no answer; `complaint` and `comment` come with a vote.
    """

    id: int
    at: str
    kind: Kind
    question: str
    answer: str
    reason: str
    citations: str
    complaint: str
    comment: str


@dataclass(frozen=True, slots=True)
class FeedbackLog:
    """The file at `path`, made when the first line is written."""

    path: Path

    def unanswered(self, exchange: Exchange) -> None:
        """Note a question that was refused."""
        self._write("unanswered", exchange, "", "")

    def vote(self, exchange: Exchange, vote: Vote, complaint: str = "", comment: str = "") -> None:
        """Note what a visitor says of an answer."""
        self._write(vote, exchange, complaint, comment[:_LONGEST_COMMENT])

    def entries(self) -> Iterator[Entry]:
        """Yield what was noted, oldest first."""
        if not self.path.exists():
            return
        with closing(self._open()) as file:
            for row in file.execute("SELECT * FROM entries ORDER BY id"):
                yield Entry(*row)

    def _write(self, kind: Kind, exchange: Exchange, complaint: str, comment: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        cited = [[source.report, source.paragraph, source.quote] for source in exchange.sources]
        row = (
            datetime.now(UTC).isoformat(timespec="seconds"), kind, exchange.question, exchange.text,
            exchange.reason or "", json.dumps(cited, ensure_ascii=False), complaint, comment,
        )  # fmt: skip
        with closing(self._open()) as file, file:
            file.execute(f"INSERT INTO entries VALUES (NULL{', ?' * len(row)})", row)

    def _open(self) -> sqlite3.Connection:
        file = sqlite3.connect(self.path, timeout=10)
        file.execute(_SCHEMA)
        return file
