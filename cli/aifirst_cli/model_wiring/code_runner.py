"""Runs an evaluation's programs in the orchestrator's sandbox; without one nothing runs unless "unsafe" is named."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.protocols import CodeRunner, RunOutcome

if TYPE_CHECKING:
    from aifirst_orchestrator.sandbox.open_sandbox import Choice, Sandbox

_MEBIBYTE: Final = 1024 * 1024
_CONTAINER_PYTHON: Final = "python3"


class SandboxRunner:
    """Programs for the interpreter that runs aifirst; in a container for the image's own."""

    def __init__(self, sandbox: Sandbox, memory: int) -> None:
        from aifirst_orchestrator.sandbox.root_view import visible_interpreter

        self._sandbox = sandbox
        self._memory = memory * _MEBIBYTE
        is_here = sandbox.name in {"bubblewrap", "unsafe"}
        self._python = sys.executable if is_here else _CONTAINER_PYTHON
        self._visible = visible_interpreter(Path(sys.executable)) if is_here else ()

    @property
    def name(self) -> str:
        """What protects."""
        return self._sandbox.name

    def run(
        self, program: str, given: bytes, timeout: float, cancel: threading.Event | None = None
    ) -> RunOutcome:
        """See `CodeRunner.run`."""
        from aifirst_orchestrator.sandbox.job import Job
        from aifirst_orchestrator.sandbox.limits import Limits
        from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError

        job = Job(
            command=(self._python, "-I", "-S", "check.py"),
            files={"check.py": program.encode()},
            visible=self._visible,
            stdin=given,
            limits=Limits(
                wall_seconds=timeout, cpu_seconds=timeout, memory_bytes=self._memory, processes=16,
                output_bytes=64 * 1024,
            ),
        )  # fmt: skip
        try:
            outcome = self._sandbox.run(job, cancel=cancel)
        except SandboxRefusedError as refusal:
            raise EvaluationError(refusal.reason, refusal.next_step) from refusal
        return RunOutcome(outcome.ending, outcome.status, outcome.stdout, outcome.stderr, outcome.seconds)


def open_runner(choice: Choice = "auto", image: str | None = None, memory: int = 512) -> CodeRunner:
    """The runner of that choice; `memory` is MiB for one program. Raises EvaluationError where there is none."""
    from aifirst_orchestrator.sandbox.open_sandbox import open_sandbox
    from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError

    try:
        return SandboxRunner(open_sandbox(choice, image), memory)
    except SandboxRefusedError as refusal:
        raise EvaluationError(
            refusal.reason,
            f"{refusal.next_step} Or name --sandbox unsafe, which runs what a model wrote as you, with all your rights.",
        ) from refusal
