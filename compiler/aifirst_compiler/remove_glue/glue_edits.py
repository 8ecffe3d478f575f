"""The edits that take the glue of one file away, in one of the three modes.

Before (`clean`)::

    def area(r: float) -> float:
        '''Area of a circle.'''

        # WHY: callers pass metres
        return pi * r**2  # exact

After::

    def area(r: float) -> float:
        return pi * r**2

Limits: what `Comment.kept` names stays, and so do documentation comments in Markdown, which is documentation itself.
"""

from __future__ import annotations

from collections.abc import Collection

from aifirst_codebase.reading import Reading

from aifirst_compiler.compiled import Mode
from aifirst_compiler.edits import Edit
from aifirst_compiler.remove_glue.choose import choose_removals
from aifirst_compiler.remove_glue.widen import widen_removals


def glue_edits(reading: Reading, mode: Mode = "clean", keep: Collection[int] = ()) -> list[Edit]:
    """The edits of `reading.data`, in order; none for a file of prose.

    `keep` are starts of comments and docstrings that stay although they are glue: those read at run time.
    """
    if reading.language.kind == "prose":
        return []
    removals = choose_removals(reading, mode, keep)
    return widen_removals(reading, removals) if removals else []
