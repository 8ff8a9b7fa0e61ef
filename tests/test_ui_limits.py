"""Who is turned away, why, and what then is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError, Event

import pytest

from ui.limits import Cause, Limits, TurnedAway


def _turned_away(limits: Limits, visitor: str) -> Cause | None:
    try:
        with limits.place(visitor):
            return None
    except TurnedAway as error:
        return error.cause


def test_questions_are_counted_over_the_last_minute_for_each_visitor() -> None:
    now = 0.0
    limits = Limits(per_minute=2, at_once=9, clock=lambda: now)
    fast = Cause.TOO_FAST
    assert [_turned_away(limits, "a") for _ in range(3)] == [None, None, fast]
    assert _turned_away(limits, "b") is None
    now = 59.9
    assert _turned_away(limits, "a") is fast
    now = 60.0
    assert [_turned_away(limits, "a") for _ in range(3)] == [None, None, fast]


def test_a_visitor_works_on_so_many_questions_at_a_time() -> None:
    limits = Limits(per_minute=99, at_once=2)
    with limits.place("a"), limits.place("a"):
        assert _turned_away(limits, "a") is Cause.TOO_MANY
        assert _turned_away(limits, "b") is None
    assert _turned_away(limits, "a") is None


def test_a_question_that_fails_gives_its_place_back() -> None:
    limits = Limits(per_minute=99, at_once=1)
    with pytest.raises(RuntimeError), limits.place("a"):
        raise RuntimeError
    assert _turned_away(limits, "a") is None


def _in_background(work: Callable[[int], None], count: int) -> ThreadPoolExecutor:
    pool = ThreadPoolExecutor(count)
    pool.map(work, range(count))
    return pool


def test_four_are_answered_the_next_wait_and_further_ones_are_turned_away() -> None:
    limits = Limits(per_minute=99, at_once=99, most_waiting=6)
    inside, go_on = Barrier(5), Event()

    def visit(number: int) -> None:
        with limits.place(str(number)):
            try:
                inside.wait(timeout=1)
            except BrokenBarrierError:  # the fifth and sixth come when the others have left
                return
            go_on.wait(timeout=20)

    pool = _in_background(visit, 4)
    inside.wait(timeout=20)
    waiting = _in_background(visit, 2)
    while (cause := _full(limits)) is None:
        pass
    assert cause is Cause.FULL
    inside.abort()
    go_on.set()
    pool.shutdown()
    waiting.shutdown()
    assert _turned_away(limits, "z") is None


def _full(limits: Limits) -> Cause | None:
    """Tell whether one more is turned away, without waiting where it is not."""
    if sum(limits._open.values()) < 6:
        return None
    return _turned_away(limits, "z")
