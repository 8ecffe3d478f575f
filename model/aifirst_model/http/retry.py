"""When a request is sent again, and how long that waits."""

from __future__ import annotations

import random
import time
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

BUSY: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Statuses after which another try may meet a better one."""


class Retry(msgspec.Struct, frozen=True):
    """How often to try, and how long to wait between: `first_wait` seconds, doubled each time up to `longest_wait`.

    A server that asks for more (`Retry-After`) gets it, up to `longest_wait`; beyond that the request fails at once.
    """

    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 30.0

    def wait(self, tried: int, asked: float) -> float:
        """Seconds until the next try after `tried` tries, up to a quarter less by chance: not all at once."""
        doubled = min(self.first_wait * 2 ** (tried - 1), self.longest_wait)
        return max(asked, doubled * (1 - random.random() / 4))  # noqa: S311  # spreads load, guards nothing


def read_wait(headers: dict[str, str], now: float | None = None) -> float:
    """The seconds that a server asks to wait, 0 where it says nothing that can be read (RFC 9110, 10.2.3)."""
    milliseconds = headers.get("retry-after-ms", "")
    if milliseconds.isdecimal():
        return int(milliseconds[:12]) / 1000
    asked = headers.get("retry-after", "")
    if asked.isdecimal():
        return float(asked[:12])
    try:
        moment = parsedate_to_datetime(asked).timestamp()
    except (ValueError, OverflowError, TypeError):
        return 0.0
    return max(0.0, moment - (time.time() if now is None else now))
