"""Reads requirement ids (`FRn:`, `NFRn:`), test names and task states out of ticket and spec text.

The three things that traceability checks compare. It reads bodies without comment markers and judges
only what the grammar says: ids are unique, a non-functional requirement carries a number.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct, structs

from aifirst_codebase.tickets.diagnostic import GrammarDiagnostic
from aifirst_codebase.tickets.modification_log import BodyLine

TaskState = Literal["open", "doing", "done"]
_STATES: dict[str, TaskState] = {" ": "open", "/": "doing", "x": "done"}

_ID = re.compile(r"(?<![A-Za-z0-9_-])(N?FR)([0-9]+)[ \t]*:[ \t]*")
_LINE_ID = re.compile(r"[ \t]*(?:[-*+][ \t]+|[0-9]+[.)][ \t]+)?\**(N?FR)([0-9]+)\**[ \t]*:\**[ \t]*")
_BAD_ID = re.compile(r"[ \t]*(?:[-*+][ \t]+)?\**(n?fr)[ \t_-]*+([0-9]*)\**[ \t]*([:.)])", re.IGNORECASE)
_TEST = re.compile(r"(?<![A-Za-z0-9_])(?:test_[A-Za-z0-9_]*[A-Za-z0-9]|[Tt]est[A-Z][A-Za-z0-9_]*)")
_TASK = re.compile(r"[ \t]*(?:[-*+]|[0-9]+[.)])[ \t]+(\[(.)\])[ \t]+(?=\S)")


class Requirement(Struct, frozen=True):
    """`FR1: text`; the id spans `start` to `end`, the statement may run over several lines."""

    id: str
    text: str
    start: int
    end: int

    @property
    def functional(self) -> bool:
        """False for a non-functional requirement (NFR)."""
        return not self.id.startswith("N")


class TestName(Struct, frozen=True):
    """A test's name, `test_…`, `Test…` or `test…`, at its offsets."""

    __test__ = False  # pytest would collect a class of this name

    name: str
    start: int
    end: int


class Task(Struct, frozen=True):
    """One item of a task list; the box spans `start` to `end`."""

    state: TaskState
    text: str
    start: int
    end: int


def read_requirements(
    lines: Sequence[BodyLine],
) -> tuple[tuple[Requirement, ...], tuple[GrammarDiagnostic, ...]]:
    """The requirements of a REQUIREMENTS section in order, and what is wrong with their ids and texts."""
    found: list[Requirement] = []
    more: dict[int, list[str]] = {}
    diagnostics: list[GrammarDiagnostic] = []
    continues = False
    for line in lines:
        first = _LINE_ID.match(line.body)
        ids = list(_ID.finditer(line.body)) if first is None else _ids_from(line.body, first)
        if ids:
            found.extend(_requirements(line, ids))
            continues = True
        elif (bad := _BAD_ID.match(line.body)) is not None:
            diagnostics.append(_bad_id(line, bad))
            continues = False
        elif not line.body.strip() or line.body.rstrip().endswith(":"):
            continues = False
        elif continues:
            more.setdefault(len(found) - 1, []).append(line.body.strip())
    for index, parts in more.items():
        whole = " ".join([found[index].text, *parts]).strip()
        found[index] = structs.replace(found[index], text=whole)
    diagnostics.extend(_requirement_problems(found))
    return tuple(found), tuple(sorted(diagnostics, key=lambda problem: (problem.start, problem.code)))


def _ids_from(body: str, first: re.Match[str]) -> list[re.Match[str]]:
    return [first, *_ID.finditer(body, first.end())]


def _requirements(line: BodyLine, ids: Sequence[re.Match[str]]) -> Iterable[Requirement]:
    stops = [match.start(1) for match in ids[1:]] + [len(line.body)]
    for match, stop in zip(ids, stops, strict=True):
        text = line.body[match.end() : stop].strip()
        if stop < len(line.body):
            text = text.rstrip(";, \t")  # what separates it from the next id on the line
        yield Requirement(match[1] + match[2], text, line.start + match.start(1), line.start + match.end(2))


def _bad_id(line: BodyLine, bad: re.Match[str]) -> GrammarDiagnostic:
    wanted = f"{bad[1].upper()}{bad[2] or '1'}:"
    spelled = line.body[bad.start(1) : bad.end()]
    start = line.start + bad.start(1)
    message = f"{spelled!r} is not a requirement id"
    return GrammarDiagnostic("requirement-id", message, f"write {wanted}", start, line.start + bad.end())


def _requirement_problems(found: Sequence[Requirement]) -> Iterable[GrammarDiagnostic]:
    seen: set[str] = set()
    for item in found:
        if item.id in seen:
            message = f"the requirement {item.id} is stated twice"
            hint = "give the second one the next free number"
            yield GrammarDiagnostic("requirement-repeated", message, hint, item.start, item.end)
        seen.add(item.id)
        if not item.functional and not any("0" <= char <= "9" for char in item.text):
            message = f"the non-functional requirement {item.id} carries no number"
            hint = "state the limit that a test can measure, for instance '< 100 ms for 10000 documents'"
            yield GrammarDiagnostic("requirement-number", message, hint, item.start, item.end)


def read_test_names(lines: Sequence[BodyLine]) -> tuple[TestName, ...]:
    """The test names in order of their first appearance, each once."""
    names: dict[str, TestName] = {}
    for line in lines:
        for match in _TEST.finditer(line.body):
            at = line.start + match.start()
            names.setdefault(match[0], TestName(match[0], at, at + len(match[0])))
    return tuple(names.values())


def read_tasks(lines: Sequence[BodyLine]) -> tuple[tuple[Task, ...], tuple[GrammarDiagnostic, ...]]:
    """The items of a task list (`- [ ]` open, `- [/]` doing, `- [x]` done) and boxes of another state."""
    tasks: list[Task] = []
    diagnostics: list[GrammarDiagnostic] = []
    for line in lines:
        match = _TASK.match(line.body)
        if match is None:
            continue
        start, end = line.start + match.start(1), line.start + match.end(1)
        state = _STATES.get(match[2])
        if state is not None:
            tasks.append(Task(state, line.body[match.end() :].strip(), start, end))
            continue
        message = f"the task box {match[1]} is none of [ ], [/] and [x]"
        hint = "write [x]" if match[2] == "X" else "write [ ] for open, [/] for in progress, [x] for done"
        diagnostics.append(GrammarDiagnostic("task-state", message, hint, start, end))
    return tuple(tasks), tuple(diagnostics)


def find_tasks(text: str) -> tuple[tuple[Task, ...], tuple[GrammarDiagnostic, ...]]:
    """The task list items of a Markdown text, offsets in characters."""
    if "[" not in text:
        return (), ()
    lines: list[BodyLine] = []
    at = 0
    for raw in text.split("\n"):
        lines.append(BodyLine(raw.rstrip(), at))
        at += len(raw) + 1
    return read_tasks(lines)
