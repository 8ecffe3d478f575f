"""The extension, tested by its own tests: without an editor, inside the extension host, and in a real workbench.

They are Node's; here they are run as one each. What they need and is not there is a reason to skip, except where
`AIFIRST_TEST_FULL=1` says that nothing may be missing: `npm ci` in `vscode-extension`, a Chromium, and the workbench
that `vscode-extension/tests/install_code_server.sh` installs, in `vscode-extension/.workbench` or in the
folder AIFIRST_WORKBENCH.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

EXTENSION = Path(__file__).parents[2] / "vscode-extension"
PACKAGE = EXTENSION / "aifirst.vsix"
WORKBENCH = Path(os.environ.get("AIFIRST_WORKBENCH", EXTENSION / ".workbench"))
SERVER = Path(sys.executable).parent / "aifirst"
LONGEST = 600
"""Seconds until a run is ended: many times what it takes, since machines differ."""


@pytest.fixture(scope="module")
def npm() -> str:
    """The path of npm, where what the extension is built with is installed."""
    found = shutil.which("npm")
    if found is None or not (EXTENSION / "node_modules/.package-lock.json").exists():
        pytest.skip("Node or the extension's packages are missing: run `npm ci` in vscode-extension")
    return found


@pytest.fixture(scope="module")
def workbench(npm: str) -> dict[str, str]:
    """The environment of a test in a workbench, the package being built from the sources as they are."""
    chromium = os.environ.get("AIFIRST_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is missing")
    if not (WORKBENCH / "node_modules/code-server").exists():
        pytest.skip(
            f"the workbench is missing: run vscode-extension/tests/install_code_server.sh {WORKBENCH}"
        )
    if not SERVER.exists():
        pytest.skip(f"{SERVER} is missing: install the package into this environment")
    if not PACKAGE.exists() or PACKAGE.stat().st_mtime < newest_source():
        _run([npm, "run", "package"], {})
    given = {
        "AIFIRST_WORKBENCH": str(WORKBENCH),
        "AIFIRST_CHROMIUM": chromium,
        "AIFIRST_SERVER": str(SERVER),
        "AIFIRST_VSIX": str(PACKAGE),
    }
    if os.environ.get("AIFIRST_TEST_FULL") == "1":
        given["AIFIRST_SHOTS"] = os.environ.get("AIFIRST_SHOTS", str(EXTENSION / ".shots"))
    return given


def newest_source() -> float:
    """When what goes into the package was last changed."""
    files = [EXTENSION / "package.json", EXTENSION / "README.md", EXTENSION / "esbuild.mjs"]
    for folder in ("src", "media"):
        files += [path for path in (EXTENSION / folder).rglob("*") if path.is_file()]
    return max(path.stat().st_mtime for path in files)


def _run(command: list[str], environment: dict[str, str]) -> None:
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


def test_the_types_fit_and_the_tests_without_an_editor_pass(npm: str) -> None:
    _run([npm, "test"], {})


@pytest.mark.parametrize("name", ["host", "features", "journey", "surroundings"])
def test_the_extension_does_in_a_workbench_what_its_tests_say(name: str, workbench: dict[str, str]) -> None:
    node = shutil.which("node")
    assert node is not None
    _run([node, "--test", f"tests/workbench/{name}.test.mjs"], workbench)
