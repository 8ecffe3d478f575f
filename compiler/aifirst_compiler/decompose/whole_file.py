"""Decomposes one unit of a file, or all of its functions that are over the limit, one after another."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import TokenCounter
from msgspec.structs import replace

from aifirst_compiler.decompose.outcome import (
    DecomposeOptions,
    Decomposition,
    NameProposer,
    Refusal,
)
from aifirst_compiler.decompose.plan import plan_decomposition, unified_diff
from aifirst_compiler.edits import Edit, compose_edits


class DecomposedFile(msgspec.Struct, frozen=True):
    """What became of a file: `outcomes` in the order of its units, and the edits of the source that make them all."""

    source: SourceFile
    data: bytes
    edits: list[Edit]
    outcomes: tuple[Decomposition | Refusal, ...]

    @property
    def diff(self) -> str:
        """All of the change."""
        return unified_diff(self.source, self.data)


def units_over(source: SourceFile, counter: TokenCounter, limit: int) -> list[str]:
    """The names of the functions over a limit, in file order; of a function inside one that is over the inner alone."""
    language = language_of(source.path, source.data)
    if language is None:
        return []
    reading = read(source, language, counter)
    over = [
        at for at, unit in enumerate(reading.units) if unit.kind == "function" and unit.total_tokens > limit
    ]
    holders = {reading.units[at].parent for at in over}
    return [reading.units[at].name for at in over if at not in holders]


def decompose_units(
    source: SourceFile,
    units: Sequence[str],
    counter: TokenCounter,
    options: DecomposeOptions,
    proposer: NameProposer | None = None,
) -> DecomposedFile:
    """Decompose some units of a file; the lines of reasons are those of the text with the units before them done."""
    current, edits = source, list[Edit]()
    outcomes: list[Decomposition | Refusal] = []
    for unit in units:
        outcome = plan_decomposition(current, unit, counter, options, proposer)
        outcomes.append(outcome)
        if isinstance(outcome, Decomposition):
            edits = compose_edits(len(source.data), edits, outcome.edits)
            current = replace(current, data=outcome.data)
    return DecomposedFile(source, current.data, edits, tuple(outcomes))
