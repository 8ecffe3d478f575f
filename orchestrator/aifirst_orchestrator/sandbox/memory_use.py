"""Counts the memory that all processes of a namespace hold together, where the kernel does not do it by itself.

The kernel tells what a process has mapped and touched. Three things do not show in that: page tables, what a process
whose first thread has ended holds, and shared memory that was filled and then unmapped in part or given back with
madvise, which stays for as long as one page of it is mapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from aifirst_orchestrator.sandbox.process_table import ProcessTable

_PRIVATE: Final = re.compile(rb"^(?:RssAnon|VmPTE|VmSwap):\s+(\d+) kB", re.MULTILINE)
_SHARED: Final = re.compile(rb"^RssShmem:\s+(\d+) kB", re.MULTILINE)
_TABLES: Final = re.compile(rb"^(?:VmPTE|VmSwap):\s+(\d+) kB", re.MULTILINE)
_PROPORTIONAL: Final = re.compile(rb"^Pss_Anon:\s+(\d+) kB", re.MULTILINE)
_PROPORTIONAL_SHARED: Final = re.compile(rb"^Pss_Shmem:\s+(\d+) kB", re.MULTILINE)
# Addresses, offset, device and inode of a map of shared memory without a name.
_SHARED_MAP: Final = re.compile(
    rb"^([0-9a-f]+)-([0-9a-f]+) ...s ([0-9a-f]+) (\S+ \d+) +/dev/zero \(deleted\)$", re.MULTILINE
)


@dataclass(slots=True)
class MemoryUse:
    """What the processes hold; with a control group, which counts it itself, unnamed shared memory is left to that."""

    table: ProcessTable
    limit: int
    count_shared_maps: bool
    _ends: dict[bytes, int] = field(default_factory=dict[bytes, int])
    """Of each unnamed piece of shared memory that is mapped: the furthest that any map of it was seen to reach."""

    def look(self, numbers: list[str]) -> int:
        """Bytes that the processes hold: shared pages once a process, exactly where that is more than the limit."""
        status = dict(map(self._living, numbers))
        mapped = self._shared_maps(list(status)) if self.count_shared_maps else 0
        rough = _total(_PRIVATE, status.values()) + max(_total(_SHARED, status.values()), mapped)
        if rough <= self.limit or len(numbers) < 3:
            return rough
        exact = {number: self.table.read(f"{number}/smaps_rollup") for number in status}
        # Read again: one that has ended meanwhile holds nothing, one that hides it is no reason to count less.
        if _total(_PRIVATE, (self._living(number)[1] for number, text in exact.items() if not text)):
            return rough
        private = _total(_PROPORTIONAL, exact.values()) + _total(_TABLES, status.values())
        return private + max(_total(_PROPORTIONAL_SHARED, exact.values()), mapped)

    def _living(self, number: str) -> tuple[str, bytes]:
        """A thread of the process that still has its memory, and its status; the first one may have ended."""
        text = self.table.read(f"{number}/status")
        if text and b"\nVmPTE:" not in text:
            for thread in self.table.threads(number):
                other = self.table.read(f"{number}/task/{thread}/status")
                if b"\nVmPTE:" in other:
                    return thread, other
        return number, text

    def _shared_maps(self, numbers: list[str]) -> int:
        """Bytes of unnamed shared memory, each piece once: what it holds, or for whoever may not ask, could hold."""
        held: dict[bytes, int] = {}
        ends: dict[bytes, int] = {}
        for number in numbers:
            for first, last, offset, piece in _SHARED_MAP.findall(self.table.read(f"{number}/maps")):
                if piece not in held:
                    addresses = f"{int(first, 16):x}-{int(last, 16):x}"
                    held[piece] = -1 if (size := self.table.held_bytes(number, addresses)) is None else size
                end = int(offset, 16) + int(last, 16) - int(first, 16)
                ends[piece] = max(ends.get(piece, 0), self._ends.get(piece, 0), end)
        self._ends = ends
        return sum(ends[piece] if size < 0 else size for piece, size in held.items())


def _total(pattern: re.Pattern[bytes], texts: Iterable[bytes]) -> int:
    return 1024 * sum(int(found) for text in texts for found in pattern.findall(text))
