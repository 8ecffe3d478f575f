"""Runs `aifirst` in a terminal of its own, as a person does: what stands on the screen, keys, size, and what is left."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("aifirst")
_SEQUENCE = re.compile(r"\x1b\[(\??)([\d;]*)([A-Za-z])")


class Screen:
    """A terminal's screen as far as a view that stays in place needs it; lines that scrolled away are kept."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.lines = [""]
        self.row = self.column = 0
        self.has_cursor = True
        self.is_whole = True
        """Not between the beginning and the end of a synchronised update."""
        self.colours = 0
        self.unknown: list[str] = []
        self.overfull = 0
        """Characters that came after the last cell of a line."""
        self._held = ""

    def feed(self, text: str) -> None:
        text, self._held = self._held + text, ""
        at = 0
        while at < len(text):
            if text[at] != "\x1b":
                self._put(text[at])
                at += 1
                continue
            found = _SEQUENCE.match(text, at)
            if found is None:
                self._held = text[at:]
                return
            self._steer(found[1], found[2], found[3])
            at = found.end()

    def _steer(self, private: str, number: str, kind: str) -> None:
        if kind == "A":
            self.row = max(0, self.row - int(number or 1))
        elif kind == "J":
            self._erase_line()
            del self.lines[self.row + 1 :]
        elif kind == "K":
            self._erase_line()
        elif kind == "m":
            self.colours += number not in ("", "0")
        elif private and number == "25":
            self.has_cursor = kind == "h"
        elif private and number == "2026":
            self.is_whole = kind == "l"
        else:
            self.unknown.append(number + kind)

    def _erase_line(self) -> None:
        self.lines[self.row] = self.lines[self.row][: self.column]

    def _put(self, char: str) -> None:
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")
        elif char == "\x08":
            self.column = max(0, self.column - 1)
        else:
            self.overfull += self.column >= self.columns
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + char + line[self.column + 1 :]
            self.column += 1

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines)


class TerminalRun:
    """The command in a terminal."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        shell: str = "",
        **environment: str,
    ) -> None:
        self.main, second = pty.openpty()
        self.second = second
        self.screen = Screen(columns, rows)
        self.raw = b""
        self.resize(columns, rows)
        self.modes = termios.tcgetattr(second)
        clean = {
            name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")
        }
        self.process = subprocess.Popen(
            ["bash", "-c", shell, PROGRAM, *arguments] if shell else [PROGRAM, *arguments],
            cwd=folder, stdin=second, stdout=second, stderr=second, start_new_session=True,
            env={
                **clean, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(folder / "state"),
                "AIFIRST_MODEL_BACKEND": "scripted", "AIFIRST_MODEL_SCRIPT": "script.json", **environment,
            },
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip

    def __enter__(self) -> TerminalRun:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.main)
        os.close(self.second)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.columns, self.screen.rows = columns, rows
        fcntl.ioctl(self.main, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys: str) -> None:
        os.write(self.main, keys.encode())

    def until(self, condition: Callable[[str], Any], seconds: float = 120) -> str:
        """The screen once the condition holds of it; the time is a guard, not a measurement."""
        deadline = time.monotonic() + seconds
        while not (self.screen.is_whole and condition(self.screen.text())):
            assert time.monotonic() < deadline, self.screen.text()
            ended = self.process.poll() is not None
            if not self.read(0.05) and ended:
                assert condition(self.screen.text()), self.screen.text()
        return self.screen.text()

    def read(self, seconds: float) -> bool:
        ready, _, _ = select.select((self.main,), (), (), seconds)
        if not ready:
            return False
        part = os.read(self.main, 65_536)
        self.raw += part
        self.screen.feed(part.decode("utf-8", "replace"))
        return True

    def end(self, seconds: float = 120) -> int:
        """How it ended, all read."""
        self.until(lambda _: self.process.poll() is not None, seconds)
        while self.read(0):
            pass
        return self.process.returncode

    def below(self) -> set[tuple[int, str]]:
        """Every process that it started, at any depth: its number and when it began."""
        found: dict[int, tuple[int, str]] = {}
        for place in Path("/proc").iterdir():
            if place.name.isdecimal() and (fields := _fields(int(place.name))):
                found[int(place.name)] = int(fields[1]), fields[19]
        known = {self.process.pid}
        while more := {number for number, (parent, _) in found.items() if parent in known} - known:
            known |= more
        return {(number, found[number][1]) for number in known - {self.process.pid}}


def still_there(processes: set[tuple[int, str]]) -> set[int]:
    """Those of them that run still; one that waits for its parent to ask has ended."""
    return {
        number
        for number, begun in processes
        if (fields := _fields(number)) and fields[19] == begun and fields[0] not in "ZX"
    }


def _fields(number: int) -> list[str]:
    """What the system says of a process after its name; nothing where it is gone."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
