"""Nothing of a run outlives it: not the command's children, not a run whose caller is interrupted or killed."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from aifirst_orchestrator.sandbox import attend
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.control_group import make_control_group
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import MEBIBYTE, Limits
from aifirst_orchestrator.sandbox.outcome import Outcome
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError
from sandbox_trial import SUCCEEDED, confined, plain

DAEMON = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in signal.valid_signals() - {9, 19}: signal.signal(number, signal.SIG_IGN)
        for descriptor in (1, 2): os.dup2(os.open('/dev/null', os.O_WRONLY), descriptor)
        os.execv(sys.executable, [sys.executable, '-I', '-S', '-c', 'import time; time.sleep(40)', sys.argv[1]])
    os._exit(0)
os.wait()
time.sleep(0.3)
print('succeeded')
"""


def processes_with(token: str) -> list[int]:
    """The processes of this machine that have the token on their command line."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if token.encode() in line:
                found.append(int(entry.name))
    return found


def wait_until(condition: Callable[[], object]) -> bool:
    """Whether the condition came to hold within half a minute."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def token() -> str:
    return f"aifirst-test-{secrets.token_hex(8)}"


def test_a_child_that_outlives_its_parent_ends_with_the_run(sandbox: Bubblewrap, token: str) -> None:
    assert SUCCEEDED in plain(DAEMON, token, stderr=subprocess.DEVNULL)
    left = processes_with(token)
    for process in left:
        os.kill(process, signal.SIGKILL)
    assert left, "the attack proves nothing: no child was left"
    outcome = confined(sandbox, DAEMON, token)
    assert SUCCEEDED.encode() in outcome.stdout
    assert processes_with(token) == []


def test_a_child_that_holds_the_output_open_does_not_hold_the_run(sandbox: Bubblewrap) -> None:
    script = "print('done', flush=True)\nif os.fork() == 0: time.sleep(40)"
    started = time.monotonic()
    assert confined(sandbox, script).stdout == b"done\n"
    assert time.monotonic() - started < 30


def test_a_cancelled_run_ends_at_once(sandbox: Bubblewrap, token: str) -> None:
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    job = Job(command=("sh", "-c", "sleep 40 & sleep 40; echo late", token))
    outcome = sandbox.run(job, cancel=cancel)
    assert (outcome.ending, outcome.status, outcome.stdout) == ("cancelled", None, b"")
    assert processes_with(token) == []


def parent_of(process: int) -> int | None:
    """The parent of a process, None where it has ended meanwhile."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def run_and_signal(sandbox: Bubblewrap, token: str, number: signal.Signals, limits: Limits) -> Outcome:
    """Run a sleep; when it runs, bubblewrap itself, outside of the sandbox, gets the signal."""
    job = Job(command=("sh", "-c", "sleep 60; exit", token), limits=limits)
    with ThreadPoolExecutor() as pool:
        run = pool.submit(sandbox.run, job)
        assert wait_until(lambda: len(processes_with(token)) > 1), "the run never started"
        release = threading.Timer(0, str)
        for process in processes_with(token):
            if parent_of(process) == os.getpid():
                os.kill(process, number)
                # So that a run that is held fails the test and does not hold it.
                release = threading.Timer(40, os.kill, (process, signal.SIGCONT))
                release.start()
        try:
            outcome = run.result()
            assert release.is_alive(), "the end waited for the stopped process"
            return outcome
        finally:
            release.cancel()


def test_a_stopped_bubblewrap_does_not_hold_the_end(sandbox: Bubblewrap, token: str) -> None:
    outcome = run_and_signal(sandbox, token, signal.SIGSTOP, Limits(wall_seconds=4))
    assert outcome.ending == "wall_time"
    assert processes_with(token) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_bubblewrap_that_somebody_ends_is_told_so(
    sandbox: Bubblewrap, token: str, number: signal.Signals
) -> None:
    with pytest.raises(SandboxRefusedError, match=rf"cut off: {number.name} from outside.*Run it again"):
        run_and_signal(sandbox, token, number, Limits(wall_seconds=60))
    assert processes_with(token) == []


DRIVER = r"""
import sys
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import Limits
from aifirst_orchestrator.sandbox.open_sandbox import open_sandbox
begun = "sleep 1; sh -c 'sleep 40; :' \"$0-begun\" & sleep 40"
job = Job(command=("sh", "-c", begun, sys.argv[1]), limits=Limits(wall_seconds=100))
open_sandbox("bubblewrap").run(job)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_what_runs_ends_with_its_caller(sandbox: Bubblewrap, token: str, number: signal.Signals) -> None:
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, token], stderr=subprocess.PIPE)
    try:
        # Not in its first moment: bubblewrap ties its process 1 to its own life only after that has forked the command.
        assert wait_until(lambda: processes_with(f"{token}-begun")), "the run never started"
        driver.send_signal(number)
        _, complaint = driver.communicate(timeout=60)
    finally:
        driver.kill()
        driver.wait()
    assert driver.returncode == -number
    assert (b"KeyboardInterrupt" in complaint) == (number == signal.SIGINT)
    assert wait_until(lambda: not processes_with(token)), "something outlived its caller"


