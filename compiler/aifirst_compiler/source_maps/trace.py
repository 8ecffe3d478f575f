"""Tells a traceback or a stack in terms of the source: files, lines, columns, names and the lines shown.

Knows the frames of Python (groups and notes too), what Node prints above a stack, and every `path:line` or
`path:line:column`, which is how the stacks of JavaScript engines, Go and most tools name a place. What has no map stays
as it is, and so does a line without a column that several lines of the source were made into.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from aifirst_compiler.source_maps.find_map import FoundMap, MapFinder, text_of_source
from aifirst_compiler.source_maps.segment import Segment

_FRAME: Final = re.compile(
    r'^(?P<margin>[ |+]*)File "(?P<path>[^"\n]+)", line (?P<line>\d{1,9})(?!\d)(?P<rest>.*)$'
)
_PLACE: Final = re.compile(
    r"(?<![^\s:\"'()<>|*?@\[\]])(?P<path>(?:file://)?(?:[A-Za-z]:[\\/])?[^\s:\"'()<>|*?@\[\]]+\.\w+):(?P<line>\d{1,9})(?!\d)(?::(?P<column>\d{1,9})(?!\d))?"
)
_HEADER: Final = re.compile(r"^(?P<path>(?:file://)?\S.*\.[cm]?jsx?):(?P<line>\d{1,9})\r?\n?\Z")
"""What Node prints above the line that threw: a place without its column, which the caret below has."""
_PLACE_IN_STACK: Final = r"(?P<path>[^()\n]+):(?P<line>\d{1,9}):(?P<column>\d{1,9})"
_STACKS: Final = (
    re.compile(
        r"^(?P<before>\s+at (?:async )?(?:new )?)(?P<name>[\w$]+)"
        rf"(?P<rest>[^()\n]*\({_PLACE_IN_STACK}\)\s*)\Z"
    ),
    re.compile(rf"^(?P<before>)(?P<name>[\w$]+)(?P<rest>@{_PLACE_IN_STACK}\s*)\Z"),
)
"""A frame as V8 writes it, and as Firefox and Safari do; it begins with the name of the function, or of its class."""
_CALLED: Final = re.compile(r", in ((?!__)[^\W\d]\w*)")
"""How a frame of Python names its function; `__init__` is called by the name of its class, which it does not tell."""
_RAISED: Final = re.compile(r"[ |+]*(?:\w+\.)*([^\W\d]\w*)(?::|\s*\Z)")
_CARETS: Final = re.compile(r"^ *[~^]+ *$")
_IS_CUT: Final = re.compile(r"^[ \t]{1000,}$")
"""What Node prints below a line where the caret would stand further to the right than it counts."""
_STEERING: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_FRAMES: Final = 50
_SHOWN_INDENT: Final = 2
_WITH_CARETS: Final = 2
_LONGEST: Final = 20_000
"""Characters of a line that are looked at: no frame is longer."""


NameBehind = Callable[[FoundMap, int, int, str], str]
"""What the source calls a function or class by its name in the output, around a line and column; the same if unknown."""


MayShow = Callable[[Path, Path], bool]
"""Whether lines of a source may be shown that a map in a folder names: the folder, then the source's path."""


