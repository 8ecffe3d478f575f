"""`aifirst index` as a person's shell runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command_run import PROGRAM, Aifirst, Write, environment


@pytest.fixture
def project(write: Write) -> None:
    write("app/a.py", "def first():\n    return 1\n")
    write("app/b.py", "from app.a import first\n\n\ndef second():\n    return first()\n")
    write("notes.md", "# Notes\n\nOn `first`.\n")


pytestmark = pytest.mark.usefixtures("project")


def test_it_builds_then_finds_nothing_to_do(aifirst: Aifirst) -> None:
    first = aifirst("index", "--no-history")
    assert first.code == 0
    assert first.out.startswith("3 files, 6 units (3 read) in ")
    assert " on disk" in first.out
    again = aifirst("index", "--no-history")
    assert "(nothing changed)" in again.out
    assert (again.code, again.err) == (0, "")


def test_the_status_follows_what_happens_to_the_files(aifirst: Aifirst, write: Write) -> None:
    assert aifirst("index", "--status").out.startswith("The index is not there.")
    assert aifirst("index", "--status").code == 1
    assert not (aifirst.folder / ".aifirst").exists(), "looking writes nothing"
    aifirst("index")
    told = aifirst("index", "--status")
    assert (told.code, told.out.splitlines()[0]) == (0, "The index is current.")
    write("app/c.py", "c = 1\n")
    write("app/a.py", "def first():\n    return 2\n")
    (aifirst.folder / "notes.md").unlink()
    status = json.loads(aifirst("index", "--status", "-f", "json").out)
    assert status["version"] == 1
    assert (status["state"], status["new"], status["changed"], status["removed"]) == ("stale", 1, 1, 1)
    assert status["stale"] == ["app/a.py", "app/c.py", "notes.md"]
    assert aifirst("index").code == 0
    assert aifirst("index", "--status").code == 0


def test_a_status_is_not_stale_for_a_new_time_alone(aifirst: Aifirst) -> None:
    aifirst("index")
    (aifirst.folder / "app/a.py").touch()
    assert aifirst("index", "--status").code == 0


def test_a_commit_makes_the_history_stale(aifirst: Aifirst, git: Callable[..., str]) -> None:
    git("add", "-A")
    git("commit", "-q", "-m", "Begin")
    assert "1 commits" in aifirst("index").out
    git("commit", "-q", "--allow-empty", "-m", "More")
    told = aifirst("index", "--status")
    assert told.code == 1
    assert "the history of 1 commits ends at" in told.out
    assert "2 commits" in aifirst("index").out


def test_json_tells_the_run(aifirst: Aifirst) -> None:
    told = json.loads(aifirst("index", "-f", "json", "--no-history").out)
    assert (told["version"], told["files"], told["read"]) == (1, 3, 3)
    assert told["size"] == sum(
        path.stat().st_size
        for path in (aifirst.folder / ".aifirst").glob("memory.db*")
        if path.suffix != ".db-shm"
    )


def test_what_was_left_out_is_said_with_why(aifirst: Aifirst, write: Write) -> None:
    write("app/raw.py", b"\0\1\2")
    ran = aifirst("index", "--no-history")
    assert "Left out: 1 (binary)." in ran.out
    assert "app/raw.py" in ran.err


def test_an_index_of_another_making_is_made_anew_and_said_so(aifirst: Aifirst, write: Write) -> None:
    write(".aifirst/memory.db", "no database at all, but some text in its place\n" * 40)
    ran = aifirst("index", "--no-history")
    assert ran.code == 0
    assert ran.err.startswith("The index was made anew because the index was damaged")
    assert aifirst("index", "--rebuild", "--no-history").err == ""


def test_contradictions_and_places_that_are_not_there_are_wrong_use(aifirst: Aifirst) -> None:
    for arguments in (
        ("--status", "--watch"),
        ("--status", "--rebuild"),
        ("--watch", "-f", "json"),
        ("nowhere",),
    ):
        ran = aifirst("index", *arguments)
        assert ran.code == 2
        assert ran.err.startswith("Error: ")


def test_settings_on_the_command_line_count_and_broken_ones_are_one_line(
    aifirst: Aifirst, write: Write
) -> None:
    ran = aifirst("index", "--set", "discovery.exclude=['*.md']", "--no-history")
    assert ran.out.startswith("2 files")
    write("aifirst.toml", "broken = [\n")
    assert aifirst("index").code == 2
    assert aifirst("index", "--isolated", "--no-history").code == 0


def test_an_empty_project_has_an_empty_index(aifirst: Aifirst, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    (empty / ".git").mkdir(parents=True)
    ran = aifirst("index", "--no-history", folder=empty)
    assert (ran.code, ran.out.split(" in ")[0]) == (0, "0 files, 0 units (nothing changed)")
    assert aifirst("index", "--status", folder=empty).code == 0


@pytest.mark.skipif(os.name == "nt", reason="needs SIGINT")
def test_watching_follows_saves_and_ends_cleanly(aifirst: Aifirst, write: Write) -> None:
    with subprocess.Popen(
        [PROGRAM, "index", "--watch", "--no-history"], cwd=aifirst.folder, env=environment(),
        stderr=subprocess.PIPE, text=True,
    ) as watching:  # fmt: skip
        assert watching.stderr is not None
        assert "3 files" in watching.stderr.readline()
        write("app/c.py", "c = 1\n")
        assert watching.stderr.readline().startswith("4 files, 7 units (1 read)")
        watching.send_signal(signal.SIGINT)
        assert "Watching ended: interrupted." in watching.stderr.read()
    assert watching.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="needs SIGINT")
def test_an_interrupted_run_says_that_what_was_finished_is_kept(aifirst: Aifirst, write: Write) -> None:
    for number in range(400):
        write(f"many/m{number}.py", f"def f{number}(x):\n    return x + {number}\n" * 30)
    with subprocess.Popen(
        [PROGRAM, "index", "--jobs", "1", "--no-history"], cwd=aifirst.folder, env=environment(),
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        while not (aifirst.folder / ".aifirst/memory.db-wal").exists():
            time.sleep(0.01)
        time.sleep(0.2)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert err.strip() == "Interrupted. What was finished is kept; the next run goes on from there."
    assert aifirst("index", "--status").out.startswith("The index is not complete")
    assert aifirst("index", "--no-history").code == 0
    assert aifirst("index", "--status").code == 0
