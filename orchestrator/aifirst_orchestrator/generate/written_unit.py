"""What came of one unit."""

from __future__ import annotations

from typing import Literal

import msgspec

from aifirst_orchestrator.generate.flaw import Flaw


class WrittenUnit(msgspec.Struct, frozen=True):
    """A unit that passed, or what keeps it: `blocked` waits for a person, `waiting` for a unit that is blocked."""

    unit: str
    state: Literal["passed", "blocked", "waiting"]
    code: str = ""
    tests: str = ""
    tier: str = ""
    attempts: int = 0
    flaws: tuple[Flaw, ...] = ()
    outcomes: dict[str, str] = {}