class Tracer:
    """Rewrites traces by the maps that `finder` finds; names in stacks of scripts where `name_behind` tells them.

    Lines of sources are shown where `may_show` says so, of all where it is not given.
    """

    def __init__(
        self, finder: MapFinder, name_behind: NameBehind | None = None, may_show: MayShow | None = None
    ) -> None:
        self._finder = finder
        self._name_behind = name_behind
        self._may_show = may_show
        self._lines: dict[Path, list[str] | None] = {}
        self.rewritten = 0

    def rewrite(self, text: str) -> str:
        """The trace with every place that has a map told in terms of its source; all else as it is."""
        return "".join(self.rewrite_lines(text.splitlines(keepends=True)))

    def rewrite_lines(self, lines: Iterable[str]) -> Iterator[str]:
        """The same for lines as they come, each with its end; what a frame shows is waited for."""
        rest = _Lines(lines)
        for line in rest:
            short = len(line) < _LONGEST
            frame = _FRAME.match(line) if short else None
            if frame is None:
                header = self._header(line, rest) if short else None
                yield from header or ((_PLACE.sub(self._place, self._named(line)) if short else line),)
                continue
            found = self._finder.find(frame["path"])
            number = int(frame["line"]) - 1
            if found is None or found.reader.find(number) is None:
                yield line
                continue
            self.rewritten += 1
            shown = rest.shown(frame["margin"])
            if shown:
                column = _column(frame["margin"], shown, found.reader.on_line(number))
                segment = found.reader.find(number, column)
            else:
                segment = self._by_what_follows(found, number, rest.peek() or "")
            yield from self._frame(frame, found, segment, shown) if segment else (line, *shown)

    def _frame(
        self, frame: re.Match[str], found: FoundMap, segment: Segment, shown: list[str]
    ) -> Iterator[str]:
        source = found.source_path(segment.source)
        path = _told(source, frame["path"])
        yield f'{frame["margin"]}File "{path}", line {segment.source_line + 1}{frame["rest"]}\n'
        text = self._line(found, segment)
        if not shown:
            return
        if text is None:
            yield from shown
        elif text.strip():
            yield f"{frame['margin']}  {text.strip()}\n"
            if len(shown) > 1 and shown[0].strip() == text.strip():
                yield shown[1]

    def _by_what_follows(self, found: FoundMap, number: int, following: str) -> Segment | None:
        """The segment of a frame that shows no code, as those inside archives: the line of its place's first segment.

        Of several lines it is the one that calls the function of the next frame, or raises what is told behind the
        last one, where that is one line alone.
        """
        sign = _sign_of(following)
        first_of_lines = {
            (one.source, one.source_line): one for one in reversed(found.reader.on_line(number))
        }
        if sign is not None and len(first_of_lines) > 1:
            meant = [one for one in first_of_lines.values() if sign.search(self._line(found, one) or "")]
            if len(meant) == 1:
                return meant[0]
        return found.reader.find(number)

    def _header(self, line: str, rest: _Lines) -> tuple[str, ...] | None:
        """What Node prints above a stack, in terms of the source: the place, its line and the caret below."""
        match = _HEADER.match(line)
        found = self._finder.find(match["path"]) if match else None
        carets = rest.peek(1) if found else None
        if match is None or found is None or carets is None:
            return None
        marked = carets.rstrip("\r\n")
        column = len(marked) - len(marked.lstrip())
        if not _CARETS.match(marked):
            place = f"{match['path']}:{match['line']}:"
            column, marked = (_column_below(rest, place), "^") if _IS_CUT.match(marked) else (-1, "")
        if column < 0:
            return None
        segment = found.reader.find(int(match["line"]) - 1, column)
        text = self._line(found, segment) if segment else None
        if segment is None or text is None:
            return None
        rest.skip(2)
        self.rewritten += 1
        gap = "".join("\t" if one == "\t" else " " for one in text[: segment.source_column])
        path = _told(found.source_path(segment.source), match["path"])
        shown = text.rstrip("\r")
        return f"{path}:{segment.source_line + 1}\n", f"{shown}\n", f"{gap}{marked.strip()[: len(shown)]}\n"

    def _named(self, line: str) -> str:
        """A frame of a script's stack with the name that the source has for its function or class."""
        if self._name_behind is None:
            return line
        match = _STACKS[0].match(line) or _STACKS[1].match(line)
        found = self._finder.find(match["path"]) if match else None
        if match is None or found is None:
            return line
        column = max(0, int(match["column"]) - 1)
        name = self._name_behind(found, int(match["line"]) - 1, column, match["name"])
        return f"{match['before']}{name}{match['rest']}"

    def _place(self, match: re.Match[str]) -> str:
        found = self._finder.find(match["path"])
        line = int(match["line"]) - 1
        column = int(match["column"]) - 1 if match["column"] else 0
        segment = found.reader.find(line, max(0, column)) if found else None
        if found is None or segment is None:
            return match[0]
        if (
            not match["column"]
            and len({(one.source, one.source_line) for one in found.reader.on_line(line)}) > 1
        ):
            return match[0]  # which of these lines of the source is meant, nobody can tell
        self.rewritten += 1
        told = f"{_told(found.source_path(segment.source), match['path'])}:{segment.source_line + 1}"
        return f"{told}:{segment.source_column + 1}" if match["column"] else told

    def _line(self, found: FoundMap, segment: Segment) -> str | None:
        """The source's line, or None where the source cannot be read."""
        content = found.reader.contents[segment.source]
        path = found.source_path(segment.source)
        if path not in self._lines:
            is_shown = content is not None or self._may_show is None or self._may_show(found.folder, path)
            try:
                text = content if content is not None else text_of_source(path) if is_shown else None
                self._lines[path] = _printable(text).split("\n") if text is not None else None
            except (OSError, ValueError):
                self._lines[path] = None
        lines = self._lines[path]
        return lines[segment.source_line] if lines and segment.source_line < len(lines) else None


