"""What the tests of the engine build their projects from."""

from __future__ import annotations

from collections.abc import Callable

from aifirst_validator.report import Report

Judge = Callable[..., Report]


def long_function(name: str, statements: int) -> str:
    """A function of so many statements; ten have about 110 tokens."""
    body = "".join(f"    total += weights[{i}] * values[{i}]\n" for i in range(statements))
    return f"def {name}(weights, values):\n    total = 0\n{body}    return total\n"
