"""How a worker is started: this interpreter, isolated from the folder it runs in and from Python's variables.

An isolated interpreter does not see what was put on the path by a variable, as an editor does that brings the server's
libraries along; the path is therefore handed on, without the current folder: a `queue.py` in a project must not run.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_START = (
    "import sys; sys.path[:] = sys.argv[2:]; "
    "from aifirst_lsp_server.workers.serve import main; main(sys.argv[1])"
)
_GIVEN = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": "300000",
    "MALLOC_TRIM_THRESHOLD_": "1000000",
}
"""One thread of linear algebra, since an editor has work for the others; memory goes back to the system."""


def worker_command(role: str) -> list[str]:
    """The command line of a worker."""
    without_site = ["-S"] if sys.flags.no_site else []
    return [sys.executable, "-I", *without_site, "-X", "utf8", "-c", _START, role, *import_path()]


def worker_environment() -> dict[str, str]:
    """The environment of a worker."""
    return {**os.environ, **_GIVEN}


def import_path() -> list[str]:
    """Our import path without relative places and the current folder, which `python -m` puts first."""
    found = [place for place in sys.path if os.path.isabs(place)]  # noqa: PTH117 - an entry is a string
    is_safe = sys.flags.safe_path or sys.flags.isolated
    if not is_safe and found and found[0] == str(Path.cwd()):
        del found[0]
    return found
