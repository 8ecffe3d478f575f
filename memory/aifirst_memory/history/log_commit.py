"""One commit as the log tells it, before its words are counted."""

from __future__ import annotations

import msgspec


class LogCommit(msgspec.Struct, frozen=True, gc=False):
    """A commit that is no merge. `changes` holds (status letter, path, path before) as git writes them:
    bytes, relative to the project; the path before is that of a rename and empty otherwise.
    """

    id: str
    time: int
    """When it was committed, in seconds since 1970."""
    message: bytes
    changes: tuple[tuple[bytes, bytes, bytes], ...]
