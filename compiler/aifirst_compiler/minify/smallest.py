"""All edits that make one file as small as asked for, by its language.

Every language whose white space can go by rule gets a layout of ours. JavaScript and TypeScript get none here: their
minified text comes from tools of their own (`script_tools`).
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from aifirst_codebase.reading import Reading

from aifirst_compiler.compiled import CompileOptions, Minify
from aifirst_compiler.edits import Edit, apply_edits, in_order


def smallest_edits(
    reading: Reading, removals: Sequence[Edit], options: CompileOptions, tree: ast.Module | None
) -> list[Edit] | None:
    """The layout's edits in order, those of `removals` among them; None where the layout has to stay as it is.

    `tree` is a Python file's as the running Python reads it.
    """
    if tree is not None:
        from aifirst_compiler.layout.python import layout_edits

        return layout_edits(reading.data, removals, options.minify)
    if reading.language.name == "python":
        return None  # only the running Python's own tree can prove a layout of it
    from aifirst_compiler.layout.leaves import leaf_edits

    return leaf_edits(reading, removals)


def shorter_names(
    reading: Reading, removals: Sequence[Edit], edits: Sequence[Edit], data: bytes, unit: Minify
) -> tuple[list[Edit], bytes] | None:
    """The edits with those that rename local variables, and what they make; None where nothing is gained or proved.

    `edits` make `data` of the reading's text, and are proved already.
    """
    from aifirst_compiler.minify.rename_locals import rename_locals
    from aifirst_compiler.minify.same_code import is_same_code

    renamed = rename_locals(reading, removals, unit)
    if not renamed:
        return None
    both = in_order(edits, renamed)
    shorter = apply_edits(reading.data, both)
    return (both, shorter) if is_same_code(data, shorter) else None
