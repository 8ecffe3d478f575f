"""Runs one hostile script twice: as any program runs here, where it has to succeed, and in the sandbox.

A script prints `succeeded` when it got what it wanted; whatever else happens to it counts as held off.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.outcome import Outcome
from aifirst_orchestrator.sandbox.root_view import visible_interpreter

SUCCEEDED = "succeeded"
IS_ROOT = os.geteuid() == 0
_PYTHON = Path(sys.executable)
PRELUDE = """
import ctypes, os, signal, socket, struct, sys, time
library = ctypes.CDLL(None, use_errno=True)
def system_call(number, *arguments):
    long = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = library.syscall(ctypes.c_long(number), *long)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
"""


def plain(script: str, *arguments: object, cwd: Path | None = None, **options: Any) -> str:
    """What the script prints on standard output when nothing holds it; its complaints go to the test's."""
    done = subprocess.run(
        _command(script, arguments),
        stdout=subprocess.PIPE,
        text=True,
        cwd=cwd,
        timeout=30,
        check=False,
        **options,
    )
    return done.stdout


def confined(sandbox: Bubblewrap, script: str, *arguments: object, **job: Any) -> Outcome:
    """What becomes of the script in the sandbox; the interpreter is always visible."""
    visible = (*visible_interpreter(_PYTHON), *job.pop("visible", ()))
    return sandbox.run(Job(command=tuple(_command(script, arguments)), visible=visible, **job))


def check_held_off(
    sandbox: Bubblewrap, script: str, *arguments: object, needs_root: bool = False, **job: Any
) -> Outcome:
    """Assert that the script succeeds here (where it can: some need root) and does not in the sandbox."""
    if IS_ROOT or not needs_root:
        shown = plain(script, *arguments)
        assert SUCCEEDED in shown, f"the attack proves nothing: {shown}"
    outcome = confined(sandbox, script, *arguments, **job)
    assert SUCCEEDED.encode() not in outcome.stdout, outcome
    assert outcome.stdout + outcome.stderr or outcome.status, f"the attack never ran: {outcome}"
    return outcome


def _command(script: str, arguments: tuple[object, ...]) -> list[str]:
    return [str(_PYTHON), "-I", "-S", "-c", PRELUDE + script, *map(str, arguments)]
