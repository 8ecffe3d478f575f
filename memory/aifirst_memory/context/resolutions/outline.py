"""`outline`: the signature and the first line of the documentation; of a file's own code, what the file offers."""

from __future__ import annotations

from typing import Final

from aifirst_memory.context.file_text import FileText
from aifirst_memory.context.unit_syntax import first_doc_line, signature

_MOST_NAMES: Final = 40
_PROSE: Final = frozenset({"section", "rule", "statement", "block"})


def render_outline(file: FileText, index: int) -> str:
    """One line, or two: what it is, what it is for."""
    if not index:
        return _outline_file(file)
    unit = file.units[index]
    if unit.kind in _PROSE:
        return first_line(file, index) + "\n"
    said = first_doc_line(file, index)
    head = signature(file, index)
    return f"{head}\n    {_comment(file, said)}\n" if said else f"{head}\n"


def first_line(file: FileText, index: int) -> str:
    """The first line of a unit that says anything."""
    for start, end in file.spans(index):
        for line in file.data[start:end].decode("utf-8", "replace").splitlines():
            if line.strip():
                return line.strip()[:200]
    return ""


def _outline_file(file: FileText) -> str:
    """What a file says of itself, and the names at its top level."""
    said = first_doc_line(file, 0) or ("" if file.children else first_line(file, 0))
    names = [file.units[index].name for index in file.children.get(0, ())]
    public = [name for name in names if not name.startswith("_")] or names
    listed = ", ".join(public[:_MOST_NAMES])
    if len(public) > _MOST_NAMES:
        listed += f" and {len(public) - _MOST_NAMES} more"
    lines = [_comment(file, said)] if said else []
    if listed:
        lines.append(_comment(file, f"has: {listed}"))
    return "".join(f"{line}\n" for line in lines)


def _comment(file: FileText, text: str) -> str:
    mark = file.language.data.line_comment
    if mark:
        return f"{mark} {text}"
    block = file.language.data.block_comment
    return f"{block[0]} {text} {block[1]}" if block else text
