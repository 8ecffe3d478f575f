"""What can be wrong with a configuration, told as data: where, what, and the next step.

A file that cannot be used raises one `ConfigError` with every problem found in it; a file directive,
which is part of the source text, yields its problems as values instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec


class ConfigProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong; line and column count from 1, in characters, `None` where unknown."""

    message: str
    next_step: str = ""
    path: str | None = None
    line: int | None = None
    column: int | None = None
    key: str = ""
    """The dotted key that the problem is about, where there is one."""

    @property
    def where(self) -> str:
        """`path:line:column` as far as it is known; empty for a problem without a file."""
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)

    def __str__(self) -> str:
        """One line: where, what, next step."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} {self.next_step}".rstrip()


class ConfigError(Exception):
    """A configuration that cannot be used; the text names every problem, each with its next step."""

    def __init__(self, problems: Sequence[ConfigProblem]) -> None:
        self.problems: tuple[ConfigProblem, ...] = tuple(problems)
        first = self.problems[0]
        self.message: str = first.message
        self.next_step: str = first.next_step
        self.path: str | None = first.path
        self.line: int | None = first.line
        self.column: int | None = first.column
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[tuple[ConfigProblem, ...]]]:
        """Pickle by the problems, so that a worker process can hand the error on."""
        return (ConfigError, (self.problems,))


def suggest(word: str, known: Iterable[str], prefix: str = "") -> str:
    """`Did you mean "…"?` with the known word nearest to `word`, after `prefix`; empty where none is near."""
    from difflib import get_close_matches  # only a mistake needs it

    near = get_close_matches(word[:80], sorted(known), n=1, cutoff=0.6)
    return f'Did you mean "{prefix}{near[0]}"?' if near else ""


def shown(value: object) -> str:
    """A value as a message quotes it: short, and never a whole table or array."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**20 else "a huge number"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 40 else f'"{value[:37]}..."'
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    return str(value)
