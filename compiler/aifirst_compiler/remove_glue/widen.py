"""From bare comments that go to edits that leave tidy lines.

A comment that has its lines to itself goes with them, and of the blank lines around it the longest stretch stays:
none at the start of a block or of the file, never more than there was. One behind code goes with the space before
it, one before code with the space behind it. Between two words something stays, so that they do not become one.

Before::

    x = 1  # one


    # two

    y = 2

After::

    x = 1


    y = 2
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aifirst_codebase.reading import Reading

from aifirst_compiler.edits import Edit
from aifirst_compiler.remove_glue.language_rules import LanguageRules, rules_of

_REST = re.compile(rb"[ \t\f\v\r]*(?:\n|\Z)")
_BLANK_LINES = re.compile(rb"(?:[ \t\f\v\r]*\n)*+(?:[ \t\f\v\r]+\Z)?")
_CLOSER = re.compile(rb"[ \t]*[})\]]")
_SPACES = b" \t"
_WHITE = b" \t\f\v\r\n"
_OPENERS = b":{(["
_OPENED = b"(["
_CLOSED_LEFT = b"([{,;"
_CLOSED_RIGHT = b")]},;"
_BACKSLASH = 92
_STYLE_WORD = re.compile(rb"[\w\-#.@%\\\x80-\xff]")


def widen_removals(reading: Reading, removals: Sequence[Edit]) -> list[Edit]:
    """Edits in order that take the comments away with the white space that belonged to them."""
    widening = _Widening(reading, rules_of(reading.language.name))
    for start, end, text, _ in _joined(reading.data, removals):
        if text:
            widening.replace(start, end, text)
        else:
            widening.remove(start, end)
    return widening.finish()


def _joined(data: bytes, removals: Sequence[Edit]) -> list[Edit]:
    """The removals, neighbours on one line as one."""
    joined: list[Edit] = []
    for removal in removals:
        last = joined[-1] if joined else None
        if (
            last is not None
            and not last.text
            and not removal.text
            and not data[last.end : removal.start].strip(_SPACES)
        ):
            joined[-1] = Edit(last.start, removal.end)
        else:
            joined.append(removal)
    return joined


class _Widening:
    """The edits of one file as they are made, from its start to its end."""

    def __init__(self, reading: Reading, rules: LanguageRules) -> None:
        self._data = reading.data
        self._newline = reading.source.newline.encode()
        self._comment_ends = {comment.end for comment in reading.comments}
        self._rules = rules
        self._is_code = reading.language.kind == "code"
        self._edits: list[Edit] = []
        self._lines: list[tuple[int, int]] = []
        """Whole lines that go and have only blank lines between them."""
        self._after = 0
        """Where the blank lines below them end."""
        self._done = 0

    def replace(self, start: int, end: int, text: bytes) -> None:
        """Put a text in the place of a comment."""
        self._close_lines()
        self._add(Edit(start, end, text))

    def remove(self, start: int, end: int) -> None:
        """Take a comment away."""
        data = self._data
        line = max(data.rfind(b"\n", self._done, start) + 1, self._done)
        left = start - len(data[line:start]) + len(data[line:start].rstrip(_SPACES + b"\f\v\r"))
        rest = _REST.match(data, end)
        opens_line = left == line and (line == 0 or data[line - 1] == 10)
        if opens_line and rest is not None:
            if self._is_continued(line):
                self._close_lines()
                self._add(Edit(self._before_continuation(line), end))
            else:
                self._take_lines(line, rest.end())
            return
        self._close_lines()
        self._add(self._part_of_line(start, end, opens_line=opens_line, closes_line=rest is not None))

    def finish(self) -> list[Edit]:
        """All edits."""
        self._close_lines()
        return self._edits

    def _add(self, edit: Edit) -> None:
        self._edits.append(edit)
        self._done = edit.end

    def _is_continued(self, line: int) -> bool:
        """Whether a backslash of code ends the line above; one that ends a comment does nothing."""
        end = self._end_above(line)
        if end <= 0 or self._data[end - 1] != _BACKSLASH or end in self._comment_ends:
            return False
        text = self._data[self._data.rfind(b"\n", 0, end) + 1 : end]
        return (len(text) - len(text.rstrip(b"\\"))) % 2 == 1

    def _end_above(self, line: int) -> int:
        end = line - 1
        return end - 1 if end > 0 and self._data[end - 1 : end] == b"\r" else end

    def _before_continuation(self, line: int) -> int:
        return max(self._before_spaces(self._end_above(line) - 1), self._done)

    def _before_spaces(self, at: int) -> int:
        """Where the blanks before `at` begin; `at` itself where the first of them is escaped."""
        start = at
        while start > self._done and self._data[start - 1] in _SPACES:
            start -= 1
        return at if start and self._data[start - 1] == _BACKSLASH else start

    def _part_of_line(self, start: int, end: int, *, opens_line: bool, closes_line: bool) -> Edit:
        data = self._data
        if closes_line:
            return Edit(self._before_spaces(start), end)
        after = end
        while data[after] in _SPACES:
            after += 1
        if opens_line:
            return Edit(start, after)
        if self._rules.newline and (b"\n" in data[start:end] or b"\r" in data[start:end]):
            return Edit(self._before_spaces(start), after, self._newline)
        if self._is_code and data[start - 1] in _OPENED:
            return Edit(start, after)
        if after > end or (self._is_code and data[after] in _CLOSED_RIGHT):
            return Edit(self._before_spaces(start), end)
        if data[start - 1] in _WHITE:
            return Edit(start, end)
        return self._between_words(start, end)

    def _between_words(self, start: int, end: int) -> Edit:
        data, parting = self._data, self._rules.parting
        if data[start - 1] in _CLOSED_LEFT or data[end] in _CLOSED_RIGHT:
            return Edit(start, end)
        if parting == b"/**/" and not (_STYLE_WORD.match(data, start - 1) and _STYLE_WORD.match(data, end)):
            return Edit(start, end)
        return Edit(start, end, parting)

    def _take_lines(self, start: int, end: int) -> None:
        if self._lines and start != self._after:
            self._close_lines()
        self._lines.append((start, end))
        blank = _BLANK_LINES.match(self._data, end)
        self._after = blank.end() if blank else end

    def _close_lines(self) -> None:
        """Make the edits of the lines taken: all go but the longest stretch of blank lines among them."""
        if not self._lines:
            return
        data, end = self._data, self._after
        start = self._blank_above(self._lines[0][0])
        kept_start, kept_end = self._blanks_that_stay(start, end)
        self._lines = []
        for one in (Edit(start, kept_start), Edit(kept_end, end)):
            if one.end > one.start:
                self._add(one)
        self._done = max(self._done, end if end < len(data) else len(data))

    def _blank_above(self, line: int) -> int:
        data, start = self._data, line
        while start > self._done:
            above = max(data.rfind(b"\n", self._done, start - 1) + 1, self._done)
            if data[above:start].strip(_WHITE) or (above and data[above - 1] != 10):
                break
            start = above
        return start

    def _blanks_that_stay(self, start: int, end: int) -> tuple[int, int]:
        data = self._data
        before = (
            data[:start].rstrip(_WHITE)[-1:]
            if start < 4096
            else data[start - 4096 : start].rstrip(_WHITE)[-1:]
        )
        if not before or end == len(data) or before in _OPENERS or _CLOSER.match(data, end):
            return end, end
        borders = [start, *(border for lines in self._lines for border in lines), end]
        stretches = [(borders[at], borders[at + 1]) for at in range(0, len(borders), 2)]
        if self._rules.blanks == "above":
            return stretches[0]
        return max(stretches, key=lambda one: data.count(b"\n", *one))
