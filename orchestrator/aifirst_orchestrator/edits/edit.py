"""An edit: what stands in a file, and what is to stand there instead."""

from __future__ import annotations

from typing import Literal

import msgspec


class Edit(msgspec.Struct, frozen=True):
    """Replace the lines `search` by `replace` in the file `path`; an empty `search` makes the file.

    Both are whole lines, each with its line feed. `near` is the line where the writer thinks it is, 0 where none was
    said; with an empty `search` the line below which `replace` is put.
    """

    path: str
    search: str
    replace: str
    near: int = 0
    last_line_ends: bool | None = None
    """Whether the file's last line has a line feed afterwards, where a diff says so."""
    renamed_from: str = ""
    """The file that comes to be called `path`; nothing else is changed by this edit."""
    removes: Literal["", "file", "emptied"] = ""
    """Take the file away: as it is, or only where the edits before have left nothing in it."""


class EditError(Exception):
    """An edit that cannot be applied, or cannot be read; the text tells the writer what to do."""
