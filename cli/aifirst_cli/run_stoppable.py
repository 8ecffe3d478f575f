"""Runs what is driven by models so that Ctrl-C ends it at once, wherever it is, and leaves nothing running.

The loop of asyncio waits at its end for threads: for one that runs tests as long as they take, for one that asks a person
for ever. Here Ctrl-C kills what runs in the sandbox, ends every question and cancels calls of models; a thread that then
still works (judging a large project, say) is given a moment, and the program ends without it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from typing import Any, Final, NoReturn, ParamSpec, TypeVar

import click

Result = TypeVar("Result")
Given = ParamSpec("Given")
_GRACE: Final = 2.0
"""Seconds for threads to end in."""


class Stop:
    """Whether a run is to end now. `event` is for threads, `waker` a descriptor for those who wait on descriptors."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.waker, self._wake = os.pipe()
        self._ends: list[Callable[[], None]] = []
        self.is_stuck = False
        """A thread did not end in time: the program can only be left by force."""

    def request(self) -> None:
        """End the run; from any thread, and from a signal's handler."""
        first = not self.event.is_set()
        self.event.set()
        if first:
            os.write(self._wake, b"!")
        for end in self._ends:
            end()

    def run(self, work: Coroutine[Any, Any, Result], signals: dict[int, Callable[[], None]]) -> Result:
        """What the work comes to; KeyboardInterrupt where it was stopped. `signals` says what others do meanwhile."""
        executor = _Threads()
        loop = asyncio.new_event_loop()
        loop.set_default_executor(executor)
        task = loop.create_task(work)

        def cancel() -> None:
            with suppress(RuntimeError):  # the loop is closed: it has ended by itself
                loop.call_soon_threadsafe(task.cancel)

        self._ends.append(cancel)
        try:
            with _handled(loop, {signal.SIGINT: self.request}, {**signals}):
                if self.event.is_set():
                    task.cancel()
                return loop.run_until_complete(task)
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        except (KeyboardInterrupt, SystemExit):  # a question was ended, or a signal ends the program
            self.request()
            raise
        except Exception:
            if self.event.is_set():  # an error of what was ended, not of what it is about
                raise KeyboardInterrupt from None
            raise
        finally:
            self._ends.remove(cancel)
            if task.done() and not task.cancelled():
                task.exception()  # it is known: asyncio need not say so
            _end_tasks(loop)
            self.is_stuck = not executor.end(_GRACE if self.event.is_set() else None)
            loop.close()


@contextmanager
def left_by_force(stop: Stop) -> Generator[None]:
    """Where a thread would keep a program that is to end from ending, end it here, as at any interruption."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as ending:
        if stop.is_stuck:
            _leave(ending.code if isinstance(ending, SystemExit) and isinstance(ending.code, int) else 130)
        raise


def _leave(code: int) -> NoReturn:
    if code == 130:
        click.echo("Interrupted. What was finished is kept; the next run goes on from there.", err=True)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


class _Threads(ThreadPoolExecutor):
    """Threads that need not be waited for without end."""

    def __init__(self) -> None:
        super().__init__(thread_name_prefix="run")
        self._futures: set[Future[Any]] = set()

    def submit(
        self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Result]:
        """See `ThreadPoolExecutor.submit`."""
        future = super().submit(fn, *args, **kwargs)
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)
        return future

    def end(self, seconds: float | None) -> bool:
        """Whether all threads ended within the time."""
        self.shutdown(wait=seconds is None, cancel_futures=True)
        return not wait(list(self._futures), seconds).not_done


def _end_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what is still under way, and close the streams of models."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())


@contextmanager
def _handled(
    loop: asyncio.AbstractEventLoop,
    at_once: dict[int, Callable[[], None]],
    in_turn: dict[int, Callable[[], None]],
) -> Generator[None]:
    """Handle signals: some at once, wherever the program is, some in the loop's own turn."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handler(number: int, _: object) -> None:
        if number in at_once:
            at_once[number]()
        else:
            loop.call_soon_threadsafe(in_turn[number])

    before = {number: signal.signal(number, handler) for number in (*at_once, *in_turn)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
