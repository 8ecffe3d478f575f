"""Attacks by quantity: processes, memory, disk, output, time. What would hurt unheld is shown by small counts."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.limits import MEBIBYTE, Limits
from sandbox_trial import SUCCEEDED, confined, plain

PROCESSES = """
children = []
try:
    for _ in range(60):
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
    print('succeeded')
except OSError as error:
    print(error, len(children))
finally:
    for child in children: os.kill(child, 9)
"""


@pytest.fixture(params=["with a control group", "watched"])
def either(request: pytest.FixtureRequest, sandbox: Bubblewrap, watched_sandbox: Bubblewrap) -> Bubblewrap:
    return watched_sandbox if request.param == "watched" else sandbox


def test_no_more_processes_than_the_limit(either: Bubblewrap) -> None:
    assert SUCCEEDED in plain(PROCESSES)
    outcome = confined(either, PROCESSES, limits=Limits(processes=20))
    assert b"Resource temporarily unavailable" in outcome.stdout
    assert 15 <= int(outcome.stdout.split()[-1]) <= 20


def test_a_bomb_of_processes_ends_with_its_limit_and_leaves_none(either: Bubblewrap) -> None:
    script = """
while True:
    try: os.fork()
    except OSError: pass
"""
    started = time.monotonic()
    outcome = confined(either, script, limits=Limits(processes=24, wall_seconds=1.0, cpu_seconds=30))
    assert outcome.ending == "wall_time"
    assert time.monotonic() - started < 60


def test_threads_count_as_processes(sandbox: Bubblewrap) -> None:
    script = """
import threading
stop = threading.Event()
try:
    for number in range(60): threading.Thread(target=stop.wait, daemon=True).start()
    print('succeeded')
except RuntimeError as error: print(error, number)
stop.set()
"""
    assert SUCCEEDED in plain(script)
    assert b"can't start new thread" in confined(sandbox, script, limits=Limits(processes=20)).stdout


FILL = """
written = 0
try:
    with open(sys.argv[1], 'wb') as file:
        for _ in range(24): written += file.write(bytes(1 << 20)); file.flush()
    print('succeeded')
except OSError as error: print(error, written >> 20)
"""


@pytest.mark.parametrize("place", ["/tmp/work/big", "/tmp/big", "/dev/shm/big"])  # noqa: S108  inside the sandbox
def test_a_disk_is_not_filled(sandbox: Bubblewrap, place: str, tmp_path: Path) -> None:
    assert SUCCEEDED in plain(FILL, tmp_path / "big")
    outcome = confined(sandbox, FILL, place, limits=Limits(disk_bytes=8 * MEBIBYTE))
    assert outcome.stdout.split()[-1] in {b"7", b"8"}, outcome


@pytest.mark.parametrize("place", ["/tmp/work", "/dev/shm"])  # noqa: S108  inside the sandbox
def test_many_files_do_not_fill_it_either(sandbox: Bubblewrap, place: str) -> None:
    script = """
os.chdir(sys.argv[1])
written = 0
try:
    for number in range(24):
        with open(f'part{number}', 'wb') as file: written += file.write(bytes(1 << 20))
    print('succeeded')
except OSError as error: print(error, written >> 20)
"""
    outcome = confined(sandbox, script, place, limits=Limits(disk_bytes=8 * MEBIBYTE))
    assert b"No space left on device" in outcome.stdout


def test_empty_files_without_end_are_ended(either: Bubblewrap) -> None:
    script = """
number = 0
while True:
    open(f'/tmp/{number}', 'w').close(); number += 1
"""
    outcome = confined(either, script, limits=Limits(file_count=2_000, wall_seconds=60, cpu_seconds=60))
    assert outcome.ending == "files"


def test_memory_beyond_the_limit_is_refused_to_one_process(either: Bubblewrap) -> None:
    script = "block = bytearray(200 << 20); print('succeeded')"
    assert SUCCEEDED in plain(script)
    outcome = confined(either, script, limits=Limits(memory_bytes=100 * MEBIBYTE))
    assert b"MemoryError" in outcome.stderr
    assert outcome.status == 1


TOGETHER = """
for _ in range(6):
    if os.fork() == 0:
        block = bytearray(b'x') * (40 << 20)
        time.sleep(8); os._exit(0)
for _ in range(6): os.wait()
print('succeeded')
"""
SHARED = """
import mmap
blocks = []
for _ in range(6):
    blocks.append(mmap.mmap(-1, 40 << 20))
    for page in range(0, 40 << 20, 4096): blocks[-1][page] = 1
