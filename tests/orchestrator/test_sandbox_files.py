"""Files into the sandbox and out of it: what was hostile inside must not trick the reader outside."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from aifirst_orchestrator.sandbox import attend
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.container import Container
from aifirst_orchestrator.sandbox.container_engine import Engine
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import MEBIBYTE, Limits
from aifirst_orchestrator.sandbox.outcome import FileChange, Outcome
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError
from aifirst_orchestrator.sandbox.work_folder import ChangeReader, put_files
from sandbox_trial import confined


def shell(sandbox: Bubblewrap, script: str, **job: object) -> Outcome:
    return sandbox.run(Job(command=("sh", "-c", script), **job))  # pyright: ignore[reportArgumentType]  the test's own names


def test_changes_are_told_apart(sandbox: Bubblewrap) -> None:
    files = {"kept": b"1", "changed": b"22", "sub/gone": b"3", "touched": b"4", "sub/same": b"5"}
    script = (
        "echo -n 2x > changed; rm sub/gone; echo new > sub/new; touch touched; chmod +x sub/new; mkdir empty"
    )
    outcome = shell(sandbox, script, files=files)
    assert outcome.changes == (
        FileChange(path="changed", kind="modified", form="file", content=b"2x"),
        FileChange(path="sub/gone", kind="deleted", form="file"),
        FileChange(path="sub/new", kind="added", form="file", content=b"new\n", executable=True),
        FileChange(path="touched", kind="modified", form="file", content=b"4"),
    )
    assert outcome.unreported == 0


def test_a_change_is_seen_though_size_and_time_are_set_back(sandbox: Bubblewrap) -> None:
    script = "touch -r f t; echo -n 2 > f; touch -r t f; rm t"
    outcome = shell(sandbox, script, files={"f": b"1"})
    assert outcome.changes == (FileChange(path="f", kind="modified", form="file", content=b"2"),)


def test_a_link_out_is_reported_and_never_followed(sandbox: Bubblewrap, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a token")
    script = f"ln -s {secret} file; ln -s {tmp_path} folder; rm given; ln -s {secret} given"
    outcome = shell(sandbox, script, files={"given": b"1"})
    assert outcome.changes == (
        FileChange(path="file", kind="added", form="link", target=str(secret)),
        FileChange(path="folder", kind="added", form="link", target=str(tmp_path)),
        FileChange(path="given", kind="modified", form="link", target=str(secret)),
    )


def test_the_work_folder_itself_replaced_by_a_link_shows_nothing_outside(
    sandbox: Bubblewrap, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("a token")
    outcome = shell(
        sandbox, f"cd /; mv /tmp/work /tmp/other; ln -s {tmp_path} /tmp/work; echo x > /tmp/other/x"
    )
    assert outcome.changes == (FileChange(path="x", kind="added", form="file", content=b"x\n"),)


def test_pipes_sparse_files_and_odd_names_do_not_hold_the_reader(sandbox: Bubblewrap) -> None:
    script = """
os.mkfifo('pipe')
socket.socket(socket.AF_UNIX).bind('socket')
for number in range(40):
    with open(f'sparse{number:02}', 'wb') as file: file.truncate(8 << 20)
open(b'odd\\xff', 'w').close()
os.mkdir('closed'); open('closed/file', 'w').close(); os.chmod('closed', 0)
deep = 'd'
for _ in range(90):
    os.mkdir(deep); os.chdir(deep)
