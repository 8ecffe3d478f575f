"""Finds the places of a file that compiling may disturb."""

from __future__ import annotations

from aifirst_codebase.reading import Reading

from aifirst_compiler.compiled import Warned


def find_cautions(reading: Reading) -> tuple[Warned, ...]:
    """What to know before the output of this file is used, by line."""
    return ()
