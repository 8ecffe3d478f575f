"""What can go wrong, told apart by who has to act: the person, or us."""

from __future__ import annotations


class CompileError(Exception):
    """Something the person can mend: the message says what is wrong, `next_step` what to do."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


class CompilerBugError(Exception):
    """An output that is not the source minus its glue. The source is kept; the message asks for a report."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(
            f"{path}: the compiled text is not the same program ({what}); the file was copied as it is. "
            "Please report this with the file."
        )
        self.path = path
        self.what = what