class _Lines:
    """Lines of which the next can be seen before it is taken."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._waiting: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        while (line := self.peek()) is not None:
            self._waiting.popleft()
            yield line

    def peek(self, further: int = 0) -> str | None:
        """The line to come, or one further on; None after the last."""
        while len(self._waiting) <= further:
            line = next(self._lines, None)
            if line is None:
                return None
            self._waiting.append(line)
        return self._waiting[further]

    def skip(self, count: int) -> None:
        """Take lines that were looked at."""
        for _ in range(count):
            self._waiting.popleft()

    def shown(self, margin: str) -> list[str]:
        """Take the line of code that a Python frame shows, and the carets below it."""
        inside = f"{margin}  "
        line = self.peek()
        if line is None or not line.startswith(inside) or _FRAME.match(line):
            return []
        self._waiting.popleft()
        carets = self.peek()
        if (
            carets is None
            or not carets.startswith(inside)
            or not _CARETS.match(carets[len(inside) :].rstrip("\n"))
        ):
            return [line]
        self._waiting.popleft()
        return [line, carets]


def _sign_of(following: str) -> re.Pattern[str] | None:
    """What a line of source has that led to the line of a trace which follows its frame."""
    frame = _FRAME.match(following) if len(following) < _LONGEST else None
    if frame is not None:
        called = _CALLED.fullmatch(frame["rest"].strip())
        return re.compile(rf"\b{called[1]}\s*\(") if called else None
    raised = _RAISED.match(following)
    return re.compile(rf"\braise\s+(?:\w+\.)*{raised[1]}\b") if raised else None


def _column_below(rest: _Lines, place: str) -> int:
    """The column that the first frame below tells of a place, -1 where none does: where the error was made."""
    for further in range(2, _FRAMES):
        line = rest.peek(further)
        if line is None:
            break
        if place in line and (found := re.match(r"\d{1,9}", line.partition(place)[2])):
            return int(found[0]) - 1
    return -1


def _column(margin: str, shown: list[str], segments: list[Segment]) -> int:
    """The column that the carets of a frame begin at: a line of an output made small holds several statements.

    Python shows the line without its indentation, which is before the first segment of a line made small.
    """
    if len(shown) < _WITH_CARETS:
        return 0
    carets = shown[1][len(margin) + _SHOWN_INDENT :]
    return segments[0].column + len(carets) - len(carets.lstrip(" "))


def _told(source: Path, named: str) -> str:
    """The source's path: absolute where the trace's was, else from the working folder where that is shorter."""
    path = _printable(os.path.normpath(source))
    if Path(named).is_absolute() or named.startswith("file://"):
        return str(Path(path).absolute())
    return path


def _printable(text: str) -> str:
    """A text without characters that steer a terminal: a map may hold any."""
    return _STEERING.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
