"""Looks at a running sandbox every few milliseconds and says when a limit over all its processes is passed.

The kernel's own limits hold for one process or, with a control group, for memory and processes; the rest is counted here:
CPU time of the whole tree, files on the sized file systems, and memory where there is no control group.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final, Protocol

from aifirst_orchestrator.sandbox.control_group import ControlGroup
from aifirst_orchestrator.sandbox.limits import Limits
from aifirst_orchestrator.sandbox.memory_use import MemoryUse
from aifirst_orchestrator.sandbox.outcome import Ending
from aifirst_orchestrator.sandbox.process_table import ProcessTable
from aifirst_orchestrator.sandbox.processor_time import ProcessorTime

_OWN_PROCESSES: Final = 2  # bubblewrap's, which waits for the others, and one on its way out


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
    _table: ProcessTable = field(init=False)
    _memory: MemoryUse = field(init=False)
    _time: ProcessorTime = field(init=False, default_factory=ProcessorTime)

    def __post_init__(self) -> None:
        self._table = ProcessTable(self.processes)
        self._memory = MemoryUse(self._table, self.limits.memory_bytes, count_shared_maps=self.group is None)

    def exceeded(self) -> Ending | None:
        numbers = self._table.numbers()
        memory = self._memory.look(numbers)
        self.peak_memory_bytes = max(self.peak_memory_bytes or 0, memory)
        used = self.group.cpu_seconds() if self.group else None
        if used is None:
            used = self._time.look(self._table, numbers)
        self.cpu_seconds = max(self.cpu_seconds, used)
        if memory > self.limits.memory_bytes:
            return "memory"
        if len(numbers) > self.limits.processes + _OWN_PROCESSES:
            return "processes"
        return self._passed_for_good()

    def settle(self) -> Ending | None:
        """Take the exact figures once everything has ended, and say which limit they pass: it may have been quick."""
        if self.group is not None:
            self.cpu_seconds = max(self.cpu_seconds, self.group.cpu_seconds() or 0.0)
            peak = self.group.peak_memory_bytes()
            if peak is not None:
                self.peak_memory_bytes = max(self.peak_memory_bytes or 0, peak)
        return self._passed_for_good()

    def _passed_for_good(self) -> Ending | None:
        """A limit over what outlives the processes, None where none is passed."""
        if self.group and self.group.ended_for_memory():
            return "memory"
        if self.cpu_seconds > self.limits.cpu_seconds:
            return "cpu_time"
        if sum(map(_used_inodes, self.file_systems)) > self.limits.file_count:
            return "files"
        return None


@dataclass(slots=True)
class NoWatch:
    """Where an engine or nobody counts."""

    cpu_seconds: float = 0.0
    peak_memory_bytes: int | None = None

    def exceeded(self) -> Ending | None:
        return None


def _used_inodes(folder: int) -> int:
    status = os.fstatvfs(folder)
    return status.f_files - status.f_ffree
