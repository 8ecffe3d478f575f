"""Rust crates whose build fails where documentation is missing: there it is no glue."""

from __future__ import annotations

import re

_DEMANDED = re.compile(rb"#!?\[\s*(?:deny|forbid)\s*\([^)]*\bmissing_(?:\w+_)*docs?\w*")


def demands_documentation(data: bytes) -> bool:
    """Whether a Rust file says that its build fails where documentation is missing."""
    return b"missing_" in data and _DEMANDED.search(data) is not None
