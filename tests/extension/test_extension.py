"""The extension, tested by its own tests: without an editor, inside the extension host, and in a real workbench.

They are Node's; here they are run as one each. What they need and is not there is a reason to skip, except where
`AIFIRST_TEST_FULL=1` says that nothing may be missing: `npm ci` in `vscode-extension`, a Chromium, and the workbench
that `vscode-extension/tests/install_code_server.sh` installs, in `vscode-extension/.workbench` or in the
folder AIFIRST_WORKBENCH.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from packed_extension import EXTENSION, find_npm, pack_extension, run_in_extension

WORKBENCH = Path(os.environ.get("AIFIRST_WORKBENCH", EXTENSION / ".workbench"))
SERVER = Path(sys.executable).parent / "aifirst"


@pytest.fixture(scope="module")
def npm() -> str:
    return find_npm()


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
    given = {
        "AIFIRST_WORKBENCH": str(WORKBENCH),
        "AIFIRST_CHROMIUM": chromium,
        "AIFIRST_SERVER": str(SERVER),
        "AIFIRST_VSIX": str(pack_extension(npm)),
    }
    if os.environ.get("AIFIRST_TEST_FULL") == "1":
        given["AIFIRST_SHOTS"] = os.environ.get("AIFIRST_SHOTS", str(EXTENSION / ".shots"))
    return given


def test_the_types_fit_and_the_tests_without_an_editor_pass(npm: str) -> None:
    run_in_extension([npm, "test"], {})


@pytest.mark.parametrize("name", ["host", "bundled", "features", "ghost", "journey", "surroundings", "views"])
def test_the_extension_does_in_a_workbench_what_its_tests_say(name: str, workbench: dict[str, str]) -> None:
    node = shutil.which("node")
    assert node is not None
    run_in_extension([node, "--test", f"tests/workbench/{name}.test.mjs"], workbench)
