"""`medium`: signature, first line of the documentation, and the lines that tell what the body does.

Kept are returns, errors, the heads of branches, stores into the object and statements that call something,
each on one line, indented as they nest; `…` stands for what was left out between them.
"""

from __future__ import annotations

import re

from aifirst_memory.context.file_text import FileText
from aifirst_memory.context.resolutions.exact import render_exact
from aifirst_memory.context.resolutions.outline import render_outline
from aifirst_memory.context.unit_syntax import key_lines

_PARAGRAPH_WORDS = 40
_IMPORT = re.compile(
    r"(?:import|from|use|using|package|require(?:_relative|_once)?|include|#\s*(?:include|pragma|if|endif)|namespace|mod|<\?php|declare)\b"
)


def render_medium(file: FileText, index: int) -> str:
    """The outline with the key lines below it; a file's own code and what has no body by its paragraphs' beginnings."""
    unit = file.units[index]
    if unit.kind == "function":
        lines = key_lines(file, index)
        if lines:
            body = "".join(f"{'    ' * (line.depth + 1)}{line.text}\n" for line in lines)
            return render_outline(file, index) + body
    if unit.kind == "class":
        return _class_header(file, index)
    if not index and file.language.kind == "code":
        return render_outline(file, index) + _own_statements(file)
    return _first_lines(render_exact(file, index), file.language.kind == "prose")


def _own_statements(file: FileText) -> str:
    """What a file does at its top level besides importing and commenting, a line a statement."""
    mark = file.language.data.line_comment or "//"
    kept: list[str] = []
    for line in render_exact(file, 0).splitlines():
        stripped = line.strip()
        if (
            line[:1].isspace()
            or not stripped.strip(")]}>;,")
            or stripped.startswith((mark, "/*", "*", '"', "'"))
        ):
            continue
        if not _IMPORT.match(stripped):
            kept.append(stripped)
    return "".join(f"{line}\n" for line in kept)


def _class_header(file: FileText, index: int) -> str:
    """A class by its outline, its fields, and the names of its methods."""
    from aifirst_memory.context.unit_syntax import field_lines

    fields = "".join(f"    {line}\n" for line in field_lines(file, index))
    prefix = file.units[index].name + file.language.data.separator
    names = [file.units[inner].name.removeprefix(prefix) for inner in file.children.get(index, ())]
    mark = file.language.data.line_comment or "#"
    methods = f"    {mark} has: {', '.join(names)}\n" if names else ""
    return render_outline(file, index) + fields + methods


def _first_lines(text: str, is_prose: bool) -> str:
    """Of prose the beginning of every paragraph, of other text every statement's first line."""
    if is_prose:
        paragraphs = [paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip()]
        return "".join(f"{_first_words(paragraph)}\n" for paragraph in paragraphs)
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "".join(f"{line}\n" for line in lines if not line[:1].isspace() and line.strip(")]}>;,"))


def _first_words(paragraph: str) -> str:
    words = paragraph.split()
    return " ".join(words) if len(words) <= _PARAGRAPH_WORDS else " ".join(words[:_PARAGRAPH_WORDS]) + " …"
