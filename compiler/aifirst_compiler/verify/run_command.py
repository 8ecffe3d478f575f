"""Runs the person's test command in a copy of the project, with a bound on its time, and ends all it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aifirst_compiler.errors import CompileError
from aifirst_compiler.verify.outcomes import Outcomes, read_outcomes

_PLUGIN: Final = Path(__file__).with_name("pytest_plugin")
_MOST_OUTPUT: Final = 64 << 20
"""Bytes of output that are read for outcomes."""
_GRACE: Final = 5.0
"""Seconds between asking a command to end and ending it."""


def run_command(
    command: str, folder: Path, roots: Sequence[Path], original: Path, timeout: float
) -> Outcomes:
    """Run a shell command in a folder; its outcomes.

    `roots` come first on Python's path, `original` is where nothing may be imported from. Raises CompileError where the
    command takes more than `timeout` seconds.
    """
    with tempfile.TemporaryDirectory(prefix="aifirst-verify-") as scratch:
        written = Path(scratch) / "outcomes"
        written.mkdir()
        environment = _environment(roots, written, original)
        with (Path(scratch) / "output").open("w+b") as output:
            process = subprocess.Popen(  # noqa: S602 (the person's own command, given for this)
                command, shell=True, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired as error:
                raise CompileError(
                    f"{command!r} had not ended after {timeout:g} seconds",
                    "give it more time with --verify-timeout, or fewer tests",
                ) from error
            finally:
                _end(process)
            output.seek(0)
            printed = output.read(_MOST_OUTPUT).decode("utf-8", "replace")
        return read_outcomes(code, printed, written, str(folder))


def _environment(roots: Sequence[Path], written: Path, original: Path) -> dict[str, str]:
    environment = dict(os.environ)
    path = [*map(str, roots), str(_PLUGIN), environment.get("PYTHONPATH", "")]
    plugins = [environment.get("PYTEST_PLUGINS", ""), "_aifirst_outcomes"]
    environment |= {
        "PYTHONPATH": os.pathsep.join(part for part in path if part),
        "PYTEST_PLUGINS": ",".join(part for part in plugins if part),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AIFIRST_OUTCOMES": str(written),
        "AIFIRST_ORIGINAL": str(original),
    }
    return environment


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
