"""What is wrong with something generated, said so that whoever repairs it knows what to do."""

from __future__ import annotations

import msgspec


class Flaw(msgspec.Struct, frozen=True):
    """`kind` is the check that found it: `answer`, `syntax`, `unit`, `size`, the code of a rule, `tests`."""

    kind: str
    message: str
    suggestion: str = ""
    line: int = 0

    def told(self) -> str:
        """One line for a prompt or a person."""
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.message}{f' ({self.suggestion})' if self.suggestion else ''} [{self.kind}]"
