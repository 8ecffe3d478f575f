"""The Go of this machine, and Go's own packages built for it once.

A build in the sandbox starts with nothing, and would build Go's own packages for every verdict. So they are built
outside, once: nothing that was generated is in that build, only names of packages that Go itself has. The sandbox
sees what came of it read-only.
"""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from aifirst_orchestrator.generate.test_run import NoTestRunnerError
from aifirst_orchestrator.sandbox.programs import find_program, printed_by

LEAST_GO = 18
INSTALLED = Path("/usr/local/go/bin/go")
"""Where Go's own archive is unpacked to, which is on no PATH by itself."""
_SETTINGS = {
    "GOFLAGS": "-mod=mod -trimpath",
    "GOPROXY": "off",
    "GOSUMDB": "off",
    "GOTOOLCHAIN": "local",
    "GOENV": "off",
    "GOWORK": "off",
    "GO111MODULE": "on",
    "GOTELEMETRY": "off",
    "CGO_ENABLED": "0",
}
_BUILDING = threading.Lock()
_BUILT: set[tuple[str, str]] = set()
"""The packages that were built in this process, each with its cache."""


class Go(NamedTuple):
    """An installed Go: its program, its folder, what is built of its own packages."""

    program: str
    root: Path
    cache: Path
    version: str
    number: int
    """Of its version 1.NUMBER."""

    def settings(self) -> dict[str, str]:
        """The environment in which it builds without a network, with no settings of the person."""
        return {**_SETTINGS, "GOROOT": str(self.root), "GOCACHE": str(self.cache)}


def find_go() -> Go:
    """The Go of this machine. Raises `NoTestRunnerError` where there is none, or one that is too old."""
    found = find_program("go")
    if found is None and INSTALLED.is_file():
        found = str(INSTALLED)
    if found is None:
        raise NoTestRunnerError(
            f"there is no Go, which tests Go: install Go 1.{LEAST_GO} or later, so that `go version` says it"
        )
    root, version = _told_by(found)
    number = re.match(r"go1\.(\d+)", version)
    if not root or number is None or int(number[1]) < LEAST_GO:
        raise NoTestRunnerError(
            f"{found} is {version or 'no Go that answers'}: install Go 1.{LEAST_GO} or later"
        )
    home = os.environ.get("XDG_CACHE_HOME") or ""
    folder = Path(home) if Path(home).is_absolute() else Path.home() / ".cache"
    return Go(f"{root}/bin/go", Path(root), folder / "aifirst" / "go" / version, version, int(number[1]))


@cache
def _told_by(program: str) -> tuple[str, str]:
    environment = {"PATH": os.defpath, "HOME": "/nonexistent", "GOTOOLCHAIN": "local", "GOENV": "off"}
    lines = printed_by((program, "env", "GOROOT", "GOVERSION"), environment).split("\n")
    return (lines[0], lines[1].split(" ")[0]) if len(lines) == 2 else ("", "")


def build_own_packages(go: Go, names: Iterable[str]) -> None:
    """Build those of the names that are Go's own packages, and what tests stand on, into the cache, where they are not.

    Raises `NoTestRunnerError` where that fails.
    """
    with _BUILDING:
        wanted = {*names, "bufio", "os", "strings", "testing"}
        missing = sorted(one for one in wanted if (one, str(go.cache)) not in _BUILT and _is_there(go, one))
        if not missing:
            return
        go.cache.mkdir(parents=True, exist_ok=True)
        go.cache.chmod(0o755)  # where root runs aifirst, the sandbox reads it as another user
        with tempfile.TemporaryDirectory(prefix="aifirst-go-") as folder:
            lines = "".join(f'\t_ "{one}"\n' for one in missing)
            files = {
                "go.mod": "module warm\n\ngo 1.18\n",
                "warm_test.go": f"package warm\n\nimport (\n{lines})\n",
            }
            for name, text in files.items():
                (Path(folder) / name).write_text(text, encoding="utf-8")
            environment = {**go.settings(), "PATH": os.defpath, "HOME": folder, "GOPATH": f"{folder}/path"}
            _build(go, folder, environment)
        _BUILT.update((one, str(go.cache)) for one in missing)


def _build(go: Go, folder: str, environment: Mapping[str, str]) -> None:
    command = (go.program, "test", "-c", "-vet=off", "-o", f"{folder}/warm.test", ".")
    printed_by(command, environment, seconds=600, folder=folder)
    if not Path(folder, "warm.test").exists():
        raise NoTestRunnerError(
            f"{go.program} cannot build its own packages into {go.cache}. Look whether that folder can be written, "
            f"and whether `{go.program} build std` works."
        )


def _is_there(go: Go, name: str) -> bool:
    """Whether Go itself has a package of that name that a program may import."""
    is_plain = re.fullmatch(r"[a-z][a-z0-9]*(?:/[a-z0-9]+)*", name) is not None
    inner = {"internal", "vendor", "cmd", "testdata"}.intersection(name.split("/"))
    return is_plain and not inner and (go.root / "src" / name).is_dir() and name not in ("unsafe", "builtin")
