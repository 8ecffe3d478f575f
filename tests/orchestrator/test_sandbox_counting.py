"""Attacks on the counting: processor time that nobody waits for, memory that a look at its pages does not show."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.limits import MEBIBYTE, Limits
from aifirst_orchestrator.sandbox.memory_use import MemoryUse
from aifirst_orchestrator.sandbox.process_table import ProcessTable
from aifirst_orchestrator.sandbox.processor_time import ProcessorTime, Times
from sandbox_trial import SUCCEEDED, confined, plain

SMALL = Limits(memory_bytes=120 * MEBIBYTE, disk_bytes=8 * MEBIBYTE, wall_seconds=60, cpu_seconds=60)


@pytest.fixture(params=["with a control group", "watched"])
def either(request: pytest.FixtureRequest, sandbox: Bubblewrap, watched_sandbox: Bubblewrap) -> Bubblewrap:
    return watched_sandbox if request.param == "watched" else sandbox


IGNORED = """
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(int(sys.argv[1])):
    child = os.fork()
    if child == 0:
        while time.process_time() < 0.2: pass
        os._exit(0)
    try: os.waitpid(child, 0)
    except ChildProcessError: pass
print('succeeded')
"""


def test_processor_time_of_children_that_nobody_waits_for_counts(either: Bubblewrap) -> None:
    assert SUCCEEDED in plain(IGNORED, 4)
    outcome = confined(either, IGNORED, 200, limits=Limits(cpu_seconds=1, wall_seconds=100))
    assert outcome.ending == "cpu_time", outcome
    assert 1 < outcome.cpu_seconds < 20, "it was told at the end only"


def test_a_command_that_was_quick_to_pass_the_processor_time_is_told_so(sandbox: Bubblewrap) -> None:
    script = "end = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
    outcome = confined(sandbox, script, limits=Limits(cpu_seconds=0.3, wall_seconds=60))
    assert (outcome.ending, outcome.status) == ("cpu_time", None)


def seconds(*looks: dict[str, Times | None]) -> list[float]:
    """What is counted at each look, in ticks."""
    ticks = ProcessorTime().account({"1": Times(0, 100, 0)})
    counted = ProcessorTime()
    return [round(counted.account(look) / ticks * 100) for look in looks]


def test_time_is_counted_once_whether_it_is_waited_for_or_not() -> None:
    parent, child = Times(1, 5, 0), Times(2, 40, 0)
    both: dict[str, Times | None] = {"7": parent, "8": child}
    waited: dict[str, Times | None] = {"7": Times(1, 6, 42)}
    assert seconds(both, waited) == [45, 48]
    ignored: dict[str, Times | None] = {"7": Times(1, 6, 0)}
    assert seconds(both, ignored, {"7": Times(1, 7, 0)}) == [45, 46, 47]
    # Both ended, and the first process waited for what was left of them.
    first: dict[str, Times | None] = {"1": Times(0, 1, 0), **both}
    assert seconds(first, {"1": Times(0, 1, 46)}) == [46, 47]


def test_a_number_that_comes_again_and_a_look_too_late_count_nothing_twice() -> None:
    before: dict[str, Times | None] = {"7": Times(1, 5, 0), "8": Times(2, 40, 0)}
    again: dict[str, Times | None] = {"7": Times(1, 5, 0), "8": Times(3, 1, 0)}
    # The parent was read before it waited, its child's number after that.
    assert seconds(before, again, {"7": Times(1, 5, 40), "8": Times(3, 1, 0)})[-1] == 46
    assert seconds(before, again, {"7": Times(1, 5, 0), "8": Times(3, 1, 0)})[-1] == 46
    # Listed and gone when it was read: the next look says where its time went.
    assert seconds(before, {"7": Times(1, 5, 0), "8": None}, {"7": Times(1, 5, 40)}) == [45, 5, 45]


GIVEN_BACK = """
import mmap
blocks = []
for _ in range(int(sys.argv[1])):
    block = mmap.mmap(-1, 16 << 20)
    for place in range(0, 16 << 20, 1 << 20):
        block[place:place + (1 << 20)] = b'x' * (1 << 20)
        block.madvise(mmap.MADV_DONTNEED, place, 1 << 20)
    blocks.append(block)
time.sleep(float(sys.argv[2]))
if all(block[5] == 120 for block in blocks): print('succeeded')
"""
FIRST_THREAD_ENDED = """
import threading
def fill():
    time.sleep(0.3)
    blocks = [b'x' * (20 << 20) for _ in range(4)]
    time.sleep(float(sys.argv[2]))
    print('succeeded', flush=True)
    os._exit(0)
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        threading.Thread(target=fill).start()
        library.pthread_exit(None)
os.wait()
"""
PAGE_TABLES = """
import mmap
size = int(sys.argv[1]) << 30
for _ in range(4):
    if os.fork() == 0:
        block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ)
        block.madvise(15)
        for place in range(0, size, 2 << 20): block[place]
        time.sleep(float(sys.argv[2])); os._exit(0)
for _ in range(4): os.wait()
print('succeeded')
"""


@pytest.mark.parametrize(
    ("script", "amount"),
    [(GIVEN_BACK, 12), (FIRST_THREAD_ENDED, 3), (PAGE_TABLES, 20)],
    ids=["given back with madvise", "the first thread has ended", "page tables"],
)
def test_memory_that_its_pages_do_not_show_counts(either: Bubblewrap, script: str, amount: int) -> None:
    assert SUCCEEDED in plain(script, 1, 0)
    outcome = confined(either, script, amount, 20, limits=SMALL)
    assert outcome.ending == "memory", outcome


def test_shared_memory_that_is_unmapped_in_part_is_still_there(watched_sandbox: Bubblewrap) -> None:
    script = """
import mmap
library.mmap.restype = ctypes.c_void_p
size = 16 << 20
for _ in range(12):
    block = library.mmap(None, ctypes.c_long(size), 3, 0x21, -1, ctypes.c_long(0))
    for part in range(0, size, 1 << 20): ctypes.memset(block + part, 120, 1 << 20)
    time.sleep(0.05)
    library.munmap(ctypes.c_void_p(block + 4096), ctypes.c_long(size - 4096))
time.sleep(20)
print('succeeded')
"""
    assert confined(watched_sandbox, script, limits=SMALL).ending == "memory"


def test_who_may_not_ask_what_shared_memory_holds_counts_how_far_it_was_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = b"7f0000000000-7f0004000000 rw-s 00000000 00:01 1234      /dev/zero (deleted)\n"
    texts = {"7/status": b"RssAnon:\t 8 kB\nVmPTE:\t 4 kB\n", "7/maps": line}
    monkeypatch.setattr(ProcessTable, "read", lambda _, path: texts.get(path, b""))  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]  a reader of /proc
    monkeypatch.setattr(ProcessTable, "held_bytes", lambda *_: None)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]  a reader of /proc
    use = MemoryUse(ProcessTable(-1), 1 << 30, count_shared_maps=True)
    assert use.look(["7"]) == 12 * 1024 + 64 * MEBIBYTE
    texts["7/maps"] = line.replace(b"7f0004000000", b"7f0000001000")
    assert use.look(["7"]) == 12 * 1024 + 64 * MEBIBYTE
    texts["7/maps"] = b""
    assert use.look(["7"]) == 12 * 1024
