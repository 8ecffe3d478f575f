"""The order of the passes, and how they are joined.

Every pass reads the text that the one before it made, since what one does may give another its chance. The result is
parsed after every pass: one whose edits do not parse is a fault of ours, and its edits are left out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

from aifirst_compiler.edits import Edit, apply_edits, compose_edits
from aifirst_compiler.errors import CompilerBugError
from aifirst_compiler.optimize.drop_needless_names import drop_needless_names
from aifirst_compiler.optimize.fold_constants import fold_constants
from aifirst_compiler.optimize.fuse_loops import fuse_loops
from aifirst_compiler.optimize.inline_small_functions import inline_small_functions
from aifirst_compiler.optimize.remove_unreachable import remove_unreachable
from aifirst_compiler.python_positions import Positions, parse_module

Pass = Callable[[ast.Module, Positions], list[Edit]]
PASSES: Final[dict[int, tuple[Pass, ...]]] = {
    0: (),
    1: (inline_small_functions, drop_needless_names),
    2: (
        fold_constants,
        remove_unreachable,
        inline_small_functions,
        fold_constants,
        drop_needless_names,
        fuse_loops,
    ),
}
"""What each level does, in order."""


def optimize_python(data: bytes, level: int, path: str = "") -> tuple[bytes, list[Edit]]:
    """The changed text and the edits of the given one that make it; unchanged where it does not parse.

    Raises CompilerBugError where a pass makes a text that does not parse.
    """
    made, edits = data, list[Edit]()
    try:
        tree = parse_module(made) if PASSES[level] else None
    except SyntaxError:
        return made, edits
    for change in PASSES[level]:
        if tree is None:
            break
        found = change(tree, Positions(made))
        if not found:
            continue
        made = apply_edits(made, found)
        edits = compose_edits(len(data), edits, found)
        try:
            tree = parse_module(made)
        except SyntaxError as error:
            raise CompilerBugError(path, f"{change.__name__} made what does not parse: {error}") from error
    return made, edits
