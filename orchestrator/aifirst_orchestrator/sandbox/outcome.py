"""What came of a run in a sandbox: how it ended, what it printed, which files it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ending = Literal["exited", "wall_time", "cpu_time", "memory", "processes", "files", "output", "cancelled"]
"""`exited` by itself, or the limit that ended it, or `cancelled` by the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One path of the working folder that is not as it was put there."""

    path: str
    """Relative to the working folder, with slashes."""
    kind: Literal["added", "modified", "deleted"]
    form: Literal["file", "link", "other"]
    """A link is never followed; `other` is a pipe or a socket."""
    content: bytes | None = None
    """Of a file: its bytes, None where they could not be read or all changes together exceed the disk limit."""
    target: str | None = None
    """Of a link: where it points, inside the sandbox."""
    executable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The whole result of one run; nothing of it is running any more."""

    ending: Ending
    status: int | None
    """Exit status as a shell gives it (128 + signal); None where a limit or the caller ended it."""
    stdout: bytes
    stderr: bytes
    """At most `Limits.output_bytes` together."""
    seconds: float
    """Wall time of the command, without building the sandbox."""
    cpu_seconds: float
    """CPU time of all processes: exact with a control group, else as last seen some milliseconds before the end."""
    peak_memory_bytes: int | None
    """Most memory at one time, with a control group cached pages of files too; None where nobody looked in time."""
    changes: tuple[FileChange, ...] | None = ()
    """Sorted by path; None where the sandbox cannot tell (a container engine)."""
    unreported: int = 0
    """Changes that have no line in `changes`: unreadable folders, names that are not UTF-8, beyond the limits."""

    @property
    def passed(self) -> bool:
        """Whether the command ended by itself with status 0."""
        return self.ending == "exited" and self.status == 0
