"""A query as it was given: on the command line, or on standard input."""

from __future__ import annotations

import sys

_LARGEST_QUERY = 8_000_000
"""Bytes of standard input that are read: a log beyond that says nothing new."""


def given_query(given: str | None) -> str:
    """The query; of standard input (`-`) what is text in it, whatever its encoding."""
    if given != "-":
        return (given or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    stream = getattr(sys.stdin, "buffer", None)
    raw = stream.read(_LARGEST_QUERY) if stream is not None else b""
    return raw.decode("utf-8", "replace").replace("\0", " ")
