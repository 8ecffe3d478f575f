"""Writes the ticket of a unit: all that who writes it has to know, within the limit of a unit's tokens.

The ticket copies, and invents nothing: what the specification says of the unit, the requirements it has to meet, its
place among the others, its signature, its tests. What does not fit is left out from the least needed on; the requirements
and the signature always stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.tickets import (
    MetaData,
    SectionData,
    TagData,
    TicketData,
    slugify,
    write_ticket,
)
from aifirst_codebase.tickets.ticket_writer import CommentMarker

from aifirst_orchestrator.spec.document import SpecDocument, SpecProblem, SpecRequirement, Statement
from aifirst_orchestrator.spec.language_names import name_of_test, tests_path_of
from aifirst_orchestrator.spec.units import SpecUnit

UNIT_LIMIT = 700
"""Tokens of a ticket at most: it is read as one unit."""
_BAR = re.compile(r"^[=\s#/*;-]*={4,}[=\s]*$", re.MULTILINE)


class Place(msgspec.Struct, frozen=True):
    """Where a unit stands: what has to be there before it, what waits for it, and who meets the same requirements."""

    upstream: tuple[SpecUnit, ...]
    downstream: tuple[SpecUnit, ...]
    siblings: tuple[SpecUnit, ...]


class TicketFacts(msgspec.Struct, frozen=True):
    """What is known of a ticket beside its text: it yields one definition in `path`, tested in `tests_path`."""

    slug: str
    unit: str
    path: str
    tests_path: str
    requirements: tuple[str, ...]
    tests: tuple[str, ...]
    needs: tuple[str, ...]
    stage: int
    tokens: int


class Ticket(TicketFacts, frozen=True):
    """The ticket of one unit, whole."""

    text: str


def ticket_of(
    document: SpecDocument,
    unit: SpecUnit,
    requirements: Sequence[SpecRequirement],
    place: Place,
    stage: int,
    others: frozenset[str],
    count: Callable[[str], int],
) -> tuple[Ticket, SpecProblem | None]:
    """The ticket, as full as fits; a problem where even the least is too large.

    `others` are the names of the units and requirements that it is not about.
    """
    slug = slugify(f"{document.slug}-{unit.name}")
    tests = {one.id: name_of_test(unit.language, unit.name, one.id) for one in requirements}
    marker = _marker(unit.language)
    text, tokens = "", 0
    for data in _from_fullest(document, unit, requirements, place, tests, slug, others):
        text = write_ticket(data, comment=marker)
        tokens = count(text)
        if tokens <= UNIT_LIMIT:
            break
    problem = None
    if tokens > UNIT_LIMIT:
        message = f"the ticket of {unit.name} has {tokens} tokens at the least, {UNIT_LIMIT} are the most"
        problem = SpecProblem(
            "spec-unit-size", message, "give some of its requirements to a unit of their own", unit.line
        )
    ticket = Ticket(
        slug, unit.name, unit.path, tests_path(unit), tuple(one.id for one in requirements),
        tuple(tests.values()) or (name_of_test(unit.language, unit.name),), unit.needs, stage, tokens, text,
    )  # fmt: skip
    return ticket, problem


def tests_path(unit: SpecUnit) -> str:
    """Where a language's people look for the tests of a file."""
    return tests_path_of(unit.language, unit.path)


