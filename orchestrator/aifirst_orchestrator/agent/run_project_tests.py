"""Runs a project's own tests on an agent's changes, in the sandbox, in a copy of the project's files.

What is on the machine is seen read-only: the tool chain, the packages that are installed. Nothing is fetched, there is no
network. Left out: containers have their own tools, so there nothing of this machine is seen.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from aifirst_orchestrator.agent.test_runners.pytest_runner import python_chain
from aifirst_orchestrator.agent.test_runners.runner import Runner, ToolChain
from aifirst_orchestrator.agent.widen_tests import Rung
from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import Limits
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox

_MOST_BYTES = 200 * 1024 * 1024
_MOST_TOLD = 3_000


def run_project_tests(
    sandbox: Sandbox,
    workspace: Workspace,
    command: Sequence[str],
    *,
    python: Path | None = None,
    seconds: float = 300.0,
    chain: ToolChain | None = None,
    kind: str = "tests",
) -> tuple[Flaw, ...]:
    """What is wrong where the command does not end with status 0; it sees the project with the changes, nothing else.

    `python` is the interpreter whose environment holds what the tests need; in the command `python` stands for it, as
    other names stand for the programs of a tool chain. `kind` is of the flaw.
    """
    chain = chain or python_chain(python)
    files: dict[str, bytes | Path] = {path: workspace.root / path for path in workspace.run_paths}
    for path in workspace.changed:
        source = workspace.source(path)
        files[path] = source.encode_back(source.data) if source is not None else b""
    size = sum(path.stat().st_size for path in files.values() if isinstance(path, Path))
    if size > _MOST_BYTES:
        return (
            Flaw(kind, f"the project has {size >> 20} MiB, too many to copy for a test", "name fewer files"),
        )
    outcome = sandbox.run(_job(sandbox, chain, command, files, seconds, size))
    if outcome.passed:
        return ()
    printed = (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace").strip()
    how = (
        f"ended with status {outcome.status}"
        if outcome.ending == "exited"
        else f"was ended by the limit {outcome.ending}"
    )
    shown = printed if len(printed) <= _MOST_TOLD else f"…{printed[-_MOST_TOLD:]}"
    return (Flaw(kind, f"{' '.join(command)} {how}:\n{shown}"),)


def _job(
    sandbox: Sandbox, chain: ToolChain, command: Sequence[str], files: Mapping[str, bytes | Path],
    seconds: float, size: int,
) -> Job:  # fmt: skip
    """The command with its tool chain, where it is run on this machine and not in an image with tools of its own."""
    is_here = sandbox.name in ("bubblewrap", "unsafe")
    words = [chain.programs.get(word, word) if is_here else word for word in command]
    if is_here and chain.links:
        made = [
            f"mkdir -p {shlex.quote(str(Path(name).parent))} && ln -s {shlex.quote(str(place))} {shlex.quote(name)}"
            for name, place in chain.links.items()
        ]
        words = ["sh", "-c", " && ".join([*made, 'exec "$@"']), "sh", *words]
    return Job(
        command=tuple(words),
        files=files,
        visible=chain.visible if is_here else (),
        environment=chain.environment if is_here else {},
        limits=Limits(
            wall_seconds=seconds, cpu_seconds=seconds, memory_bytes=chain.memory_bytes,
            disk_bytes=max(chain.disk_bytes, 2 * size), processes=256, output_bytes=4 << 20,
        ),
    )  # fmt: skip


def run_rungs(
    sandbox: Sandbox, workspace: Workspace, rungs: Sequence[Rung], runners: Sequence[Runner], *, seconds: float = 300.0
) -> tuple[Flaw, ...]:  # fmt: skip
    """Run the rungs from near to far; what is wrong on the first that fails, with its name."""
    by_kind = {runner.kind: runner for runner in runners}
    for rung in rungs:
        runner = by_kind[rung.kind]
        if runner.missing:
            return (Flaw("tests", f"{runner.name} cannot be run: {runner.missing}"),)
        for command in runner.chosen(rung.tests) if rung.tests else (runner.suite,):
            flaws = run_project_tests(sandbox, workspace, command, seconds=seconds, chain=runner.chain)
            if flaws:
                return tuple(
                    msgspec.structs.replace(flaw, message=f"{rung.name}: {flaw.message}") for flaw in flaws
                )
    return ()


def run_builds(
    sandbox: Sandbox, workspace: Workspace, runners: Sequence[Runner], *, seconds: float = 300.0
) -> tuple[Flaw, ...]:
    """What the compilers of the changed files' languages say; nothing where there is no compiler here."""
    for runner in runners:
        if runner.build and not runner.missing:
            flaws = run_project_tests(
                sandbox, workspace, runner.build, seconds=seconds, chain=runner.chain, kind="build"
            )
            if flaws:
                return flaws
    return ()
