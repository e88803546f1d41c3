"""Calls in virtual time: the loop's clock jumps to the next frame, work runs in place, so that load changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

import looptime

P = ParamSpec("P")
T = TypeVar("T")


class InPlace(Executor):
    """Runs what is submitted at once: in virtual time, work takes no time."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """``fn``'s result, already there."""
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


def run_virtually(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` on a loop in virtual time.

    The loop waits ``noop_cycles`` empty rounds for outsiders before it moves the clock; here nobody is outside.
    """
    with asyncio.Runner(loop_factory=lambda: looptime.new_event_loop(start=0.0, noop_cycles=2)) as runner:
        return runner.run(work)
