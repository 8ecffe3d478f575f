"""Counts processor time of all processes of a namespace, also of those that ended, where no control group does.

The kernel adds the time of a child that ended to the parent that waits for it. A parent that ignores its children's end
(SIGCHLD) makes it vanish, so what was seen of a process that is gone and arrived at nobody is kept here.

Left out: a process that starts and ends between two looks and that nobody waits for is never seen.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from aifirst_orchestrator.sandbox.process_table import ProcessTable

_TICK: Final = os.sysconf("SC_CLK_TCK")


class Times(NamedTuple):
    """One process at one look, in ticks of the kernel's clock."""

    started: int
    """With the number it names the process: numbers come again."""
    own: int
    children: int
    """Of those that ended and were waited for."""


@dataclass(slots=True)
class ProcessorTime:
    """What all processes used up to the last look."""

    seen: dict[str, Times] = field(default_factory=dict[str, Times])
    lost: int = 0
    """Of processes that ended and that nobody waited for."""
    _replaced: int = 0
    """Of processes whose number another one has now; settled at the next look, when whoever waited shows it."""

    def look(self, table: ProcessTable, numbers: Iterable[str]) -> float:
        """Seconds of processor time so far, given which processes there are; it never counts anything twice."""
        return self.account({number: _times(table.read(f"{number}/stat")) for number in numbers})

    def account(self, found: dict[str, Times | None]) -> float:
        """The same from what was read; None for a process that ended between the listing and the reading."""
        now = {number: times for number, times in found.items() if times is not None}
        if all(now.get(number) for number in self.seen.keys() & found.keys()):
            self._settle(now)
            self.seen = now
        return (self.lost + sum(times.own + times.children for times in now.values())) / _TICK

    def _settle(self, now: dict[str, Times]) -> None:
        """Keep what ended since the last look and did not arrive at a process that is still there."""
        gone, self._replaced = self._replaced, 0
        arrived = 0
        for number, before in self.seen.items():
            after = now.get(number)
            if after is None:
                gone += before.own + before.children
            elif after.started != before.started:
                self._replaced += before.own + before.children
            else:
                arrived += after.children - before.children
        self.lost += max(0, gone - arrived)


def _times(text: bytes) -> Times | None:
    """The times in a line of /proc/PID/stat, None for an empty one."""
    # After the name in brackets, which may hold anything.
    fields = text.rpartition(b")")[2].split()
    if len(fields) < 20:
        return None
    user, system, children_user, children_system = map(int, fields[11:15])
    return Times(int(fields[19]), user + system, children_user + children_system)
