"""An edit: what stands in a file, and what is to stand there instead."""

from __future__ import annotations

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


class EditError(Exception):
    """An edit that cannot be applied, or cannot be read; the text tells the writer what to do."""
