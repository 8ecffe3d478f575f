"""Writes the outline of files as one document with one block; `write_units` does so for every resolution by units.

A path stands on a line of its own; below it, one space deeper, its units, and below each of them those that it holds:
`name` with parameters and result, and behind a space and `:` what stands before the name, such as `async` or
`static`. So a unit's id, `path::Qualified.name`, follows from where its line stands and is not written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from aifirst_codebase.reading import Reading
from aifirst_codebase.tokens import get_counter
from aifirst_codebase.tokens.openai_bpe import load_byte_pairs

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


class NamedUnit(Protocol):
    """A unit as far as its line's place needs it; `parent` is the index of what it stands in, -1 for none."""

    @property
    def name(self) -> str: ...

    @property
    def parent(self) -> int: ...


TellUnits = Callable[[Reading], Sequence[str]]
"""Gives what stands behind the name of each unit of a reading, and first what stands behind its path."""


def write_outline(readings: Iterable[Reading], options: ExactOptions = _DEFAULT) -> AicclDocument:
    """The outline of the files that were read, in order, and a map of what repeats in it.

    With `max_entries=0` in `options` there is no map, and names stay as the code has them. What options say of glue
    and scripts does not apply.
    """
    return write_units(readings, options, BLOCK, tell_signatures)


def write_units(
    readings: Iterable[Reading], options: ExactOptions, block: str, tell: TellUnits
) -> AicclDocument:
    """The files' units as one block with that id, `tell` giving what stands for each unit, and a map of what repeats.

    What is told of a file's own code stands behind its path. It begins with no space, as a line of a path does.
    """
    return write_lines(((unit_lines(reading, tell), reading.text) for reading in readings), options, block)


def write_lines(
    files: Iterable[tuple[Sequence[str], str]], options: ExactOptions, block: str
) -> AicclDocument:
    """The same of files whose lines are known; each comes with the text of its source."""
    count = get_counter(options.tokenizer).count
    lines: list[str] = []
    source_tokens: list[int] = []
    for told, source in files:
        lines.extend(told)
        source_tokens.append(count(source))
    safe = make_safe(["".join(f"{line}\n" for line in lines)], options.tokenizer)
    numbered = number_tokens(safe.texts, load_byte_pairs(options.tokenizer))
    used = set("".join(safe.texts)).union(entry.symbol for entry in safe.literals)
    written = write_with_dictionary(numbered, options, used, joined=options.joined)
    entries = (*safe.literals, *written.entries)
    head = write_part(Map(entries, exact=True, joined=options.joined)) if entries else ""
    body = write_part(Code(written.texts[0], block))
    map_tokens = count(head)
    return AicclDocument(
        head + body,
        map_tokens,
        count(head + body) - map_tokens,
        count(write_part(Code(safe.texts[0], block))),
        sum(source_tokens),
        len(source_tokens),
        len(entries),
    )


def quoted_path(path: str) -> str:
    """A path as its line has it: in backquotes where it would be taken for a unit."""
    return f"`{path}`" if path.startswith((" ", "`")) or "\n" in path or "\t" in path else path


def unit_lines(reading: Reading, tell: TellUnits) -> list[str]:
    """The lines of a file and its units, each as deep as it is held."""
    return lines_of_units(reading.path, reading.units, tell(reading))


def lines_of_units(path: str, units: Sequence[NamedUnit], texts: Sequence[str]) -> list[str]:
    """The same of a file's units with what stands behind the name of each, the file's own code first."""
    children: dict[str, list[str]] = {"": []}
    told: dict[str, str] = {}
    for index, unit in enumerate(units[1:], 1):
        holder, name = _place(units, unit)
        for missing in _missing(holder, children):
            above, _, last = missing.rpartition(".")
            children[above].append(missing)
            children[missing] = []
            told.setdefault(missing, f"{last}.")
        if unit.name not in children:
            children[holder].append(unit.name)
            children[unit.name] = []
        told[unit.name] = quoted_name(name) + texts[index]
    lines: list[str] = [quoted_path(path) + texts[0]]
    stack = [(name, 1) for name in reversed(children[""])]
    while stack:
        name, depth = stack.pop()
        lines.append(" " * depth + told[name])
        stack.extend((held, depth + 1) for held in reversed(children[name]))
    return lines


def _place(units: Sequence[NamedUnit], unit: NamedUnit) -> tuple[str, str]:
    """The name of what holds the unit, and the unit's name in there."""
    parent = units[unit.parent].name if unit.parent >= 0 else ""
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


def quoted_name(name: str) -> str:
    """A name as its line has it: in backquotes where it is none of words."""
    return name if NAME.fullmatch(name) else f"`{name.replace(chr(96), chr(96) * 2)}`".replace("\n", " ")


def tell_signatures(reading: Reading) -> list[str]:
    """What stands behind the name of each unit of the file, by index."""
    return ["", *(head(reading, index) for index in range(1, len(reading.units)))]


def head(reading: Reading, index: int) -> str:
    """What stands behind a unit's name in its line: parameters and result, and behind ` :` what stood before it."""
    behind, before = signature(reading, index)
    if behind and (behind[0] in "`." or NAME.match(behind)):
        behind = f" {behind}"
    return " ".join(f"{behind}{before and f' :{before}'}".split("\n"))
