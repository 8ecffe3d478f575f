"""Go: `go test` of the packages with the tests that are meant, offline, with the modules that are on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aifirst_orchestrator.agent.test_runners.runner import MEBIBYTE, Commands, Runner, ToolChain
from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.sandbox.programs import find_program, printed_by, visible_program

_HOME = "/tmp/home/go"  # noqa: S108  inside the sandbox


def go_runner(workspace: Workspace) -> Runner | None:
    """The runner of a module; None where there is no `go.mod` at the root."""
    if "go.mod" not in workspace.run_paths:
        return None
    go = find_program("go")
    missing = "" if go else "there is no go on this machine. Install it, or give --test"
    chain = _chain(go) if go else ToolChain()
    return Runner("go", "go test", ("go", "test", "./..."), _chosen, chain, ("go", "build", "./..."), missing)


def _chosen(ids: Sequence[str]) -> Commands:
    """A command a package: `./shop -run ^TestPay$`."""
    commands: list[tuple[str, ...]] = []
    for one in ids:
        package, _, names = one.partition(" -run ")
        commands.append(("go", "test", package, *(("-run", names) if names else ())))
    return tuple(commands)


def _chain(go: str) -> ToolChain:
    """The modules and what is compiled already are seen read-only: Go goes on where it cannot keep what it compiles."""
    modules, compiled = (_folder(printed_by((go, "env", name))) for name in ("GOMODCACHE", "GOCACHE"))
    return ToolChain(
        (*visible_program(str(Path(go).resolve())), *(one for one in (modules, compiled) if one is not None)),
        {
            "GOPROXY": "off", "GOSUMDB": "off", "GOTOOLCHAIN": "local",
            "GOMODCACHE": str(modules or f"{_HOME}/modules"), "GOCACHE": str(compiled or f"{_HOME}/compiled"),
        },
        memory_bytes=3072 * MEBIBYTE, disk_bytes=1024 * MEBIBYTE, programs={"go": go},
    )  # fmt: skip


def _folder(told: str) -> Path | None:
    place = Path(told)
    return place if told and place.is_absolute() and place.is_dir() else None
