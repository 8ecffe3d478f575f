"""What becomes of a failure while a file is judged: a notice about that file, so that the rest is judged.

Not every failure is the file's: a tokenizer that cannot be had, git that went away and an interruption end the
run, also one that C code made an error of its own of.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

from aifirst_codebase.interruption import interruption_in
from aifirst_codebase.tokens import TokenizerError

from aifirst_validator.changes.git_command import ChangeError
from aifirst_validator.report import Notice
from aifirst_validator.rule import Rule

NEXT_STEP = "Run it with AIFIRST_TRACEBACK=1 in the environment and report what it prints, with the file."
_LONGEST = 200


@contextmanager
def failures_told(path: str, notices: list[Notice]) -> Generator[None]:
    """Turn a failure inside into a notice about the file `path`, and end the block there.

    What is no fault of the file goes on; with AIFIRST_TRACEBACK set everything does.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - an edge where one failure must not take the rest down
        notices.append(failure_notice(path, error))


def failure_notice(path: str, error: Exception) -> Notice:
    """The notice that a failure becomes; raises what is no fault of the file."""
    interruption = interruption_in(error)
    if interruption is not None:
        raise interruption
    if isinstance(error, TokenizerError | ChangeError) or os.environ.get("AIFIRST_TRACEBACK"):
        raise error
    rule = _rule_of(error)
    failed = f"{rule.code} ({rule.name}) failed with" if rule is not None else "could not be judged:"
    what = f"{type(error).__name__}: {error}".partition("\n")[0][:_LONGEST]
    return Notice("bug", path, f"{failed} {what}", NEXT_STEP)


def _rule_of(error: BaseException) -> Rule | None:
    """The rule that was at work: the innermost one on the way to the error."""
    found: Rule | None = None
    step = error.__traceback__
    while step is not None:
        worker: object = step.tb_frame.f_locals.get("self")
        found = worker if isinstance(worker, Rule) else found
        step = step.tb_next
    return found
