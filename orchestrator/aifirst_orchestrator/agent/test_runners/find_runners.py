"""Which runners a project has, as its own files tell; nothing of it is run to find out."""

from __future__ import annotations

from pathlib import Path

from aifirst_orchestrator.agent.test_runners.cargo_runner import cargo_runner
from aifirst_orchestrator.agent.test_runners.go_runner import go_runner
from aifirst_orchestrator.agent.test_runners.jvm_runner import jvm_runner
from aifirst_orchestrator.agent.test_runners.pytest_runner import has_tests, pytest_runner
from aifirst_orchestrator.agent.test_runners.runner import Runner
from aifirst_orchestrator.agent.test_runners.script_runner import script_runner
from aifirst_orchestrator.agent.workspace import Workspace


def find_runners(workspace: Workspace, python: Path | None = None) -> tuple[Runner, ...]:
    """The runners of a project; pytest alone where nothing tells of any."""
    others = (script_runner(workspace), go_runner(workspace), jvm_runner(workspace), cargo_runner(workspace))
    found = [one for one in others if one is not None]
    if not found or python is not None or has_tests(workspace):
        return (pytest_runner(python), *found)
    return tuple(found)
