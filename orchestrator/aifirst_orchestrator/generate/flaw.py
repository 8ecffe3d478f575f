"""What is wrong with something generated, said so that whoever repairs it knows what to do."""

from __future__ import annotations

import re
from typing import Final

import msgspec

_SHAPE: Final = re.compile(r"AF[123]\d\d$|size$")
"""Rules of size, of comments and of connectivity: what code looks like, whatever it does."""


class Flaw(msgspec.Struct, frozen=True):
    """`kind` is the check that found it: `answer`, `syntax`, `unit`, `size`, the code of a rule, `tests`."""

    kind: str
    message: str
    suggestion: str = ""
    line: int = 0

    @property
    def is_of_shape(self) -> bool:
        """Whether it is one of shape alone, which code that works may have: that is for the refactorer."""
        return _SHAPE.match(self.kind) is not None

    def told(self) -> str:
        """One line for a prompt or a person."""
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.message}{f' ({self.suggestion})' if self.suggestion else ''} [{self.kind}]"
