"""The package of the extension, made anew where anything in it was changed since."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
EXTENSION = REPOSITORY / "vscode-extension"
PACKAGE = EXTENSION / "aifirst.vsix"
LONGEST = 900
"""Seconds until a run is ended: many times what it takes, since machines differ."""


def find_npm() -> str:
    """The path of npm, where what the extension is built with is installed; else the test is skipped."""
    found = shutil.which("npm")
    if found is None or not (EXTENSION / "node_modules/.package-lock.json").exists():
        pytest.skip("Node or the extension's packages are missing: run `npm ci` in vscode-extension")
    return found


def pack_extension(npm: str) -> Path:
    """The package for this machine; only one process makes it at a time."""
    with (EXTENSION / ".packing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not PACKAGE.exists() or PACKAGE.stat().st_mtime < _newest_source():
            run_in_extension([npm, "run", "package"], {})
    return PACKAGE


def _newest_source() -> float:
    """When what goes into the package was last changed."""
    return max(path.stat().st_mtime for path in _sources())


def _sources() -> Iterator[Path]:
    yield from (EXTENSION / name for name in ("package.json", "README.md", "CHANGELOG.md", "esbuild.mjs"))
    yield from (REPOSITORY / name for name in ("pyproject.toml", "constraints.txt"))
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    ours = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    folders = [EXTENSION / name for name in ("src", "media", "pack")] + [REPOSITORY / name for name in ours]
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def run_in_extension(command: list[str], environment: dict[str, str]) -> None:
    """Run a program of Node in the extension's folder; what it said is shown where it fails."""
    process = subprocess.Popen(
        command,
        cwd=EXTENSION,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        pytest.fail(f"{' '.join(command)} did not end within {LONGEST} s:\n{said}", pytrace=False)
    if process.returncode != 0:
        pytest.fail(f"{' '.join(command)} ended with {process.returncode}:\n{said}", pytrace=False)
