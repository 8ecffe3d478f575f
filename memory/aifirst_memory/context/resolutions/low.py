"""`low`: a unit in one or two lines: signature; flow, calls, effects and errors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from aifirst_memory.context.file_text import FileText
from aifirst_memory.context.resolutions.outline import first_line, render_outline
from aifirst_memory.context.unit_syntax import key_lines, signature

_CALLEE = re.compile(r"([A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)*)\s*!?\(")
_RAISED = re.compile(r"(?:raise|throw|panic!?)\s*\(?\s*(?:new\s+)?([A-Za-z_][\w.:]*)?")
_STORED = re.compile(r"(?:self|this|\$this|@)(?:\.|->|)\w+")
_NOT_CALLED: Final = frozenset({
    "if", "for", "while", "switch", "catch", "return", "match", "elif", "except", "with", "not", "and", "or", "in",
    "assert", "foreach", "when",
})  # fmt: skip
_MOST: Final = 12


def render_low(file: FileText, index: int) -> str:
    """The unit in short; a file's own code and prose by their outline."""
    unit = file.units[index]
    if unit.kind not in ("function", "class"):
        return render_outline(file, index) if not index else first_line(file, index) + "\n"
    if unit.kind == "class":
        names = [
            file.units[inner].name.rpartition(file.language.data.separator)[2]
            for inner in file.children.get(index, ())
        ]
        has = f" has: {', '.join(names[:_MOST])}" if names else ""
        return f"{signature(file, index)}{has}\n"
    lines = key_lines(file, index)
    flow = " > ".join(_runs(_keyword(line.text) for line in lines if line.kind in ("branch", "return")))
    called = _distinct(
        name for line in lines for name in _CALLEE.findall(line.text)
        if name not in _NOT_CALLED and line.kind != "raise"
    )  # fmt: skip
    errors = _distinct(
        found[1] or "again" for line in lines if line.kind == "raise" if (found := _RAISED.match(line.text))
    )
    stores = _distinct(
        found[0] for line in lines if line.kind == "store" if (found := _STORED.match(line.text))
    )
    told = [
        f"{label} {value}"
        for label, value in (("flow", flow), ("calls", called), ("sets", stores), ("raises", errors))
        if value
    ]
    return f"{signature(file, index)}\n" + (f"    {'; '.join(told)}\n" if told else "")


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
    kept = list(dict.fromkeys(names))
    return ", ".join(kept[:_MOST]) + (", …" if len(kept) > _MOST else "")
