"""`exact`: the unit's own text, comments and all, byte for byte but for secrets, which are masked."""

from __future__ import annotations

from aifirst_memory.context.file_text import FileText


def render_exact(file: FileText, index: int) -> str:
    """The stretches of the unit's own text; what is nested in it are units of their own and left out."""
    return join_stretches([file.shown(start, end) for start, end in file.spans(index)])


def join_stretches(parts: list[str]) -> str:
    """Stretches one after the other, each ending its line, without blank lines around the whole."""
    kept = [part.rstrip() for part in parts]
    text = "\n".join(part.lstrip("\r\n") if number else part for number, part in enumerate(kept) if part)
    return text.lstrip("\r\n") + "\n" if text.strip() else ""
