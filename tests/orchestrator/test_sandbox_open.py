"""Which sandbox is given, and what the person is told where there is none. These run on machines without any."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from aifirst_orchestrator.sandbox import bubblewrap_tools, programs
from aifirst_orchestrator.sandbox import open_sandbox as opening
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.bubblewrap_start import Tools
from aifirst_orchestrator.sandbox.bubblewrap_tools import find_bubblewrap, why_not_built
from aifirst_orchestrator.sandbox.container import Container, run_command
from aifirst_orchestrator.sandbox.container_engine import Engine, find_engine
from aifirst_orchestrator.sandbox.control_group import make_control_group
from aifirst_orchestrator.sandbox.identity import own_user_number
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import MEBIBYTE, Limits
from aifirst_orchestrator.sandbox.open_sandbox import open_sandbox
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError
from aifirst_orchestrator.sandbox.unconfined import Unconfined

Programs = Callable[..., Path]


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Leaves the machine no programs but those that a test writes: name to shell script."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(programs, "_ALWAYS", ())

    def write(**scripts: str) -> Path:
        for name, script in scripts.items():
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)
        return folder

    return write


HELP = "echo --disable-userns --size --clearenv --json-status-fd --seccomp"


def test_without_anything_it_refuses_and_says_what_to_install(only: Programs) -> None:
    with pytest.raises(SandboxRefusedError) as refusal:
        open_sandbox()
    assert "bubblewrap is not installed" in refusal.value.reason
    assert "podman, docker, nerdctl is installed" in refusal.value.reason
    assert "Install bubblewrap" in refusal.value.next_step


def test_the_package_manager_of_the_machine_is_named(only: Programs) -> None:
    only(dnf="")
    with pytest.raises(SandboxRefusedError, match="sudo dnf install bubblewrap"):
        open_sandbox("bubblewrap")
    only(bwrap=HELP)
    with pytest.raises(SandboxRefusedError, match="sudo dnf install util-linux"):
        open_sandbox("bubblewrap")


def test_an_old_bubblewrap_is_refused_by_what_it_lacks(only: Programs) -> None:
    only(bwrap="echo --clearenv --json-status-fd --seccomp", prlimit="", setpriv="")
    with pytest.raises(SandboxRefusedError, match=r"no --disable-userns, --size\. Install bubblewrap 0\.8"):
        open_sandbox("bubblewrap")


def test_a_bubblewrap_that_may_not_build_is_refused_in_its_own_words(only: Programs) -> None:
    complaint = "bwrap: No permissions to create a new namespace"
    exec_rest = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"'
    only(
        bwrap=f'[ "$1" = --help ] && {{ {HELP}; exit; }}; echo "{complaint}" >&2; exit 1',
        prlimit=exec_rest,
        setpriv=exec_rest,
    )
    with pytest.raises(SandboxRefusedError, match=complaint) as refusal:
        open_sandbox("bubblewrap")
    assert refusal.value.next_step


def test_a_kernel_that_forbids_user_namespaces_is_refused_with_its_switch(sandbox: Bubblewrap) -> None:
    # The switch counts by user namespace: in one of its own, nothing of the machine is changed.
    script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$0" -m aifirst_orchestrator.sandbox "$@"'
    run = ["unshare", "--user", "--map-root-user", "sh", "-c", script, sys.executable]
    probed = subprocess.run([*run, "--probe"], capture_output=True, text=True, timeout=60, check=False)
    assert probed.returncode == 1, probed
    assert "sudo sysctl user.max_user_namespaces=10000" in probed.stdout
    refused = subprocess.run([*run, "--", "id"], capture_output=True, text=True, timeout=60, check=False)
    assert (refused.returncode, refused.stdout) == (125, "")
    assert "sysctl user.max_user_namespaces is 0" in refused.stderr


def test_the_switch_of_the_kernel_that_forbids_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"kernel/apparmor_restrict_unprivileged_userns": "1"}
    monkeypatch.setattr(bubblewrap_tools, "_setting", lambda name: values.get(name, ""))  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]  a reader of /proc/sys
    found = why_not_built()
    assert found is not None
    assert "AppArmor" in found[0]
    assert "bwrap-userns-restrict" in found[1]
    values["user/max_user_namespaces"] = "0"
    found = why_not_built()
    assert found is not None
    assert "sysctl user.max_user_namespaces=10000" in found[1]


def test_a_program_of_the_workspace_is_never_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, only: Programs
) -> None:
    only(bwrap=HELP)
    monkeypatch.chdir(tmp_path / "bin")
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}bin")
    assert programs.find_program("bwrap") is None


def test_auto_takes_bubblewrap_where_it_works(sandbox: Bubblewrap) -> None:
    assert open_sandbox().name == "bubblewrap"


def test_auto_takes_a_container_where_bubblewrap_is_missing(only: Programs) -> None:
    folder = only(podman="exit 0")
    found = open_sandbox(image="python:3.12-slim")
    assert found == Container(Engine(str(folder / "podman"), "python:3.12-slim"))
    assert found.name == "podman"


def test_unsafe_is_only_given_by_name(only: Programs) -> None:
    assert isinstance(open_sandbox("unsafe"), Unconfined)
    with pytest.raises(SandboxRefusedError):
        open_sandbox("auto")


def test_an_engine_without_the_image_is_told_so(only: Programs) -> None:
    only(docker='echo "Error: No such image: $3" >&2; exit 1')
    with pytest.raises(SandboxRefusedError, match=r"docker: Error: No such image: x:1.*docker pull x:1"):
        find_engine("x:1")
    with pytest.raises(SandboxRefusedError, match="No image for the container is named"):
        find_engine(None)
    with pytest.raises(SandboxRefusedError, match="not the name of an image"):
        find_engine("--privileged")


def test_a_container_gets_no_network_no_rights_and_all_the_limits(tmp_path: Path) -> None:
    limits = Limits(
        memory_bytes=100 * MEBIBYTE, disk_bytes=20 * MEBIBYTE, processes=7, cpu_seconds=1.5, wall_seconds=2
    )
    job = Job(command=("python", "-c", "1"), environment={"A": "b c"}, limits=limits, visible=(tmp_path,))
    command = run_command(Engine("/usr/bin/podman", "image"), job, "name", Path("/in"))
    line = " ".join(command)
    for words in (
        "--network none", "--read-only", "--cap-drop ALL", "--security-opt no-new-privileges", "--pids-limit 9",
        f"--memory {120 * MEBIBYTE}", f"--memory-swap {120 * MEBIBYTE}", "--ulimit cpu=2:3", "--user 65534:65534",
        f"--tmpfs /tmp:rw,exec,nosuid,nodev,mode=1777,size={20 * MEBIBYTE}", f"--volume {tmp_path}:{tmp_path}:ro",
        "--pull never", "--env A=b c", "--security-opt label=disable",
    ):  # fmt: skip
        assert words in line, words
    assert command[-6:] == ["sh", "/tmp/work", "7", "python", "-c", "1"]  # noqa: S108  inside the container
    assert command.index("image") < command.index("-c"), "the job's words could be options of the engine"


def test_windows_is_told_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SandboxRefusedError, match="WSL"):
        open_sandbox("unsafe")


def test_a_container_is_shown_no_path_that_its_engine_would_split() -> None:
    job = Job(command=("true",), visible=(Path("/srv/a:/b"),))
    with pytest.raises(SandboxRefusedError, match="colon"):
        Container(Engine("/no/podman", "image")).run(job)


def test_a_container_that_does_not_start_is_a_refusal(only: Programs) -> None:
    folder = only(podman="echo 'cannot set up namespace' >&2; exit 125")
    with pytest.raises(SandboxRefusedError, match="cannot set up namespace"):
        Container(Engine(str(folder / "podman"), "image")).run(Job(command=("true",)))


def test_unsafe_still_limits_time_and_output_and_ends_the_group() -> None:
    unsafe = Unconfined()
    assert unsafe.run(Job(command=("sleep", "30"), limits=Limits(wall_seconds=0.3))).ending == "wall_time"
    assert unsafe.run(Job(command=("yes",), limits=Limits(output_bytes=1000))).ending == "output"
    outcome = unsafe.run(Job(command=("sh", "-c", "cat in > out; sleep 60 & kill -9 $$"), files={"in": b"1"}))
    assert outcome.status == 137
    assert outcome.changes is not None
    assert [change.path for change in outcome.changes] == ["out"]
    assert outcome.seconds < 30


def test_no_control_group_is_made_where_none_is_allowed(tmp_path: Path) -> None:
    assert make_control_group(64 * MEBIBYTE, 16, root=tmp_path) is None


def test_a_group_of_version_2_gets_its_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "user.slice" / "app.slice" / "own.scope"
    own.mkdir(parents=True)
    (own.parent / "cgroup.subtree_control").write_text("cpu memory pids\n")
    (own / "cgroup.subtree_control").write_text("\n")
    from aifirst_orchestrator.sandbox import control_group

    monkeypatch.setattr(control_group, "_own_groups", lambda: {"": "/user.slice/app.slice/own.scope"})
    made: list[Path] = []
    plain_mkdir = Path.mkdir

    def mkdir_with_files(self: Path) -> None:
        plain_mkdir(self)
        made.append(self)
        for name in ("memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cgroup.procs"):
            (self / name).write_text("")

    monkeypatch.setattr(Path, "mkdir", mkdir_with_files)
    group = make_control_group(1234, 5, root=tmp_path)
    assert group is not None
    assert group.version == 2
    assert made[0].parent == own.parent
    assert (made[0] / "memory.max").read_text() == "1234"
    assert (made[0] / "memory.swap.max").read_text() == "0"
    assert (made[0] / "memory.oom.group").read_text() == "1"
    assert (made[0] / "pids.max").read_text() == "5"
    assert group.join(42)
    assert (made[0] / "cgroup.procs").read_text() == "42"
    (made[0] / "cgroup.procs").unlink()
    (made[0] / "cgroup.procs").mkdir()
    assert not group.join(42), "a process that may not be moved has to be left to the watcher"
    (made[0] / "memory.events").write_text("low 0\noom 1\noom_kill 2\n")
    (made[0] / "memory.peak").write_text("999\n")
    (made[0] / "cpu.stat").write_text("usage_usec 1500000\n")
    assert (group.ended_for_memory(), group.peak_memory_bytes(), group.cpu_seconds()) == (True, 999, 1.5)


def test_root_gives_each_run_a_number_that_its_user_namespace_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aifirst_orchestrator.sandbox import identity

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert own_user_number() is None
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for longest, allowed in (
        ((0, 4_294_967_295), range(1_800_000_000, 1_900_000_000)),
        ((0, 65_536), range(61_000, 65_534)),
        ((1, 65_536), range(61_000, 65_534)),
        ((0, 1), None),
    ):
        monkeypatch.setattr(identity, "_last_range", lambda _, found=longest: found)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]  a reader of /proc
        numbers = {own_user_number() for _ in range(20)}
        assert numbers == {None} if allowed is None else all(number in allowed for number in numbers)
        assert allowed is None or len(numbers) > 10


def run_door(*arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aifirst_orchestrator.sandbox", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **options}
    )


def test_the_door_runs_a_command_and_says_how_it_ended(sandbox: Bubblewrap, tmp_path: Path) -> None:
    given = tmp_path / "given.txt"
    given.write_text("text")
    done = run_door("--file", str(given), "--", "sh", "-c", "cat given.txt; echo x > made; exit 3")
    assert (done.returncode, done.stdout) == (3, "text")
    assert "[bubblewrap] status 3" in done.stderr
    assert "added made" in done.stderr
    done = run_door("--seconds", "0.3", "--", "sleep", "20")
    assert done.returncode == 124
    assert "ended by the limit: wall_time" in done.stderr


def test_the_door_shows_odd_names_harmlessly_and_counts_what_it_cannot_list(sandbox: Bubblewrap) -> None:
    script = r"touch $(printf 'a\033[31m') $(printf 'b\377'); touch 'c\n  deleted d'"
    done = run_door("--", "sh", "-c", script.replace("\\n", "\n"))
    assert r"added a\x1b[31m" in done.stderr
    assert r"added c\n  deleted d" in done.stderr
    assert "and 1 that could not be read or listed" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(
    "words", [("--seconds", "0"), ("--seconds", "nan"), ("--memory", "0"), ("--file", "a/x", "--file", "b/x")]
)
def test_the_door_refuses_what_makes_no_sense(words: tuple[str, ...]) -> None:
    done = run_door(*words, "--", "true")
    assert done.returncode == 125
    assert "Traceback" not in done.stderr
    assert "must be a number above zero" in done.stderr or "have one name" in done.stderr


def test_the_door_says_what_this_machine_has() -> None:
    done = run_door("--probe")
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "bubblewrap",
        "control",
        "user",
        "container",
    ]
    assert run_door().returncode == 2
    assert run_door("--visible", "/proc", "--", "true").returncode == 125


def test_tools_are_found_by_absolute_paths(sandbox: Bubblewrap) -> None:
    tools = find_bubblewrap()
    assert all(path.startswith("/") for path in (tools.bwrap, tools.prlimit, tools.setpriv))
    assert isinstance(sandbox.tools, Tools)
    assert opening.Choice
