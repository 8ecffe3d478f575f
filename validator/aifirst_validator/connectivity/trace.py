"""Requirements traced: which of a ticket's FR and NFR ids does the rest of its file refer to?

An id counts as referred to where it stands in a comment or docstring outside the ticket (`# STEP 2 (FR1)`),
in the name of a function, class or test (`test_fr1_…`), or in a string of the code (an assert's message).
A test that the ticket's TESTING STRATEGY names beside an id (`test_empty_query (FR2)`) is a reference to it
where that test exists. Whether it exists in another file is the project rule's to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from aifirst_codebase.tickets import Ticket, find_references, requirement_ids_in_name

from aifirst_validator.file_context import FileContext

_NAME = re.compile(r"[A-Za-z_]*[fF][rR]_?[0-9]\w*")
_MARK = re.compile(rb"[fF][rR]_?[0-9]")
_MARKS = (b"FR", b"_fr", b"fr1", b"Fr")
"""A file without any of these bytes is not searched further; `fr2…` at a word's start comes with an `fr1`."""
_TEST = re.compile(r"\b(?:test_\w+|[Tt]est[A-Z]\w*)")
_MOST_BESIDE = 50
"""Tests of one line that count as standing beside an id: every id of the line gets them all."""


class Traced(msgspec.Struct, frozen=True):
    """One requirement of a ticket: its id, the characters it stands at, whether the file refers to it, and
    the tests that the ticket names beside it."""

    id: str
    start: int
    end: int
    referred: bool
    tests: tuple[str, ...] = ()


def trace_requirements(file: FileContext) -> list[Traced]:
    """The requirements of the file's tickets, in order of their place."""
    tickets = file.tickets
    if not any(ticket.requirements for ticket in tickets):
        return []
    named = named_ids(file)
    defined = names_of_tests(file)
    found: list[Traced] = []
    for ticket in tickets:
        beside = _tests_beside(ticket)
        for each in ticket.requirements:
            tests = tuple(sorted(beside.get(each.id, ())))
            referred = each.id in named or not defined.isdisjoint(tests)
            found.append(Traced(each.id, each.start, each.end, referred, tests))
    return found


def named_ids(file: FileContext) -> frozenset[str]:
    """The requirement ids that a file refers to outside its tickets."""
    data = file.data
    if not any(mark in data for mark in _MARKS) or _MARK.search(data) is None:
        return frozenset()
    rest = _outside(file.reading.text, [(ticket.start, ticket.end) for ticket in file.tickets])
    found = {reference.target for reference in find_references(rest) if reference.kind == "requirement"}
    for name in set(_NAME.findall(rest)):
        found.update(requirement_ids_in_name(name))
    return frozenset(found)


def names_of_tests(file: FileContext) -> frozenset[str]:
    """The names of the tests that a file defines."""
    if b"est" not in file.data:
        return frozenset()
    names = (unit.name.rpartition(".")[2] for unit in file.reading.units)
    return frozenset(name for name in names if name[:4] in {"test", "Test"})


def _outside(text: str, spans: Sequence[tuple[int, int]]) -> str:
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts.append(text[at:start])
        at = end
    parts.append(text[at:])
    return "\n".join(parts)


def _tests_beside(ticket: Ticket) -> dict[str, set[str]]:
    """The test names that stand on a line of TESTING STRATEGY together with an id."""
    section = ticket.section("TESTING STRATEGY")
    found: dict[str, set[str]] = {}
    for line in section.text.split("\n") if section is not None else ():
        tests = _TEST.findall(line)[:_MOST_BESIDE]
        ids = {reference.target for reference in find_references(line) if reference.kind == "requirement"}
        ids.update(each for test in tests for each in requirement_ids_in_name(test))
        for each in ids:
            found.setdefault(each, set()).update(tests)
    return found