open('bottom', 'w').close()
"""
    started = time.monotonic()
    outcome = confined(sandbox, script, limits=Limits(disk_bytes=8 * MEBIBYTE))
    assert outcome.passed, outcome
    assert time.monotonic() - started < 60
    assert outcome.changes is not None
    forms = {change.path: change.form for change in outcome.changes}
    assert forms["pipe"] == forms["socket"] == "other"
    assert (
        sum(change.content is not None for change in outcome.changes if change.path.startswith("sparse")) == 1
    )
    assert all(change.path.count("/") <= 65 for change in outcome.changes)
    assert outcome.unreported >= 2 + (os.geteuid() != 0)


def test_more_files_than_the_limit_are_counted_not_read(sandbox: Bubblewrap) -> None:
    outcome = shell(sandbox, "seq 500 | xargs touch", limits=Limits(file_count=510))
    assert outcome.changes is not None
    assert len(outcome.changes) == 500
    assert outcome.unreported == 0


def test_files_of_this_machine_are_copied_with_their_execute_bit(sandbox: Bubblewrap, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text('#!/bin/sh\necho ran "$(cat "$(dirname "$0")/data")"; echo x >> $0')
    script.chmod(0o700)
    outcome = shell(sandbox, "bin/run", files={"bin/run": script, "bin/data": b"it"})
    assert outcome.stdout == b"ran it\n"
    assert "echo x" in script.read_text()
    assert not script.read_text().endswith("x\n"), "the file of this machine was written"


def test_files_that_do_not_fit_are_refused_with_the_next_step(sandbox: Bubblewrap) -> None:
    with pytest.raises(SandboxRefusedError, match=r"No space left.*Limits\.disk_bytes"):
        sandbox.run(
            Job(command=("true",), files={"big": bytes(2 * MEBIBYTE)}, limits=Limits(disk_bytes=MEBIBYTE))
        )
    with pytest.raises(SandboxRefusedError, match=r"No such file.*that exist"):
        sandbox.run(Job(command=("true",), files={"absent": Path("/no/such/file")}))
    for clash in ({"a": b"", "a/b": b""}, {"a": b"", "./a": b""}):
        with pytest.raises(SandboxRefusedError, match="a path of its own"):
            sandbox.run(Job(command=("true",), files=clash))
    with pytest.raises(SandboxRefusedError, match="a shorter name"):
        sandbox.run(Job(command=("true",), files={"a" * 300: b""}))


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "endless"])
def test_what_is_no_file_to_copy_is_refused_at_once(sandbox: Bubblewrap, tmp_path: Path, kind: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    # So that a pipe that is waited for fails the test and does not hold it.
    release = threading.Timer(30, lambda: os.close(os.open(tmp_path / "pipe", os.O_RDWR)))
    release.daemon = True
    release.start()
    (tmp_path / "folder").mkdir()
    with (tmp_path / "endless").open("wb") as file:
        file.truncate(1 << 40)
    source = Path("/dev/zero") if kind == "device" else tmp_path / kind
    job = Job(command=("true",), files={"a": source}, limits=Limits(disk_bytes=8 * MEBIBYTE))
    for kept in (sandbox, Container(Engine("/no/podman", "image"))):
        before = len(list(Path("/proc/self/fd").iterdir()))
        with pytest.raises(
            SandboxRefusedError, match="disk_bytes" if kind == "endless" else "no folder, pipe"
        ):
            kept.run(job)
        assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert release.is_alive(), "the pipe was waited for"
    release.cancel()


def test_only_what_is_gone_is_told_as_deleted(sandbox: Bubblewrap) -> None:
    files = {"a": b"1", "b": b"2", "sub/c": b"3", "turned": b"4", "zz": b"5"}
    script = (
        "for n in $(seq 60); do ln a 0link$n; done; rm b; rm -r sub; echo x > sub; rm turned; mkdir turned"
    )
    outcome = shell(sandbox, script, files=files, limits=Limits(file_count=30, wall_seconds=60))
    assert outcome.changes is not None
    deleted = [change.path for change in outcome.changes if change.kind == "deleted"]
    assert set(deleted) <= {"b", "sub/c", "turned"}, "a file that is there was told as deleted"
    few = shell(sandbox, "rm b; rm -r sub; echo x > sub; rm turned; mkdir turned; : > new", files=files)
    assert few.changes is not None
    assert [(change.kind, change.path) for change in few.changes] == [
        ("deleted", "b"), ("added", "new"), ("added", "sub"), ("deleted", "sub/c"), ("deleted", "turned"),
    ]  # fmt: skip


def test_placed_files_beyond_what_is_listed_are_looked_at(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        placed = put_files(folder, {"same": b"1", "d/changed": b"2", "gone": b"3"}, None, 100)
        (tmp_path / "d" / "changed").write_bytes(b"22")
        (tmp_path / "gone").unlink()
        for number in range(9):
            (tmp_path / f"new{number}").touch()
        reader = ChangeReader(placed, 100, 0)
        assert reader.changes(folder) == (
            FileChange(path="d/changed", kind="modified", form="file", content=b"22"),
            FileChange(path="gone", kind="deleted", form="file"),
        )
        assert reader.unreported == 10
    finally:
        os.close(folder)


def test_more_files_than_the_limit_are_told_though_the_command_was_quicker(
    sandbox: Bubblewrap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attend, "_FIRST_LOOK", 60.0)
    outcome = shell(sandbox, "seq 300 | xargs touch", limits=Limits(file_count=100, wall_seconds=60))
    assert (outcome.ending, outcome.status) == ("files", None)


def test_a_command_can_start_in_a_shown_folder(sandbox: Bubblewrap, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "module").write_text("here")
    job = Job(command=("cat", "module"), visible=(folder,), working_folder=folder)
    assert sandbox.run(job).stdout == b"here"


def test_a_folder_closed_to_others_is_refused_to_roots_runs_and_shown_to_its_owner(
    sandbox: Bubblewrap, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    job = Job(command=("ls", str(closed)), visible=(closed,))
    if os.geteuid() == 0:
        with pytest.raises(SandboxRefusedError, match=r"other users.*chmod o\+rX"):
            sandbox.run(job)
    else:
        assert sandbox.run(job).passed


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "", "a\0b"])
def test_a_file_outside_the_work_folder_is_no_job(name: str) -> None:
    with pytest.raises(ValueError, match=r"Job\.files"):
        Job(command=("true",), files={name: b""})


@pytest.mark.parametrize(
    "path", ["/", "/proc", "/proc/self", "/sys", "/dev", "/etc", "/run/user", "relative", "/usr/../root"]
)
def test_what_would_open_the_machine_cannot_be_shown(path: str) -> None:
    with pytest.raises(ValueError, match=r"Job\.visible"):
        Job(command=("true",), visible=(Path(path),))


def test_the_home_folder_cannot_be_shown_though_parts_of_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for path in (tmp_path / "home", tmp_path):
        with pytest.raises(ValueError, match="home folder"):
            Job(command=("true",), visible=(path,))
    Job(command=("true",), visible=(tmp_path / "home" / "project",))


def test_other_nonsense_is_no_job() -> None:
    with pytest.raises(ValueError, match="empty"):
        Job(command=())
    with pytest.raises(ValueError, match="zero byte"):
        Job(command=("a\0b",))
    with pytest.raises(ValueError, match="environment"):
        Job(command=("true",), environment={"A=B": "c"})
    with pytest.raises(ValueError, match="not UTF-8"):
        Job(command=("true",), files={"\udcff": b""})
    with pytest.raises(ValueError, match="surrogate"):
        Job(command=("a\ud800",))
    with pytest.raises(ValueError, match="surrogate"):
        Job(command=("true",), environment={"A": "\ud800"})
    with pytest.raises(ValueError, match="no path"):
        Job(command=("true",), visible=(Path("/srv/\ud800"),))
    with pytest.raises(ValueError, match="not visible"):
        Job(command=("true",), working_folder=Path("/srv/x"))
    with pytest.raises(ValueError, match="memory_bytes"):
        Limits(memory_bytes=0)
    with pytest.raises(ValueError, match="wall_seconds"):
        Limits(wall_seconds=float("inf"))


def test_the_given_environment_reaches_the_command_and_not_bubblewrap(sandbox: Bubblewrap) -> None:
    environment = {"LD_PRELOAD": "/no/such/library.so", "GIVEN": "value"}
    outcome = sandbox.run(
        Job(command=("sh", "-c", "echo $GIVEN $HOME; ls -d $HOME"), environment=environment)
    )
    assert outcome.stdout == b"value /tmp/home\n/tmp/home\n"
    assert outcome.stderr.count(b"library.so") >= 1, "the command did not get LD_PRELOAD"


@pytest.mark.parametrize(
    "job",
    [
        Job(command=("true", "x" * 200_000)),
        Job(command=("true", *["x" * 1000] * 9000)),
        Job(command=("true",), environment={"A": "x" * 200_000}),
        Job(command=("true",), environment={f"A{number}": "x" for number in range(4000)}),
    ],
    ids=["a long argument", "many arguments", "a long variable", "many variables"],
)
def test_what_is_too_long_to_start_is_refused_with_the_next_step(sandbox: Bubblewrap, job: Job) -> None:
    with pytest.raises(SandboxRefusedError, match=r"too long.*Job\.environment"):
        sandbox.run(job)


def test_bytes_that_are_no_text_reach_the_command(sandbox: Bubblewrap) -> None:
    job = Job(command=("sh", "-c", 'printf "%s%s" "$A" "$0"', "\udcff"), environment={"A": "\udcfe"})
    assert sandbox.run(job).stdout == b"\xfe\xff"


def test_what_is_not_there_cannot_be_shown_and_is_told(sandbox: Bubblewrap) -> None:
    with pytest.raises(SandboxRefusedError, match=r"/no/such cannot be shown: No such file.*Name only"):
        sandbox.run(Job(command=("true",), visible=(Path("/no/such"),)))
