"""The micro-operations: what each agent is given for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.languages.registry import language_of_path
from aifirst_orchestrator.prompts.part import Part
from aifirst_orchestrator.spec.units import SpecUnit
from aifirst_orchestrator.spec.write_ticket import Ticket


def steps_parts(ticket: Ticket) -> list[Part]:
    """For the designer: the ticket alone."""
    return [_ticket(ticket), Part("task", f"Plan the steps of {ticket.unit}.")]


def code_parts(
    ticket: Ticket, steps: str, needed: Sequence[tuple[SpecUnit, str]], flaws: Sequence[Flaw], before: str
) -> list[Part]:
    """For the coder: ticket, steps, what it may use; after a failed attempt also that and what is wrong with it."""
    parts = [_ticket(ticket), Part("steps", f"The planned steps:\n{steps}", 2, may_be_cut=True)]
    parts.extend(_used(needed, ticket.path))
    parts.extend(_again(flaws, before, "code", _fence(ticket)))
    parts.append(Part("task", f"Write {ticket.unit}. It will stand in {ticket.path}."))
    return parts


def test_parts(
    ticket: Ticket, needed: Sequence[tuple[SpecUnit, str]], flaws: Sequence[Flaw], before: str
) -> list[Part]:
    """For the tester: ticket and imports; never the code."""
    parts = [
        _ticket(ticket),
        *_used(needed, ticket.tests_path),
        *_again(flaws, before, "tests", _fence(ticket)),
    ]
    names = ", ".join(ticket.tests)
    line = language_of_path(ticket.path).import_line(ticket.tests_path, ticket.path, ticket.unit)
    parts.append(Part("task", f"Write the tests {names}. The unit is imported by: {line}"))
    return parts


def refactor_parts(ticket: Ticket, code: str, flaws: Sequence[Flaw], thrown: Sequence[Flaw]) -> list[Part]:
    """For the refactorer: code that passes its tests, what the rules object to, and why its last try was thrown away."""
    told = "\n".join(f"- {flaw.told()}" for flaw in flaws)
    again = "\n".join(flaw.told() for flaw in thrown)
    parts = [
        _ticket(ticket),
        Part("code", f"The code, whose tests pass:\n```{_fence(ticket)}\n{code}```", 0),
        Part("findings", f"What the rules object to:\n{told}", 0 if len(told) < 2000 else 1, may_be_cut=True),
    ]
    if thrown:
        said = f"Your last shape was thrown away:\n{again}"
        parts.append(Part("thrown away", said, 1, is_material=True, may_be_cut=True, source="the tests"))
    task = f"Give {ticket.unit} the shape that is asked for. Answer with one block of code, all of the file's unit in it."
    return [*parts, Part("task", task)]


def critic_parts(ticket: Ticket, code: str, tests: str, flaws: Sequence[Flaw]) -> list[Part]:
    """For the critic: all three, and what came of it."""
    told = "\n".join(flaw.told() for flaw in flaws)
    return [
        _ticket(ticket),
        Part("code", f"The code:\n```{_fence(ticket)}\n{code}```", 0),
        Part("tests", f"The tests:\n```{_fence(ticket)}\n{tests}```", 0),
        Part("what came of it", told, 1, is_material=True, may_be_cut=True),
    ]


def _fence(ticket: Ticket) -> str:
    """What stands behind the fence of a block of the ticket's language."""
    return language_of_path(ticket.path).fences[0]


def _ticket(ticket: Ticket) -> Part:
    return Part("ticket", f"The ticket:\n{ticket.text}")


def _used(needed: Sequence[tuple[SpecUnit, str]], path: str) -> Iterator[Part]:
    """The units that may be used by the file `path`, and how each gets there."""
    for unit, outline in needed:
        how = language_of_path(unit.path).import_line(path, unit.path, unit.name, unit.package)
        short = f"May be used ({how}):\n{unit.signature}"
        yield Part(
            f"used {unit.name}", f"May be used ({how}):\n{outline}", 1, shorter=(short, f"May be used: {how}")
        )


def _again(flaws: Sequence[Flaw], before: str, what: str, fence: str) -> Iterator[Part]:
    if not flaws:
        return
    if before:
        yield Part(
            "the attempt before",
            f"The {what} that you wrote before:\n```{fence}\n{before}```",
            1,
            may_be_cut=True,
        )
    told = "\n".join(f"- {flaw.told()}" for flaw in flaws)
    yield Part(
        "what is wrong", f"What is wrong with it:\n{told}", 0 if len(told) < 2000 else 1, may_be_cut=True
    )
