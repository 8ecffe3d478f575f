"""What is wrong with something generated, said so that whoever repairs it knows what to do."""

from __future__ import annotations

import re
from typing import Final

import msgspec

_SHAPE: Final = re.compile(r"AF[123]\d\d$|size$")
"""Rules of size, of comments and of connectivity: what code looks like, whatever it does."""
_REASON: Final = re.compile(r"^E +(\S.*)|^\s*((?:\w*(?:Error|Exception)\b|\w+_test\.go:\d+:).*)")
"""Where test runners say why: pytest's lines that begin with E, the name of an error, Go's place of a test."""
_MOST_REASON: Final = 120


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

    def in_short(self) -> str:
        """Its first line and, where that only announces what a test printed, the reason from there."""
        told, *_ = self.told().split("\n", 1)
        first, *more = self.message.split("\n")
        if not first.endswith(":"):
            return told
        for number, line in enumerate(more):
            if found := _REASON.search(line):
                reason = (found[1] or found[2]).strip()
                if reason.endswith(":"):  # Node says what differs below
                    below = [one.strip() for one in more[number + 1 :] if one.strip()]
                    reason = " ".join((reason, *below[:1]))
                return f"{told} {reason[:_MOST_REASON].strip()}"
        return told
