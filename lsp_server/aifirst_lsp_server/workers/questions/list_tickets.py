"""All tickets of a project: their states, their requirements, and where code speaks of these.

The index says which files have tickets; these are read as they lie on disk.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from aifirst_codebase.reading import Reading
    from aifirst_memory.memory import Memory

    from aifirst_lsp_server.analysis.analysis import FoundTicket
    from aifirst_lsp_server.workers.desk import Desk

_MOST_FILES = 2000
"""Files with tickets that are read."""
_STATES = ("status", "state")


class Question(msgspec.Struct, frozen=True):
    """The project at `root`."""

    root: str


class Place(msgspec.Struct, frozen=True):
    """A line, from 1, of a root-relative path."""

    path: str
    line: int


class Requirement(msgspec.Struct, frozen=True):
    """A requirement: its line in the ticket, the places outside of it that name it, its lines in specifications."""

    id: str
    places: tuple[Place, ...]
    line: int = 0
    specified: tuple[Place, ...] = ()


class ListedTicket(msgspec.Struct, frozen=True):
    """A ticket. `state` is what it says of itself, else what its tasks say, else `open` or `covered`."""

    id: str
    title: str
    state: str
    path: str
    line: int
    requirements: tuple[Requirement, ...]


Answer = tuple[ListedTicket, ...]


def answer(desk: Desk, question: Question) -> Answer:
    """The tickets by path and line."""
    from pathlib import Path

    from aifirst_memory.tags.level import find_anchors as find_rows

    from aifirst_lsp_server.analysis.find_anchors import find_anchors
    from aifirst_lsp_server.workers.librarian import memory_of, told_errors

    memory = memory_of(desk, question.root)
    with told_errors(), memory.moment():
        paths = sorted({row.path for row in find_rows(memory.connection, kind="ticket", limit=100_000)})
        readings = _Readings(memory, Path(question.root))
        found: list[ListedTicket] = []
        for path in paths[:_MOST_FILES]:
            reading = readings.get(path)
            if reading is not None:
                tickets = find_anchors(reading).tickets
                found += [_listed(ticket, reading, readings) for ticket in tickets]
    return tuple(found)


def _listed(ticket: FoundTicket, reading: Reading, readings: _Readings) -> ListedTicket:
    path, data = reading.path, reading.data
    around = readings.sharing(ticket.slug, path)
    specifications = readings.specifications(reading)
    requirements = tuple(
        Requirement(
            id, tuple(_places(id, ticket, path, around)), _own_line(id, ticket, reading),
            tuple(_set_down(id, specifications)),
        )
        for id in _requirement_ids(ticket, data)
    )  # fmt: skip
    line = data.count(b"\n", 0, ticket.start) + 1
    return ListedTicket(ticket.slug, ticket.title, _state(ticket, requirements), path, line, requirements)


def _requirement_ids(ticket: FoundTicket, data: bytes) -> list[str]:
    """Those that have a line of their own, else those that the sentences under REQUIREMENTS name."""
    from aifirst_codebase.tickets import find_references

    if ticket.requirements:
        return [one.id for one in ticket.requirements]
    sentences = b"\n".join(data[one.start : one.end] for one in ticket.sections if one.name == "REQUIREMENTS")
    named = (one.target for one in find_references(sentences.decode()) if one.kind == "requirement")
    return list(dict.fromkeys(named))


def _state(ticket: FoundTicket, requirements: tuple[Requirement, ...]) -> str:
    for key, value, _, _ in ticket.meta:
        if key.lower() in _STATES and value.strip():
            return value.strip().lower()
    tasks = {state for state, *_ in ticket.tasks}
    if tasks:
        return "done" if tasks == {"done"} else "open" if tasks == {"open"} else "doing"
    return "covered" if requirements and all(one.places for one in requirements) else "open"


def _places(id: str, ticket: FoundTicket, path: str, around: list[Reading]) -> list[Place]:
    """Where files that belong to the ticket name a requirement, the ticket itself left out."""
    places: list[Place] = []
    for reading in around:
        for match in _word(id).finditer(reading.data):
            if reading.path == path and ticket.start <= match.start() < ticket.end:
                continue
            place = Place(reading.path, reading.lines.line_of(match.start()) + 1)
            if place not in places:
                places.append(place)
    return places


def _own_line(id: str, ticket: FoundTicket, reading: Reading) -> int:
    """The line of the ticket that sets a requirement down, from 1."""
    own = next((one.start for one in ticket.requirements if one.id == id), None)
    if own is None:
        match = _word(id).search(reading.data, ticket.start, ticket.end)
        own = match.start() if match is not None else ticket.start
    return reading.lines.line_of(own) + 1


def _set_down(id: str, specifications: list[Reading]) -> list[Place]:
    """The lines of specifications that begin with a requirement."""
    found: list[Place] = []
    for reading in specifications:
        for match in re.finditer(rb"(?m)^[^\w\n]*" + re.escape(id.encode()) + rb"\b", reading.data):
            found.append(Place(reading.path, reading.lines.line_of(match.end()) + 1))  # noqa: PERF401 - reads better
    return found


def _word(id: str) -> re.Pattern[bytes]:
    """A requirement as a word, also in test_fr1_…"""
    return re.compile(rb"(?i)(?<![a-z0-9])" + re.escape(id.encode()) + rb"(?![a-z0-9])")


def _plain(name: str) -> str:
    """A name as a pattern of SQLite that means itself."""
    return re.sub(r"([*?\[])", r"[\1]", name)


class _Readings:
    """Files of the project, each read once."""

    def __init__(self, memory: Memory, root: Path) -> None:
        self._memory = memory
        self._root = root
        self._known: dict[str, Reading | None] = {}

    def get(self, path: str) -> Reading | None:
        """A file as it is on disk; None for one that is gone or cannot be read."""
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def sharing(self, slug: str, path: str) -> list[Reading]:
        """The file itself, those that name the ticket, and tests that are called after the file."""
        from aifirst_memory.tags.level import find_anchors as find_rows

        rows = find_rows(self._memory.connection, value=slug, category="TICKET") if slug else []
        stem = path.rpartition("/")[2].partition(".")[0]
        tests = self._memory.connection.execute(
            "SELECT path FROM file WHERE path GLOB ? OR path GLOB ? ORDER BY path LIMIT 20",
            (f"*test_{_plain(stem)}.*", f"*{_plain(stem)}[._]test.*"),
        )
        paths = dict.fromkeys((path, *(row.path for row in rows), *(test for (test,) in tests)))
        return [reading for one in paths if (reading := self.get(one)) is not None]

    def specifications(self, reading: Reading) -> list[Reading]:
        """The documents that a file names as its specifications, by their path beside it or from the root."""
        from aifirst_memory.tags.level import find_anchors as find_rows

        rows = find_rows(self._memory.connection, category="SPEC", path=reading.path)
        beside = reading.path.rpartition("/")[0]
        names = dict.fromkeys(row.anchor.value for row in rows if "." in row.anchor.value)
        found = [self.get(name) or self.get(f"{beside}/{name}") for name in names]
        return [one for one in found if one is not None]

    def _read(self, path: str) -> Reading | None:
        from aifirst_codebase.languages.registry import language_of
        from aifirst_codebase.reading import read
        from aifirst_codebase.source import decode_source
        from aifirst_codebase.tokens import UNCOUNTED

        from aifirst_lsp_server.project_file import file_within

        place = file_within(self._root, path)
        if place is None:
            return None
        try:
            source = decode_source(path, place.read_bytes())
        except OSError:
            return None
        language = language_of(path, source.data)
        return None if language is None else read(source, language, UNCOUNTED)
