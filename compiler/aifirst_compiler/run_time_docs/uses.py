"""What a project reads of its own documentation when it runs, over all its files."""

from __future__ import annotations

import msgspec


class RunTimeUses(msgspec.Struct, frozen=True):
    """Names are the last part of a dotted one; a name that several objects share keeps all of theirs."""

    names: frozenset[str] = frozenset()
    """Objects whose docstring is read."""
