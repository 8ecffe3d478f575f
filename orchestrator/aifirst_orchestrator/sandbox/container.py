"""The sandbox made by a container engine: weaker than bubblewrap's, where that cannot run (macOS, locked-down machines).

The engine's own filter of system calls holds, not ours; changed files are not read back; CPU time is limited for each
process, not for all together.
"""

from __future__ import annotations

import math
import secrets
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aifirst_orchestrator.sandbox.attend import Attendance
from aifirst_orchestrator.sandbox.container_engine import Engine, complaint_of
from aifirst_orchestrator.sandbox.job import WORK_FOLDER, Job
from aifirst_orchestrator.sandbox.outcome import Outcome
from aifirst_orchestrator.sandbox.programs import start_program
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError
from aifirst_orchestrator.sandbox.watch import NoWatch
from aifirst_orchestrator.sandbox.work_folder import misfit, read_source

_NOBODY: Final = "65534:65534"
_INPUT: Final = "/aifirst-input"
# Copies the files in, goes to the starting folder and becomes the command, ended even if the caller is killed.
_START: Final = (
    f'mkdir -p {WORK_FOLDER} /tmp/home && cp -R {_INPUT}/. {WORK_FOLDER} && cd "$1" && seconds=$2 && shift 2 && '
    'if command -v timeout >/dev/null; then exec timeout -s KILL "$seconds" "$@"; else exec "$@"; fi'
)
_ENGINE_FAILED: Final = 125


@dataclass(frozen=True, slots=True)
class Container:
    """Runs each job in a new container of the engine's image."""

    engine: Engine

    @property
    def name(self) -> str:
        """The engine's name."""
        return Path(self.engine.program).name

    def run(self, job: Job, *, cancel: threading.Event | None = None) -> Outcome:
        """Run the job in a container of its own, which is removed at the end; see `Sandbox.run`."""
        for path in job.visible:
            if ":" in str(path):
                raise SandboxRefusedError(
                    f"A container cannot be shown {path}, which has a colon.",
                    "Give its files with Job.files.",
                )
        name = f"aifirst-{secrets.token_hex(8)}"
        with tempfile.TemporaryDirectory(prefix="aifirst-") as folder:
            try:
                lay_out_files(Path(folder), job)
            except OSError as error:
                raise misfit(error) from error
            process = start_program(run_command(self.engine, job, name, Path(folder)), fed=bool(job.stdin))
            attendance = Attendance(
                process,
                job.limits,
                NoWatch(),
                lambda: self._end(process, name),
                cancel,
                memoryview(job.stdin),
            )
            attendance.attend()
        complaint = bytes(attendance.outputs["stderr"])
        if attendance.ending == "exited" and _never_started(process.returncode, complaint):
            raise SandboxRefusedError(
                f"The container did not start: {complaint.decode(errors='replace').strip()}.",
                f"Try it by hand: {self.engine.program} run --rm {self.engine.image} true",
            )
        return attendance.outcome(process.returncode, changes=None)

    def _end(self, process: subprocess.Popen[bytes], name: str) -> None:
        """Remove the container if it still runs, and wait for the engine's program."""
        if process.poll() is None:
            complaint_of([self.engine.program, "rm", "--force", name])
            process.kill()
            process.wait()


def _never_started(status: int, complaint: bytes) -> bool:
    """Whether the engine failed, not the command; 126 and 127 are the engine's where its runtime complains."""
    return status == _ENGINE_FAILED or (status in (126, 127) and b"OCI " in complaint)


def run_command(engine: Engine, job: Job, name: str, folder: Path) -> list[str]:
    """The engine's command line for a job whose files lie in `folder`."""
    limits = job.limits
    cpu = math.ceil(limits.cpu_seconds)
    command = [
        engine.program, "run", "--rm", "--interactive", "--pull", "never", "--name", name,
        "--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
        "--user", _NOBODY, "--pids-limit", str(limits.processes + 2),
        "--memory", str(limits.memory_bytes + limits.disk_bytes),
        "--memory-swap", str(limits.memory_bytes + limits.disk_bytes), "--shm-size", "16m",
        "--ulimit", f"cpu={cpu}:{cpu + 1}", "--ulimit", f"nofile={limits.open_files}:{limits.open_files}",
        "--ulimit", f"fsize={limits.disk_bytes}:{limits.disk_bytes}", "--ulimit", "core=0:0",
        "--tmpfs", f"/tmp:rw,exec,nosuid,nodev,mode=1777,size={limits.disk_bytes}",  # noqa: S108  inside the container
        "--volume", f"{folder}:{_INPUT}:ro",
    ]  # fmt: skip
    if Path(engine.program).name != "nerdctl":
        command += [
            "--security-opt",
            "label=disable",
        ]  # else SELinux hides what is mounted; nerdctl has none of it
    for path in job.visible:
        command += ["--volume", f"{path}:{path}:ro"]
    for key, value in {"HOME": "/tmp/home", "TMPDIR": "/tmp", **job.environment}.items():  # noqa: S108  inside the container
        command += ["--env", f"{key}={value}"]
    start = str(job.working_folder or WORK_FOLDER)
    seconds = str(math.ceil(limits.wall_seconds) + 5)
    script = ["-c", _START, "sh", start, seconds]
    return [*command, "--entrypoint", "/bin/sh", engine.image, *script, *job.command]


def lay_out_files(folder: Path, job: Job) -> None:
    """Write the job's files below a folder of this machine, readable by everybody; OSError where they do not fit."""
    folder.chmod(0o755)
    for name, source in job.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content, mode = (
            (source, 0o644) if isinstance(source, bytes) else read_source(source, job.limits.disk_bytes)
        )
        # Two names of one path are a mistake, as in the other sandboxes.
        with path.open("xb") as file:
            file.write(content)
        path.chmod(mode)
