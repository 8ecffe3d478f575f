"""What becomes of a failure while a file is judged: a notice about that file, so that the rest is judged.

Not every failure is the file's: an interruption, a tokenizer that cannot be had and git that went away end the
run. An interruption may come wrapped, because C code turns what a signal raised in it into an error of its own.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

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


def interruption_in(error: BaseException) -> KeyboardInterrupt | SystemExit | None:
    """The interruption that an error was made of, None where it is an error of its own."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, KeyboardInterrupt | SystemExit):
            return cause
        if id(cause) not in seen:
            seen.add(id(cause))
            waiting += [above for above in (cause.__context__, cause.__cause__) if above is not None]
    return None


def _rule_of(error: BaseException) -> Rule | None:
    """The rule that was at work: the innermost one on the way to the error."""
    found: Rule | None = None
    step = error.__traceback__
    while step is not None:
        worker: object = step.tb_frame.f_locals.get("self")
        found = worker if isinstance(worker, Rule) else found
        step = step.tb_next
    return found
