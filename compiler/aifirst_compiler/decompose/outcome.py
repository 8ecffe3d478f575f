"""What decomposing a unit gives: the edits that do it, or the reasons why it is not done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, Protocol

import msgspec

from aifirst_compiler.edits import Edit

Why = Literal[
    "language", "no-such-unit", "not-a-function", "does-not-parse", "within-limit", "compiled-from-source",
    "looks-at-its-variables", "module-lists-its-names", "object-lifetime", "too-branched",
    "early-return", "loop-exit", "suspended", "possibly-unbound", "seen-by-handler", "captured", "rebound-by-inner",
    "declared-outer", "enclosing-variable", "private-name", "class-cell", "inner-definition", "declaration",
    "frame-depth", "deletes", "shared-line", "white-space", "never-reached", "one-statement", "too-many-values",
    "not-proved",
]  # fmt: skip
"""The kinds of reasons."""

EXPLAINED: Final[dict[Why, str]] = {
    "language": "only Python can be decomposed so far",
    "no-such-unit": "there is no such unit",
    "not-a-function": "only functions and methods can be decomposed",
    "does-not-parse": "the file does not parse",
    "within-limit": "the unit is within the limit",
    "compiled-from-source": "a decorator compiles the function's own source or bytecode",
    "looks-at-its-variables": "something in it looks at local variables by name (locals, eval, exec, frames)",
    "module-lists-its-names": "the module looks at all of its names, a new function would be among them",
    "object-lifetime": "a variable keeps an object alive until the function ends",
    "too-branched": "it has too many paths to be analysed, or except*",
    "early-return": "some of its paths return and others go on",
    "loop-exit": "it leaves a loop around it",
    "suspended": "a generator or coroutine that is closed, or ends with StopIteration, would do so elsewhere",
    "possibly-unbound": "a variable may have no value there",
    "seen-by-handler": "a handler, finally or with around it may see what it changed before it failed",
    "captured": "an inner function holds a variable that is changed",
    "rebound-by-inner": "an inner function changes a variable that it uses",
    "declared-outer": "it uses a name that is declared nonlocal",
    "enclosing-variable": "it uses a variable of the function around that may change",
    "private-name": "it uses a private name of the class (__name), which means something else outside",
    "class-cell": "it uses super() or __class__, which only a method has",
    "inner-definition": "it defines a function or class, whose qualified name would change",
    "declaration": "it holds a global or nonlocal statement",
    "frame-depth": "it counts the frames of the call stack",
    "deletes": "it deletes a variable that lives on outside",
    "shared-line": "it shares a line with other statements",
    "white-space": "its indentation cannot be changed safely",
    "never-reached": "it is never reached",
    "one-statement": "what is left are statements that are too large, and statements are never split",
    "too-many-values": "every part would need too many values from the rest",
    "not-proved": "the result could not be proved to be the same program",
}
"""What a person is told of each kind."""


class Reason(msgspec.Struct, frozen=True):
    """Why something is not done, and on which lines of the source as it was given (from 1)."""

    why: Why
    line: int
    end_line: int
    detail: str = ""

    @property
    def message(self) -> str:
        """The reason for a person."""
        return f"{EXPLAINED[self.why]}: {self.detail}" if self.detail else EXPLAINED[self.why]


class NewUnit(msgspec.Struct, frozen=True):
    """A function that was made. `tokens` counts it as the units of the new text count."""

    name: str
    line: int
    tokens: int
    parameters: tuple[str, ...]
    results: tuple[str, ...]


class Decomposition(msgspec.Struct, frozen=True):
    """A unit in pieces, proved. `edits` are of the source's UTF-8 bytes, in order; `data` is the new text.

    `within_limit` is false where only a part could be done and that was asked for; `left` then says why.
    """

    path: str
    unit: str
    edits: list[Edit]
    data: bytes
    new_units: tuple[NewUnit, ...]
    tokens_before: int
    tokens_after: int
    limit: int
    within_limit: bool
    diff: str
    left: tuple[Reason, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """A unit that is not decomposed. `reasons` begins with what stands in the way of most."""

    path: str
    unit: str
    reasons: tuple[Reason, ...]
    tokens: int = 0
    limit: int = 0

    @property
    def reason(self) -> Reason:
        """The first reason."""
        return self.reasons[0]


class PieceFacts(msgspec.Struct, frozen=True):
    """What is known of a piece when it needs a name: enough to ask a model."""

    function: str
    code: str
    comment: str
    parameters: Sequence[str]
    results: Sequence[str]
    suggested: str


class NameProposer(Protocol):
    """Gives names to pieces: a model, or a person. What is no free name in snake_case is not taken."""

    def propose(self, piece: PieceFacts) -> str | None:
        """A name, None where the suggested one is to be taken."""
        ...


class DecomposeOptions(msgspec.Struct, frozen=True):
    """How a unit is decomposed."""

    limit: int = 700
    """Tokens that a unit may have."""
    partial: bool = False
    """Take what can be done also where the unit stays over the limit."""
    most_values: int = 8
    """Parameters and results together that a piece may have."""
    least_tokens: int = 40
    """Tokens below which a piece is not worth a function, unless it is all that is too much."""
