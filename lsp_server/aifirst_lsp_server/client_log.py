"""The log, as the client shows it: `window/logMessage` with its level, never a message that pops up.

Until a client is there, and where there is none, it goes to standard error.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Final

LEVELS: Final = {"off": logging.CRITICAL + 1, "error": 40, "warning": 30, "info": 20, "debug": 10}
_LONGEST = 4000
Send = Callable[[int, str], None]
"""Takes the protocol's level (1 error, 2 warning, 3 info, 4 log) and the text."""


class ClientLog(logging.Handler):
    """Hands records to the client."""

    def __init__(self) -> None:
        super().__init__()
        self.send: Send | None = None
        self.setFormatter(logging.Formatter("[%(name)s] %(message)s"))
        self._sending = False

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record; what goes wrong with that is nowhere to be told."""
        if self._sending:
            return
        self._sending = True
        try:
            text = self.format(record)[:_LONGEST]
            if self.send is None:
                print(f"{record.levelname} {text}", file=sys.stderr, flush=True)
            else:
                self.send(_protocol_level(record.levelno), text)
        except Exception:  # noqa: BLE001, S110 - the log is the last place there is
            pass
        finally:
            self._sending = False


def start_log(level: str) -> ClientLog:
    """The log of this process, from a level of `LEVELS` on."""
    log = ClientLog()
    root = logging.getLogger()
    root.handlers[:] = [log]
    root.setLevel(logging.WARNING)
    set_level(level)
    return log


def set_level(level: str) -> None:
    """Log from a level of `LEVELS` on; of libraries warnings at most."""
    ours = LEVELS.get(level, logging.INFO)
    logging.getLogger("aifirst").setLevel(ours)
    logging.getLogger("pygls").setLevel(max(ours, logging.ERROR))
    logging.getLogger().setLevel(max(ours, logging.WARNING))


def _protocol_level(level: int) -> int:
    if level >= logging.ERROR:
        return 1
    if level >= logging.WARNING:
        return 2
    return 3 if level >= logging.INFO else 4
