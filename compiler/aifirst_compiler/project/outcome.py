"""What became of the files of a compiled folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from aifirst_compiler.compiled import Warned

Action = Literal["compiled", "copied", "linked", "failed"]


class Outcome(msgspec.Struct, frozen=True):
    """One file. `path` is the source from the project's root, `out` the output from the output folder.

    `source` and `output` are digests of the bytes on disk, `output` of a link its target. Lines, bytes and tokens are
    pairs, before and after; tokens only where they were asked for. `copied` says why a file of a known language was not
    compiled. `map` is the digest of the source map beside the output, empty where there is none.
    """

    path: str
    out: str
    action: Action
    language: str = ""
    source: str = ""
    output: str = ""
    map: str = ""
    lines: tuple[int, int] = (0, 0)
    bytes: tuple[int, int] = (0, 0)
    tokens: tuple[int, int] = (0, 0)
    copied: str = ""
    warnings: tuple[Warned, ...] = ()


class Stale(msgspec.Struct, frozen=True):
    """An output that is not what its source compiles to: `missing`, `different`, or `extra` without a source."""

    out: str
    why: Literal["missing", "different", "extra"]


class Totals(msgspec.Struct, frozen=True):
    """Sums over the files of a language, before and after."""

    language: str
    files: int
    lines: tuple[int, int]
    bytes: tuple[int, int]
    tokens: tuple[int, int]


class ProjectReport(msgspec.Struct, frozen=True):
    """All outcomes by path, and what was done. `unchanged` counts those that were found made already."""

    outcomes: tuple[Outcome, ...]
    unchanged: int = 0
    removed: tuple[str, ...] = ()
    """Outputs of sources that are gone."""
    stale: tuple[Stale, ...] = ()
    """What a check found; empty otherwise."""
    warnings: tuple[Warned, ...] = ()
    """What concerns no single output: sources that could not be read."""
    notices: tuple[Warned, ...] = ()
    """What concerns no single output and is no failure."""

    @property
    def all_warnings(self) -> list[Warned]:
        """Every warning by path and line."""
        found = [
            *self.warnings,
            *self.notices,
            *(warned for outcome in self.outcomes for warned in outcome.warnings),
        ]
        return sorted(found, key=lambda warned: (warned.path, warned.line, warned.code, warned.message))

    @property
    def exit_code(self) -> int:
        """2 where a file could not be read or written or we made a fault, 1 where a check found something, else 0."""
        failed = any(outcome.action == "failed" for outcome in self.outcomes)
        if failed or self.warnings or any(warned.code == "compiler-bug" for warned in self.all_warnings):
            return 2
        return 1 if self.stale else 0

    @property
    def totals(self) -> list[Totals]:
        """Sums by language, in alphabetical order, of the files of a known language."""
        found: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            if outcome.language and outcome.action != "failed":
                found.setdefault(outcome.language, []).append(outcome)
        return [
            Totals(
                name, len(files), _sum([file.lines for file in files]), _sum([file.bytes for file in files]),
                _sum([file.tokens for file in files]),
            )
            for name, files in sorted(found.items())
        ]  # fmt: skip


def _sum(pairs: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(before for before, _ in pairs), sum(after for _, after in pairs)
