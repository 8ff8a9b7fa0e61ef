"""How much one visitor may ask, and how much all together."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from threading import BoundedSemaphore, Lock

from vectorstore.errors import ReportQAError

_WORKERS = 4
# Every question that waits holds a thread, of which the web server has forty.
_MOST_WAITING = 32


class Cause(StrEnum):
    """Why a question is not taken now."""

    TOO_FAST = "rate_limit_exceeded"
    TOO_MANY = "too_many_at_once"
    FULL = "server_busy"


SAID = {
    Cause.TOO_FAST: "提问太快了，请过一分钟再试。",
    Cause.TOO_MANY: "您还有几个问题正在回答，请等它们答完再问。",
    Cause.FULL: "现在提问的人很多，请稍等片刻再试。",
}


class TurnedAway(ReportQAError):
    """A question that is not taken now; it can be asked again later."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(SAID[cause])
        self.cause = cause


class Limits:
    """Lets in so many questions of one visitor within a minute, and so many at a time.

    A few are answered at once; the next wait their turn, and when too many wait,
    further ones are turned away.
    """

    def __init__(
        self,
        per_minute: int,
        at_once: int,
        most_waiting: int = _MOST_WAITING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_minute = per_minute
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._clock = clock
        self._asked: dict[str, deque[float]] = defaultdict(deque)
        self._open: dict[str, int] = defaultdict(int)
        self._lock = Lock()
        self._workers = BoundedSemaphore(_WORKERS)

    @contextmanager
    def place(self, visitor: str) -> Iterator[None]:
        """Count a question of this visitor and wait until it may be answered.

        Raises:
            TurnedAway: the visitor asks too fast or too much at a time, or too many wait.
        """
        self._let_in(visitor)
        try:
            with self._workers:
                yield
        finally:
            self._let_out(visitor)

    def _let_in(self, visitor: str) -> None:
        now = self._clock()
        with self._lock:
            self._forget_before(now - 60)
            if len(self._asked[visitor]) >= self._per_minute:
                raise TurnedAway(Cause.TOO_FAST)
            if self._open[visitor] >= self._at_once:
                raise TurnedAway(Cause.TOO_MANY)
            if sum(self._open.values()) >= self._most_waiting:
                raise TurnedAway(Cause.FULL)
            self._asked[visitor].append(now)
            self._open[visitor] += 1

    def _let_out(self, visitor: str) -> None:
        with self._lock:
            self._open[visitor] -= 1
            if not self._open[visitor]:
                del self._open[visitor]

    def _forget_before(self, then: float) -> None:
        for visitor, asked in list(self._asked.items()):
            while asked and asked[0] <= then:
                asked.popleft()
            if not asked:
                del self._asked[visitor]
