"""How much memory this process occupies: what a parse in C takes, no allocator of Python's knows of.

Where the system does not tell the present figure it is the highest so far, which grows all the same; where it
tells neither it is 0, and nothing is bounded by it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_STATM = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Bytes of memory that the process occupies, 0 where the system does not say."""
    try:
        with _STATM.open("rb", buffering=0) as file:
            return int(file.read(100).split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return _highest_so_far()


def _highest_so_far() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
