"""Python: pytest, by the interpreter whose packages the tests need."""

from __future__ import annotations

import sys
from pathlib import Path

from aifirst_validator.changes.testing_paths import is_test_path

from aifirst_orchestrator.agent.test_runners.runner import Runner, ToolChain
from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.sandbox.root_view import visible_interpreter

_PYTEST = ("python", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider")


def has_tests(workspace: Workspace) -> bool:
    """Whether there are tests of Python."""
    return any(path.endswith(".py") and is_test_path(path) for path in workspace.paths)


def pytest_runner(python: Path | None = None) -> Runner:
    """Runs pytest with an interpreter, that of aifirst itself where none is named."""
    return Runner("pytest", "pytest", _PYTEST, lambda ids: ((*_PYTEST, *ids),), python_chain(python))


def python_chain(python: Path | None = None) -> ToolChain:
    """What a command of Python needs."""
    interpreter = python or Path(sys.executable)
    return ToolChain(
        visible_interpreter(interpreter), {"PYTHONPATH": ".:src", "PYTHONDONTWRITEBYTECODE": "1"},
        programs={"python": str(interpreter)},
    )  # fmt: skip
