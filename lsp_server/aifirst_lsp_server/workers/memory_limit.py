"""How much memory a worker may take, and takes.

The limit is on data, not on address space: libraries of linear algebra reserve far more than they use. Where the system
knows no such limit there is none; the server still replaces a worker that holds too much (`process`).
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

_MOST = {"analyst": 1 << 30, "librarian": 2 << 30, "indexer": 4 << 30, "judge": 2 << 30}
_MMAP_THRESHOLD = -3
"""As the C library's header has it."""
_LARGE_BLOCK = 300_000
_STATM = Path("/proc/self/statm")


def limit_memory(role: str) -> None:
    """Let the system refuse this process more than its role may have."""
    if sys.platform != "linux":
        return
    import resource

    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = _MOST[role] if hard == resource.RLIM_INFINITY else min(hard, _MOST[role])
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def return_large_blocks() -> None:
    """Have the allocator give blocks back that are large, however large they were before; for the server itself.

    A page of a graph goes through it as one text of many megabytes, which would stay otherwise. Workers are told the same
    by their environment.
    """
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE_BLOCK)


def resident_bytes() -> int:
    """The memory that this process holds now, 0 where the system does not tell."""
    try:
        return int(_STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0
