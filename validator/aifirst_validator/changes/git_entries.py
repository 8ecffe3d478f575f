"""Parses git's machine-readable lists: `diff --raw -z`, `ls-files --stage -z` and `ls-tree -r -z`.

Paths are bytes between NULs, so spaces, newlines and any encoding are themselves; they become text the way
Python names files (surrogate escapes), and go back to the same bytes when a file is opened.
"""

from __future__ import annotations

import os

import msgspec


class RawChange(msgspec.Struct, frozen=True):
    """One entry of `diff --raw`. `status` is git's letter; modes are six octal digits, `000000` for none."""

    status: str
    score: str
    old_path: str
    path: str
    old_mode: str
    new_mode: str
    old_id: str
    new_id: str

    @property
    def was_file(self) -> bool:
        """Whether it was a regular file before: no link, no submodule."""
        return self.old_mode.startswith("100")

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file after."""
        return self.new_mode.startswith("100")


def parse_raw(listed: bytes) -> list[RawChange]:
    """The entries of `git diff --raw -z --no-abbrev`, in git's order."""
    fields = iter(listed.split(b"\0"))
    changes: list[RawChange] = []
    for head in fields:
        if not head.startswith(b":"):
            continue
        old_mode, new_mode, old_id, new_id, status = head[1:].decode("ascii", "replace").split(" ")
        old_path = path = os.fsdecode(next(fields, b""))
        if status[0] in "RC":
            path = os.fsdecode(next(fields, b""))
        changes.append(RawChange(status[0], status[1:], old_path, path, old_mode, new_mode, old_id, new_id))
    return changes


def parse_entries(listed: bytes) -> list[tuple[str, str]]:
    """(path, object id) of every regular file in `ls-files --stage -z` or `ls-tree -r -z`."""
    entries: list[tuple[str, str]] = []
    for entry in listed.split(b"\0"):
        head, tab, path = entry.partition(b"\t")
        words = head.decode("ascii", "replace").split(" ")
        if not tab or len(words) < 3 or not words[0].startswith("100"):
            continue
        object_id = words[2] if words[1] == "blob" else words[1]
        entries.append((os.fsdecode(path), object_id))
    return entries
