"""What `npm run package` says where it cannot pack: the next step, before anything of the last package is removed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from packed_extension import EXTENSION


def pack(*given: str, python: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as npm does; `python` is the interpreter that is to pack."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is missing")
    named = {} if python is None else {"AIFIRST_PYTHON": python}
    return subprocess.run(
        [node, "pack/package.mjs", *given],
        cwd=EXTENSION,
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("given", [("--target", "win31"), ("--target",)])
def test_a_target_that_is_none_is_answered_with_all_that_are(given: tuple[str, ...]) -> None:
    done = pack(*given)
    assert done.returncode == 2
    for name in ("linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64", "universal"):
        assert name in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_python_without_the_packages_is_named_with_the_next_step(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\necho \"ModuleNotFoundError: No module named 'msgspec'\" >&2\nexit 1\n")
    bare.chmod(0o755)
    before = sorted((EXTENSION / "bundled").glob("*"))
    done = pack("--target", "linux-x64", python=str(bare))
    assert done.returncode == 2
    assert f"with {bare}: ModuleNotFoundError: No module named 'msgspec'. Run `make demo`" in done.stderr
    assert "AIFIRST_PYTHON" in done.stderr
    assert sorted((EXTENSION / "bundled").glob("*")) == before
