"""Smaller code with the same behaviour: what `--minify` adds to the removal of glue."""

from aifirst_compiler.minify.smallest import smallest_edits

__all__ = ["smallest_edits"]
