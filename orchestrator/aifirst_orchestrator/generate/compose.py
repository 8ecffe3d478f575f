"""Puts units that are written into the files they stand in, those of one file in the order of their tickets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.languages.generated_language import GeneratedLanguage, Head
from aifirst_orchestrator.generate.languages.registry import generated_language, language_of_path
from aifirst_orchestrator.generate.written_unit import WrittenUnit
from aifirst_orchestrator.spec.plan import SpecPlan
from aifirst_orchestrator.spec.write_ticket import Ticket


def compose_code(plan: SpecPlan, path: str, written: Sequence[WrittenUnit]) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and the units in it."""
    tickets = _tickets(plan, written, lambda ticket: ticket.path == path)
    codes = _texts(tickets, {one.unit: one.code for one in written})
    names = tuple(ticket.unit for ticket in tickets)
    head = _head(plan, tickets, "Holds")
    return language_of_path(path).compose(path, head, codes, plan.units, names), names


def compose_tests(plan: SpecPlan, path: str, written: Sequence[WrittenUnit]) -> tuple[str, tuple[str, ...]]:
    """The text of a file of tests, and the tests in it that tickets name."""
    tickets = _tickets(plan, written, lambda ticket: ticket.tests_path == path)
    codes = _texts(tickets, {one.unit: one.tests for one in written})
    names = tuple(name for ticket in tickets for name in ticket.tests)
    head = _head(plan, tickets, "Tests")
    return language_of_path(path).compose(path, head, codes, plan.units, ()), names


def clashes(
    written: Sequence[WrittenUnit], code: str, language: GeneratedLanguage | None = None
) -> tuple[Flaw, ...]:
    """The names that a piece defines or imports and one of the units beside it in the file means otherwise by.

    The language is Python where none is given.
    """
    language = language or generated_language("python")
    taken = {name: one.unit for one in written for name in language.names(one.code)}
    imported = {name: line for one in written for name, line in language.imported(one.code).items()}
    names = language.names(code)
    own = language.imported(code)
    hint = "give yours another name"
    found = [
        Flaw("unit", f"{name} stands in the file already, beside {taken[name]}", hint)
        for name in dict.fromkeys((*names, *own))
        if name in taken and (name in names or taken[name] != name)
    ]
    found += [
        Flaw("unit", f"{name} is in the file already: {imported[name]}", "use that, or another name")
        for name in dict.fromkeys((*names, *own))
        if name in imported and imported[name] != own.get(name)
    ]
    return tuple(found)


def _tickets(
    plan: SpecPlan, written: Sequence[WrittenUnit], wanted: Callable[[Ticket], bool]
) -> list[Ticket]:
    names = {one.unit for one in written}
    return [ticket for ticket in plan.tickets if ticket.unit in names and wanted(ticket)]


def _texts(tickets: Sequence[Ticket], texts: dict[str, str]) -> list[str]:
    return [texts[ticket.unit] for ticket in tickets]


def _head(plan: SpecPlan, tickets: Sequence[Ticket], verb: str) -> Head:
    """What the file is and where it comes from; the requirements are named, so that they can be traced."""
    units = ", ".join(ticket.unit for ticket in tickets)
    ids = dict.fromkeys(name for ticket in tickets for name in ticket.requirements)
    met = f" ({', '.join(ids)})" if ids else ""
    return Head(
        f"{verb} {units} of: {plan.document.title.rstrip('.')}.",
        f"Written from specs/{plan.document.file_name}.md{met}: change the specification, not this file.",
    )
