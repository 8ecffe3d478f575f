"""Attacks by system calls: other processes' memory, namespaces, mounts, terminals, what asks the kernel for more."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import pytest
from aifirst_orchestrator.sandbox import bubblewrap_start
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.filter.call_numbers import call_numbers
from aifirst_orchestrator.sandbox.filter.filter_program import ALLOW, RETURN, Instruction, this_architecture
from aifirst_orchestrator.sandbox.job import WORK_FOLDER
from sandbox_trial import SUCCEEDED, check_held_off, confined, plain

NUMBERS = call_numbers(this_architecture() or "x86_64")
CHILD = """
child = os.fork()
if child == 0:
    time.sleep(20); os._exit(0)
"""


def test_a_process_cannot_be_traced(sandbox: Bubblewrap) -> None:
    script = (
        CHILD
        + """
try: system_call(int(sys.argv[1]), 16, child, 0, 0); print('succeeded')
finally: os.kill(child, 9)
"""
    )
    outcome = check_held_off(sandbox, script, NUMBERS["ptrace"])
    assert b"Operation not permitted" in outcome.stderr


def test_the_first_process_of_the_sandbox_can_do_no_more_than_the_command(sandbox: Bubblewrap) -> None:
    # Its memory can be written by what runs inside (the same user), so it must not be worth it.
    script = """
for name in ('limits', 'status'):
    rows = [[row for row in open(f'/proc/{process}/{name}') if row.startswith(('Max', 'Cap', 'NoNew', 'Seccomp:'))]
            for process in (1, 'self')]
    print(rows[0] == rows[1], len(rows[0]))
system_call(int(sys.argv[1]), 16, 1, 0, 0)
"""
    outcome = confined(sandbox, script, NUMBERS["ptrace"])
    assert outcome.stdout == b"True 16\nTrue 7\n", outcome
    assert b"Operation not permitted" in outcome.stderr


def test_the_memory_of_another_process_cannot_be_read(sandbox: Bubblewrap) -> None:
    script = (
        """
text = ctypes.create_string_buffer(b'a token')
"""
        + CHILD
        + """
taken = ctypes.create_string_buffer(7)
here, there = (struct.pack('QQ', ctypes.addressof(buffer), 7) for buffer in (taken, text))
try:
    system_call(int(sys.argv[1]), child, here, 1, there, 1, 0)
    print(taken.value, 'succeeded')
finally: os.kill(child, 9)
"""
    )
    check_held_off(sandbox, script, NUMBERS["process_vm_readv"])


def test_a_process_outside_cannot_be_signalled(sandbox: Bubblewrap) -> None:
    script = "os.kill(int(sys.argv[1]), signal.SIGSTOP); print('succeeded')"
    other = subprocess.Popen(["sleep", "60"])
    try:
        check_held_off(sandbox, script, other.pid)
        everybody = "print('before', flush=True); os.kill(-1, signal.SIGKILL)"
        assert confined(sandbox, everybody).stdout == b"before\n"
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("flag", [0x1000_0000, 0x0002_0000, 0x4000_0000], ids=["user", "mount", "network"])
def test_a_namespace_inside_cannot_be_made(sandbox: Bubblewrap, flag: int) -> None:
    unshare = "system_call(int(sys.argv[1]), int(sys.argv[2])); print('succeeded')"
    check_held_off(sandbox, unshare, NUMBERS["unshare"], flag, needs_root=flag != 0x1000_0000)
    clone = """
child = system_call(int(sys.argv[1]), int(sys.argv[2]) | signal.SIGCHLD, 0, 0, 0, 0)
if child == 0: os._exit(0)
os.waitpid(child, 0); print('succeeded')
"""
    outcome = check_held_off(sandbox, clone, NUMBERS["clone"], flag, needs_root=flag != 0x1000_0000)
    assert b"Operation not permitted" in outcome.stderr


def _let_everything_through(*_: object) -> list[Instruction]:
    return [(RETURN, 0, 0, ALLOW)]


def test_user_namespaces_stay_closed_even_without_the_filter(
    sandbox: Bubblewrap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bubblewrap_start, "filter_program", _let_everything_through)
    outcome = confined(sandbox, "system_call(int(sys.argv[1]), 0x10000000)", NUMBERS["unshare"])
    assert b"No space left on device" in outcome.stderr, "bubblewrap's --disable-userns no longer holds"


def test_clone3_is_answered_as_if_the_kernel_had_none(sandbox: Bubblewrap) -> None:
    script = "system_call(int(sys.argv[1]), struct.pack('8Q', 0x10000000, 0, 0, 0, 17, 0, 0, 0), 64) or os._exit(0)"
    assert b"Function not implemented" in confined(sandbox, script, NUMBERS["clone3"]).stderr


def test_nothing_can_be_mounted_or_unmounted(sandbox: Bubblewrap, tmp_path: Path) -> None:
    # In a namespace of its own, so that the proof leaves the machine as it was.
    script = """
try: library.unshare(0x00020000)
except OSError: pass
if library.mount(b'none', b'/', None, 0x44000, None) not in (0, -1): raise SystemExit
if library.mount(b'tmpfs', sys.argv[1].encode(), sys.argv[2].encode(), 0, None) == 0: print('succeeded')
else: print(os.strerror(ctypes.get_errno()))
"""
    folder = tmp_path / "mounted"
    folder.mkdir()
    check_held_off(sandbox, script, folder, "tmpfs", needs_root=True)
    for target, kind in (
        (WORK_FOLDER, "tmpfs"),
        (WORK_FOLDER, "cgroup"),
        (WORK_FOLDER, "cgroup2"),
        ("/dev", "proc"),
    ):
        assert confined(sandbox, script, target, kind).stdout == b"Operation not permitted\n", kind
    peel = "print(library.umount2(b'/tmp', 2), os.strerror(ctypes.get_errno()))"
    assert confined(sandbox, peel).stdout == b"-1 Operation not permitted\n"
    assert b"Operation not permitted" in confined(sandbox, "os.chroot('/tmp')").stderr


def test_the_control_group_cannot_be_left(sandbox: Bubblewrap) -> None:
    script = """