def _from_fullest(
    document: SpecDocument,
    unit: SpecUnit,
    requirements: Sequence[SpecRequirement],
    place: Place,
    tests: Mapping[str, str],
    slug: str,
    others: frozenset[str],
) -> Iterator[TicketData]:
    """The ticket at falling fullness: with what is said of all, of the unit alone, no examples, the compact form."""
    tags = (
        TagData("TICKET", slug),
        TagData("SPEC", document.slug),
        TagData("FUNCTION" if unit.kind == "function" else "COMPONENT", slugify(unit.name)),
    )
    own = frozenset((unit.name, *(one.id for one in requirements)))
    near, examples = [
        [one for one in statements if _names_any(one, own)]
        for statements in ((*document.constraints, *document.edge_cases), document.examples)
    ]
    of_all = [
        one
        for one in (*document.constraints, *document.edge_cases)
        if one in near or not _names_any(one, others)
    ]
    shown = [one for one in document.examples if one in examples or not _names_any(one, others)]
    for told, displayed in ((of_all, shown), (near, examples), (near, ()), ((), ())):
        sections = tuple(_sections(document, unit, requirements, place, tests, told, displayed))
        yield TicketData(f"Write {unit.name}", tags, (MetaData("Component", unit.path),), sections)
    yield TicketData(
        f"Write {unit.name}", tags, (),
        (
            SectionData("CONTEXT", detail=_line(f"{unit.path} of {document.title}: {unit.signature.split(chr(10))[0]}")),
            SectionData("REQUIREMENTS", text=_requirement_lines(requirements)),
        ), form="mini",
    )  # fmt: skip


def _sections(
    document: SpecDocument,
    unit: SpecUnit,
    requirements: Sequence[SpecRequirement],
    place: Place,
    tests: Mapping[str, str],
    told: Sequence[Statement],
    shown: Sequence[Statement],
) -> Iterator[SectionData]:
    summary = document.summary or document.title
    yield SectionData("CONTEXT", _safe("\n".join(filter(None, (_line(summary), _line(unit.told))))))
    needs = [f"{index}. {_line(one.text)}" for index, one in enumerate(requirements, 1)] or [
        f"1. {unit.name} is there"
    ]
    yield SectionData("PROBLEM STATEMENT", _safe("\n".join([*needs, *_examples(shown)])))
    yield SectionData("ARCHITECTURAL CONTEXT", "\n".join(_place_lines(unit, place)))
    yield SectionData("REQUIREMENTS", _requirement_lines(requirements))
    kept = [f"- {_line(one.text)}" for one in told if not one.language]
    yield SectionData(
        "DESIGN DECISIONS", _safe("\n".join(kept or ["One definition in one file, without global state."]))
    )
    signature = unit.signature or f"{unit.name}: the specification gives no signature"
    yield SectionData("IMPLEMENTATION GUIDANCE", _safe(f"File: {unit.path}\n{signature}"))
    names = [f"- {tests[one.id]}: {one.id}" for one in requirements] or [
        f"- {name_of_test(unit.language, unit.name)}"
    ]
    yield SectionData("TESTING STRATEGY", "\n".join([f"Unit tests in {tests_path(unit)}:", *names]))
    outcome = f"{unit.path} with {unit.name}, and its tests pass."
    yield SectionData("EXPECTED OUTCOME", outcome)


def _requirement_lines(requirements: Sequence[SpecRequirement]) -> str:
    return (
        _safe("\n".join(f"{one.id}: {_line(one.text)}" for one in requirements))
        or "None of its own: other units need it."
    )


def _place_lines(unit: SpecUnit, place: Place) -> Iterator[str]:
    yield f"Position: {unit.path}"
    for label, units in (
        ("Upstream", place.upstream),
        ("Downstream", place.downstream),
        ("Sibling", place.siblings),
    ):
        for one in units:
            yield f"{label}: {one.name} ({one.path})"


def _examples(shown: Sequence[Statement]) -> Iterator[str]:
    for one in shown:
        yield f"Example ({one.language}):\n{one.text}" if one.language else f"Example: {_line(one.text)}"


def _names_any(statement: Statement, names: frozenset[str]) -> bool:
    """Whether a statement names one of these units or requirements."""
    return not names.isdisjoint(re.findall(r"[A-Za-z_$][\w$]*", statement.text))


def _marker(language: str) -> CommentMarker:
    mark = language_named(language).data.line_comment
    return mark if mark in ("#", "//", "--", ";") else "*"


def _line(text: str) -> str:
    return " ".join(text.split())


def _safe(text: str) -> str:
    """The text without what would read as a bar of the ticket or end a block comment."""
    return _BAR.sub("", text).replace("*/", "* /").strip("\n")
