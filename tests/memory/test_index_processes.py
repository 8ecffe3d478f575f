"""Several processes at one index: one writes, others wait or read a state of one moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aifirst_memory.process_lock import LockTimeoutError, lock_holder
from aifirst_memory.status import index_status
from aifirst_memory.store import StoreError, find_place, open_reader, snapshot, write_lock
from aifirst_memory.update import IndexSession, UpdateRequest, update_memory
from index_project import differences, make_project, update

_HOLD = """
import sys, time
from pathlib import Path
from aifirst_memory.store import find_place, write_lock
with write_lock(find_place(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""
_UPDATE = """
import sys
from pathlib import Path
from aifirst_memory.update import UpdateRequest, update_memory
report = update_memory(UpdateRequest(Path(sys.argv[1]), history=False), None, lambda pid: print("waiting for", pid))
print("read", report.read)
"""


def _start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


def _hold(root: Path, seconds: float) -> subprocess.Popen[str]:
    process = _start(_HOLD, root, seconds)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_says_once_for_whom_it_waits_and_then_writes(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    with _hold(root, 0.6) as holder:
        told: list[int] = []
        report = update_memory(UpdateRequest(root, history=False), None, told.append)
        assert told == [holder.pid]
        assert report.read == 5


def test_when_the_writer_is_killed_the_one_that_waits_goes_on(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    with _hold(root, 60) as holder, _start(_UPDATE, root) as waiter:
        assert waiter.stdout is not None
        time.sleep(0.5)
        assert index_status(root).state == "building"
        assert lock_holder(find_place(root).lock) == holder.pid
        holder.send_signal(signal.SIGKILL)
        out, _ = waiter.communicate(timeout=60)
        assert out.endswith("read 5\n")
    assert differences(root, tmp_path / "anew") == []


def test_two_processes_that_update_at_once_leave_one_true_index(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    processes = [_start(_UPDATE, root) for _ in range(3)]
    read = sorted(process.communicate(timeout=60)[0].split()[-1] for process in processes)
    assert read == ["0", "0", "5"]
    assert differences(root, tmp_path / "anew") == []


def test_a_lock_that_stays_held_can_be_given_up(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    place = find_place(root)
    with _hold(root, 60) as holder:
        with pytest.raises(LockTimeoutError) as caught, write_lock(place, timeout=0.1):
            raise AssertionError("it is held")
        assert caught.value.holder == holder.pid
        holder.kill()


def test_a_reader_sees_one_moment_and_does_not_stop_the_writer(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    reader = open_reader(find_place(root))
    with snapshot(reader):
        before = reader.execute("SELECT path FROM file ORDER BY path").fetchall()
        (root / "new.py").write_text("def new():\n    return 1\n")
        with _start(_UPDATE, root) as writer:
            assert writer.communicate(timeout=60)[0] == "read 1\n"
        for table in ("graph_file", "file", "concepts_file"):
            assert reader.execute(f"SELECT count(*) FROM {table}").fetchone() == (5,)  # noqa: S608  # our own names
        assert reader.execute("SELECT path FROM file ORDER BY path").fetchall() == before
    assert reader.execute("SELECT count(*) FROM file").fetchone() == (6,)
    reader.close()


def test_an_open_session_goes_on_from_what_another_process_wrote(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    with IndexSession(UpdateRequest(root, history=False)) as session:
        session.update()
        (root / "new.py").write_text("def new():\n    return 1\n")
        with _start(_UPDATE, root) as writer:
            writer.communicate(timeout=60)
        (root / "newer.py").write_text("from new import new\n\n\ndef newer():\n    return new()\n")
        assert session.update(["newer.py"]).read == 1
        assert differences(root, tmp_path / "anew") == []
        update_memory(UpdateRequest(root, history=False, rebuild=True))
        (root / "newer.py").unlink()
        assert session.update(["newer.py"]).removed == 1
    assert differences(root, tmp_path / "anew") == []


def test_a_folder_that_cannot_be_written_has_its_index_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    root = make_project(tmp_path / "project")
    (root / ".aifirst").write_text("no folder")
    report = update(root)
    assert report.place.is_relative_to(tmp_path / "cache")
    assert "the index is kept in" in report.notices[0]
    assert index_status(root).files == 5
    assert update(root).read == 0


def test_where_neither_can_be_written_the_error_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_project(tmp_path / "project")
    (root / ".aifirst").write_text("no folder")
    (tmp_path / "cache").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    with pytest.raises(StoreError, match="make one of them writable"):
        update(root)


_FIND = """
import os, sys
from pathlib import Path
from aifirst_memory.store import find_place
if hasattr(os, "getuid") and os.getuid() == 0:  # root may write everywhere
    os.setgid(65534)
    os.setuid(65534)
print(find_place(Path(sys.argv[1])).notice)
"""


@pytest.mark.skipif(os.name == "nt", reason="has no such permissions")
def test_a_project_that_may_only_be_read_keeps_its_index_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    root = make_project(tmp_path / "project")
    update(root)
    for folder in (root, *root.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    (root / ".aifirst").chmod(0o555)
    with _start(_FIND, root) as finder:
        assert "cannot be written: the index is kept in" in finder.communicate(timeout=60)[0]
    (root / ".aifirst").chmod(0o755)
