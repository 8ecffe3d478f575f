"""Gives the sandbox that this machine has, or refuses and says what the person can do."""

from __future__ import annotations

import sys
import threading
from typing import Literal, Protocol

from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.outcome import Outcome
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError

Choice = Literal["auto", "bubblewrap", "container", "unsafe"]


class Sandbox(Protocol):
    """Runs jobs one by one, or several from as many threads."""

    @property
    def name(self) -> str:
        """What protects: `bubblewrap`, the container engine, or `unsafe`."""
        ...

    def run(self, job: Job, *, cancel: threading.Event | None = None) -> Outcome:
        """Run a job to its end, its limits or the setting of `cancel`; nothing of it runs when this returns or raises.

        Raises SandboxRefusedError where the sandbox cannot be built or the files do not fit in it.
        """
        ...


def open_sandbox(choice: Choice = "auto", image: str | None = None) -> Sandbox:
    """The sandbox of that choice, tried once; `auto` is bubblewrap, else a container.

    `image` is what a container runs in and has to be on this machine already. `unsafe` confines nothing and is only
    ever given where it was named. Raises SandboxRefusedError with the reasons and the next steps.
    """
    if sys.platform == "win32":
        raise SandboxRefusedError("There is no sandbox for Windows itself.", "Run it in WSL, which is Linux.")
    # Here, because what they stand on is missing from Windows.
    from aifirst_orchestrator.sandbox.container import Container
    from aifirst_orchestrator.sandbox.container_engine import find_engine
    from aifirst_orchestrator.sandbox.unconfined import Unconfined

    if choice == "unsafe":
        return Unconfined()
    if choice == "bubblewrap":
        return _tried_bubblewrap()
    if choice == "container":
        return Container(find_engine(image))
    try:
        return _tried_bubblewrap()
    except SandboxRefusedError as first:
        try:
            return Container(find_engine(image))
        except SandboxRefusedError as second:
            raise SandboxRefusedError(
                f"There is no sandbox here. bubblewrap: {first.reason} Container: {second.reason}",
                f"{first.next_step} Or: {second.next_step}",
            ) from second


def _tried_bubblewrap() -> Sandbox:
    from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
    from aifirst_orchestrator.sandbox.bubblewrap_tools import find_bubblewrap, why_not_built

    sandbox = Bubblewrap(find_bubblewrap())
    try:
        outcome = sandbox.run(Job(command=("true",)))
    except SandboxRefusedError as refusal:
        known = why_not_built()
        if known is None:
            raise
        raise SandboxRefusedError(f"{refusal.reason} {known[0]}", known[1]) from refusal
    if not outcome.passed:
        raise SandboxRefusedError(
            f"A trial run in bubblewrap ended with {outcome.ending}, status {outcome.status}.",
            "Run `python -m aifirst_orchestrator.sandbox -- true` to see what it prints.",
        )
    return sandbox
