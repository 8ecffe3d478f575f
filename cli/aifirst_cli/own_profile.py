"""The profile of whoever runs agents, from the file that is given or from their own settings."""

from __future__ import annotations

import os
from pathlib import Path

from aifirst_cli.failure import Failure


def own_profile(given: str | None) -> str:
    """The text, "" where there is none. Raises `Failure`."""
    from aifirst_orchestrator.calls.profile import ProfileError, read_profile

    try:
        return read_profile(Path(given) if given else None, os.environ, Path.home())
    except ProfileError as error:
        raise Failure(f"{error}.") from error
