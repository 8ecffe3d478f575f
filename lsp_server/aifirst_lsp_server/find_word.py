"""Where on a line a name stands: index and graph keep lines, an editor wants the name itself.

The text may have changed since the line was kept, so that the nearest line with the name counts where that one has it
no more. Left out: what the name means there (the graph said that it is this one).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aifirst_codebase.positions import LineIndex

_NO_DEFINITION: Final = (b"@", b"#", b"//", b"/*", b"*", b"--")
"""How lines above a definition begin that may name it: decorators and comments."""
_NEAR: Final = 200
"""Lines in both directions that are looked at where a line has changed."""


def find_word(
    lines: LineIndex, line: int, words: tuple[str, ...], *, defines: bool = False
) -> tuple[int, int]:
    """The bytes [start, end) of the first of `words` at or near `line` (from 0).

    With `defines` a line of code is preferred to comments and decorators, which stand above a definition and may name
    it. Where none of the words is near, the text of the line without its indentation.
    """
    line = max(0, min(line, lines.line_count - 1))
    for word in words:
        name = re.escape(word.encode())
        for pattern in (
            rb"(?<![\w$\x80-\xff])" + name + rb"(?![\w$\x80-\xff])",
            rb"(?i)(?<![a-z0-9])" + name + rb"(?![a-z0-9])",
        ):
            found = _nearest(lines, line, re.compile(pattern), defines=defines) if word else None
            if found is not None:
                return found
    start = lines.line_start(line)
    text = lines.data[start : lines.line_end(line)]
    bare = text.strip()
    start += text.index(bare) if bare else 0
    return start, start + len(bare)


def _nearest(
    lines: LineIndex, line: int, pattern: re.Pattern[bytes], *, defines: bool
) -> tuple[int, int] | None:
    """The first match on the line itself, else on the nearest one that has any, those below first."""
    second: tuple[int, int] | None = None
    for far in range(min(_NEAR, lines.line_count)):
        for near in (line + far, line - far)[: 1 + (far > 0)]:
            if not 0 <= near < lines.line_count:
                continue
            start, end = lines.line_start(near), lines.line_end(near)
            match = pattern.search(lines.data, start, end)
            if match is None:
                continue
            if not defines or not lines.data[start:end].lstrip().startswith(_NO_DEFINITION):
                return match.span()
            second = second or match.span()
    return second
