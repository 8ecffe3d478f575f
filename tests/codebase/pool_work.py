"""Work for the pool of processes that tells who did it, fails, dies, or is asked beside."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from aifirst_codebase.worker_pool import Work

Done = tuple[int, int, int]
"""The item, the process that did it, and the process that was set up for it."""


class Set:
    """What a process was set up with."""

    up: int = 0


def set_up() -> None:
    """Note the process in which this happens."""
    Set.up = os.getpid()


def number_of(item: int) -> Done:
    """What became of an item; of item 13 the process dies, of item 17 nothing can be told."""
    if item == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    if item == 17:
        raise LookupError("seventeen")
    return item, os.getpid(), Set.up


def lost(item: int) -> Done:
    """The result of an item that a worker died of."""
    return -item, 0, 0


def size_of(item: int) -> int:
    """So that every item is a chunk of its own."""
    return 1_000_000 - item


def work() -> Work[int, Done]:
    """The work over whole numbers."""
    return Work(set_up, (), number_of, lost, size_of, str)


def own_id() -> int:
    """The process in which the call is made."""
    return os.getpid()


def die() -> int:
    """What a process that is killed gives: nothing; the caller itself gets its id."""
    if "AIFIRST_TEST_CALLER" not in os.environ or os.environ["AIFIRST_TEST_CALLER"] != str(os.getpid()):
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def fail() -> int:
    """Raise what the caller is to see."""
    raise LookupError("on purpose")


def note_call(told: str) -> int:
    """Add a line to a file for this call; how many it has."""
    with Path(told).open("a+", encoding="utf-8") as file:
        file.write("called\n")
    return len(Path(told).read_text(encoding="utf-8").splitlines())


def wait_for_ever(told: str) -> int:
    """Note the process's id, then never end."""
    Path(told).write_text(str(os.getpid()))
    while True:
        signal.pause()
