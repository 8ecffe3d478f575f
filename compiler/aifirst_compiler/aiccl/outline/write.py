"""Writes the outline of files as one document with one block.

A path stands on a line of its own; below it, one space deeper, its units, and below each of them those that it holds:
`name` with parameters and result, and behind a space and `:` what stands before the name, such as `async` or
`static`. So a unit's id, `path::Qualified.name`, follows from where its line stands and is not written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from aifirst_codebase.reading import Reading
from aifirst_codebase.tokens import get_counter
from aifirst_codebase.tokens.openai_bpe import load_byte_pairs
from aifirst_codebase.units.unit import Unit

from aifirst_compiler.aiccl.exact.dictionary import write_with_dictionary
from aifirst_compiler.aiccl.exact.options import AicclDocument, ExactOptions
from aifirst_compiler.aiccl.exact.safe_texts import make_safe
from aifirst_compiler.aiccl.exact.tokens_of_texts import number_tokens
from aifirst_compiler.aiccl.notation.document import Code, Map
from aifirst_compiler.aiccl.notation.write import write_part
from aifirst_compiler.aiccl.outline.signature import signature

BLOCK = "outline"
NAME = re.compile(r"[\w$#]+")
"""A name that is written as it is; others stand in backquotes."""

_DOTTED = re.compile(r"\w+(?:\.\w+)+(?:#\d+)?")
_DEFAULT = ExactOptions()


def write_outline(readings: Iterable[Reading], options: ExactOptions = _DEFAULT) -> AicclDocument:
    """The outline of the files that were read, in order, and a map of what repeats in it.

    With `max_entries=0` in `options` there is no map, and names stay as the code has them. What options say of glue
    and scripts does not apply.
    """
    count = get_counter(options.tokenizer).count
    lines: list[str] = []
    source_tokens = files = 0
    for reading in readings:
        lines.append(_quoted_path(reading.path))
        lines.extend(_lines_of(reading))
        source_tokens += count(reading.text)
        files += 1
    safe = make_safe(["".join(f"{line}\n" for line in lines)], options.tokenizer)
    numbered = number_tokens(safe.texts, load_byte_pairs(options.tokenizer))
    used = set("".join(safe.texts)).union(entry.symbol for entry in safe.literals)
    written = write_with_dictionary(numbered, options, used)
    entries = (*safe.literals, *written.entries)
    head = write_part(Map(entries, exact=True)) if entries else ""
    body = write_part(Code(written.texts[0], BLOCK))
    map_tokens = count(head)
    return AicclDocument(
        head + body,
        map_tokens,
        count(head + body) - map_tokens,
        count(write_part(Code(safe.texts[0], BLOCK))),
        source_tokens,
        files,
        len(entries),
    )


def _quoted_path(path: str) -> str:
    """A path as its line has it: in backquotes where it would be taken for a unit."""
    return f"`{path}`" if path.startswith((" ", "`")) or "\n" in path else path


def _lines_of(reading: Reading) -> list[str]:
    """The lines of a file's units, each as deep as it is held."""
    children: dict[str, list[str]] = {"": []}
    told: dict[str, str] = {}
    for index, unit in enumerate(reading.units[1:], 1):
        holder, name = _place(reading, unit)
        for missing in _missing(holder, children):
            above, _, last = missing.rpartition(".")
            children[above].append(missing)
            children[missing] = []
            told.setdefault(missing, f"{last}.")
        if unit.name not in children:
            children[holder].append(unit.name)
            children[unit.name] = []
        told[unit.name] = _line(reading, index, name)
    lines: list[str] = []
    stack = [(name, 1) for name in reversed(children[""])]
    while stack:
        name, depth = stack.pop()
        lines.append(" " * depth + told[name])
        stack.extend((held, depth + 1) for held in reversed(children[name]))
    return lines


def _place(reading: Reading, unit: Unit) -> tuple[str, str]:
    """The name of what holds the unit, and the unit's name in there."""
    parent = reading.units[unit.parent].name if unit.parent >= 0 else ""
    if parent and unit.name.startswith(f"{parent}."):
        return parent, unit.name[len(parent) + 1 :]
    if _DOTTED.fullmatch(unit.name):
        holder, _, name = unit.name.rpartition(".")
        return holder, name
    return "", unit.name


def _missing(holder: str, children: dict[str, list[str]]) -> list[str]:
    """Those holders that no unit of the file stands for, the outermost first."""
    missing: list[str] = []
    while holder not in children:
        missing.append(holder)
        holder = holder.rpartition(".")[0]
    return missing[::-1]


def _line(reading: Reading, index: int, name: str) -> str:
    behind, before = signature(reading, index)
    if not NAME.fullmatch(name):
        name = f"`{name.replace(chr(96), chr(96) * 2)}`"
    if behind and (behind[0] in "`." or NAME.match(behind)):
        behind = f" {behind}"
    return " ".join(f"{name}{behind}{before and f' :{before}'}".split("\n"))
