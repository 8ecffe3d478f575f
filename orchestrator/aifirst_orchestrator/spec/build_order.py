"""The order in which units are written: what is needed first, and what can be written at the same time."""

from __future__ import annotations

from collections.abc import Sequence

from aifirst_orchestrator.spec.document import SpecProblem
from aifirst_orchestrator.spec.units import SpecUnit


def order_units(units: Sequence[SpecUnit]) -> tuple[tuple[tuple[str, ...], ...], tuple[SpecProblem, ...]]:
    """Stages of names, each needing only what stands in earlier ones; a ring is told and cut where it was named last."""
    needs = {unit.name: set(unit.needs) for unit in units}
    stages: list[tuple[str, ...]] = []
    problems: list[SpecProblem] = []
    while needs:
        ready = tuple(
            unit.name for unit in units if unit.name in needs and not needs[unit.name] & needs.keys()
        )
        if not ready:
            ring = _ring(needs)
            first = next(unit for unit in units if unit.name in ring)
            message = f"units need each other: {' → '.join([*ring, ring[0]])}"
            hint = "take a unit out of the ring, or give both a third one to need"
            problems.append(SpecProblem("spec-ring", message, hint, first.line))
            ready = (first.name,)
        stages.append(ready)
        for name in ready:
            del needs[name]
    return tuple(stages), tuple(problems)


def _ring(needs: dict[str, set[str]]) -> list[str]:
    """A ring among units that all wait for one another."""
    walked: list[str] = [min(needs)]
    while True:
        following = min(needs[walked[-1]] & needs.keys())
        if following in walked:
            return walked[walked.index(following) :]
        walked.append(following)
