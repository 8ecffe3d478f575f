"""What runs the tests of a project in one language: its commands, and what of the machine they need, read-only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Commands = tuple[tuple[str, ...], ...]
Kind = Literal["pytest", "script", "go", "junit", "cargo"]
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ToolChain:
    """What commands of a language need in the sandbox."""

    visible: tuple[Path, ...] = ()
    """Folders of this machine: an installation, a cache of packages."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    links: Mapping[str, Path] = field(default_factory=dict[str, Path])
    """Names in the working folder that lead to visible folders, such as `node_modules`."""
    memory_bytes: int = 2048 * MEBIBYTE
    disk_bytes: int = 64 * MEBIBYTE
    """At least; a project that is larger gets more."""
    programs: Mapping[str, str] = field(default_factory=dict[str, str])
    """Where the programs that commands name are on this machine."""


@dataclass(frozen=True, slots=True)
class Runner:
    """The runner of a project's tests."""

    kind: Kind
    name: str
    """As a person knows it: `pytest`, `vitest`, `go test`."""
    suite: tuple[str, ...]
    chosen: Callable[[Sequence[str]], Commands]
    """The commands that run tests of these ids, as the dependency graph names them."""
    chain: ToolChain = field(default_factory=ToolChain)
    build: tuple[str, ...] = ()
    """What compiles the project without running it; nothing where there is no such command."""
    missing: str = ""
    """What is not on this machine, so that nothing can be run; the text says the next step."""


def merged(chains: Sequence[ToolChain]) -> ToolChain:
    """One tool chain that has what each has, for a command of which nobody knows what it starts."""
    first = ToolChain()
    return ToolChain(
        tuple(dict.fromkeys(path for chain in chains for path in chain.visible)),
        {name: value for chain in chains for name, value in chain.environment.items()},
        {name: path for chain in chains for name, path in chain.links.items()},
        max((chain.memory_bytes for chain in chains), default=first.memory_bytes),
        max((chain.disk_bytes for chain in chains), default=first.disk_bytes),
        {name: path for chain in chains for name, path in chain.programs.items()},
    )
