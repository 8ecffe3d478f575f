"""Takes the glue of a file away: comments, docstrings, tickets, by its syntax tree, in every language."""

from aifirst_compiler.remove_glue.choose import choose_removals
from aifirst_compiler.remove_glue.glue_edits import glue_edits
from aifirst_compiler.remove_glue.widen import widen_removals

__all__ = ["choose_removals", "glue_edits", "widen_removals"]
