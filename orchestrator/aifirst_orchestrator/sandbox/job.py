"""What is to run in a sandbox: the command, the files it is given, what of the machine it sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from aifirst_orchestrator.sandbox.limits import Limits

WORK_FOLDER = "/tmp/work"  # noqa: S108  a path inside the sandbox, on a file system of its own
_RESERVED = ("/proc", "/sys", "/dev", "/run", "/etc", WORK_FOLDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One command with everything it is given; raises ValueError when it asks for what no sandbox gives."""

    command: tuple[str, ...]
    """Program and arguments; a program without a slash is looked up in /usr/local/bin, /usr/bin and /bin."""
    files: Mapping[str, bytes | Path] = field(default_factory=dict[str, bytes | Path])
    """Files of the working folder: relative path to contents, or to the file on this machine to copy."""
    visible: tuple[Path, ...] = ()
    """Files and folders of this machine seen read-only at their own paths, such as an interpreter."""
    working_folder: Path | None = None
    """Where the command starts: a folder within `visible`; None for the writable working folder."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Added to PATH, HOME, TMPDIR and LANG; nothing else of this process's environment is passed on."""
    stdin: bytes = b""
    """What the command reads; the end of file follows it."""
    loopback: bool = False
    """Whether sockets of the sandbox's own loopback interface work, for tests that start a local server."""
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not self.command or not self.command[0]:
            raise ValueError("Job.command is empty: name a program")
        if any("\0" in part for part in self.command):
            raise ValueError("Job.command holds a zero byte, which no argument can")
        if any(not _is_encodable(part, "surrogateescape") for part in self.command):
            raise ValueError("Job.command holds half a character (a surrogate): take it out")
        for name in self.files:
            _require_inside(name)
        for name, value in self.environment.items():
            _require_settable(name, value)
        for path in self.visible:
            _require_showable(path)
        if self.working_folder and not any(self.working_folder.is_relative_to(p) for p in self.visible):
            raise ValueError(f"{self.working_folder} is not visible in the sandbox: add it to Job.visible")


def _require_settable(name: str, value: str) -> None:
    """Raise ValueError for what no environment can hold."""
    if not name or "=" in name or "\0" in name + value:
        raise ValueError(f"Job.environment cannot have the name {name!r}")
    if not _is_encodable(name + value, "surrogateescape"):
        raise ValueError(f"Job.environment has half a character (a surrogate) in {name!r}: take it out")


def _require_inside(name: str) -> None:
    """Raise ValueError unless the name stays in the working folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name:
        raise ValueError(f"Job.files names {name!r}: only relative paths without '..' are put in the folder")
    if not _is_encodable(name, "strict"):
        raise ValueError(f"Job.files names {name!r}, which is not UTF-8: give the file another name")


def _require_showable(path: Path) -> None:
    """Raise ValueError for a path that would open the machine: its root, a home folder, what the kernel shows."""
    shown = Path(path.as_posix())
    if not shown.is_absolute() or ".." in shown.parts:
        raise ValueError(f"Job.visible needs an absolute path without '..', not {path}")
    if "\0" in str(path) or not _is_encodable(str(path), "surrogateescape"):
        raise ValueError(f"Job.visible names {str(path)!r}, which no path can be called")
    reserved = [Path(name) for name in _RESERVED]
    if any(shown.is_relative_to(name) or name.is_relative_to(shown) for name in reserved):
        raise ValueError(f"Job.visible cannot show {path}: the sandbox has its own")
    if Path.home().is_relative_to(shown.resolve()):
        raise ValueError(f"Job.visible cannot show {path}, which holds your home folder: name what is needed")


def _is_encodable(text: str, errors: str) -> bool:
    """Whether the system can be given the text; `surrogateescape` lets bytes through that Python took from it."""
    try:
        text.encode(errors=errors)
    except UnicodeEncodeError:
        return False
    return True
