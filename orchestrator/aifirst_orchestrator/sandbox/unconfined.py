"""No sandbox at all, for a person who says so by name: the command runs as they do, with their files and their network.

Time, output and the limits of one process still hold; what the command starts in a session of its own outlives it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass

from aifirst_orchestrator.sandbox.attend import Attendance
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.outcome import Outcome
from aifirst_orchestrator.sandbox.process_limits import limited
from aifirst_orchestrator.sandbox.programs import find_program, start_program
from aifirst_orchestrator.sandbox.watch import NoWatch
from aifirst_orchestrator.sandbox.work_folder import ChangeReader, put_or_refuse


@dataclass(frozen=True, slots=True)
class Unconfined:
    """Runs jobs in a temporary folder and a process group of their own; `Job.visible` and `loopback` mean nothing."""

    name: str = "unsafe"

    def run(self, job: Job, *, cancel: threading.Event | None = None) -> Outcome:
        """Run the job; only its own process group is ended with it. See `Sandbox.run`."""
        with tempfile.TemporaryDirectory(prefix="aifirst-unsafe-") as folder:
            work = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                placed = put_or_refuse(work, job, None)
                process = _start(job, folder)
                attendance = Attendance(
                    process, job.limits, NoWatch(), lambda: _end(process), cancel, memoryview(job.stdin)
                )
                attendance.attend()
                reader = ChangeReader(placed, job.limits.disk_bytes, job.limits.file_count)
                changes = reader.changes(work)
            finally:
                os.close(work)
        return attendance.outcome(process.returncode, changes, reader.unreported)


def _start(job: Job, folder: str) -> subprocess.Popen[bytes]:
    prlimit = find_program("prlimit")
    before = limited(prlimit, job.limits, own_user=False) if prlimit else []
    path = os.environ.get("PATH", os.defpath)
    return start_program(
        [*before, *job.command],
        fed=bool(job.stdin),
        cwd=str(job.working_folder or folder),
        environment={"PATH": path, "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", **job.environment},
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process group and wait for its first process."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
