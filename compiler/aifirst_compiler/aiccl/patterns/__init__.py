"""Patterns of a project: functions and classes of its own code that are one template with other values in its holes.

Found by structure (`find_patterns`): units whose lexemes are the same but for words, literals and what stands in
brackets; so it works for every language that has units. A value that stands in several places is one hole. A pattern
is named after what the units are, in a small vocabulary of standard names (`name_pattern`), and its id follows from the
structure alone: it stays the same while units come and go. Left out: clones with statements of their own between
equal ones, and parts of functions, which a map of repeats tells as well.
"""

from aifirst_compiler.aiccl.patterns.find_patterns import UnitText, find_patterns
from aifirst_compiler.aiccl.patterns.pattern import Instance, Pattern

__all__ = ["Instance", "Pattern", "UnitText", "find_patterns"]
