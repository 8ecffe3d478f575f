"""What the server is started with."""

from __future__ import annotations

import msgspec


class Options(msgspec.Struct, frozen=True):
    """The command line of the server. `test_messages` adds messages that only tests ask for."""

    log_level: str = "info"
    test_messages: bool = False
