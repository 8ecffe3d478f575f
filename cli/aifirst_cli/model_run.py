"""What runs that are driven by models have in common: events told, questions that Ctrl-C ends, failures in one line."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aifirst_cli.failure import Failure
from aifirst_cli.index_run import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from aifirst_orchestrator.calls.ask import Reply
    from aifirst_orchestrator.generate.event import Event


@contextmanager
def model_run_errors(root: Path, next_step: str = "") -> Generator[None]:
    """Raise `Failure` for what a person can mend; `next_step` is for a folder that cannot be used."""
    from aifirst_model.errors import ModelError, SettingsError
    from aifirst_orchestrator.agent.workspace import ChangedMeanwhileError
    from aifirst_orchestrator.calls.budget import OverBudgetError
    from aifirst_orchestrator.generate.integrate import ChangedByHandError
    from aifirst_orchestrator.generate.run_tests import NoTestRunnerError
    from aifirst_orchestrator.prompts.pack import PromptTooLargeError
    from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError
    from aifirst_orchestrator.trajectory.trajectory import TrajectoryError

    mendable = (
        SandboxRefusedError, NoTestRunnerError, TrajectoryError, ChangedByHandError, ChangedMeanwhileError
    )  # fmt: skip
    try:
        yield
    except SettingsError as error:  # nothing was begun
        raise Failure(f"{error}.") from error
    except (ModelError, OverBudgetError, PromptTooLargeError) as error:
        raise Failure(f"{error}. What was done is kept: the same command goes on.") from error
    except mendable as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise Failure(
            f"{error.filename or root} cannot be used: {error.strerror or error}.{next_step}"
        ) from error


def teller(shape: str) -> Callable[[Event], None]:
    """Events go to standard output as JSON where they are asked for, else to standard error in words."""
    import msgspec

    def as_json(event: Event) -> None:
        sys.stdout.write(msgspec.json.encode(event).decode() + "\n")
        sys.stdout.flush()

    def as_words(event: Event) -> None:
        click.echo(printable(event.told()), err=True)

    return as_json if shape == "events" else as_words


def told_answers(tell: Callable[[Event], None]) -> Callable[[str, Reply], None]:
    """Tells every answer as an event: for which unit, from which tier, of how many tokens."""
    from aifirst_orchestrator.generate.event import Event

    def told(key: str, reply: Reply) -> None:
        _, unit, tier, *_, what = key.split("/")
        tell(Event("CODE", "asked", unit, what, tokens=reply.answer_tokens, tier=tier))

    return told


@contextmanager
def interruptible() -> Generator[None]:
    """Let Ctrl-C end a question: the loop that a run goes on in would only note it, and wait for the answer."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
