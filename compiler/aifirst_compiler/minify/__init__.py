"""Smaller code with the same behaviour: what `--minify` adds to the removal of glue."""

from aifirst_compiler.minify.scripts import SCRIPTS, minify_reading
from aifirst_compiler.minify.smallest import shorter_names, smallest_edits

__all__ = ["SCRIPTS", "minify_reading", "shorter_names", "smallest_edits"]
