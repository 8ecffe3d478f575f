"""Which requirement is met by which unit and checked by which test, and back: as data, and as a page for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from aifirst_orchestrator.generate.written_unit import WrittenUnit
from aifirst_orchestrator.spec.plan import SpecPlan

Standing = Literal["met", "not-met", "not-covered"]


class RequirementTrace(msgspec.Struct, frozen=True):
    """A requirement, down to its tests. `met` where every one of its tests passed."""

    id: str
    text: str
    line: int
    standing: Standing
    tickets: tuple[str, ...]
    units: tuple[str, ...]
    tests: dict[str, str]


class UnitTrace(msgspec.Struct, frozen=True):
    """A unit, up to the requirements that it is there for."""

    unit: str
    path: str
    tests_path: str
    state: str
    requirements: tuple[str, ...]
    needed_by: tuple[str, ...]
    tier: str
    attempts: int


class Traceability(msgspec.Struct, frozen=True):
    """Both ways; the same for the same outcome of a run."""

    specification: str
    requirements: tuple[RequirementTrace, ...]
    units: tuple[UnitTrace, ...]
    version: int = 1

    @property
    def is_closed(self) -> bool:
        """Whether every requirement is met and every unit passed."""
        return all(one.standing == "met" for one in self.requirements) and all(
            one.state == "passed" for one in self.units
        )


def trace(plan: SpecPlan, written: Mapping[str, WrittenUnit]) -> Traceability:
    """Follow every requirement to its tests, and every unit to its requirements."""
    requirements: list[RequirementTrace] = []
    for requirement in {one.id: one for one in plan.document.requirements}.values():
        tickets = [ticket for ticket in plan.tickets if requirement.id in ticket.requirements]
        tests = {
            f"{ticket.tests_path}::{name}": written[ticket.unit].outcomes.get(name, "was not run")
            for ticket in tickets
            for name in ticket.tests
            if name.lower().endswith(f"_{requirement.id.lower()}")
        }
        standing: Standing = "not-covered" if not tests else "met"
        if any(how != "passed" for how in tests.values()):
            standing = "not-met"
        requirements.append(
            RequirementTrace(
                requirement.id, requirement.text, requirement.line, standing,
                tuple(ticket.slug for ticket in tickets), tuple(ticket.unit for ticket in tickets), tests,
            )
        )  # fmt: skip
    where = f"specs/{plan.document.file_name}.md"  # its copy in the project: a path as it was typed means nothing there
    return Traceability(where, tuple(requirements), tuple(_units(plan, written)))


def _units(plan: SpecPlan, written: Mapping[str, WrittenUnit]) -> Sequence[UnitTrace]:
    needed_by = {
        unit.name: tuple(other.name for other in plan.units if unit.name in other.needs)
        for unit in plan.units
    }
    return [
        UnitTrace(
            ticket.unit, ticket.path, ticket.tests_path, written[ticket.unit].state, ticket.requirements,
            needed_by[ticket.unit], written[ticket.unit].tier, written[ticket.unit].attempts,
        )
        for ticket in plan.tickets
    ]  # fmt: skip


def as_markdown(found: Traceability, title: str) -> str:
    """The page."""
    lines = [f"# {title}: what is met", "", "| Requirement | Units | Tests | Standing |", "|---|---|---|---|"]
    for one in found.requirements:
        tests = (
            "<br>".join(f"`{name.rpartition('::')[2]}` {how}" for name, how in one.tests.items()) or "none"
        )
        units = ", ".join(f"`{unit}`" for unit in one.units) or "none"
        lines.append(f"| {one.id}: {_cell(one.text)} | {units} | {tests} | {one.standing} |")
    lines += [
        "",
        "| Unit | File | Requirements | Needed by | State | Model | Attempts |",
        "|---|---|---|---|---|---|---|",
    ]
    for unit in found.units:
        ids = ", ".join(unit.requirements) or "none"
        users = ", ".join(f"`{name}`" for name in unit.needed_by) or "none"
        lines.append(
            f"| `{unit.unit}` | {unit.path} | {ids} | {users} | {unit.state} | {unit.tier or '-'} | {unit.attempts} |"
        )
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
