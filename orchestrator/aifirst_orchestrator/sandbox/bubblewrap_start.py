"""Starts bubblewrap up to the point before the command, and holds what reaches into the sandbox from outside.

The order matters. bubblewrap reads one byte from the gate when everything is built; its closing tells this process so.
Then it waits for the filter of system calls, so the command cannot start before that is handed over. If this process
dies meanwhile, an empty filter arrives, which the kernel rejects.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from aifirst_orchestrator.sandbox.filter.call_numbers import Architecture
from aifirst_orchestrator.sandbox.filter.filter_program import assemble, filter_program
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.process_limits import limit_processes_of, limited
from aifirst_orchestrator.sandbox.programs import start_program, too_long
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError
from aifirst_orchestrator.sandbox.root_view import USER, root_options, text_descriptor
from aifirst_orchestrator.sandbox.staging import Staging, stage_visible

_PATIENCE_SECONDS = 60
_NAMESPACES = (
    "--unshare-user", "--disable-userns", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
    "--unshare-cgroup-try", "--hostname", "sandbox", "--uid", str(USER), "--gid", str(USER), "--cap-drop", "ALL",
    "--new-session", "--die-with-parent",
)  # fmt: skip
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs that build the sandbox, by absolute path."""

    bwrap: str
    prlimit: str
    setpriv: str
    architecture: Architecture


@dataclass(slots=True)
class Built:
    """A sandbox that waits to run its command."""

    process: subprocess.Popen[bytes]
    status: IO[bytes]
    filter_pipe: IO[bytes]
    filter_code: bytes
    first: int
    """The sandbox's process 1, as this process counts."""
    first_descriptor: int
    proc: int
    temporary: int
    shared: int
    work: int
    """Descriptors of the sandbox's /proc, /tmp, /dev/shm and working folder."""

    def release(self) -> None:
        """Let the command go."""
        with suppress(BrokenPipeError):
            self.filter_pipe.write(self.filter_code)
        self.filter_pipe.close()

    def kill(self) -> None:
        """Kill everything in the sandbox and return when the last process is gone."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.first_descriptor, signal.SIGKILL)
        _wait_for(self.first_descriptor, select.POLLIN)
        # It ends by itself, unless somebody stopped it, and how is not asked where it did not end first.
        self.process.kill()
        self.process.wait()

    def command_status(self) -> int | None:
        """What the command ended with, None if it never started; only after `kill`."""
        rows = [json.loads(line) for line in self.status.read().splitlines() if line.strip()]
        return next((row["exit-code"] for row in rows if "exit-code" in row), None)

    def failure(self, complaint: bytes) -> SandboxRefusedError:
        """The error of a sandbox whose command never said how it ended."""
        return _refusal(complaint, self.process.returncode)


@contextmanager
def build_sandbox(tools: Tools, job: Job, owner: int | None) -> Generator[Built]:
    """A built sandbox; at the end all of it is killed and every descriptor closed."""
    with ExitStack() as stack:
        inherited: list[int] = []
        stack.callback(_close, inherited)
        status, status_child = _pipe(stack, inherited, "child writes")
        gate, gate_child = _pipe(stack, inherited, "child reads")
        filter_pipe, filter_child = _pipe(stack, inherited, "child reads")
        gate.write(b"x")
        _require_there(job.visible)
        staging = Staging() if owner is None else stage_visible(job.visible)
        options = [
            *_NAMESPACES,
            *root_options(job, inherited, staging.sources),
            *("--json-status-fd", str(status_child), "--block-fd", str(gate_child)),
            *("--seccomp", str(filter_child)),
        ]
        command = [
            *staging.prefix,
            *_become(tools, owner),
            *limited(tools.prlimit, job.limits, own_user=owner is not None),
            # By a descriptor: a command line is there for every user to read, and the options hold the environment.
            *(
                tools.bwrap,
                "--args",
                str(text_descriptor("".join(f"{word}\0" for word in options), inherited)),
                "--",
            ),
            # Becomes the command, or says as a shell does that there is none: bubblewrap's own failure is something else.
            *(tools.prlimit, "--core=1:1", "--", *job.command),
        ]
        # An empty environment, and no other descriptors.
        process = start_program(
            command, fed=bool(job.stdin), cwd="/", environment={"PATH": _PATH}, descriptors=inherited
        )
        stack.callback(_reap, process)
        _close(inherited)
        _wait_for(gate.fileno(), 0)
        code = assemble(filter_program(tools.architecture, job.loopback))
        built = _reach_into(stack, process, status, filter_pipe, code)
        if owner is None:
            limit_processes_of(built.first, job.limits)
        yield built


def _pipe(
    stack: ExitStack, inherited: list[int], direction: Literal["child reads", "child writes"]
) -> tuple[IO[bytes], int]:
    """This process's end as a file, and the number of the other end, which is also appended to `inherited`."""
    reading, writing = os.pipe()
    ours, theirs = (writing, reading) if direction == "child reads" else (reading, writing)
    inherited.append(theirs)
    file = os.fdopen(ours, "wb" if direction == "child reads" else "rb", buffering=0)
    stack.callback(file.close)
    return file, theirs


