"""A pause of a run: calls under way end, no new one begins until it goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Final

_LOOK: Final = 0.05
"""Seconds between two looks: set from any thread or a signal, so that nothing can be awaited."""


class Pause:
    """Set by a key, a signal or a program, from any thread. `changed` is told each time, with whether it is on."""

    def __init__(self, changed: Callable[[bool], None]) -> None:
        self._changed = changed
        self._is_on = False
        self._lock = threading.RLock()  # a signal may come while this very thread holds it

    @property
    def is_on(self) -> bool:
        """Whether no call may begin."""
        return self._is_on

    def set(self, is_on: bool) -> None:
        """Pause, or go on; the same again does nothing."""
        with self._lock:
            if self._is_on == is_on:
                return
            self._is_on = is_on
            self._changed(is_on)

    def toggle(self) -> None:
        """Pause where it goes on, and go on where it is paused."""
        with self._lock:
            self.set(not self._is_on)

    async def over(self) -> None:
        """Return once calls may begin."""
        while self._is_on:
            await asyncio.sleep(_LOOK)
