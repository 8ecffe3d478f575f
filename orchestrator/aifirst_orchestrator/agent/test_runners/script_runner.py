"""JavaScript and TypeScript: what `package.json` says, Vitest, Jest or Mocha, else Node's own runner.

The packages that are installed beside `package.json` are seen read-only, under the name that Node looks for. Left out:
packages within a package (workspaces) with runners of their own, and Yarn's archives, which Node alone cannot read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from aifirst_orchestrator.agent.test_runners.runner import MEBIBYTE, Commands, Runner, ToolChain
from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.sandbox.programs import find_program, visible_program

_OWN: Final = {
    "vitest": ("node", "node_modules/vitest/vitest.mjs", "run"),
    "jest": ("node", "node_modules/jest/bin/jest.js", "--ci", "--runInBand"),
    "mocha": ("node", "node_modules/mocha/bin/mocha.js"),
}
_TSC: Final = "node_modules/typescript/bin/tsc"


def script_runner(workspace: Workspace) -> Runner | None:
    """The runner of a project with a `package.json`; None where there is none, or nothing in it tests."""
    told = _package(workspace)
    if told is None:
        return None
    script = _text(_table(told, "scripts").get("test"))
    packages = {**_table(told, "dependencies"), **_table(told, "devDependencies")}
    name = next((one for one in _OWN if one in script), "") or next(
        (one for one in _OWN if one in packages), ""
    )
    if not (name or script):
        return None
    base = _OWN.get(name, ("node", "--test"))
    has_script = bool(script) and "no test specified" not in script
    return Runner(
        "script", name or "node --test", ("npm", "test", "--silent") if has_script else base,
        lambda ids: _chosen(base, ids), _chain(workspace.root), _build(workspace), _missing(workspace, name),
    )  # fmt: skip


def _chosen(base: Sequence[str], ids: Sequence[str]) -> Commands:
    return ((*base, *ids),)


def _chain(root: Path) -> ToolChain:
    programs = {name: found for name in ("node", "npm") if (found := find_program(name)) is not None}
    installed = (root / "node_modules").resolve()
    # A project may bring this name as a link to anywhere, and what it leads to is seen by the project's own tests.
    has = installed.is_dir() and installed.name == "node_modules"
    visible = [path for program in programs.values() for path in visible_program(program)]
    return ToolChain(
        (*dict.fromkeys(visible), *((installed,) if has else ())),
        {"CI": "1", "NO_COLOR": "1", "NODE_DISABLE_COLORS": "1", "npm_config_update_notifier": "false"},
        {"node_modules": installed} if has else {}, disk_bytes=256 * MEBIBYTE, programs=programs,
    )  # fmt: skip


def _build(workspace: Workspace) -> tuple[str, ...]:
    """TypeScript's compiler, where the project has it and says what it compiles."""
    has = "tsconfig.json" in workspace.paths and (workspace.root / _TSC).is_file()
    return ("node", _TSC, "--noEmit", "-p", ".") if has else ()


def _missing(workspace: Workspace, name: str) -> str:
    if find_program("node") is None:
        return "there is no node on this machine. Install it, or give --test"
    if name and not (workspace.root / "node_modules" / name).is_dir():
        return f"{name} is not installed beside package.json. Install the project's packages, or give --test"
    return ""


def _package(workspace: Workspace) -> Mapping[str, Any] | None:
    text = workspace.text("package.json")
    try:
        told: object = json.loads(text) if text is not None else None
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, Any]", told) if isinstance(told, dict) else None


def _table(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value: object = told.get(name)
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
