"""What a run in the sandbox may use, each limit with its unit; the defaults suit one small test run."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one run; every one is positive, or the constructor raises ValueError."""

    wall_seconds: float = 10.0
    """From the start of the command until everything in the sandbox is killed."""
    cpu_seconds: float = 10.0
    """CPU time of all processes together."""
    memory_bytes: int = 512 * MEBIBYTE
    """Memory of all processes together; one process's private writable memory is refused beyond it."""
    address_space_bytes: int = 64 * 1024 * MEBIBYTE
    """Addresses that one process may map; far above the memory, because Go, Java and Node reserve ahead."""
    processes: int = 64
    """Processes and threads at one time."""
    disk_bytes: int = 64 * MEBIBYTE
    """Size of /tmp, which holds the working folder; as much again is all that one file may have."""
    file_count: int = 20_000
    """Files, folders and links in /tmp and /dev/shm together."""
    output_bytes: int = MEBIBYTE
    """What may be printed, standard output and standard error together."""
    open_files: int = 256
    """Open descriptors of one process."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (value > 0 and math.isfinite(value)):
                raise ValueError(
                    f"Limits.{field.name} must be a number above zero; leave it out for the default"
                )
