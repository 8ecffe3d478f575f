"""Looks at a running sandbox every few milliseconds and says when a limit over all its processes is passed.

The kernel's own limits hold for one process or, with a control group, for memory and processes; the rest is counted here:
CPU time of the whole tree, files on the sized file systems, and memory where there is no control group.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from aifirst_orchestrator.sandbox.control_group import ControlGroup
from aifirst_orchestrator.sandbox.limits import Limits
from aifirst_orchestrator.sandbox.outcome import Ending

_TICK: Final = os.sysconf("SC_CLK_TCK")
_OWN_PROCESSES: Final = 2  # bubblewrap's, which waits for the others, and one on its way out
_ANONYMOUS: Final = re.compile(rb"^Rss(?:Anon|Shmem):\s+(\d+) kB", re.MULTILINE)
_PROPORTIONAL: Final = re.compile(rb"^Pss_(?:Anon|Shmem):\s+(\d+) kB", re.MULTILINE)


class Watch(Protocol):
    """What the loop that attends a run asks between two readings."""

    cpu_seconds: float
    peak_memory_bytes: int | None

    def exceeded(self) -> Ending | None:
        """The limit that is passed, None while none is."""
        ...


@dataclass(slots=True)
class NamespaceWatch:
    """Watches one process namespace through descriptors taken before the command started."""

    limits: Limits
    processes: int
    """The sandbox's own /proc."""
    file_systems: tuple[int, ...]
    """The sized file systems in it."""
    group: ControlGroup | None
    cpu_seconds: float = 0.0
    peak_memory_bytes: int | None = None

    def exceeded(self) -> Ending | None:
        numbers = [name for name in _names(self.processes) if name.isdigit()]
        memory = self._memory(numbers)
        self.peak_memory_bytes = max(self.peak_memory_bytes or 0, memory)
        self.cpu_seconds = max(self.cpu_seconds, self._cpu(numbers))
        if memory > self.limits.memory_bytes or (self.group and self.group.ended_for_memory()):
            return "memory"
        if len(numbers) > self.limits.processes + _OWN_PROCESSES:
            return "processes"
        if self.cpu_seconds > self.limits.cpu_seconds:
            return "cpu_time"
        if sum(map(_used_inodes, self.file_systems)) > self.limits.file_count:
            return "files"
        return None

    def settle(self) -> None:
        """Take the exact figures from the control group, once everything in it has ended."""
        if self.group is None:
            return
        self.cpu_seconds = max(self.cpu_seconds, self.group.cpu_seconds() or 0.0)
        peak = self.group.peak_memory_bytes()
        if peak is not None:
            self.peak_memory_bytes = max(self.peak_memory_bytes or 0, peak)

    def _memory(self, numbers: list[str]) -> int:
        """Bytes that belong to the processes, shared pages once a process; exactly where that is too much."""
        rough = sum(_sum(_ANONYMOUS, self._read(f"{number}/status")) for number in numbers)
        if rough <= self.limits.memory_bytes or len(numbers) < 3:
            return rough
        exact = [_sum(_PROPORTIONAL, self._read(f"{number}/smaps_rollup")) for number in numbers]
        unreadable = any(
            not share and _sum(_ANONYMOUS, self._read(f"{number}/status"))
            for number, share in zip(numbers, exact, strict=True)
        )
        return rough if unreadable else sum(exact)

    def _cpu(self, numbers: list[str]) -> float:
        ticks = 0
        for number in numbers:
            # After the name in brackets, which may hold anything: times of the process and of its dead children.
            fields = self._read(f"{number}/stat").rpartition(b")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
        return ticks / _TICK

    def _read(self, path: str) -> bytes:
        with suppress(OSError):
            handle = os.open(path, os.O_RDONLY, dir_fd=self.processes)
            try:
                return os.read(handle, 8192)
            finally:
                os.close(handle)
        return b""


@dataclass(slots=True)
class NoWatch:
    """Where an engine or nobody counts."""

    cpu_seconds: float = 0.0
    peak_memory_bytes: int | None = None

    def exceeded(self) -> Ending | None:
        return None


def _names(folder: int) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _sum(pattern: re.Pattern[bytes], text: bytes) -> int:
    return 1024 * sum(map(int, pattern.findall(text)))


def _used_inodes(folder: int) -> int:
    status = os.fstatvfs(folder)
    return status.f_files - status.f_ffree
