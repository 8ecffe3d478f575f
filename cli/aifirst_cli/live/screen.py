"""Brings lines onto a terminal and keeps them in place: what did not change is not written again.

A frame is one write, between the marks of a synchronised update (mode 2026; a terminal that has none passes over
them), and each line is written before the rest of it is erased: nothing flickers. The cursor rests at the first cell
of the last line.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"


class Screen:
    """The lines that stand in a terminal. `write` takes text as it is to arrive."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._shown: list[tuple[str, int]] = []
        """Each line as it was written, and its cells."""
        self._size = (0, 0)

    def show(self, lines: Sequence[tuple[str, int]], size: tuple[int, int], above: str = "") -> None:
        """Show these lines, of so many cells each, in place of those before; `above` is left standing over them.

        `size` is columns and rows of the terminal; where it is another than before, all is written anew.
        """
        if lines == self._shown and size == self._size and not above:
            return
        parts = [_BEGIN]
        if not self._shown:
            parts.append(_HIDE)
        if above or size != self._size:
            parts += [self._home(size[0]), "\x1b[J", above.replace("\n", "\r\n")]
            before: list[tuple[str, int]] = []
        else:
            parts.append(self._home(size[0]))
            before = self._shown
        for number, line in enumerate(lines):
            if number:
                parts.append("\r\n")
            if number >= len(before) or before[number] != line:
                parts.append(f"{line[0]}\x1b[K")
        if len(before) > len(lines):
            parts.append("\x1b[J")
        parts += ["\r", _END]
        self._shown, self._size = list(lines), size
        self._write("".join(parts))

    def clear(self) -> None:
        """Take all lines away, and give the cursor back."""
        if self._shown:
            self._write(f"{_BEGIN}{self._home(self._size[0])}\x1b[J{_SHOW}{_END}")
        self._shown = []

    def forget(self) -> None:
        """What stood there is no more: the program was stopped, and others wrote."""
        self._shown = []

    def _home(self, columns: int) -> str:
        """To the first cell of the first line; in a terminal made narrower a line has become several."""
        rows = sum(max(1, -(-cells // max(1, columns))) for _, cells in self._shown[:-1])
        return f"\r\x1b[{rows}A" if rows else "\r"


def size_of(descriptor: int) -> tuple[int, int]:
    """Columns and rows of a terminal; what old ones had where it does not say."""
    try:
        columns, rows = os.get_terminal_size(descriptor)
    except OSError:
        columns, rows = 0, 0
    return columns or 80, rows or 24
