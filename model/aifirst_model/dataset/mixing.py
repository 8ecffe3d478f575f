"""How many samples of each part go into training: shares that are asked for, reached by leaving out or repeating.

The parts of the AI-First mix are code examples (50 %), principles (20 %), patterns (20 %) and project context (10 %);
a task's own name is a part too. What is left out is drawn by the sample's id, so the same samples give the same mix.
Nothing is repeated unless that is allowed, and both are reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

PARTS: Final[dict[str, tuple[str, ...]]] = {
    "examples": (
        "code", "file", "fill", "docstring-to-body", "body-to-docstring", "ticket-to-code", "code-to-ticket",
        "message-to-diff",
        "aiccl-compress", "aiccl-expand", "preference",
    ),
    "principles": ("principle",),
    "patterns": ("pattern",),
    "context": ("project-question", "diff-to-message"),
}  # fmt: skip
AI_FIRST: Final[dict[str, float]] = {"examples": 50.0, "principles": 20.0, "patterns": 20.0, "context": 10.0}
"""The mix of the AI-First coder; 22,000 to 75,000 samples in all were meant for 7B parameters."""


class MixSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`shares` by part or task, empty for all as it is; `total` 0 for as many as the shares allow.

    `most_repeats` is how often one sample may stand in training, 1 for never twice.
    """

    shares: dict[str, float] = {}
    total: int = 0
    most_repeats: int = 1


class PartPlan(msgspec.Struct, frozen=True):
    """One part: how many samples there are, how many stand in the mix, repeats counted."""

    part: str
    there: int
    wanted: int
    taken: int


def part_of(task: str, shares: Mapping[str, float]) -> str:
    """The part of the mix that a task falls under: its own name where a share is asked for it; empty for none."""
    if task in shares:
        return task
    return next((part for part, tasks in PARTS.items() if task in tasks and part in shares), "")


def plan_mix(there: Mapping[str, int], settings: MixSettings) -> tuple[list[PartPlan], list[str]]:
    """How many of each part are taken, and what a person should know: parts that are empty, short or repeated.

    `there` counts the samples of each part of the shares.
    """
    told: list[str] = []
    shares = {part: share for part, share in settings.shares.items() if share > 0}
    told += [
        f"there is nothing of {part}, its share of {share:g} goes to the other parts"
        for part, share in shares.items()
        if not there.get(part)
    ]
    shares = {part: share for part, share in shares.items() if there.get(part)}
    whole = sum(shares.values())
    if not whole:
        return [], told
    limit = min(there[part] * settings.most_repeats * whole / share for part, share in shares.items())
    total = int(limit) if not settings.total else settings.total
    told += _what_is_short(there, shares, settings, limit)
    plans: list[PartPlan] = []
    for part, share in shares.items():
        wanted = max(1, round(total * share / whole))
        taken = min(wanted, there[part] * settings.most_repeats)
        plans.append(PartPlan(part, there[part], wanted, taken))
        if taken > there[part]:
            told.append(
                f"{part}: {there[part]} samples stand up to {-(-taken // there[part])} times, {taken} in all"
            )
    return plans, told


def _what_is_short(
    there: Mapping[str, int], shares: Mapping[str, float], settings: MixSettings, limit: float
) -> list[str]:
    """Why the mix is no larger, where that is not what was asked for or leaves most of the samples out."""
    if settings.total > limit:
        return [
            f"{settings.total} samples were asked for, the shares allow {int(limit)}: "
            "add sources, change the shares or allow more repeats (--most-repeats)"
        ]
    if settings.total or len(shares) < 2 or limit * 2 >= sum(there[part] for part in shares):
        return []
    part = min(shares, key=lambda part: there[part] / shares[part])
    return [
        f"{part} is the part that is short ({there[part]} samples): with more of it, or with --most-repeats, "
        "the mix is larger"
    ]
