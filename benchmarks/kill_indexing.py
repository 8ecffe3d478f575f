"""Indexes a project in a process of its own and kills it in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

_INDEX = """
import sys
from pathlib import Path
from aifirst_memory.update import UpdateRequest, update_memory
if __name__ == "__main__":
    print("started", flush=True)
    update_memory(UpdateRequest(Path(sys.argv[1])))
"""


def kill_indexing(root: Path, after: float) -> bool:
    """Start indexing in a process of its own and kill it so many seconds after it began; whether it was not done."""
    with subprocess.Popen([sys.executable, "-c", _INDEX, str(root)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
    return process.returncode != 0
