"""The stretch of the text that a part of a function is, with its comments, and the same text indented anew.

Comments directly above go along, and those on the last line. A step's own line (`# STEP 2: …`) stays where the call will
stand, so that the function still reads as its steps. Lines inside a text literal are never indented: they are data.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence
from typing import Final, NamedTuple

from aifirst_compiler.decompose.names_used import Function
from aifirst_compiler.python_positions import Positions

STEP: Final = re.compile(r"#\s*STEP\b[\s\d.]*[:.)–-]*\s*(.*)", re.IGNORECASE)
_MARKED: Final = re.compile(r"#\s*[A-Z][A-Z ]+:")
_AFTER: Final = re.compile(rb"[ \t]*(?:#[^\r\n]*)?(?:\r?\n|\Z)")
_TEXT_STARTS: Final = frozenset(name for name in ("FSTRING_START", "TSTRING_START"))
_TEXT_ENDS: Final = frozenset(name for name in ("FSTRING_END", "TSTRING_END"))


class RegionText(NamedTuple):
    """Where a part stands: bytes `start` to `end` go away. `indent` is that of its lines, `comment` what leads it.

    `further_steps` counts the steps that begin inside of it, which `comment` says nothing of.
    `blank_before` says whether an empty line or the beginning of a block is above, `blank_after` the same below.
    """

    start: int
    end: int
    indent: bytes
    comment: str
    further_steps: int
    is_step: bool
    blank_before: bool
    blank_after: bool


def region_text(positions: Positions, block: Sequence[ast.stmt], first: int, last: int) -> RegionText | None:
    """The stretch of some statements of a block; None where they share lines with others."""
    data = positions.data
    begin, end = positions.start(block[first]), positions.end(block[last])
    line = data.rfind(b"\n", 0, begin) + 1
    if isinstance(block[first], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return None  # decorators stand above; it could not move anyway
    indent = data[line:begin]
    after = _AFTER.match(data, end)
    if indent.strip(b" \t") or after is None or data.startswith(b"elif", begin):
        return None
    before = positions.end(block[first - 1]) if first else -1
    top, comments = _comments_above(data, line, before)
    start, lead = (top, comments) if comments else (line, [])
    step = bool(lead) and STEP.match(lead[0]) is not None
    if step:
        start = _below_step(data, top, line)
        lead = lead[: 1 + data.count(b"\n", top, start) - 1]
    stop = after.end()
    if last == len(block) - 1:
        stop = _comments_below(data, stop, indent)
    above = data[data.rfind(b"\n", 0, max(top - 1, 0)) + 1 : top]
    below = data[stop : data.find(b"\n", stop) + 1 or len(data)]
    return RegionText(
        start, stop, indent, _sentence(lead), _steps_within(positions, block, first, last), step,
        not first or not above.strip(), last == len(block) - 1 or not below.strip(),
    )  # fmt: skip


def _steps_within(positions: Positions, block: Sequence[ast.stmt], first: int, last: int) -> int:
    """How many step comments stand between statements of a part."""
    data, found = positions.data, 0
    for place in range(first + 1, last + 1):
        line = data.rfind(b"\n", 0, positions.start(block[place])) + 1
        _, comments = _comments_above(data, line, positions.end(block[place - 1]))
        found += bool(comments) and STEP.match(comments[0]) is not None
    return found


def _comments_above(data: bytes, line: int, least: int) -> tuple[int, list[str]]:
    """The comment lines directly above a line that begin after `least`: where the first begins, and their texts."""
    top, found = line, list[str]()
    while top > 0:
        previous = data.rfind(b"\n", 0, top - 1) + 1
        text = data[previous:top].strip()
        if previous <= least or not text.startswith(b"#") or data.startswith(b"#!", previous):
            break
        found.insert(0, text.decode("utf-8"))
        top = previous
    return top, found


def _below_step(data: bytes, top: int, line: int) -> int:
    """Where the comments below a step's own lines begin: those that begin with a marker of their own."""
    at = data.find(b"\n", top) + 1
    while at < line and not _MARKED.match(data[at : data.find(b"\n", at)].strip().decode("utf-8")):
        at = data.find(b"\n", at) + 1
    return at


def _comments_below(data: bytes, stop: int, indent: bytes) -> int:
    """The end of comment lines directly below the last statement of a block that are indented like it."""
    while data.startswith(indent + b"#", stop) and indent:
        newline = data.find(b"\n", stop)
        if newline < 0:
            return len(data)
        stop = newline + 1
    return stop


def _sentence(lines: Sequence[str]) -> str:
    """What comment lines say, up to the end of the first sentence or of the lines."""
    if not lines:
        return ""
    found = STEP.match(lines[0])
    words = [found[1] if found else lines[0].lstrip("#! ")]
    words += [line.lstrip("# ") for line in lines[1:]]
    return re.split(r"(?<=[.!?])\s", " ".join(words).strip(), maxsplit=1)[0]


def indented_anew(text: bytes, old: bytes, new: bytes) -> bytes | None:
    """Lines with another indentation; None where that cannot be done safely."""
    if b"\f" in text or b"\r" in text.replace(b"\r\n", b"\n"):
        return None
    inside = _lines_inside_texts(text.decode("utf-8"))
    if inside is None:
        return None
    made: list[bytes] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if number in inside or not line.strip():
            made.append(line)
        elif line.startswith(old):
            made.append(new + line[len(old) :])
        elif line.lstrip().startswith(b"#"):
            made.append(new + line.lstrip())
        else:
            made.append(line)  # goes on inside brackets, where indentation is free
    return b"".join(made)


def _lines_inside_texts(text: str) -> set[int] | None:
    """The lines, from 1, that begin inside a text literal."""
    inside: set[int] = set()
    opened: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            kind = tokenize.tok_name[token.type]
            if kind == "STRING":
                inside.update(range(token.start[0] + 1, token.end[0] + 1))
            elif kind in _TEXT_STARTS:
                opened.append(token.start[0])
            elif kind in _TEXT_ENDS:
                inside.update(range(opened.pop() + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):
        return None
    return inside


def indent_unit(positions: Positions, function: Function) -> bytes | None:
    """What one level of indentation is in a function; None where its body stands on its own line."""
    outer, inner = (_indent_of(positions, node) for node in (function, function.body[0]))
    if outer is None or inner is None or not inner.startswith(outer) or len(inner) <= len(outer):
        return None
    return inner[len(outer) :]


def _indent_of(positions: Positions, node: ast.stmt) -> bytes | None:
    start = positions.start(node)
    line = positions.data.rfind(b"\n", 0, start) + 1
    found = positions.data[line:start]
    return None if found.strip(b" \t") else found
