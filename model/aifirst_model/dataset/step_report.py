"""What a step of the making says of itself: what came in, what went out, what was dropped and why."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

Parameter: TypeAlias = str | int | float | bool | list[str] | dict[str, float] | None


class StepReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step. `dropped` counts by reason; `counts` are further figures; `told` are sentences for a person.

    `came` and `went` count samples, except in collecting, where they count files.
    """

    name: str
    came: int
    went: int
    dropped: dict[str, int] = {}
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    parameters: dict[str, Parameter] = {}
    counts: dict[str, int] = {}
    told: tuple[str, ...] = ()
