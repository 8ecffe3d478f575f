"""Glue that a person asked for at a place of a text: a suppression, documentation, a ticket, an entry of a log.

All of it is a skeleton: what only a person can say is left to be said, and marked `TODO`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

import msgspec

from aifirst_lsp_server.analysis.analysis import FoundEdit
from aifirst_lsp_server.workers.desk import ExpectedError

if TYPE_CHECKING:
    from aifirst_codebase.reading import Reading
    from aifirst_codebase.units.unit import Unit

    from aifirst_lsp_server.workers.desk import Desk

GlueKind = Literal["suppression", "documentation", "ticket", "log"]
_DOC_BLOCKS = ("javascript", "typescript", "tsx", "java", "php", "kotlin")
_WHAT = "TODO: what it does, and why"


class Question(msgspec.Struct, frozen=True):
    """A text, UTF-8, the byte it is about, for a suppression the rule, and the day as YYYY-MM-DD."""

    path: str
    text: bytes
    kind: GlueKind
    at: int
    rule: str = ""
    day: str = ""


Answer = tuple[FoundEdit, ...]


def answer(_: Desk, question: Question) -> Answer:
    """The edits of the text's bytes. Raises `ExpectedError` where the place takes no such glue."""
    reading = _read(question.path, question.text)
    match question.kind:
        case "suppression":
            return _suppression(reading, question.at, question.rule)
        case "documentation":
            return _documentation(reading, reading.units[reading.unit_at(question.at)])
        case "ticket":
            return _ticket(reading, reading.units[reading.unit_at(question.at)])
        case "log":
            return _log_entry(reading, question.at, question.day)


def _read(path: str, text: bytes) -> Reading:
    from aifirst_codebase.languages.registry import language_of
    from aifirst_codebase.reading import read
    from aifirst_codebase.source import SourceFile
    from aifirst_codebase.tokens import UNCOUNTED

    language = language_of(path, text)
    if language is None:
        raise ExpectedError(
            f"{path} is in no language that takes comments of ours.", "Open a file with code."
        )
    return read(SourceFile(path, text, "utf-8", ""), language, UNCOUNTED)


def _suppression(reading: Reading, at: int, rule: str) -> Answer:
    """Behind the line, else above it: the first place where it silences the rule at `at`."""
    from aifirst_codebase.source import SourceFile
    from aifirst_validator.suppression import find_suppressions

    lines, mark = reading.lines, _mark(reading)
    line = lines.line_of(at)
    start, end = lines.line_start(line), lines.line_end(line)
    indent = _indent(reading.data[start:end])
    words = f"{mark[0]} aifirst: ignore[{rule}] {mark[1]}".rstrip(" ") + (" " if not mark[1] else "")
    behind = FoundEdit(end, end, f"  {words}")
    above = FoundEdit(start, start, f"{indent}{words}{reading.source.newline}")
    for edit in (behind, above):
        data = reading.data[: edit.start] + edit.text.encode() + reading.data[edit.end :]
        again = _read(reading.path, SourceFile(reading.path, data, "utf-8", "").data)
        moved = line + (edit is above) + 1
        found = find_suppressions(again)
        if again.broken == reading.broken and any(
            rule in one.rules and one.first <= moved <= one.last for one in found
        ):
            return (edit,)
    raise ExpectedError(
        "No comment can stand at this place.", f"Turn {rule} off for the file in aifirst.toml."
    )


def _documentation(reading: Reading, unit: Unit) -> Answer:
    if not unit.name:
        raise ExpectedError("The cursor is in no unit.", "Put it into a function or class.")
    newline = reading.source.newline
    if reading.language.name == "python":
        return _docstring(reading, unit, newline)
    start = reading.lines.line_start(reading.lines.line_of(unit.code_start))
    indent = _indent(reading.data[start : unit.code_start])
    if reading.language.name in _DOC_BLOCKS:
        lines = ["/**", f" * {_WHAT}.", " */"]
    else:
        mark = _mark(reading)
        lines = [f"{mark[0]} {_WHAT}. {mark[1]}".rstrip()]
    return (FoundEdit(start, start, "".join(f"{indent}{line}{newline}" for line in lines)),)


def _docstring(reading: Reading, unit: Unit, newline: str) -> Answer:
    """A docstring below the head: what it does, its parameters, its result and the errors it names."""
    from aifirst_compiler.python_positions import Positions, parse_module

    try:
        tree = parse_module(reading.data)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise ExpectedError("The file does not parse.", "Mend it first.") from error
    positions = Positions(reading.data)
    line = reading.lines.line_of(unit.name_start) + 1
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.lineno == line:
            break
    else:
        raise ExpectedError("There is no function or class here.", "Put the cursor on its name.")
    if ast.get_docstring(node, clean=False) is not None:
        raise ExpectedError(f"{node.name} has documentation.", "Write into it.")
    if node.body[0].lineno <= line:
        raise ExpectedError(f"{node.name} stands on one line.", "Break the line behind its colon first.")
    first = reading.lines.line_start(_first_line(node.body[0]) - 1)
    indent = _indent(reading.data[first : positions.start(node.body[0])])
    text = "".join(f"{indent}{part}{newline}" if part else newline for part in _docstring_lines(node))
    return (FoundEdit(first, first, text),)


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> list[str]:
    sections: list[str] = []
    if not isinstance(node, ast.ClassDef):
        own = _own_nodes(node)
        errors = [_error_name(one.exc) for one in own if isinstance(one, ast.Raise)]
        sections += _section("Args", _parameters(node.args))
        if any(isinstance(one, ast.Return) and one.value is not None for one in own):
            sections += ["Returns:", "    TODO"]
        sections += _section("Raises", [name for name in dict.fromkeys(errors) if name])
    return [f'"""{_WHAT}.', "", *sections, '"""'] if sections else [f'"""{_WHAT}."""']


