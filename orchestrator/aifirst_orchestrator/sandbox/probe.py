"""Says what of the sandbox this machine has, line by line, without changing anything: for `--probe` and for doctors."""

from __future__ import annotations

from dataclasses import dataclass

from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.bubblewrap_tools import find_bubblewrap, why_not_built
from aifirst_orchestrator.sandbox.container_engine import find_engine
from aifirst_orchestrator.sandbox.control_group import make_control_group
from aifirst_orchestrator.sandbox.identity import own_user_number
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import MEBIBYTE
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError


@dataclass(frozen=True, slots=True)
class Found:
    """One thing looked at; `next_step` is empty where nothing is missing."""

    name: str
    there: bool
    message: str
    next_step: str = ""


def probe(image: str | None = None) -> tuple[Found, ...]:
    """Bubblewrap (tried once), control groups, whose processes these are, and the container engine, in that order."""
    return (_bubblewrap(), _control_group(), _user(), _container(image))


def _bubblewrap() -> Found:
    try:
        tools = find_bubblewrap()
    except SandboxRefusedError as refusal:
        return Found("bubblewrap", False, refusal.reason, refusal.next_step)
    try:
        outcome = Bubblewrap(tools).run(Job(command=("true",)))
    except SandboxRefusedError as refusal:
        reason, step = why_not_built() or (
            "The machine forbids it; no known switch says why.",
            "Name a container.",
        )
        return Found("bubblewrap", False, f"{refusal.reason} {reason}", step)
    if not outcome.passed:
        return Found("bubblewrap", False, f"A trial run ended with {outcome}.", "Please report this.")
    return Found("bubblewrap", True, f"{tools.bwrap}, filter for {tools.architecture}")


def _control_group() -> Found:
    group = make_control_group(64 * MEBIBYTE, 16)
    if group is None:
        return Found(
            "control group",
            False,
            "None can be made: memory and CPU time of all processes together are watched from outside instead.",
            "Nothing needed; run in a systemd user session, or with the group delegated, to have the kernel do it.",
        )
    group.close()
    return Found("control group", True, f"version {group.version}")


def _user() -> Found:
    number = own_user_number()
    if number is None:
        return Found("user", True, "runs in a user namespace of your own user")
    return Found("user", True, "root gives every run a user number of its own")


def _container(image: str | None) -> Found:
    try:
        engine = find_engine(image)
    except SandboxRefusedError as refusal:
        return Found("container", False, refusal.reason, refusal.next_step)
    return Found("container", True, f"{engine.program} with {engine.image}")
