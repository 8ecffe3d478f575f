"""From a specification to its tickets: read, find the units, give them the requirements, order them, write.

The plan is data and the same for the same text. What it cannot do is a problem with a line and a next step; tickets are
written all the same for what is clear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec
from aifirst_codebase.tokens import get_counter

from aifirst_orchestrator.spec.assign import Assignment, assign_requirements
from aifirst_orchestrator.spec.build_order import order_units
from aifirst_orchestrator.spec.document import SpecDocument, SpecProblem, read_document
from aifirst_orchestrator.spec.language_names import package_of
from aifirst_orchestrator.spec.unit_paths import collisions, misplaced, strangers
from aifirst_orchestrator.spec.units import SpecUnit, find_units
from aifirst_orchestrator.spec.write_ticket import Place, Ticket, ticket_of

_SEVERITIES = ("error", "warning", "note")


class SpecPlan(msgspec.Struct, frozen=True):
    """What a specification comes to. `stages` are units that can be written at the same time, one stage after another."""

    document: SpecDocument
    units: tuple[SpecUnit, ...]
    assignments: tuple[Assignment, ...]
    stages: tuple[tuple[str, ...], ...]
    tickets: tuple[Ticket, ...]
    problems: tuple[SpecProblem, ...]

    @property
    def covered(self) -> int:
        """How many of the requirements some unit meets."""
        return len(
            {one.requirement for one in self.assignments} & {one.id for one in self.document.requirements}
        )

    @property
    def is_complete(self) -> bool:
        """Whether nothing stands in the way: no problem is an error."""
        return all(problem.severity != "error" for problem in self.problems)


def plan_tickets(
    path: str, text: str, tokenizer: str = "o200k_base", language: str = "", module: str = ""
) -> SpecPlan:
    """The plan of a specification, one ticket a unit in the order of writing. Never raises for what a text says.

    `language` is that of units which say none themselves, by its name in the registry; "" for what the specification
    says. `module` is what the project is imported by where its language asks that (Go); "" for the slug.
    """
    document, sections = read_document(path, text)
    found, flaws = find_units(document, sections, language)
    problems = [*document.problems, *flaws]
    flawed = {unit.name: problem for unit in found if (problem := misplaced(unit)) is not None}
    units = tuple(unit for unit in found if unit.name not in flawed)
    units = tuple(_in_package(unit, module or document.slug) for unit in units)
    problems += [*flawed.values(), *collisions(units), *strangers(units, language)]
    if not units:
        hint = "add a section '## Interfaces' with the definition of each unit in a block of code"
        problems.append(SpecProblem("spec-units", "the specification names no unit", hint, 1))
    assignments, gaps = assign_requirements(document.requirements, units)
    stages, rings = order_units(units)
    problems += [*(gaps if units else ()), *rings]
    tickets: list[Ticket] = []
    slugs: set[str] = set()
    for stage, names in enumerate(stages, 1):
        for name in names:
            ticket, problem = _ticket(document, units, assignments, name, stage, tokenizer)
            tickets.append(_with_own_slug(ticket, slugs))
            problems += [problem] if problem is not None else []
    problems += _unsigned(units)
    problems.sort(key=lambda one: (_SEVERITIES.index(one.severity), one.line, one.rule, one.message))
    return SpecPlan(document, units, assignments, stages, tuple(tickets), tuple(problems))


def _ticket(
    document: SpecDocument,
    units: Sequence[SpecUnit],
    assignments: Sequence[Assignment],
    name: str,
    stage: int,
    tokenizer: str,
) -> tuple[Ticket, SpecProblem | None]:
    named = {unit.name: unit for unit in units}
    wanted = {one.requirement for one in assignments if one.unit == name}
    requirements = [
        one for one in {one.id: one for one in document.requirements}.values() if one.id in wanted
    ]
    place = _place(named, named[name], assignments, wanted)
    names = {*named, *(one.id for one in document.requirements)}
    others = frozenset(names - wanted - {name})
    return ticket_of(document, named[name], requirements, place, stage, others, get_counter(tokenizer).count)


def _in_package(unit: SpecUnit, module: str) -> SpecUnit:
    package = package_of(unit.language, unit.path, module)
    return msgspec.structs.replace(unit, package=package) if package else unit


def _with_own_slug(ticket: Ticket, taken: set[str]) -> Ticket:
    """The ticket under a slug that no other has: `Cart` and `cart` would share one, and one file."""
    slug, number = ticket.slug, 1
    while slug in taken:
        number += 1
        slug = f"{ticket.slug}-{number}"
    taken.add(slug)
    if slug == ticket.slug:
        return ticket
    tag = re.compile(rf"(@TAG:TICKET:){re.escape(ticket.slug)}(?![\w-])")
    return msgspec.structs.replace(ticket, slug=slug, text=tag.sub(rf"\g<1>{slug}", ticket.text))


def _place(
    named: Mapping[str, SpecUnit], unit: SpecUnit, assignments: Sequence[Assignment], wanted: set[str]
) -> Place:
    beside = {one.unit for one in assignments if one.requirement in wanted} - {unit.name}
    upstream = tuple(named[name] for name in unit.needs)
    downstream = tuple(one for one in named.values() if unit.name in one.needs)
    linked = {one.name for one in (*upstream, *downstream)}
    return Place(upstream, downstream, tuple(named[name] for name in named if name in beside - linked))


def _unsigned(units: Sequence[SpecUnit]) -> list[SpecProblem]:
    hint = "write its definition into '## Interfaces', so that its callers and its tests agree with it"
    return [
        SpecProblem("spec-signature", f"{unit.name} has no signature", hint, unit.line, "warning")
        for unit in units
        if not unit.signature
    ]
