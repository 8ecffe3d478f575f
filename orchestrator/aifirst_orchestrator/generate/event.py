"""What a run tells while it goes on: one event a line of JSON for editors, one line of words for people."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["PLAN", "SPEC", "TICKET", "CODE", "VERIFY", "INTEGRATE", "DONE"]


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """A step of a run; `unit` is empty where it is about the whole."""

    state: State
    what: Literal[
        "begun", "asked", "flawed", "passed", "escalated", "blocked", "written", "kept", "allowed", "refused"
    ]
    unit: str = ""
    detail: str = ""
    tokens: int = 0
    tier: str = ""
    attempt: int = 0

    def told(self) -> str:
        """The event in words."""
        where = f" {self.unit}" if self.unit else ""
        more = f": {self.detail}" if self.detail else ""
        counted = f" ({self.tokens} tokens)" if self.tokens else ""
        return f"{self.state}{where} {self.what}{more}{counted}"
