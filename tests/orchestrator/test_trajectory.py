"""The saved trajectory: killed anywhere it resumes, and what was tampered with is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest
from aifirst_orchestrator.trajectory.recorded_step import START, RecordedStep, read_line, step_line
from aifirst_orchestrator.trajectory.trajectory import (
    TrajectoryError,
    digest_of,
    open_trajectory,
    read_trajectory,
)
from hypothesis import given, settings
from hypothesis import strategies as st

IMPORT = "from aifirst_orchestrator.trajectory.trajectory import open_trajectory"


class Written(msgspec.Struct, frozen=True):
    """A body as a step might have it."""

    text: str
    tokens: int = 0


def write_steps(path: Path, count: int) -> bytes:
    with open_trajectory(path) as trajectory:
        for number in range(count):
            trajectory.record(f"CODE/{number}", Written(f"line one\nline {number} \N{SNOWMAN}", number))
    return path.read_bytes()


def test_what_was_recorded_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "trajectory.jsonl"
    write_steps(path, 3)
    with open_trajectory(path) as trajectory:
        assert [step.key for step in trajectory.steps] == ["CODE/0", "CODE/1", "CODE/2"]
        assert trajectory.removed_bytes == 0
        step = trajectory.recorded("CODE/2")
        assert step is not None
        assert step.read(Written) == Written("line one\nline 2 \N{SNOWMAN}", 2)
        trajectory.record("CODE/3", Written("more"))
    assert [step.number for step in read_trajectory(path)] == [0, 1, 2, 3]
    assert path.stat().st_mode & 0o077 == 0, "others could read what a model was given"


def test_a_file_cut_anywhere_resumes_from_its_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "trajectory.jsonl"
    content = write_steps(path, 2)
    ends = [place + 1 for place, byte in enumerate(content) if byte == 10]
    for cut in sorted({*range(0, len(content), 4), *ends, *(end - 1 for end in ends)}):
        path.write_bytes(content[:cut])
        whole = sum(end <= cut for end in ends)
        with open_trajectory(path) as trajectory:
            assert len(trajectory.steps) == whole
            assert trajectory.removed_bytes == cut - ([0, *ends][whole])
            trajectory.record("after", 1)
        assert [step.key for step in read_trajectory(path)][whole:] == ["after"]


def test_zeros_at_the_end_as_after_a_loss_of_power_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "trajectory.jsonl"
    content = write_steps(path, 2)
    path.write_bytes(content + bytes(4096))
    with open_trajectory(path) as trajectory:
        assert (len(trajectory.steps), trajectory.removed_bytes) == (2, 4096)
    assert path.read_bytes() == content


@settings(derandomize=True, max_examples=60, deadline=None)
@given(share=st.integers(0, 10_000), byte=st.integers(32, 126))
def test_a_byte_changed_in_a_whole_line_is_told_with_the_line(
    tmp_path_factory: pytest.TempPathFactory, share: int, byte: int
) -> None:
    path = tmp_path_factory.mktemp("damage") / "trajectory.jsonl"
    content = bytearray(write_steps(path, 3))
    place = share * (len(content) - 2) // 10_000
    place -= content[place] == 10
    content[place] = byte if byte != content[place] else 33 + (byte - 32) % 94
    path.write_bytes(content)
    line = bytes(content[:place]).count(b"\n") + 1
    with pytest.raises(TrajectoryError, match=f"line {line} is not as it was written"), open_trajectory(path):
        pass
    assert path.read_bytes() == content, "damage was mended, and with it the proof"


@pytest.mark.parametrize("change", ["drop", "swap", "repeat"])
def test_lines_taken_out_moved_or_repeated_are_told(tmp_path: Path, change: str) -> None:
    path = tmp_path / "trajectory.jsonl"
    first, second, third = write_steps(path, 3).splitlines(keepends=True)
    path.write_bytes(
        b"".join({"drop": [first, third], "swap": [first, third, second], "repeat": [first, first]}[change])
    )
    with pytest.raises(TrajectoryError, match="line 2"):
        read_trajectory(path)


def test_work_is_done_once_and_again_for_other_inputs(tmp_path: Path) -> None:
    done: list[str] = []

    def work(text: str) -> Written:
        done.append(text)
        return Written(text)

    for _ in range(2):
        with open_trajectory(tmp_path / "t.jsonl") as trajectory:
            for spec in ("one", "two"):
                found = trajectory.done_once(
                    "CODE", Written, lambda spec=spec: work(spec), digest_of({"spec": spec})
                )
                assert found == Written(spec)
    # The last record of a key counts: going back to earlier inputs is work again.
    assert done == ["one", "two", "one", "two"]
    with open_trajectory(tmp_path / "t.jsonl") as trajectory:
        assert (
            trajectory.done_once("CODE", Written, lambda: work("never"), digest_of({"spec": "two"})).text
            == "two"
        )


def test_work_that_fails_is_not_recorded(tmp_path: Path) -> None:
    def fail() -> Written:
        raise RuntimeError("no model")

    with open_trajectory(tmp_path / "t.jsonl") as trajectory:
        with pytest.raises(RuntimeError, match="no model"):
            trajectory.done_once("CODE", Written, fail)
        assert trajectory.steps == []


def test_a_second_run_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    with open_trajectory(path):
        script = (
            f"import sys; from pathlib import Path; {IMPORT}\nwith open_trajectory(Path(sys.argv[1])): pass"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
        )
    assert f"held by process {os.getpid()}: wait for that run" in done.stderr


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"), open_trajectory(tmp_path / "t.jsonl"):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.jsonl"
    content = write_steps(path, 2)
    whole_write = os.write

    def half_write(handle: int, text: memoryview) -> int:
        if len(text) < 40:
            raise OSError(28, "No space left on device")
        return whole_write(handle, text[:30])

    with open_trajectory(path) as trajectory:
        monkeypatch.setattr(os, "write", half_write)
        with pytest.raises(OSError, match="No space left"):
            trajectory.record("CODE/2", Written("x" * 100))
        monkeypatch.undo()
        assert path.read_bytes() == content
        assert len(trajectory.steps) == 2
        trajectory.record("CODE/2", Written("fits"))
    assert len(read_trajectory(path)) == 3


def test_a_step_that_may_not_last_is_not_told_as_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.jsonl"
    content = write_steps(path, 1)

    def refuse(_: int) -> None:
        raise OSError(5, "Input/output error")

    with open_trajectory(path) as trajectory:
        monkeypatch.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="Input/output"):
            trajectory.done_once("CODE/1", str, lambda: "made")
        monkeypatch.undo()
        assert trajectory.recorded("CODE/1") is None
    assert path.read_bytes() == content


def test_threads_record_without_mixing_lines(tmp_path: Path) -> None:
    with open_trajectory(tmp_path / "t.jsonl") as trajectory:

        def record_ten(number: int) -> None:
            for part in range(10):
                trajectory.record(f"{number}/{part}", "x" * 500)

        workers = [threading.Thread(target=record_ten, args=(number,)) for number in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    steps = read_trajectory(tmp_path / "t.jsonl")
    assert [step.number for step in steps] == list(range(40))
    assert len({step.key for step in steps}) == 40


DRIVER = """
import os, sys
from pathlib import Path
from aifirst_orchestrator.trajectory.trajectory import open_trajectory
total = 0
with open_trajectory(Path(sys.argv[1])) as trajectory:
    for number in range(500):
        def work():
            os.write(2, f"{number}\\n".encode())
            return "y" * (number % 300)
        total += len(trajectory.done_once(f"step-{number}", str, work))
        os.write(1, f"{number} {total}\\n".encode())
        os.read(0, 1)
