"""The view of a run, drawn by a thread of its own: at most eight times a second, and once where only the clock moves."""

from __future__ import annotations

import codecs
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from aifirst_cli.index_run import printable
from aifirst_cli.live.cells import cut, plain, styled, width_of
from aifirst_cli.live.frame import ASCII, UNICODE, frame
from aifirst_cli.live.keys import Keys
from aifirst_cli.live.run_state import RunState
from aifirst_cli.live.screen import Screen, size_of

if TYPE_CHECKING:
    from aifirst_orchestrator.calls.budget import RunLimits
    from aifirst_orchestrator.generate.event import ToldEvent

_APART: Final = 0.125
_CLOCK: Final = 1.0
_LEFT_STANDING: Final = frozenset(("passed", "blocked", "escalated", "allowed", "refused", "removed"))
"""Kinds of events that stay above the view as lines of their own."""


def can_be_live() -> bool:
    """Whether standard error is a terminal in which lines can stay in place."""
    stream = sys.stderr
    if stream is None or not stream.isatty() or os.name == "nt":
        return False
    return os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


class LiveView:
    """Shows a run while it is open. `pressed` is told each key."""

    def __init__(self, limits: RunLimits, pressed: Callable[[str], None]) -> None:
        self._state = RunState(limits, time.monotonic())
        self._descriptor = sys.stderr.fileno()
        self._screen = Screen(self._write)
        self._keys = Keys(pressed)
        self._turn = threading.Condition()
        self._above: list[str] = []
        self._is_up = False
        self._is_closed = False
        self._is_new = True
        self._marks = UNICODE if _shows(UNICODE.standing["passed"] + UNICODE.fill) else ASCII
        self._style = plain if os.environ.get("NO_COLOR") else styled
        self._painter = threading.Thread(target=self._paint_on, name="view", daemon=True)

    @contextmanager
    def shown(self) -> Generator[None]:
        """Show the view in here; whatever ends it, the terminal is then as it was."""
        with self._suspendable():
            self._resume()
            self._painter.start()
            try:
                yield
            finally:
                with self._turn:
                    self._is_closed = True
                    self._turn.notify_all()
                self._painter.join(1)
                self._suspend()

    @contextmanager
    def away(self) -> Generator[None]:
        """Take the view away in here: somebody asks the person something."""
        begun = time.monotonic()
        self._suspend()
        try:
            yield
        finally:
            self._state.wait(time.monotonic() - begun)
            if not self._is_closed:
                self._resume()

    def listen(self, event: ToldEvent) -> None:
        """Take an event in."""
        with self._turn:
            self._state.apply(event, time.monotonic())
            if event.what in _LEFT_STANDING and event.state != "DONE":
                self._above.append(printable(event.told()))
            self._is_new = True
            self._turn.notify_all()

    def _paint_on(self) -> None:
        painted = 0.0
        size = (0, 0)
        while True:
            with self._turn:
                self._turn.wait(_APART)
                if self._is_closed:
                    return
                now, wanted = time.monotonic(), size_of(self._descriptor)
                if self._is_new or wanted != size or now - painted >= _CLOCK:
                    self._is_new = False
                    painted, size = now, wanted
                    self._paint()
            time.sleep(_APART)

    def _paint(self) -> None:
        """Bring the present state onto the screen; the lock is held."""
        if not self._is_up:
            return
        columns, rows = size_of(self._descriptor)
        width = max(1, columns - 1)  # a full last cell would make some terminals begin the next line
        lines = frame(self._state, time.monotonic(), width, rows - 1, self._marks)
        shown = [(self._style(line), width_of(plain(line))) for line in lines]
        above = "".join(f"{cut(line, width, self._marks.end)}\n" for line in self._above)
        self._above.clear()
        self._screen.show(shown, (columns, rows), above)

    def _resume(self) -> None:
        with self._turn:
            self._is_up = True
            self._keys.open()
            self._paint()

    def _suspend(self) -> None:
        with self._turn:
            if self._above:
                self._paint()
            self._is_up = False
            self._screen.clear()
        self._keys.close()

    @contextmanager
    def _suspendable(self) -> Generator[None]:
        """Ctrl-Z gives the terminal back as it was, and `fg` brings the view again."""
        if threading.current_thread() is not threading.main_thread() or os.name == "nt":
            yield
            return

        def stop(number: int, _: object) -> None:
            was_up = self._is_up
            self._write("\r\n\x1b[?25h")
            self._keys.restore()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)  # it stops here, and goes on here
            signal.signal(number, stop)
            self._screen.forget()
            if was_up and self._keys.are_read:
                self._keys.set_again()
            self._is_new = True

        before = signal.signal(signal.SIGTSTP, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGTSTP, before)

    def _write(self, text: str) -> None:
        data = text.encode(sys.stderr.encoding or "utf-8", "replace")
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            return  # the terminal is gone; the run goes on


def _shows(text: str) -> bool:
    try:
        text.encode(sys.stderr.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return codecs.lookup(sys.stderr.encoding or "ascii").name.startswith("utf")
