"""AF104: what was generated in one go is larger than a model generates well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.units import Unit

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import FindingSeverity, Problem
from aifirst_validator.rule import Example, FileRule

_BODY = "".join(f"    total += weights[{i}] * values[{i}]\n" for i in range(6))
_LIMITED = "[limits]\ngeneration_tokens = 40\ngeneration_tokens_error = 200\n"


class GenerationTokens(FileRule):
    """One generation makes one unit. Code that a model wrote is marked `@TAG:AUTO-GENERATED`, above a
    function or at the top of a file; what is so marked counts as one generation. Above
    `limits.generation_tokens` it is a warning, above `limits.generation_tokens_error`, the hard cap, an error.
    """

    code: ClassVar[str] = "AF104"
    name: ClassVar[str] = "generation-tokens"
    summary: ClassVar[str] = "What was generated in one go is larger than a model generates well."
    valid = (
        Example("# @TAG:AUTO-GENERATED\ndef add(left, right):\n    return left + right\n", settings=_LIMITED),
        Example(
            f"def score(weights, values):\n    total = 0\n{_BODY}", settings=_LIMITED, title="not marked"
        ),
    )
    invalid = (
        Example(
            f"# @TAG:AUTO-GENERATED\ndef score(weights, values):\n    total = 0\n{_BODY}",
            lines=(1,),
            settings=_LIMITED,
        ),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at the tag of each generation over the limit."""
        limits = file.settings.limits
        if not limits.generation_tokens and not limits.generation_tokens_error:
            return
        for tag in file.tags:
            if tag.category != "AUTO-GENERATED":
                continue
            start, end = file.to_bytes(tag.start, tag.end)
            unit = file.reading.units[file.reading.unit_at(start)]
            yield from self._judge(file, unit, start, end)

    def _judge(self, file: FileContext, unit: Unit, start: int, end: int) -> Iterator[Problem]:
        limits = file.settings.limits
        tokens = unit.total_tokens
        over_cap = bool(limits.generation_tokens_error) and tokens > limits.generation_tokens_error
        if not over_cap and not 0 < limits.generation_tokens < tokens:
            return
        limit = limits.generation_tokens_error if over_cap else limits.generation_tokens
        severity: FindingSeverity = "error" if over_cap else "warning"
        what = unit.name or "the file"
        yield Problem(
            start, end, f"{what} was generated with {tokens} tokens, limit {limit}",
            "Generate it again in parts, one unit each.", severity, anchor=what,
        )  # fmt: skip