"""


def run_until(path: Path, lines: int | None) -> tuple[bytes, list[int], int]:
    """Run the driver, killed after so many lines (None: to its end): its output, the work it did, its status."""
    process = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    # It may run some steps ahead of what is read here, but not to its end.
    process.stdin.write(b"x" * (500 if lines is None else lines + 50))
    seen = b""
    while lines is not None and seen.count(b"\n") < lines:
        chunk = os.read(process.stdout.fileno(), 4096)
        assert chunk, "the driver ended before it was killed"
        seen += chunk
    if lines is not None:
        process.send_signal(signal.SIGKILL)
    rest, worked = process.communicate(timeout=120)
    return seen + rest, [int(number) for number in worked.split()], process.returncode


def test_a_run_killed_again_and_again_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    worked: list[int] = []
    kills = (1, 100, 200, 300)
    for lines in (*kills, None):
        output, done, status = run_until(path, lines)
        worked += done
        assert status == (0 if lines is None else -signal.SIGKILL)
        told = int(output.splitlines()[-1].split()[0])
        assert len(read_trajectory(path)) > told, "a step was told before it was on the disk"
        if lines is None:
            assert output.splitlines()[-1] == f"499 {sum(number % 300 for number in range(500))}".encode()
    assert [step.key for step in read_trajectory(path)] == [f"step-{number}" for number in range(500)]
    assert sorted(set(worked)) == list(range(500))
    assert len(worked) - 500 <= len(kills), "more was done twice than the one step under way at each kill"


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    key=st.text(st.characters(exclude_categories=["Cs"])),
    inputs=st.text(st.characters(exclude_categories=["Cs"])),
    body=st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
        ),
    ),
)
def test_a_line_holds_any_step_and_is_one_line(key: str, inputs: str, body: object) -> None:
    step = RecordedStep(7, key, inputs, 1.5, msgspec.Raw(msgspec.json.encode(body)))
    line, digest = step_line(step, START)
    assert line.count(b"\n") == 1
    again = read_line(line[:-1], START)
    assert again is not None
    assert (again.number, again.key, again.inputs, again.digest) == (7, key, inputs, digest)
    assert again.read(object) == body
    assert read_line(line[:-1], digest) is None


def nested(depth: int) -> object:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("body", "match"),
    [
        (msgspec.Raw(b'{"a":\n1}'), "not one line of JSON"),
        (msgspec.Raw(b"not json"), "not one line of JSON"),
        (msgspec.Raw(b'1,"digest":"0"'), "not one line of JSON"),
        (msgspec.Raw(b'"\xff"'), "not one line of JSON"),
        (nested(900), "too deep to be read"),
        (nested(100_000), "too deep to be written"),
    ],
    ids=["two lines", "no JSON", "a digest of its own", "not UTF-8", "deep", "very deep"],
)
def test_what_could_not_be_read_again_is_not_recorded(tmp_path: Path, body: object, match: str) -> None:
    path = tmp_path / "t.jsonl"
    with open_trajectory(path) as trajectory:
        trajectory.record("before", 1)
        with pytest.raises(ValueError, match=match):
            trajectory.record("CODE", body)
        with pytest.raises(TypeError, match="text"):
            trajectory.record(5, 1)  # pyright: ignore[reportArgumentType]  who calls it need not be checked
        trajectory.record("after", nested(100))
    assert [step.key for step in read_trajectory(path)] == ["before", "after"]


def test_a_line_too_deep_to_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    raw = msgspec.Raw(b"[" * 5000 + b"]" * 5000)
    line, _ = step_line(RecordedStep(0, "CODE", "", 1.5, raw), START)
    path.write_bytes(line)
    with pytest.raises(TrajectoryError, match="line 1 is nested too deep"):
        read_trajectory(path)
    with pytest.raises(TrajectoryError, match="line 1 is nested too deep"), open_trajectory(path):
        pass
    assert path.read_bytes() == line


def test_a_pipe_or_a_device_is_no_trajectory(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(TrajectoryError, match="not a regular file"):
            read_trajectory(path)
    with pytest.raises(TrajectoryError, match="not a regular file"), open_trajectory(tmp_path / "pipe"):
        pass
