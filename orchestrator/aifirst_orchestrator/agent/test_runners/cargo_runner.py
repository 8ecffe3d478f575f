"""Rust: `cargo test`, offline, with the crates that are on this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from aifirst_orchestrator.agent.test_runners.runner import MEBIBYTE, Commands, Runner, ToolChain
from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.sandbox.programs import find_program, printed_by, visible_program

_TEST = ("cargo", "test", "--offline", "--quiet")
_HOME = "/tmp/home/.cargo"  # noqa: S108  inside the sandbox


def cargo_runner(workspace: Workspace) -> Runner | None:
    """The runner of a crate or a workspace; None where there is no `Cargo.toml` at the root."""
    if "Cargo.toml" not in workspace.run_paths:
        return None
    cargo = find_program("cargo")
    missing = "" if cargo else "there is no cargo on this machine. Install it, or give --test"
    chain = _chain(cargo, _channel(workspace)) if cargo else ToolChain()
    return Runner(
        "cargo", "cargo test", _TEST, _chosen, chain, ("cargo", "check", "--offline", "--quiet"), missing
    )


def _chosen(ids: Sequence[str]) -> Commands:
    """Files of `tests/` by their names; what lies elsewhere is of the library or of programs."""
    names = [PurePosixPath(one).stem for one in ids if one.startswith("tests/") and one.count("/") == 1]
    commands = [(*_TEST, *(word for name in names for word in ("--test", name)))] if names else []
    if len(names) < len(ids):
        commands.append((*_TEST, "--lib", "--bins"))
    return tuple(commands)


def _channel(workspace: Workspace) -> str:
    """The tool chain that a project names, "" where it names none that is installed.

    Only by a name: a folder (`path = …`) could be one of the project's own, whose programs would run outside the sandbox.
    """
    told = next(filter(None, (workspace.text(f"rust-toolchain{end}") for end in ("", ".toml"))), "")[:10_000]
    named = re.search(r'^\s*channel\s*=\s*"(\w[\w.-]*)"', told, re.MULTILINE)
    named = named or re.fullmatch(r"\s*(\w[\w.-]*)\s*", told)
    home = Path(os.environ.get("RUSTUP_HOME") or Path.home() / ".rustup") / "toolchains"
    names = (named[1], f"{named[1]}-*") if named else ()
    return named[1] if named and any(any(home.glob(one)) for one in names) else ""


def _sysroot(channel: str) -> str:
    """Where the tool chain is; rustup fetches none for that."""
    rustc = find_program("rustc")
    wanted = {"RUSTUP_TOOLCHAIN": channel} if channel else {}
    settings = {**os.environ, "RUSTUP_AUTO_INSTALL": "0", **wanted}
    return printed_by((rustc, "--print", "sysroot"), settings) if rustc else ""


def _chain(cargo: str, channel: str) -> ToolChain:
    """The tool chain itself, not rustup's doors to it, which look into the home folder."""
    root = _sysroot(channel)
    program = str(Path(root) / "bin/cargo") if root and (Path(root) / "bin/cargo").is_file() else cargo
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    registry = home / "registry"
    seen = (registry,) if registry.is_dir() else ()
    folder = str(Path(program).parent)
    return ToolChain(
        (*visible_program(program), *seen),
        {"CARGO_HOME": _HOME, "PATH": f"{folder}:/usr/local/bin:/usr/bin:/bin", "CARGO_NET_OFFLINE": "true"},
        {f"{_HOME}/registry": registry} if seen else {},
        memory_bytes=3072 * MEBIBYTE, disk_bytes=1024 * MEBIBYTE, programs={"cargo": program},
    )  # fmt: skip
