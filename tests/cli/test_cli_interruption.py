"""Ctrl-C and SIGTERM: what was finished is kept, no process is left, the terminal is as it was."""

from __future__ import annotations

import os
import pty
import signal
import sqlite3
import subprocess
import termios
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from command_run import PROGRAM, Aifirst, Write, environment

FILES = 600


@pytest.fixture
def large(write: Write, folder: Path) -> Path:
    """A project that takes seconds to judge."""
    for i in range(FILES):
        body = "".join(f"def part_{k}(rows):\n    return rows[{k}] + {i}\n\n\n" for k in range(450))
        write(f"src/m{i}.py", f'"""Number {i}."""\n\n\n{body}')
    return folder


def kept(folder: Path) -> int:
    """How many files the cache knows."""
    path = folder / ".aifirst/cache.db"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
        try:
            return connection.execute("SELECT count(*) FROM files").fetchone()[0]
        except sqlite3.DatabaseError:
            return 0  # the tables are being made


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until it holds; the time is a guard against waiting for ever, not a measurement."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def listen(terminal: int, said: bytearray) -> None:
    """Read what the terminal shows until nobody has it open; one that is not read would stop its writer."""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            return
        if not part:
            return
        said += part


def group_is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    ("number", "to_group", "code"),
    [(signal.SIGINT, True, 130), (signal.SIGTERM, False, 143), (signal.SIGKILL, False, -9)],
    ids=["Ctrl-C", "SIGTERM", "SIGKILL"],
)
def test_an_interrupted_run_keeps_what_is_finished_and_leaves_no_process(
    large: Path, aifirst: Aifirst, number: signal.Signals, to_group: bool, code: int
) -> None:
    primary, secondary = pty.openpty()
    before = termios.tcgetattr(secondary)
    said = bytearray()
    listener = threading.Thread(target=listen, args=(primary, said))
    process = subprocess.Popen(
        [PROGRAM, "check", "-j", "2"], cwd=large, stdin=secondary, stdout=secondary, stderr=secondary,
        start_new_session=True, env=environment(TERM="xterm"),
    )  # fmt: skip
    listener.start()
    try:
        until(lambda: kept(large) > 0 or process.poll() is not None)
        assert process.poll() is None, bytes(said)
        (os.killpg if to_group else os.kill)(process.pid, number)
        assert process.wait(60) == code, bytes(said)
        until(lambda: group_is_gone(process.pid))
        assert termios.tcgetattr(secondary) == before
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(secondary)
        listener.join()
        os.close(primary)
    told = bytes(said)
    assert b"Traceback" not in told
    if number == signal.SIGINT:
        assert b"Interrupted. What was finished is kept" in told
        assert told.rfind(b"\x1b[?25l") <= told.rfind(b"\x1b[?25h")  # the cursor is shown again
    done = kept(large)
    assert 0 < done < FILES
    ran = aifirst("check", "--format", "json", "src/m0.py")
    assert ran.code in (0, 1)
