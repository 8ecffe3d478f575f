"""Gives back to the system what a worker holds and does not need.

Three things stay behind after work: cycles that nobody collected, freed blocks that the allocator keeps for later, and
pages of files that were read once. The tokenizer is the largest of these: its library carries its tables packed, and the
32 MB it read to unpack them stay mapped though nothing looks at them again. The system has them still, should somebody.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from aifirst_lsp_server.workers.memory_limit import resident_bytes

_GROWN: Final = 12 << 20
"""Bytes more than after the last time from which on looking for what can be given back pays."""
_LEAST: Final = 1 << 20
"""Bytes of a file in memory that are worth the call."""
_DONT_NEED: Final = 4
_SMAPS: Final = Path("/proc/self/smaps")


class MemoryKeeper:
    """Watches what this process holds, and gives back when it has grown."""

    def __init__(self) -> None:
        self._held = 0

    def look(self) -> bool:
        """Give back if the process has grown since the last time; whether it was tried."""
        if resident_bytes() < self._held + _GROWN:
            return False
        release_memory()
        self._held = resident_bytes()
        return True


def release_memory() -> None:
    """Collect cycles, hand freed blocks to the system and drop pages of libraries' tables; nothing elsewhere."""
    gc.collect()
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError, ValueError):
        system = ctypes.CDLL(None)
        for start, length in _read_once():
            system.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), _DONT_NEED)
        system.malloc_trim(ctypes.c_size_t(0))  # not every library has it


def _read_once() -> Iterator[tuple[int, int]]:
    """Address and length of what is mapped from files for reading alone and is in memory as it is on disk.

    A stretch with a page of its own (`Anonymous`: addresses that the linker filled in) would lose it, and is kept.
    """
    start = length = 0
    resident, is_file = 0, False
    for line in _SMAPS.read_bytes().splitlines():
        name, _, value = line.partition(b":")
        if b" " in name:
            fields = line.split()
            first, _, end = fields[0].partition(b"-")
            start, length = int(first, 16), int(end, 16) - int(first, 16)
            resident, is_file = 0, len(fields) > 5 and fields[1] == b"r--p" and fields[5].startswith(b"/")
        elif name == b"Rss":
            resident = int(value.split()[0]) * 1024
        elif name == b"Anonymous" and is_file and resident >= _LEAST and int(value.split()[0]) == 0:
            yield start, length
