"""Runs a project's own tests on an agent's changes, in the sandbox, in a copy of the project's files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from aifirst_orchestrator.agent.widen_tests import Rung
from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import Limits
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox
from aifirst_orchestrator.sandbox.root_view import visible_interpreter

_MOST_BYTES = 200 * 1024 * 1024
_MOST_TOLD = 3_000


def run_project_tests(
    sandbox: Sandbox,
    workspace: Workspace,
    command: Sequence[str],
    *,
    python: Path | None = None,
    seconds: float = 300.0,
) -> tuple[Flaw, ...]:
    """What is wrong where the command does not end with status 0; it sees the project with the changes, nothing else.

    `python` is the interpreter whose environment holds what the tests need; in the command `python` stands for it.
    """
    interpreter = python or Path(sys.executable)
    files: dict[str, bytes | Path] = {path: workspace.root / path for path in workspace.paths}
    for path in workspace.changed:
        source = workspace.source(path)
        files[path] = source.encode_back(source.data) if source is not None else b""
    size = sum(path.stat().st_size for path in files.values() if isinstance(path, Path))
    if size > _MOST_BYTES:
        return (
            Flaw(
                "tests", f"the project has {size >> 20} MiB, too many to copy for a test", "name fewer files"
            ),
        )
    is_here = sandbox.name in ("bubblewrap", "unsafe")
    words = [str(interpreter) if word == "python" and is_here else word for word in command]
    outcome = sandbox.run(
        Job(
            command=tuple(words),
            files=files,
            visible=visible_interpreter(interpreter) if is_here else (),
            environment={"PYTHONPATH": ".:src", "PYTHONDONTWRITEBYTECODE": "1"},
            limits=Limits(
                wall_seconds=seconds, cpu_seconds=seconds, memory_bytes=2 << 30, disk_bytes=max(64 << 20, 2 * size),
                processes=256, output_bytes=4 << 20,
            ),
        )
    )  # fmt: skip
    if outcome.passed:
        return ()
    printed = (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace").strip()
    how = (
        f"ended with status {outcome.status}"
        if outcome.ending == "exited"
        else f"was ended by the limit {outcome.ending}"
    )
    shown = printed if len(printed) <= _MOST_TOLD else f"…{printed[-_MOST_TOLD:]}"
    return (Flaw("tests", f"{' '.join(command)} {how}:\n{shown}"),)


def run_widening(
    sandbox: Sandbox,
    workspace: Workspace,
    rungs: Sequence[Rung],
    command: Sequence[str],
    *,
    python: Path | None = None,
    seconds: float = 300.0,
) -> tuple[Flaw, ...]:
    """Run the rungs from near to far; what is wrong on the first that fails, with its name."""
    for rung in rungs:
        words = (*command, *rung.tests)
        flaws = run_project_tests(sandbox, workspace, words, python=python, seconds=seconds)
        if flaws:
            return tuple(
                msgspec.structs.replace(flaw, message=f"{rung.name}: {flaw.message}") for flaw in flaws
            )
    return ()
