"""How the tests of the command line run it, and the files they run it on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

PROGRAM = Path(sys.executable).with_name("aifirst")
_SILENT = ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "GITHUB_STEP_SUMMARY", "AIFIRST_TRACEBACK", "PYTHONPATH")


class Ran(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str
    raw: bytes


def environment(**more: str) -> dict[str, str]:
    """The environment of a run, free of what would change its output."""
    clean = {name: value for name, value in os.environ.items() if name not in _SILENT}
    clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    return clean | more


class Aifirst:
    """The command in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> Ran:
        """Run it; a traceback is a failure whatever the test looks at."""
        done = subprocess.run(
            [PROGRAM, *arguments], cwd=folder or self.folder, input=stdin, capture_output=True,
            env=environment(**(env or {})), timeout=120, check=False,
        )  # fmt: skip
        out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in err
        return Ran(done.returncode, out, err, done.stdout)


Write = Callable[[str, str | bytes], Path]

STALE = '''\
"""Sums."""


def total(rows):
    """Return the sum.

    Args:
        lines: what is summed
    """
    return sum(rows)
'''
"""A file with exactly one finding under `balanced`: AF207, a warning, in line 8."""

CLEAN = '"""Sums."""\n\n\ndef total(rows):\n    """Return the sum of the rows."""\n    return sum(rows)\n'
"""A file without findings under `balanced`."""

RESTATING = '"""Files."""\n\n\ndef end(file):\n    # Close the file.\n    file.close()\n'
"""A file with one note under `balanced` that `--fix` mends: AF206, in line 5."""