time.sleep(8)
print('succeeded')
"""


@pytest.mark.parametrize("script", [TOGETHER, SHARED], ids=["many processes", "shared pages"])
def test_memory_of_all_together_is_limited(either: Bubblewrap, script: str) -> None:
    outcome = confined(
        either, script, limits=Limits(memory_bytes=120 * MEBIBYTE, disk_bytes=8 * MEBIBYTE, wall_seconds=60)
    )
    assert outcome.ending == "memory", outcome
    assert (outcome.peak_memory_bytes or 0) > 60 * MEBIBYTE


def test_pages_that_forked_processes_share_are_counted_once(watched_sandbox: Bubblewrap) -> None:
    script = """
block = bytearray(b'x') * (60 << 20)
for _ in range(6):
    if os.fork() == 0: time.sleep(1); os._exit(0)
for _ in range(6): os.wait()
print('succeeded')
"""
    outcome = confined(watched_sandbox, script, limits=Limits(memory_bytes=200 * MEBIBYTE, wall_seconds=60))
    assert outcome.passed, outcome


def test_output_without_end_is_ended_and_bounded(sandbox: Bubblewrap) -> None:
    script = "while True: print('flood' * 1000)"
    outcome = confined(sandbox, script, limits=Limits(output_bytes=50_000))
    assert outcome.ending == "output"
    assert len(outcome.stdout) == 50_000
    both = "import sys\nfor _ in range(9): sys.stderr.write('e' * 4000); sys.stdout.write('o' * 4000)"
    outcome = confined(sandbox, both, limits=Limits(output_bytes=50_000))
    assert outcome.ending == "output"
    assert len(outcome.stdout) + len(outcome.stderr) == 50_000


def test_a_command_that_waits_for_input_finds_its_end(sandbox: Bubblewrap) -> None:
    script = "print(len(sys.stdin.read()), 'read')"
    with pytest.raises(subprocess.TimeoutExpired):
        _never_fed("cat")
    assert confined(sandbox, script).stdout == b"0 read\n"
    assert confined(sandbox, script, stdin=b"x" * 300_000).stdout == b"300000 read\n"
    assert confined(sandbox, "print('deaf')", stdin=b"x" * 300_000).stdout == b"deaf\n"


def _never_fed(program: str) -> None:
    """Start the program on a pipe that stays open, and give it half a second."""
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        try:
            process.wait(0.5)
        finally:
            process.kill()


def test_time_by_the_clock_is_limited(sandbox: Bubblewrap) -> None:
    outcome = confined(sandbox, "time.sleep(30)", limits=Limits(wall_seconds=0.5))
    assert (outcome.ending, outcome.status) == ("wall_time", None)
    assert 0.5 <= outcome.seconds < 20


def test_a_command_that_ignores_every_signal_is_ended(sandbox: Bubblewrap) -> None:
    script = """
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True: pass
"""
    assert confined(sandbox, script, limits=Limits(wall_seconds=0.8)).ending == "wall_time"
    assert confined(sandbox, script, limits=Limits(cpu_seconds=0.5, wall_seconds=60)).ending == "cpu_time"


def test_processor_time_of_all_together_is_limited(either: Bubblewrap) -> None:
    script = """
for _ in range(3): os.fork()
while True: pass
"""
    outcome = confined(either, script, limits=Limits(cpu_seconds=0.4, wall_seconds=60))
    assert outcome.ending == "cpu_time"
    assert outcome.cpu_seconds >= 0.4


def test_processor_time_of_short_lived_children_counts(watched_sandbox: Bubblewrap) -> None:
    script = """
while True:
    if os.fork() == 0:
        for _ in range(300_000): pass
        os._exit(0)
    os.wait()
"""
    outcome = confined(watched_sandbox, script, limits=Limits(cpu_seconds=0.4, wall_seconds=60))
    assert outcome.ending == "cpu_time"


def test_a_memory_mapping_larger_than_the_addresses_is_refused(sandbox: Bubblewrap) -> None:
    script = "import mmap; mmap.mmap(-1, 2 << 30); print('succeeded')"
    assert SUCCEEDED in plain(script)
    outcome = confined(sandbox, script, limits=Limits(address_space_bytes=1 << 30))
    assert b"Cannot allocate memory" in outcome.stderr


def test_reported_figures_are_those_of_the_command(sandbox: Bubblewrap) -> None:
    script = """
block = bytearray(b'x') * (80 << 20)
end = time.process_time() + 0.3
while time.process_time() < end: pass
"""
    outcome = confined(sandbox, script)
    assert outcome.passed
    assert outcome.peak_memory_bytes is not None
    assert 80 * MEBIBYTE <= outcome.peak_memory_bytes < 200 * MEBIBYTE
    assert 0.25 <= outcome.cpu_seconds < 3
