"""All edits that make one file as small as asked for, by its language.

Every language whose white space can go by rule gets a layout of ours. JavaScript and TypeScript get none here: their
minified text comes from tools of their own (`script_tools`).
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from aifirst_codebase.reading import Reading

from aifirst_compiler.compiled import CompileOptions, Minify
from aifirst_compiler.edits import Edit, apply_edits, in_order
from aifirst_compiler.proof.dropped import Dropped
from aifirst_compiler.run_time_docs import RunTimeUses


class Smallest(NamedTuple):
    """The layout's edits in order with those of `removals`, which are what went and no white space.

    `dropped` is what of that is no glue.
    """

    edits: list[Edit]
    removals: Sequence[Edit]
    dropped: Dropped = Dropped()


def smallest_edits(
    reading: Reading,
    removals: Sequence[Edit],
    options: CompileOptions,
    tree: ast.Module | None,
    uses: RunTimeUses | None = None,
) -> Smallest | None:
    """The edits that make a file small; None where the layout has to stay as it is.

    `tree` is a Python file's as the running Python reads it, `uses` what its project reads when it runs.
    """
    if tree is not None:
        from aifirst_compiler.layout.python import layout_edits
        from aifirst_compiler.minify.drop_needless import drop_needless

        dropped = Dropped()
        if not options.layout_only:
            removals, dropped = drop_needless(reading, tree, removals, options, uses)
        edits = layout_edits(reading.data, removals, options.minify)
        return None if edits is None else Smallest(edits, removals, dropped)
    if reading.language.name == "python":
        return None  # only the running Python's own tree can prove a layout of it
    from aifirst_compiler.layout.leaves import leaf_edits

    edits = leaf_edits(reading, removals)
    return None if edits is None else Smallest(edits, removals)


def shorter_names(
    reading: Reading, smallest: Smallest, data: bytes, unit: Minify
) -> tuple[list[Edit], bytes] | None:
    """The edits with those that rename local variables, and what they make; None where nothing is gained or proved.

    The edits of `smallest` make `data` of the reading's text, and are proved already.
    """
    from aifirst_compiler.minify.rename_locals import rename_locals
    from aifirst_compiler.minify.same_code import is_same_code

    renamed = rename_locals(reading, smallest.removals, unit)
    if not renamed:
        return None
    both = in_order(smallest.edits, renamed)
    shorter = apply_edits(reading.data, both)
    return (both, shorter) if is_same_code(data, shorter) else None
