"""The desk: what a worker keeps between two questions, and what an answer may use.

Nothing heavy is imported here: what a desk holds is made by the first question that needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar, cast

Kept = TypeVar("Kept")
Progress = Callable[[int, int, str], None]

ROLES: Final = ("analyst", "librarian", "indexer", "judge")


class ExpectedError(Exception):
    """A question that cannot be answered for a reason a person can mend; the message says it, `next_step` how."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


class Desk:
    """Where a worker of `role` answers; `progress(done, total, what)` tells the server how far it is."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.progress: Progress = _tell_nobody
        self._kept: dict[str, object] = {}

    def keep(self, name: str, make: Callable[[], Kept]) -> Kept:
        """What was kept under this name, made now where nothing was."""
        if name not in self._kept:
            self._kept[name] = make()
        return cast("Kept", self._kept[name])

    def kept(self, name: str, kind: type[Kept]) -> Kept | None:
        """What was kept under this name, None where nothing of the kind was."""
        found = self._kept.get(name)
        return found if isinstance(found, kind) else None

    def forget(self, name: str) -> object:
        """Keep it no longer; what it was, None where nothing was kept."""
        return self._kept.pop(name, None)


def _tell_nobody(_: int, __: int, ___: str) -> None:
    return None