def test_an_error_of_the_caller_ends_the_run(
    sandbox: Bubblewrap, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise RuntimeError("a bug")

    monkeypatch.setattr(attend.Attendance, "_serve", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        sandbox.run(Job(command=("sh", "-c", "echo a; sleep 40", token)))
    assert processes_with(token) == []


def test_what_runs_does_not_belong_to_root(sandbox: Bubblewrap, token: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root's runs need a user of their own")
    owners: set[int] = set()

    def look() -> bool:
        for process in processes_with(token):
            if Path(f"/proc/{process}/exe").resolve().name in {"dash", "sh", "bash", "busybox"}:
                owners.add(Path(f"/proc/{process}").stat().st_uid)
        return bool(owners)

    cancel = threading.Event()
    with ThreadPoolExecutor() as pool:
        run = pool.submit(sandbox.run, Job(command=("sh", "-c", "sleep 40; exit", token)), cancel=cancel)
        assert wait_until(look)
        cancel.set()
        assert run.result().ending == "cancelled"
    assert min(owners) > 1_000


def test_the_given_environment_is_on_no_command_line(sandbox: Bubblewrap, token: str) -> None:
    cancel = threading.Event()
    with ThreadPoolExecutor() as pool:
        job = Job(command=("sh", "-c", "sleep 40; exit", token), environment={"SECRET": "hidden-" + token})
        run = pool.submit(sandbox.run, job, cancel=cancel)
        assert wait_until(lambda: processes_with(token))
        assert processes_with("hidden-" + token) == []
        cancel.set()
        assert run.result().ending == "cancelled"


def test_a_run_leaves_no_descriptor_thread_or_group(sandbox: Bubblewrap) -> None:
    def state() -> tuple[int, int, list[Path]]:
        groups = list(Path("/sys/fs/cgroup").glob(f"**/aifirst-{os.getpid()}-*"))
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), groups

    before = state()
    for limits in (Limits(), Limits(wall_seconds=0.2)):
        sandbox.run(Job(command=("sleep", "0.4"), limits=limits))
    assert sandbox.run(Job(command=("no-such-program",))).status == 127
    assert state() == before
    assert before[2] == []


def test_a_group_left_by_a_killed_caller_is_swept_up() -> None:
    group = make_control_group(64 * MEBIBYTE, 16)
    if group is None:
        return  # nothing can be left where none can be made; the watched runs are tested everywhere
    ended = subprocess.Popen(["true"])
    ended.wait()
    left = [folder.with_name(f"aifirst-{ended.pid}-abcd") for folder in group.folders]
    for folder in left:
        folder.mkdir()
    other = make_control_group(64 * MEBIBYTE, 16)
    assert other is not None
    assert not any(folder.exists() for folder in left)
    assert all(folder.exists() for folder in group.folders), "a living caller's group was taken away"
    other.close()
    group.close()
    assert not any(folder.exists() for folder in (*group.folders, *other.folders))


def test_runs_at_the_same_time_do_not_mix(sandbox: Bubblewrap) -> None:
    def run(number: int) -> tuple[int, bytes, list[str]]:
        command = ("sh", "-c", "cat in; ls -A; sleep 0.1; kill -9 -1; echo survived")
        outcome = sandbox.run(Job(command=command, files={"in": b"%d\n" % number, f"own{number}": b""}))
        return number, outcome.stdout, [change.path for change in outcome.changes or ()]

    with ThreadPoolExecutor(4) as pool:
        for number, printed, changes in pool.map(run, range(8)):
            assert printed.split() == [b"%d" % number, b"in", b"own%d" % number, b"survived"]
            assert changes == []
