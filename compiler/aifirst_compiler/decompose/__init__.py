"""Splits a function that is too large into micro-functions, and proves that the program stays the same.

Parts are taken out by extract-function: control flow and data flow say which can be, step comments and paragraphs where
to cut. No model is asked; one may give names. Python only.
"""

from aifirst_compiler.decompose.outcome import (
    DecomposeOptions,
    Decomposition,
    NameProposer,
    NewUnit,
    PieceFacts,
    Reason,
    Refusal,
)
from aifirst_compiler.decompose.plan import plan_decomposition
from aifirst_compiler.decompose.whole_file import DecomposedFile, decompose_units, units_over

__all__ = [
    "DecomposeOptions",
    "DecomposedFile",
    "Decomposition",
    "NameProposer",
    "NewUnit",
    "PieceFacts",
    "Reason",
    "Refusal",
    "decompose_units",
    "plan_decomposition",
    "units_over",
]
