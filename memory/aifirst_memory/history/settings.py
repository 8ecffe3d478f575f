"""What a person may set about the history."""

from __future__ import annotations

import msgspec


class HistorySettings(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the history is read."""

    enabled: bool = True
    """Read what git knows. Without it nothing of the history is kept and no git is started."""

    max_commits: int = 20_000
    """The newest commits that are read, merges not counted."""

    seconds: float = 60.0
    """The longest that one reading takes; what is left over is read the next time."""
