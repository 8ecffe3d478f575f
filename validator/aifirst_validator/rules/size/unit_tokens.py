"""AF101: a unit has more tokens than a model edits well at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.tokens import get_counter
from aifirst_codebase.units import Unit
from aifirst_codebase.units.data_statements import data_spans

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import FindingSeverity, Problem
from aifirst_validator.rule import Example, FileRule

_LONG_BODY = "".join(f"    total += weights[{i}] * values[{i}] + offsets[{i}]\n" for i in range(60))


class UnitTokens(FileRule):
    """A unit is the smallest thing a model edits at once: a function with its decorators and docstring, a
    class's own header and fields, a module's own top-level code. Models write and change units of about
    700 tokens reliably; far above that they lose the thread, and every edit costs the whole unit.

    Functions nested in a function count with it, unless one of them is over the limit itself: then it
    alone is reported. Imports and literal tables (lists, dictionaries) of a module or class are data, not
    a thing to be understood at once, and do not count.

    Above `limits.unit_tokens` it is a warning, above `limits.unit_tokens_error` an error, and above
    `limits.unit_tokens_split` the unit must be split.
    """

    code: ClassVar[str] = "AF101"
    name: ClassVar[str] = "unit-tokens"
    summary: ClassVar[str] = "A unit has more tokens than a model edits well at once."
    valid = (Example("def add(left, right):\n    return left + right\n"),)
    invalid = (
        Example(
            f"def score(weights, values, offsets):\n    total = 0\n{_LONG_BODY}    return total\n", lines=(1,)
        ),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at the name of each unit over the limit."""
        limit = file.settings.limits.unit_tokens
        if not limit:
            return
        reported: dict[int, int] = {}
        units = file.reading.units
        for index in range(len(units) - 1, -1, -1):
            unit = units[index]
            if max(unit.tokens, unit.total_tokens) <= limit:
                continue
            tokens = self._size(file, index, reported)
            if tokens > limit:
                reported[index] = tokens
        for index in sorted(reported):
            yield self._problem(file, units[index], reported[index])

    def _size(self, file: FileContext, index: int, reported: dict[int, int]) -> int:
        units = file.reading.units
        unit = units[index]
        if unit.kind != "function":
            return self._code_size(file, unit)
        nested = sum(
            units[other].total_tokens
            for other in reported
            if _inside(units, other, index) and not _inside_any(units, other, index, reported)
        )
        return unit.total_tokens - nested

    def _code_size(self, file: FileContext, unit: Unit) -> int:
        """Tokens of a module's or class's own code, without data; of a module without its glue too."""
        tokens = unit.tokens - (unit.glue_tokens if unit.kind == "module" else 0)
        if tokens <= file.settings.limits.unit_tokens:
            return tokens
        count = get_counter(file.settings.tokenizer).count
        data = file.data
        spans = data_spans(file.reading.tree.root_node, data, unit)
        return tokens - sum(count(data[start:end].decode("utf-8")) for start, end in spans)

    def _problem(self, file: FileContext, unit: Unit, tokens: int) -> Problem:
        limits = file.settings.limits
        severity: FindingSeverity = (
            "error" if limits.unit_tokens_error and tokens > limits.unit_tokens_error else "warning"
        )
        what = f"{unit.kind} {unit.name}" if unit.name else "top-level code"
        suggestion = "Split it where a comment or blank line already separates its steps."
        if limits.unit_tokens_split and tokens > limits.unit_tokens_split:
            suggestion = f"Over {limits.unit_tokens_split} tokens: split it before the next edit."
        return Problem(
            unit.name_start, max(unit.name_end, unit.name_start),
            f"{what} has {tokens} tokens, limit {limits.unit_tokens}", suggestion, severity, anchor=unit.name,
        )  # fmt: skip


def _inside(units: list[Unit], inner: int, outer: int) -> bool:
    while inner > outer:
        inner = units[inner].parent
    return inner == outer


def _inside_any(units: list[Unit], inner: int, outer: int, reported: dict[int, int]) -> bool:
    parent = units[inner].parent
    while parent > outer:
        if parent in reported:
            return True
        parent = units[parent].parent
    return False
