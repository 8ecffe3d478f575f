"""The sandbox made with bubblewrap: namespaces of its own, a root with little in it, a filter of system calls, limits.

One run goes: start bubblewrap, which builds the sandbox and stops before the command; take descriptors of the sandbox's
file systems and processes; put the files in; let the command go by handing over the filter; attend it; kill the
sandbox's first process, with which the kernel kills all others; read what changed.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from aifirst_orchestrator.sandbox.attend import Attendance
from aifirst_orchestrator.sandbox.bubblewrap_start import Tools, build_sandbox
from aifirst_orchestrator.sandbox.control_group import ControlGroup, make_control_group
from aifirst_orchestrator.sandbox.identity import own_user_number
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import Limits
from aifirst_orchestrator.sandbox.outcome import Ending, Outcome
from aifirst_orchestrator.sandbox.watch import NamespaceWatch
from aifirst_orchestrator.sandbox.work_folder import ChangeReader, put_or_refuse

_KILLED_FOR_CPU = 128 + 24  # SIGXCPU


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """Runs jobs with these tools; safe to use from several threads at once."""

    tools: Tools
    use_control_groups: bool = True
    name: str = "bubblewrap"

    def run(self, job: Job, *, cancel: threading.Event | None = None) -> Outcome:
        """Run the job to its end; when this returns or raises, nothing of it is running.

        Raises SandboxRefusedError where the sandbox cannot be built or the files do not fit in it.
        """
        owner = own_user_number()
        with ExitStack() as stack:
            # Before the sandbox, so that it is removed after the last process in it is gone.
            group = stack.enter_context(self._control_group(job.limits))
            built = stack.enter_context(build_sandbox(self.tools, job, owner))
            if group and not group.join(built.first):
                group = None
            watch = NamespaceWatch(job.limits, built.proc, (built.temporary, built.shared), group)
            placed = put_or_refuse(built.work, job, owner)
            attendance = Attendance(
                built.process, job.limits, watch, built.kill, cancel, memoryview(job.stdin)
            )
            built.release()
            attendance.attend()
            passed = watch.settle()
            status = built.command_status()
            if attendance.ending == "exited" and status is None:
                raise built.failure(bytes(attendance.outputs["stderr"]))
            if attendance.ending == "exited":
                attendance.ending = _ending_of(status, passed)
            reader = ChangeReader(placed, job.limits.disk_bytes, job.limits.file_count)
            return attendance.outcome(status, reader.changes(built.work), reader.unreported)

    @contextmanager
    def _control_group(self, limits: Limits) -> Generator[ControlGroup | None]:
        """A group for the run, removed at the end; what lies in /tmp counts as memory there."""
        group = None
        if self.use_control_groups:
            group = make_control_group(limits.memory_bytes + limits.disk_bytes, limits.processes + 2)
        try:
            yield group
        finally:
            if group:
                group.close()


def _ending_of(status: int | None, passed: Ending | None) -> Ending:
    """`exited`, or the limit that was passed, perhaps with the kernel's own end of the command."""
    return passed or ("cpu_time" if status == _KILLED_FOR_CPU else "exited")
