"""What an evaluation is handed by whoever starts it: something that runs programs, and something that judges style."""

from __future__ import annotations

import threading
from typing import Protocol

import msgspec


class RunOutcome(msgspec.Struct, frozen=True):
    """How a program ended that was run apart. `ending` is "exited" or the limit that ended it, as the runner calls it."""

    ending: str
    status: int | None
    """As a shell gives it; None where a limit ended the program."""
    output: bytes
    errors: bytes
    seconds: float
    """By the clock, without what building the sandbox took."""


class CodeRunner(Protocol):
    """Runs a Python program where it harms nothing; safe to use from several threads."""

    @property
    def name(self) -> str:
        """What protects, for reports: "bubblewrap", a container engine, or "unsafe"."""
        ...

    def run(
        self, program: str, given: bytes, timeout: float, cancel: threading.Event | None = None
    ) -> RunOutcome:
        """Run a program with `given` on its standard input, for at most `timeout` seconds.

        Raises EvaluationError where nothing can be run.
        """
        ...


class StyleVerdict(msgspec.Struct, frozen=True):
    """What the validator says of one file. `codes` are the rules that were broken as errors, sorted."""

    errors: int
    warnings: int
    glue_ratio: float
    """Glue tokens by all tokens, 0 to 1."""
    tokens: int
    codes: tuple[str, ...] = ()


class StyleJudge(Protocol):
    """Judges one generated file under the preset that it was made with."""

    @property
    def preset(self) -> str:
        """The preset's name, for reports."""
        ...

    def judge(self, source: str, language: str) -> StyleVerdict | None:
        """The verdict; `language` is a name such as "python". None where the validator knows no such language."""
        ...
