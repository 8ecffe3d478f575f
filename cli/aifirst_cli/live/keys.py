"""Reads single keys while a view is up, and gives the terminal back as it was.

Only where the program stands in the foreground: a background job that sets a terminal is stopped by it. Left out:
Windows, where standard input says `{"pause": true}` with `--format events`.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable
from typing import Any


class Keys:
    """Tells each key that is pressed between `open` and `close`; other than these nothing is ever pending."""

    def __init__(self, pressed: Callable[[str], None]) -> None:
        self._pressed = pressed
        self._before: list[Any] | None = None
        self._reader: threading.Thread | None = None
        self._wake = (-1, -1)

    @property
    def are_read(self) -> bool:
        """Whether keys are being read."""
        return self._reader is not None

    def open(self) -> None:
        """Begin, where there is a person's terminal to read."""
        if os.name == "nt" or self._reader is not None or not sys.stdin or not sys.stdin.isatty():
            return
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        try:
            if os.tcgetpgrp(descriptor) != os.getpgrp():
                return
            self._before = termios.tcgetattr(descriptor)
            tty.setcbreak(descriptor, termios.TCSADRAIN)
        except (OSError, termios.error):
            return
        self._wake = os.pipe()
        self._reader = threading.Thread(
            target=self._read, args=(descriptor, self._wake[0]), name="keys", daemon=True
        )
        self._reader.start()

    def close(self) -> None:
        """End, with the terminal as it was."""
        if self._reader is None:
            return
        os.write(self._wake[1], b"!")
        if self._reader is not threading.current_thread():
            self._reader.join(1)
        self._reader = None
        for descriptor in self._wake:
            os.close(descriptor)
        self.restore()

    def restore(self) -> None:
        """Set the terminal as it was before."""
        import termios

        if self._before is not None:
            try:
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._before)
            except (OSError, termios.error):
                return

    def set_again(self) -> None:
        """Set it for keys once more: the shell had it meanwhile."""
        import termios
        import tty

        try:
            tty.setcbreak(sys.stdin.fileno(), termios.TCSADRAIN)
        except (OSError, termios.error):
            return

    def _read(self, descriptor: int, wake: int) -> None:
        while True:
            ready, _, _ = select.select((descriptor, wake), (), ())
            if wake in ready:
                return
            try:
                read = os.read(descriptor, 64)
            except OSError:
                return
            if not read:
                return
            for char in read.decode("latin-1"):
                self._pressed(char)
