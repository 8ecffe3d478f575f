"""What is known of the history after an update."""

from __future__ import annotations

import msgspec


class HistoryStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The history as it is stored now, and what the update did."""

    commits: int = 0
    """Commits that count."""
    read: int = 0
    """Commits read by this update."""
    dropped: int = 0
    """Commits that HEAD no longer reaches, or that newer ones pushed out."""
    head: str = ""
    """The commit that it was read to."""
    complete: bool = False
    """Whether all that was asked for is there."""
    reason: str = ""
    """Why the history is missing or not whole, with the next step; empty where it is whole."""

    @property
    def available(self) -> bool:
        """Whether there is any history."""
        return self.commits > 0
