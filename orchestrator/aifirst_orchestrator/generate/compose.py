"""Puts units that are written into the files they stand in, those of one file in the order of their tickets."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

import msgspec

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.operations import module_of
from aifirst_orchestrator.generate.python_unit import PythonPiece, join_pieces, take_apart
from aifirst_orchestrator.generate.written_unit import WrittenUnit
from aifirst_orchestrator.spec.plan import SpecPlan
from aifirst_orchestrator.spec.write_ticket import Ticket


def compose_code(plan: SpecPlan, path: str, written: Sequence[WrittenUnit]) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and the units in it."""
    tickets = _tickets(plan, written, lambda ticket: ticket.path == path)
    pieces = _pieces(tickets, {one.unit: one.code for one in written})
    own = f"from {module_of(path)} import "
    pieces = [
        msgspec.structs.replace(one, imports=tuple(line for line in one.imports if not line.startswith(own)))
        for one in pieces
    ]
    return join_pieces(_head(plan, tickets, "Holds"), pieces), tuple(ticket.unit for ticket in tickets)


def compose_tests(plan: SpecPlan, path: str, written: Sequence[WrittenUnit]) -> tuple[str, tuple[str, ...]]:
    """The text of a file of tests, and the tests in it that tickets name."""
    tickets = _tickets(plan, written, lambda ticket: ticket.tests_path == path)
    pieces = _pieces(tickets, {one.unit: one.tests for one in written})
    names = tuple(name for ticket in tickets for name in ticket.tests)
    return join_pieces(_head(plan, tickets, "Tests"), pieces), names


def clashes(written: Sequence[WrittenUnit], code: str) -> tuple[Flaw, ...]:
    """The names that a piece defines or imports and one of the units beside it in the file means otherwise by."""
    taken = {name: one.unit for one in written for name in take_apart(one.code, ast.parse(one.code)).names}
    imported = {name: line for one in written for name, line in _imported(one.code).items()}
    piece = take_apart(code, ast.parse(code))
    own = _imported(code)
    hint = "give yours another name"
    found = [
        Flaw("unit", f"{name} stands in the file already, beside {taken[name]}", hint)
        for name in dict.fromkeys((*piece.names, *own))
        if name in taken and (name in piece.names or taken[name] != name)
    ]
    found += [
        Flaw("unit", f"{name} is in the file already: {imported[name]}", "use that, or another name")
        for name in dict.fromkeys((*piece.names, *own))
        if name in imported and imported[name] != own.get(name)
    ]
    return tuple(found)


def _imported(code: str) -> dict[str, str]:
    """What each name that a piece imports at its top is, as a line."""
    return {line.split()[-1]: line for line in take_apart(code, ast.parse(code)).imports}


def _tickets(
    plan: SpecPlan, written: Sequence[WrittenUnit], wanted: Callable[[Ticket], bool]
) -> list[Ticket]:
    names = {one.unit for one in written}
    return [ticket for ticket in plan.tickets if ticket.unit in names and wanted(ticket)]


def _pieces(tickets: Sequence[Ticket], texts: dict[str, str]) -> list[PythonPiece]:
    return [take_apart(texts[ticket.unit], ast.parse(texts[ticket.unit])) for ticket in tickets]


def _head(plan: SpecPlan, tickets: Sequence[Ticket], verb: str) -> str:
    """What the file is and where it comes from; the requirements are named, so that they can be traced."""
    units = ", ".join(ticket.unit for ticket in tickets)
    ids = dict.fromkeys(name for ticket in tickets for name in ticket.requirements)
    met = f" ({', '.join(ids)})" if ids else ""
    title = plan.document.title.rstrip(".").replace("\\", "").replace('"', "'")
    return (
        f'"""{verb} {units} of: {title}.\n\n'
        f"Written from specs/{plan.document.file_name}.md{met}: change the specification, not this file.\n"
        '"""'
    )
