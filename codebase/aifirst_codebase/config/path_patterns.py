"""Which files a `[paths."…"]` pattern means: gitignore syntax without `!`.

`*` and `?` stay inside one folder, `**` spans folders, `[a-z]` is a set of characters, `\\` takes the
next character as it is. A pattern without a slash, or with one at its end only, may match at any depth;
one that matches a folder means everything in it. Written here rather than taken from a library because
a workspace may be hostile: atomic groups keep matching from going back and forth without end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

MAX_PATTERNS: Final = 500
MAX_LENGTH: Final = 500


def check_pattern(pattern: str) -> str:
    """What is wrong with a pattern, in words; empty for one that works."""
    if not pattern.strip("/"):
        return "it is empty"
    if len(pattern) > MAX_LENGTH:
        return f"it is longer than {MAX_LENGTH} characters"
    if pattern.startswith("!"):
        return "a pattern cannot be negated"
    return ""


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A regular expression whose `match` answers for a root-relative posix path."""
    body = pattern.strip("/")
    anchored = "/" in pattern.rstrip("/")
    parts = body.split("/") if anchored else ["**", body]
    inside_only = parts[-1] == "**" or pattern.endswith("/")
    while parts and parts[-1] == "**":
        parts.pop()
    if not parts:
        return re.compile("[^/]+/." if pattern.endswith("/") else ".", re.DOTALL)
    runs: list[list[str]] = [[]]
    for part in parts:
        if part == "**":
            runs.append([])
        else:
            runs[-1].append(_segment(part))
    tail = r"/." if inside_only else r"(?:/|\Z)"
    return re.compile(_join_runs(runs, tail), re.DOTALL)


class PatternSet:
    """Answers which of several patterns match a path, with one dictionary look-up for most paths."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._by_folder: list[tuple[int, re.Pattern[str]]] = []
        self._by_name: list[tuple[int, re.Pattern[str]]] = []
        for index, pattern in enumerate(patterns):
            whole_folder = pattern.endswith(("/", "/**"))
            (self._by_folder if whole_folder else self._by_name).append((index, compile_pattern(pattern)))
        self._folders: dict[str, tuple[int, ...]] = {}

    def matching(self, path: str) -> tuple[int, ...]:
        """The indexes of the patterns that match, ascending."""
        folder = path.rpartition("/")[0]
        found = self._folders.get(folder)
        if found is None:
            some_file = f"{folder}/_" if folder else "_"
            found = tuple(index for index, regex in self._by_folder if regex.match(some_file))
            self._folders[folder] = found
        named = [index for index, regex in self._by_name if regex.match(path)]
        return tuple(sorted((*found, *named))) if named else found


def _join_runs(runs: list[list[str]], tail: str) -> str:
    """Runs of folders with `**` between them; the leftmost place of a run is as good as any later one."""
    first, *later = runs
    if not later:
        return "/".join(first) + tail
    text = "".join(part + "/" for part in first)
    for run in later[:-1]:
        if run:
            text += "(?>(?:[^/]+/)*?" + "".join(part + "/" for part in run) + ")"
    return text + "(?:[^/]+/)*?" + "/".join(later[-1]) + tail


def _segment(part: str) -> str:
    """One folder or file name with wildcards; ends where the name ends."""
    chunks = _chunks(part)
    if len(chunks) == 1:
        return chunks[0]
    first, *middle, last = chunks
    text = first + "".join(f"(?>[^/]*?{chunk})" for chunk in middle if chunk)
    return f"{text}[^/]*{last}(?=/|\\Z)" if last else f"{text}[^/]*" if part != "*" else "[^/]+"


def _chunks(part: str) -> list[str]:
    """The text between the stars of a name, each as a regular expression without repetition."""
    chunks = [""]
    at = 0
    while at < len(part):
        character = part[at]
        at += 1
        if character == "*":
            chunks.append("")
        elif character == "?":
            chunks[-1] += "[^/]"
        elif character == "\\" and at < len(part):
            chunks[-1] += re.escape(part[at])
            at += 1
        elif character == "[" and (end := part.find("]", at + 1 + (part[at : at + 1] in ("!", "^")))) > 0:
            chunks[-1] += _character_set(part[at:end])
            at = end + 1
        else:
            chunks[-1] += re.escape(character)
    return chunks


def _character_set(body: str) -> str:
    """The inside of `[…]`; a range written backwards matches nothing."""
    negated = body.startswith(("!", "^"))
    body = body[1:] if negated else body
    members: list[str] = []
    at = 0
    while at < len(body):
        low = high = body[at]
        if body[at + 1 : at + 2] == "-" and at + 2 < len(body):
            high = body[at + 2]
            at += 2
        at += 1
        if low <= high:
            members.append(re.escape(low) if low == high else f"{re.escape(low)}-{re.escape(high)}")
    if not members:
        return "[^/]" if negated else r"(?!)"
    return f"(?!/)[{'^' if negated else ''}{''.join(members)}]"
