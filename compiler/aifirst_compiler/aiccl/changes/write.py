"""Writes a change, such as a diff or a pull request, as one document.

First a line for each file with its units that were added (`+`), changed (`~`) and removed (`-`). Then one block with
the lines of the outline of these files as they are now; below a unit that was added or changed stand its lines of
code behind a tab, all of them without glue, or its key lines. Left out: what the code was before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from textwrap import dedent
from typing import Final, Literal, NamedTuple

import msgspec
from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import UNCOUNTED, get_counter
from aifirst_codebase.units.code_tokens import code_tokens

from aifirst_compiler.aiccl.exact.options import AicclDocument, ExactOptions
from aifirst_compiler.aiccl.medium.key_lines import key_lines
from aifirst_compiler.aiccl.notation.document import Prose
from aifirst_compiler.aiccl.notation.write import write_part
from aifirst_compiler.aiccl.outline.write import head, quoted_name, quoted_path, write_units
from aifirst_compiler.edits import Edit, apply_edits
from aifirst_compiler.remove_glue import glue_edits

BLOCK: Final = "changes"
Detail = Literal["exact", "medium"]
_DEFAULT: Final = ExactOptions()
_BLANK: Final = re.compile(r"(?m)^[ \t]*\n|[ \t]+$")


class ChangedText(NamedTuple):
    """A file that a change touched: its text before and after, None where there was or is no file."""

    path: str
    before: str | None
    after: str | None


class _Touched(NamedTuple):
    """A touched file: its reading after the change, indices there of what was changed, and the line that sums it up."""

    reading: Reading | None
    changed: frozenset[int]
    summary: str


def write_changes(
    files: Iterable[ChangedText], options: ExactOptions = _DEFAULT, *, detail: Detail = "exact"
) -> AicclDocument:
    """The change as one document. Comments, documentation and layout are no change of a unit.

    `source_tokens` are those of the files as they are now. A file in no known language is named only.
    """
    touched = [_touch(file) for file in files]
    changed = {each.reading.path: each.changed for each in touched if each.reading is not None}

    def tell(reading: Reading) -> list[str]:
        return _tell(reading, changed[reading.path], detail)

    readings = [each.reading for each in touched if each.reading is not None]
    document = write_units(readings, options, BLOCK, tell)
    summary = write_part(Prose("".join(f"{each.summary}\n" for each in touched)))
    cost = get_counter(options.tokenizer).count(summary)
    return msgspec.structs.replace(
        document,
        text=summary + document.text,
        code_tokens=document.code_tokens + cost,
        plain_tokens=document.plain_tokens + cost,
        files=len(touched),
    )


def _touch(file: ChangedText) -> _Touched:
    before, after = _read(file.path, file.before), _read(file.path, file.after)
    old = _codes(before)
    new = _codes(after)
    changed = frozenset(
        index for name, (index, code) in new.items() if name not in old or old[name][1] != code
    )
    words = [
        f"{'~' if name in old else '+'}{_shown(name)}" for name, (index, _) in new.items() if index in changed
    ]
    words += [f"-{_shown(name)}" for name in old if name not in new]
    sign = "+" if file.before is None else "-" if file.after is None else ""
    return _Touched(after, changed, " ".join([sign + quoted_path(file.path), *words]))


def _shown(name: str) -> str:
    return quoted_name(name) if name and not re.fullmatch(r"[\w$#.]+", name) else name


def _read(path: str, text: str | None) -> Reading | None:
    if text is None:
        return None
    data = text.encode("utf-8", "replace")
    language = language_of(path, data)
    if language is None:
        return None
    return read(SourceFile(path, data, "utf-8", ""), language, UNCOUNTED)


def _codes(reading: Reading | None) -> dict[str, tuple[int, tuple[bytes, ...]]]:
    """The index and the code of every unit that has any, by its name."""
    if reading is None:
        return {}
    found: dict[str, tuple[int, tuple[bytes, ...]]] = {}
    for index, unit in enumerate(reading.units):
        code = code_tokens(reading, index)
        if code or index:
            found[unit.name] = index, code
    return found


def _tell(reading: Reading, changed: frozenset[int], detail: Detail) -> list[str]:
    removed = glue_edits(reading) if detail == "exact" and changed else []
    keys = key_lines(reading) if detail == "medium" and changed else []
    told: list[str] = []
    for index in range(len(reading.units)):
        lines = [head(reading, index) if index else ""]
        if index in changed:
            lines += map(str, keys[index]) if keys else _code_lines(reading, index, removed)
        told.append("\n".join(lines))
    return told


def _code_lines(reading: Reading, index: int, removed: Sequence[Edit]) -> list[str]:
    """The unit's own code without glue and blank lines, a tab before each line."""
    unit = reading.units[index]
    parts: list[bytes] = []
    for start, end in unit.spans:
        first, last = (start, end) if not index else (max(start, unit.code_start), min(end, unit.code_end))
        if first < last:
            inside = [
                Edit(max(edit.start, first) - first, min(edit.end, last) - first, edit.text)
                for edit in removed
                if edit.start < last and edit.end > first
            ]
            line = reading.data.rfind(b"\n", 0, first) + 1
            indent = reading.data[line:first] if not reading.data[line:first].strip() else b""
            parts.append(indent + apply_edits(reading.data[first:last], inside))
    text = b"\n".join(part.rstrip() for part in parts).decode("utf-8", "replace").replace("\r\n", "\n")
    return [f"\t{line}" for line in dedent(_BLANK.sub("", text)).split("\n") if line]
