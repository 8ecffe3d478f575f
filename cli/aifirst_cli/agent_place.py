"""Where an agent works on a project: its files with the changes, its graph, and what judges, builds and tests them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import click

if TYPE_CHECKING:
    from aifirst_memory.dependencies.store import GraphStore
    from aifirst_memory.memory import Memory
    from aifirst_orchestrator.agent.place import AgentPlace
    from aifirst_orchestrator.agent.test_runners.runner import Runner
    from aifirst_orchestrator.agent.widen_tests import Rung
    from aifirst_orchestrator.agent.workspace import Workspace
    from aifirst_orchestrator.generate.flaw import Flaw
    from aifirst_orchestrator.sandbox.open_sandbox import Choice, Sandbox

    from aifirst_cli.run_session import RunSession


class Testing(NamedTuple):
    """How the person wants tests run."""

    command: str | None
    none: bool
    python: str | None
    sandbox: str
    image: str | None


class _Tests(NamedTuple):
    """What an agent's place asks."""

    all: Callable[[], tuple[Flaw, ...]]
    near: Callable[[], tuple[Flaw, ...]]
    build: Callable[[], tuple[Flaw, ...]]


def open_place(
    root: Path, memory: Memory, session: RunSession, testing: Testing, preset: str | None
) -> AgentPlace:
    """The place of an agent; the sandbox is opened before any model is asked, the graph when it is first needed."""
    from aifirst_orchestrator.agent.judge_changes import judge_changes
    from aifirst_orchestrator.agent.place import AgentPlace
    from aifirst_orchestrator.agent.workspace import Workspace

    workspace = Workspace(root)
    overrides = {"preset": preset} if preset else {}
    current = cache(lambda: _update(root))
    tests = _tests(workspace, session, testing, current)
    return AgentPlace(
        workspace, memory, lambda: judge_changes(workspace, overrides), tests.all, session.ask,
        open_graph=lambda: _graph(root, current), build=tests.build, test_near=tests.near,
    )  # fmt: skip


def _update(root: Path) -> None:
    """Bring the graph up to date; the files on the disk change only when the task is done."""
    from aifirst_cli.graph_access import open_graph

    with open_graph(root, None, update=True):
        pass


def _graph(root: Path, current: Callable[[], None]) -> AbstractContextManager[GraphStore]:
    from aifirst_cli.graph_access import open_graph

    current()
    return open_graph(root, None, update=False)


def _tests(
    workspace: Workspace, session: RunSession, testing: Testing, current: Callable[[], None]
) -> _Tests:
    from aifirst_orchestrator.agent.run_project_tests import run_builds, run_rungs
    from aifirst_orchestrator.agent.test_runners.find_runners import find_runners
    from aifirst_orchestrator.agent.widen_tests import near_rungs, widen_tests
    from aifirst_orchestrator.sandbox.open_sandbox import open_sandbox

    def nothing() -> tuple[Flaw, ...]:
        return ()

    if testing.none:
        return _Tests(nothing, nothing, nothing)
    sandbox = session.stoppable(open_sandbox(cast("Choice", testing.sandbox), testing.image))
    python = _interpreter(workspace, sandbox, testing)
    runners = find_runners(workspace, python)

    def build() -> tuple[Flaw, ...]:
        return run_builds(sandbox, workspace, runners)

    if testing.command is not None:
        return _Tests(_by_command(testing.command, sandbox, workspace, runners, python), nothing, build)

    def rungs() -> tuple[Rung, ...]:
        with _graph(workspace.root, current) as store:
            return widen_tests(store, workspace, [runner.kind for runner in runners])

    return _Tests(
        lambda: run_rungs(sandbox, workspace, rungs(), runners),
        lambda: run_rungs(sandbox, workspace, near_rungs(rungs()), runners),
        build,
    )


def _interpreter(workspace: Workspace, sandbox: Sandbox, testing: Testing) -> Path | None:
    """The interpreter that was named; no model is asked where it, or the pytest that has to run, is not there."""
    from shutil import which

    from aifirst_orchestrator.agent.test_runners.pytest_runner import has_tests
    from aifirst_orchestrator.generate.run_python_tests import require_pytest
    from aifirst_orchestrator.generate.test_run import NoTestRunnerError

    is_here = sandbox.name in ("bubblewrap", "unsafe")
    if testing.python is not None:
        named = Path(testing.python)
        python = (
            named.parent.resolve() / named.name
        )  # its own link stays: by it a virtual environment is found
        if is_here and which(python) is None:
            raise NoTestRunnerError(
                f"there is no interpreter {testing.python}: name one that is there with --python"
            )
        return python
    if is_here and testing.command is None and has_tests(workspace):
        try:
            require_pytest()
        except NoTestRunnerError as error:
            raise NoTestRunnerError(f"{error}, or name the project's own interpreter with --python") from None
    return None


def _by_command(
    told: str, sandbox: Sandbox, workspace: Workspace, runners: tuple[Runner, ...], python: Path | None
) -> Callable[[], tuple[Flaw, ...]]:
    """The tests by the command that the person gave, as it stands, with every tool chain that the project tells of."""
    from aifirst_orchestrator.agent.run_project_tests import run_project_tests
    from aifirst_orchestrator.agent.test_runners.pytest_runner import python_chain
    from aifirst_orchestrator.agent.test_runners.runner import merged

    command = shlex.split(told)
    if not command:
        raise click.UsageError("--test is empty. Say how the tests are run, or give --no-test.")
    chain = merged([python_chain(python), *(runner.chain for runner in runners if runner.kind != "pytest")])
    return lambda: run_project_tests(sandbox, workspace, command, chain=chain)
