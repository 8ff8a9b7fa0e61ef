"""What language models replied, kept on disk: one prompt is not waited and paid for twice.

Replies are kept as they came, before any check: an answer from the cache is verified
like any other, so nothing stale can pass. The key is a hash, and no question is stored.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

_LOG = logging.getLogger(__name__)
_SCHEMA = "CREATE TABLE IF NOT EXISTS reply (key TEXT PRIMARY KEY, text TEXT NOT NULL)"
# How long a reader waits for another process that writes, in seconds.
_PATIENCE = 2.0


class ReplyCache:
    """Replies by what was asked of whom; any number of threads and processes may share the file.

    Holds `most` replies, the newest. A file that cannot be read or written costs the
    cache, never the answer.
    """

    def __init__(self, path: Path, most: int = 10_000) -> None:
        self._path = path
        self._most = most

    def get(self, key: str) -> str | None:
        """Return what was replied to the prompt of this key, if it is kept."""
        try:
            with self._opened() as database:
                row = database.execute("SELECT text FROM reply WHERE key = ?", (key,)).fetchone()
        except (OSError, sqlite3.Error) as error:
            _LOG.warning("cannot read the replies in %s: %s", self._path, error)
            return None
        return str(row[0]) if row else None

    def put(self, key: str, text: str) -> None:
        """Keep a reply, and let the oldest beyond `most` go."""
        try:
            with self._opened() as database, database:
                database.execute("INSERT OR REPLACE INTO reply VALUES (?, ?)", (key, text))
                database.execute(
                    "DELETE FROM reply WHERE rowid <= (SELECT max(rowid) FROM reply) - ?",
                    (self._most,),
                )
        except (OSError, sqlite3.Error) as error:
            _LOG.warning("cannot keep a reply in %s: %s", self._path, error)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as database:
            database.execute(_SCHEMA)
            yield database


def key_of(model: str, place: str, messages: Sequence[tuple[str, str]]) -> str:
    """Return the key of a prompt: whose it is and all that it says, its evidence and question.

    The texts of the prompt itself are among the messages, so that another version of
    it has other keys.
    """
    asked = json.dumps([model, place, list(messages)], ensure_ascii=False)
    return hashlib.sha256(asked.encode()).hexdigest()
