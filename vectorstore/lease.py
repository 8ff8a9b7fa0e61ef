"""Lease: the right to write an index on a server, held by one process at a time.

A row of a Chroma table that says who writes and until when, by the server's clock. Adding
a row whose id is there changes nothing, so of two that add it one finds the other's. A
process that dies leaves a lease that runs out; the next writer waits for that.
"""

from __future__ import annotations

import secrets
import threading
import time
from types import TracebackType

from vectorstore.chroma import Chroma, Entry, Table
from vectorstore.errors import IndexBusy, StoreError

_ID = "lease"
SECONDS = 12.0
_RENEW = 3.0


class Lease:
    """Entered, it is held, and renewed by a thread of its own until it is left."""

    def __init__(self, chroma: Chroma, table: Table, place: str) -> None:
        self.owner = secrets.token_hex(8)
        self._chroma, self._table, self._place = chroma, table, place
        self._ended = threading.Event()

    def __enter__(self) -> Lease:
        """Take the lease; wait where its holder seems to have died.

        Raises:
            IndexBusy: another process holds it and renews it.
        """
        seen: Entry | None = None
        while not self._taken():
            (holder,) = self._table.get([_ID]) or (seen,)
            if seen is not None and holder is not None and holder != seen:
                raise IndexBusy(
                    f"另一个进程正在写入 {self._place} 的索引。请等它完成后再运行一次。"
                )
            seen = holder
            time.sleep(0.5)
        threading.Thread(target=self._renew, daemon=True).start()
        return self

    def _taken(self) -> bool:
        now = self._chroma.now()
        mine = Entry(_ID, "", {"owner": self.owner, "until": now + SECONDS})
        for holder in self._table.get([_ID]):
            if float(holder.facts["until"]) < now:
                # Only that very lease: another may have taken its place meanwhile.
                self._table.delete([_ID], {"owner": holder.facts["owner"]})
        self._table.add(mine)
        return self.held

    @property
    def held(self) -> bool:
        """Whether the lease is still ours, by what the server says."""
        return any(entry.facts["owner"] == self.owner for entry in self._table.get([_ID]))

    def _renew(self) -> None:
        while not self._ended.wait(_RENEW):
            try:
                if not self.held:
                    return
                self._table.mark([_ID], {"until": self._chroma.now() + SECONDS})
            except StoreError:
                continue  # the commit will tell whether it was lost

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the lease back; where the server is away, it runs out."""
        self._ended.set()
        try:
            self._table.delete([_ID], {"owner": self.owner})
        except StoreError:
            return
