"""`low`: a unit in one or two lines: signature; flow, calls, effects and errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from aifirst_memory.context.file_text import FileText
from aifirst_memory.context.resolutions.outline import first_line, render_outline
from aifirst_memory.context.unit_syntax import KeyLine, key_lines, signature

_CALLEE = re.compile(r"([A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)*)\s*!?\(")
_RAISED = re.compile(r"(?:raise|throw|panic!?)\s*\(?\s*(?:new\s+)?([A-Za-z_][\w.:]*)?")
_STORED = re.compile(r"((?:self|this|\$this|@)(?:\.|->|)\w+)")
_NOT_CALLED: Final = frozenset({
    "if", "for", "while", "switch", "catch", "return", "match", "elif", "except", "with", "not", "and", "or", "in",
    "assert", "foreach", "when",
})  # fmt: skip
_MOST: Final = 12


def render_low(file: FileText, index: int) -> str:
    """The unit in short; a file's own code and prose by their outline."""
    unit = file.units[index]
    if unit.kind == "function":
        told = _told(key_lines(file, index))
        return f"{signature(file, index)}\n" + (f"    {told}\n" if told else "")
    if unit.kind == "class":
        separator = file.language.data.separator
        names = [file.units[inner].name.rpartition(separator)[2] for inner in file.children.get(index, ())]
        has = f" has: {', '.join(names[:_MOST])}" if names else ""
        return f"{signature(file, index)}{has}\n"
    return render_outline(file, index) if not index else first_line(file, index) + "\n"


def _told(lines: Sequence[KeyLine]) -> str:
    """What a body does, on one line."""
    told = {
        "flow": " > ".join(_runs(_keyword(line.text) for line in lines if line.kind in ("branch", "return"))),
        "calls": _distinct(_called(lines)),
        "sets": _distinct(_first(_STORED, line.text) for line in lines if line.kind == "store"),
        "raises": _distinct(_first(_RAISED, line.text) or "again" for line in lines if line.kind == "raise"),
    }
    return "; ".join(f"{label} {value}" for label, value in told.items() if value)


def _called(lines: Sequence[KeyLine]) -> Iterator[str]:
    for line in lines:
        if line.kind != "raise":
            yield from (name for name in _CALLEE.findall(line.text) if name not in _NOT_CALLED)


def _first(pattern: re.Pattern[str], text: str) -> str:
    """The first group of a match at the start, "" where there is none."""
    found = pattern.match(text)
    return found[1] or "" if found else ""


def _keyword(text: str) -> str:
    found = re.match(r"[}\s]*(else if|[A-Za-z_]+)", text)
    return found[1] if found else "…"


def _runs(words: Iterable[str]) -> list[str]:
    """The words in order, with equal neighbours once, and not too many."""
    kept: list[str] = []
    for word in words:
        if not kept or kept[-1] != word:
            kept.append(word)
    return kept if len(kept) <= _MOST else [*kept[:_MOST], "…"]


def _distinct(names: Iterable[str]) -> str:
    kept = [name for name in dict.fromkeys(names) if name]
    return ", ".join(kept[:_MOST]) + (", …" if len(kept) > _MOST else "")
