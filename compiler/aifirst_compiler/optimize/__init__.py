"""Changes Python so that it runs faster and does the same: a pass a file, each refusing what it cannot prove.

Level 1 inlines small private functions and drops needless names; level 2 folds constants, removes code that is never
reached, and fuses loops, too.
"""

from aifirst_compiler.optimize.passes import optimize_python

__all__ = ["optimize_python"]