def _section(title: str, names: list[str]) -> list[str]:
    return [f"{title}:", *(f"    {name}: TODO" for name in names)] if names else []


def _parameters(given: ast.arguments) -> list[str]:
    every = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
    return [one.arg for one in every if one is not None and one.arg not in ("self", "cls")]


def _own_nodes(node: ast.AST) -> list[ast.AST]:
    """The nodes of a function without those of functions and classes in it."""
    found: list[ast.AST] = []
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        one = waiting.pop(0)
        found.append(one)
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(one)
    return found


def _error_name(raised: ast.expr | None) -> str:
    called = raised.func if isinstance(raised, ast.Call) else raised
    return (
        called.id
        if isinstance(called, ast.Name)
        else called.attr
        if isinstance(called, ast.Attribute)
        else ""
    )


def _ticket(reading: Reading, unit: Unit) -> Answer:
    """A short ticket above the unit, or at the start of the file for its own code."""
    from aifirst_codebase.tickets.tags import slugify
    from aifirst_codebase.tickets.ticket_writer import SectionData, TagData, TicketData, write_ticket

    mark = reading.language.data.line_comment
    comment = "#" if mark == "#" else "//" if mark == "//" else "--" if mark == "--" else "*"
    if not mark and reading.language.kind != "style":
        raise ExpectedError(
            "Tickets stand in comments, which this language has not.", "Open a file with code."
        )
    name = unit.name.rpartition(".")[2] or reading.path.rpartition("/")[2].partition(".")[0]
    sections = (
        SectionData("CONTEXT", detail="TODO: where it belongs"),
        SectionData("PROBLEM", detail="TODO: what is missing without it"),
        SectionData("REQUIREMENTS", text="FR1: TODO"),
    )
    title = name.replace("_", " ").strip() or "todo"
    data = TicketData(title, (TagData("TICKET", slugify(name) or "todo"),), (), sections, form="mini")
    start = _ticket_place(reading, unit)
    indent = _indent(reading.data[start : unit.code_start]) if unit.name else ""
    text = write_ticket(data, comment=comment, newline="\n")
    newline = reading.source.newline
    lines = [f"{indent}{line}".rstrip() for line in text.removesuffix("\n").split("\n")]
    return (FoundEdit(start, start, newline.join([*lines, ""])),)


def _ticket_place(reading: Reading, unit: Unit) -> int:
    """The line where the unit's comments begin; for a file's own code behind what has to stand first."""
    lines = reading.lines
    if unit.name:
        return lines.line_start(lines.line_of(unit.code_start))
    kept = [one for one in reading.comments if one.kept and one.own_line]
    line = 0
    for one in kept:
        if lines.line_of(one.start) != line:
            break
        line = lines.line_of(max(one.start, one.end - 1)) + 1
    return lines.line_start(line)


def _log_entry(reading: Reading, at: int, day: str) -> Answer:
    """An entry in the log of the ticket at the place, else of the nearest one above, else of the first."""
    from aifirst_codebase.tickets import parse_tickets
    from aifirst_codebase.tickets.modification_log import LogEntry
    from aifirst_codebase.tickets.ticket_edits import TicketEditError, add_log_entry

    text = reading.data.decode("utf-8")
    tickets = parse_tickets(text)
    if not tickets:
        raise ExpectedError("The file has no ticket.", "Create one first.")
    place = len(reading.data[:at].decode("utf-8", "ignore"))
    above = [one for one in tickets if one.start <= place]
    ticket = above[-1] if above else tickets[0]
    try:
        edits = add_log_entry(ticket, LogEntry(day, text="TODO: what changed", reason="TODO: why"))
    except TicketEditError as error:
        raise ExpectedError(str(error), "Mend the ticket first.") from error
    return tuple(
        FoundEdit(len(text[: one.start].encode()), len(text[: one.end].encode()), one.text) for one in edits
    )


def _mark(reading: Reading) -> tuple[str, str]:
    """What begins and ends a comment."""
    language = reading.language.data
    return (language.line_comment, "") if language.line_comment else language.block_comment or ("<!--", "-->")


def _indent(line: bytes) -> str:
    return line[: len(line) - len(line.lstrip(b" \t"))].decode()
