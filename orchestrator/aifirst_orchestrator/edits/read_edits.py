"""Reads edits out of an answer: blocks of search and replace, or unified diffs, as models write them.

A block is a path on a line of its own, then `<<<<<<< SEARCH`, the lines that are there, `=======`, the lines that come
instead, `>>>>>>> REPLACE`. A diff has `--- a/path`, `+++ b/path` and hunks; the counts behind `@@` are not believed,
since models count badly: the lines of a hunk say what it is. A diff also makes, removes and renames files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aifirst_orchestrator.edits.edit import Edit, EditError

_SEARCH = re.compile(r"<{5,9} ?SEARCH[ \t]*$")
_MIDDLE = re.compile(r"={5,9}[ \t]*$")
_REPLACE = re.compile(r">{5,9} ?REPLACE[ \t]*$")
_FENCE = re.compile(r"[ \t]*(?:`{3,}|~{3,})")
_PATH = re.compile(r"[\w@.+-]+(?:/[\w@.+ -]+)*$")
_HUNK = re.compile(r"@@(?: -(\d{1,9})(?:,\d+)? \+\d+(?:,\d+)?)?(?: @@.*)?")


def read_edits(answer: str) -> list[Edit]:
    """The edits of an answer in their order. Raises `EditError` where there is none, or one is not whole."""
    lines = answer.replace("\r\n", "\n").split("\n")
    edits = [*_blocks(lines)] if any(_SEARCH.match(line) for line in lines) else [*_diffs(lines)]
    if not edits:
        raise EditError("the answer has no edit: write the path, <<<<<<< SEARCH, =======, >>>>>>> REPLACE")
    return edits


def _blocks(lines: list[str]) -> Iterator[Edit]:
    at, path = 0, ""
    while at < len(lines):
        if _SEARCH.match(lines[at]) is None:
            path = _named_path(lines[at]) or path
            at += 1
            continue
        middle = _find(lines, at + 1, _MIDDLE)
        end = _find(lines, middle + 1, _REPLACE) if middle else None
        if middle is None or end is None:
            mark = "=======" if middle is None else ">>>>>>> REPLACE"
            raise EditError(
                f"the block that begins on line {at + 1} of the answer has no {mark}: write it whole"
            )
        if not path:
            raise EditError(
                f"the block on line {at + 1} of the answer names no file: put its path above SEARCH"
            )
        yield Edit(path, _text(lines[at + 1 : middle]), _text(lines[middle + 1 : end]))
        at = end + 1


def _find(lines: list[str], start: int, mark: re.Pattern[str]) -> int | None:
    return (
        next(
            (at for at in range(start, len(lines)) if mark.match(lines[at]) or _SEARCH.match(lines[at])), None
        )
        if start <= len(lines)
        else None
    )


def _named_path(line: str) -> str:
    """The path that a line names, as a heading, in backticks or plain; "" for prose and fences."""
    if _FENCE.match(line):
        return ""
    text = line.strip().strip("#*: ").strip("`").strip()
    looks_so = (
        _PATH.match(text) is not None and ("/" in text or "." in text) and " " not in text.rpartition("/")[2]
    )
    return text if looks_so else ""


def _diffs(lines: list[str]) -> Iterator[Edit]:
    """The edits of diffs, file by file: what is renamed, then the hunks, then what is removed."""
    at, told = 0, _ToldFile()
    while at < len(lines):
        line = lines[at]
        if line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ "):
            if told.has_hunks or not told.header:
                yield from told.end()
                told = _ToldFile()
            yield from told.name(line[4:], lines[at + 1][4:])
            at += 2
            continue
        hunk = _HUNK.match(line) if told.path else None
        if hunk is None:
            if line.startswith("diff --git "):
                yield from told.end()
                told = _ToldFile(line)
            else:
                yield from told.read_header(line)
            at += 1
            continue
        end = at + 1
        while end < len(lines) and _is_of_hunk(lines, end):
            end += 1
        told.has_hunks = True
        yield _hunk_edit(told.path, int(hunk[1] or 0), lines[at + 1 : end])
        at = end
    yield from told.end()


class _ToldFile:
    """What a diff has said of the file that it is at."""

    def __init__(self, header: str = "") -> None:
        self.header = header
        """The line `diff --git …`, where there was one and no hunk since."""
        self.path = ""
        self.has_hunks = False
        self._old = ""
        self._is_made = self._is_removed = self._is_renamed = False

    def name(self, old: str, new: str) -> Iterator[Edit]:
        """Read `--- old` and `+++ new`; of one that makes or removes a file, the name that is there counts."""
        before, after = (name.split("\t")[0].strip() for name in (old, new))
        self._is_removed = after == "/dev/null"
        self.path = _plain(before if self._is_removed else after)
        are_marked = before.startswith("a/") and after.startswith("b/")
        if are_marked and not self._is_renamed and _plain(before) != self.path:
            self._is_renamed = True
            yield Edit(self.path, "", "", renamed_from=_plain(before))

    def read_header(self, line: str) -> Iterator[Edit]:
        """Read one of git's own lines; what is none of them is prose around the diff."""
        if not self.header or self.has_hunks:
            return
        if line.startswith("rename from "):
            self._old = line[12:].strip()
        elif line.startswith("rename to ") and self._old:
            self.path, self._is_renamed = line[10:].strip(), True
            yield Edit(self.path, "", "", renamed_from=self._old)
        elif line.startswith(
            ("GIT binary patch", "Binary files ", "new file mode 120000", "new file mode 160000")
        ):
            raise EditError(
                f"{line.strip()[:80]!r} cannot be applied: only files of text are made and changed"
            )
        elif line.startswith("deleted file mode"):
            self._is_removed, self.path = True, self.path or _header_path(self.header)
        elif line.startswith("new file mode"):
            self._is_made, self.path = True, self.path or _header_path(self.header)

    def end(self) -> Iterator[Edit]:
        """What is left to do where the next file begins."""
        if self._is_removed and self.path:
            yield Edit(self.path, "", "", removes="emptied" if self.has_hunks else "file")
        elif self._is_made and self.path and not self.has_hunks:
            yield Edit(self.path, "", "")


def _plain(name: str) -> str:
    return name[2:] if name.startswith(("a/", "b/")) else name


def _header_path(header: str) -> str:
    """The path of `diff --git a/x b/x`, where both are the same."""
    names = header.removeprefix("diff --git ").strip()
    half = names[: len(names) // 2].strip()
    return _plain(half) if names.endswith(f" b/{_plain(half)}") else ""


def _is_of_hunk(lines: list[str], at: int) -> bool:
    line = lines[at]
    if line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ "):
        return False
    # An empty line is one of context whose blank was lost, unless nothing of the hunk follows.
    if line == "":
        return at + 1 < len(lines) and lines[at + 1][:1] in {" ", "+", "-"} and lines[at + 1] != ""
    return line[0] in " +-\\"


def _hunk_edit(path: str, near: int, lines: list[str]) -> Edit:
    told = [line for line in lines if not line.startswith("\\")]
    search = [line[1:] for line in told if line[:1] in ("", " ", "-")]
    replace = [line[1:] for line in told if line[:1] in ("", " ", "+")]
    return Edit(path, _text(search), _text(replace), near, _last_line_ends(lines))


def _last_line_ends(lines: list[str]) -> bool | None:
    """Whether the new file ends in a line feed, by the lines `\\ No newline at end of file`; None where none says so."""
    marked = [lines[at - 1][:1] for at, line in enumerate(lines) if at and line.startswith("\\")]
    return None if not marked else marked == ["-"]


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
