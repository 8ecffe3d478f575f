"""What is wrong with an AICCL document, where, and what to do about it."""

from __future__ import annotations

from aifirst_compiler.errors import CompileError


class AicclError(CompileError):
    """A document, map or path that cannot be used. `line` and `column` count from 1; 0 where there is no place."""

    def __init__(self, message: str, next_step: str, line: int = 0, column: int = 0) -> None:
        place = f"line {line}, column {column}: " if line else ""
        super().__init__(f"{place}{message}", next_step)
        self.line = line
        self.column = column


def error_at(text: str, offset: int, message: str, next_step: str) -> AicclError:
    """The error with the place of a character offset."""
    line_start = text.rfind("\n", 0, offset) + 1
    return AicclError(message, next_step, text.count("\n", 0, offset) + 1, offset - line_start + 1)