for folder, _, names in os.walk('/sys/fs/cgroup'):
    if 'cgroup.procs' in names:
        open(os.path.join(folder, 'cgroup.procs'), 'a'); print('succeeded'); break
else: print('no control groups in sight')
"""
    outcome = check_held_off(sandbox, script, needs_root=True)
    assert outcome.stdout == b"no control groups in sight\n"


def test_nothing_is_typed_into_a_terminal(sandbox: Bubblewrap) -> None:
    script = """
import fcntl, termios
main, terminal = os.openpty()
os.setsid() if os.getpid() != os.getsid(0) else None
fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
fcntl.ioctl(terminal, termios.TIOCSTI, b'x'); print('succeeded')
"""
    outcome = check_held_off(sandbox, script, needs_root=True)
    assert b"Operation not permitted" in outcome.stderr


def test_the_callers_terminal_is_not_the_sandboxs(sandbox: Bubblewrap) -> None:
    outcome = confined(sandbox, "open('/dev/tty')")
    assert b"No such device or address" in outcome.stderr


HANDLE = "struct.pack('Ii', 128, 0) + bytes(128)"
CLOCK = "struct.pack('I84xq112x', 0x4000, 10000)"  # the length of a tick, as it is
COUNTER = "struct.pack('IIQ', 1, 64, 0) + bytes(48)"
CALLS = {
    "keyrings": ("add_key", "system_call(number, b'user', b'aifirst', b'x', 1, -3)"),
    "files that are memory": ("memfd_create", "system_call(number, b'aifirst', 0)"),
    "shared memory segments": ("shmget", "library.shmctl(system_call(number, 0, 4096, 0o1600), 0, None)"),
    "asynchronous input and output": ("io_uring_setup", "system_call(number, 1, bytes(120))"),
    "performance counters": ("perf_event_open", f"system_call(number, {COUNTER}, 0, -1, -1, 0)"),
    "other rules for addresses": ("personality", "system_call(number, 0x0040000)"),
    "file handles": ("name_to_handle_at", f"system_call(number, -100, b'/usr', {HANDLE}, bytes(8), 0)"),
    "changes of the clock": ("adjtimex", f"system_call(number, {CLOCK})"),
    "kernel messages": ("syslog", "system_call(number, 10, 0, 0)"),
}  # fmt: skip
NEED_ROOT = {"performance counters", "changes of the clock", "kernel messages"}


@pytest.mark.parametrize("what", CALLS)
def test_a_call_that_the_filter_refuses(sandbox: Bubblewrap, what: str) -> None:
    name, call = CALLS[what]
    script = f"number = int(sys.argv[1]); {call}; print('succeeded')"
    outcome = check_held_off(sandbox, script, NUMBERS[name], needs_root=what in NEED_ROOT)
    assert b"Operation not permitted" in outcome.stderr or b"Function not implemented" in outcome.stderr


@pytest.mark.skipif(platform.machine() != "x86_64", reason="32-bit calls are x86's")
def test_a_call_by_the_old_32_bit_door_kills(sandbox: Bubblewrap) -> None:
    script = """
import mmap
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex('b814000000' 'cd80' 'c3'))  # mov eax, 20 (getpid); int 0x80; ret
code = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
if code() == os.getpid(): print('succeeded')
"""
    assert check_held_off(sandbox, script).status == 128 + 31  # SIGSYS
    x32 = "system_call(0x40000000 + 39); print('succeeded')"
    assert confined(sandbox, x32).status == 128 + 31


def test_a_call_that_nobody_has_judged_is_not_there(sandbox: Bubblewrap) -> None:
    assert b"Function not implemented" in confined(sandbox, "system_call(467)").stderr


def test_no_core_is_dumped_even_when_asked_for(sandbox: Bubblewrap, tmp_path: Path) -> None:
    script = """
import resource
try: resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
except ValueError as error: print(error, flush=True)
os.abort()
"""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text()
    if not pattern.startswith(("|", "/")):
        plain(
            "import resource; resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30))\n" + script,
            cwd=tmp_path,
        )
        assert any(tmp_path.iterdir()), "the attack proves nothing: no core here either"
    outcome = confined(sandbox, script)
    assert outcome.status == 128 + 6
    assert outcome.changes == ()


def test_limits_cannot_be_raised(sandbox: Bubblewrap) -> None:
    script = """
import resource
for which in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_DATA, resource.RLIMIT_CPU):
    hard = resource.getrlimit(which)[1]
    try: resource.setrlimit(which, (hard + 1, hard + 1)); print('succeeded')
    except ValueError as error: print(error)
"""
    outcome = confined(sandbox, script)
    assert outcome.stdout.count(b"not allowed to raise maximum limit") == 4, outcome


def test_privileges_are_gone_for_good(sandbox: Bubblewrap) -> None:
    rows = confined(sandbox, "print(open('/proc/self/status').read())").stdout.decode().splitlines()
    status = dict(row.split(":\t", 1) for row in rows if ":\t" in row)
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"
    assert SUCCEEDED not in status
