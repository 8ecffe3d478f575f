"""Finds and starts the programs that build a sandbox, in absolute folders only: a workspace must not bring its own."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError

_ALWAYS = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")


def find_program(name: str) -> str | None:
    """The absolute path of a program, None where there is none; relative folders of PATH are passed over."""
    given = os.environ.get("PATH", "").split(os.pathsep)
    folders = [folder for folder in given if folder.startswith("/")]
    return shutil.which(name, path=os.pathsep.join([*folders, *_ALWAYS]))


def printed_by(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    seconds: float = 60.0,
    folder: str | None = None,
) -> str:
    """What a program of this machine prints, "" where it fails or takes longer; never one that was generated.

    Where no folder is named it runs at the root of the disk: in a project's folder some take what they start from there
    (`rust-toolchain.toml`).
    """
    try:
        done = subprocess.run(  # noqa: S603  a program found in absolute folders
            command,
            capture_output=True,
            check=False,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=folder or "/",
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def visible_program(program: str) -> tuple[Path, ...]:
    """What `Job.visible` needs for a program of its own installation, such as a Node in a home folder: that folder.

    Empty for one below /usr, which is always there.
    """
    place = Path(program).resolve()
    if place.parts[:2] in {("/", "usr"), ("/", "bin")} or not place.is_absolute():
        return ()
    folder = place.parent.parent if place.parent.name == "bin" else place.parent
    return tuple(dict.fromkeys((folder, Path(program).parent)))


def start_program(
    command: Sequence[str],
    *,
    fed: bool,
    cwd: str | None = None,
    environment: Mapping[str, str] | None = None,
    descriptors: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """The started program, on pipes and in a session of its own; without input unless it is `fed`.

    Raises SandboxRefusedError for a command line that the kernel does not take.
    """
    try:
        return subprocess.Popen(  # noqa: S603  a program found in absolute folders, or one that the person named
            command,
            stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=cwd,
            env=environment,
            pass_fds=descriptors,
            start_new_session=True,
        )
    except OSError as error:
        if error.errno != errno.E2BIG:
            raise
        raise too_long() from error


def too_long() -> SandboxRefusedError:
    """The refusal of what the kernel takes no program to be started with."""
    return SandboxRefusedError(
        "The command line and its environment are too long: the kernel takes 128 KiB in one word and about 2 MiB "
        "in all, bubblewrap about 2,900 variables.",
        "Put what is long into a file (Job.files) or into Job.stdin, or give fewer variables in Job.environment.",
    )