def _close(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())


def _become(tools: Tools, owner: int | None) -> tuple[str, ...]:
    """The words that make what follows run as that user, without groups and capabilities; none for None."""
    if owner is None:
        return ()
    return (tools.setpriv, f"--reuid={owner}", f"--regid={owner}", "--clear-groups", "--inh-caps=-all", "--")


def _require_there(visible: tuple[Path, ...]) -> None:
    for path in visible:
        try:
            path.stat()
        except OSError as error:
            raise SandboxRefusedError(
                f"{path} cannot be shown: {error.strerror}.", "Name only what exists and what you may reach."
            ) from error


def _reach_into(
    stack: ExitStack,
    process: subprocess.Popen[bytes],
    status: IO[bytes],
    filter_pipe: IO[bytes],
    code: bytes,
) -> Built:
    """Take the descriptors of a sandbox that is built, or raise its complaint where it is not."""
    first = _first_process(status)
    try:
        if first is None:
            raise ProcessLookupError
        descriptor = os.pidfd_open(first)
        stack.callback(os.close, descriptor)
        root = _open(stack, f"/proc/{first}/root")
        proc, temporary, shared = (_open(stack, name, root) for name in ("proc", "tmp", "dev/shm"))
        work = _open(stack, "work", temporary)
    except OSError as error:
        process.kill()
        complaint = process.stderr.read() if process.stderr else b""
        raise _refusal(complaint or str(error).encode(), None) from error
    built = Built(process, status, filter_pipe, code, first, descriptor, proc, temporary, shared, work)
    stack.callback(built.kill)
    return built


def _first_process(status: IO[bytes]) -> int | None:
    """Process 1 of the sandbox from the first line of the status, None if bubblewrap ended before that."""
    line = b""
    while not line.endswith(b"\n"):
        byte = status.read(1)
        if not byte:
            return None
        line += byte
    return int(json.loads(line)["child-pid"])


def _open(stack: ExitStack, name: str, below: int | None = None) -> int:
    descriptor = os.open(name, _FOLDER, dir_fd=below)
    stack.callback(os.close, descriptor)
    return descriptor


def _wait_for(descriptor: int, event: int) -> None:
    """Wait until the event, or for the other end's closing; a kernel that does neither is a bug worth a report."""
    poll = select.poll()
    poll.register(descriptor, event)
    if not poll.poll(_PATIENCE_SECONDS * 1000):
        raise TimeoutError(f"The sandbox did not answer for {_PATIENCE_SECONDS} s; please report this.")


def _reap(process: subprocess.Popen[bytes]) -> None:
    """End bubblewrap itself, whose end is the end of what it started."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            with suppress(BrokenPipeError):
                stream.close()


def _refusal(complaint: bytes, status: int | None) -> SandboxRefusedError:
    """What to say of a bubblewrap that ended with this status, None where this process ended it."""
    text = complaint.decode("utf-8", "replace").strip() or "bubblewrap ended without a word"
    if status is not None and status < 0:
        return SandboxRefusedError(
            f"The run was cut off: {signal.Signals(-status).name} from outside ended bubblewrap.",
            "Run it again; where the machine was short of memory, with a lower Limits.memory_bytes.",
        )
    if "Argument list too long" in text or "maximum number of arguments" in text:
        return too_long()
    return SandboxRefusedError(
        f"The sandbox cannot be built: {text}.",
        "`python -m aifirst_orchestrator.sandbox --probe` says what is missing on this machine.",
    )
