"""A progress bar for work that takes over a second, on standard error and only for a person."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE: Final = 1.0
"""Seconds of silence before the bar."""


class _Bar:
    """Opened by a timer, because looking for files may itself take long and tells nothing meanwhile."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._lock = threading.Lock()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._counts: tuple[int, int | None] = (0, None)
        self._is_closed = False
        self._timer = threading.Timer(PATIENCE, self._open)
        self._timer.daemon = True
        self._timer.start()

    def update(self, done: int, total: int) -> None:
        """Show `done` of `total`, once the bar is there."""
        self._counts = (done, total)
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total)

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        progress = Progress(
            TextColumn(self._what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        with self._lock:
            if self._is_closed:
                return
            done, total = self._counts
            self._task = progress.add_task(self._what, completed=done, total=total)
            progress.start()
            self._progress = progress

    def close(self) -> None:
        """Take the bar off the screen."""
        self._timer.cancel()
        with self._lock:
            self._is_closed = True
            if self._progress is not None:
                self._progress.stop()


@contextmanager
def progress_bar(what: str) -> Generator[Callable[[int, int], None] | None]:
    """A function to tell progress to, or None where nobody looks: no terminal, or one that cannot move back."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        yield None
        return
    bar = _Bar(what)
    try:
        yield bar.update
    finally:
        bar.close()
