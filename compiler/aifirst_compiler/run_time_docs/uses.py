"""What a project reads of its own documentation when it runs, over all its files."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import msgspec


class RunTimeUses(msgspec.Struct, frozen=True):
    """Names are the last part of a dotted one; a name that several objects share keeps all of theirs."""

    names: frozenset[str] = frozenset()
    """Objects whose docstring is read."""

    @property
    def digest(self) -> str:
        """A digest of all uses."""
        return blake2b(msgspec.json.encode(self, order="deterministic"), digest_size=16).hexdigest()


def uses_of(files: Iterable[tuple[str, bytes]]) -> RunTimeUses:
    """The uses of some Python files, given as path and UTF-8 text."""
    return RunTimeUses()
