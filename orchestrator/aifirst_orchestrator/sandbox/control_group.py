"""A control group for one run, where the machine lets this process make one: limits over all processes together.

Version 2 needs a group above this process that already hands memory and pids down and that this user may write, as
systemd delegates it; version 1 needs the right to make folders below this process's own group, which root has. Where
neither holds, the watcher alone counts.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ROOT: Final = Path("/sys/fs/cgroup")
_SETTINGS: Final[dict[int, tuple[tuple[str, str], ...]]] = {
    1: (
        ("memory.limit_in_bytes", "memory"),
        ("memory.memsw.limit_in_bytes", "memory"),
        ("pids.max", "processes"),
    ),
    2: (
        ("memory.max", "memory"),
        ("memory.swap.max", "zero"),
        ("memory.oom.group", "one"),
        ("pids.max", "processes"),
    ),
}
_OPTIONAL: Final = {"memory.memsw.limit_in_bytes", "memory.swap.max", "memory.oom.group"}


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """The folders of one group: one of version 2, or one a controller of version 1."""

    version: int
    folders: tuple[Path, ...]

    def join(self, process: int) -> bool:
        """Put a process in, and with it what it starts; False where this user may not move it."""
        try:
            for folder in self.folders:
                (folder / "cgroup.procs").write_text(str(process))
        except OSError:
            return False
        return True

    def ended_for_memory(self) -> bool:
        """Whether the kernel killed a process of the group for lack of memory."""
        name = "memory.events" if self.version == 2 else "memory.oom_control"
        return self._row(name, "oom_kill") > 0

    def peak_memory_bytes(self) -> int | None:
        """Most memory at one time, None where the kernel does not keep it."""
        text = self._read("memory.peak" if self.version == 2 else "memory.max_usage_in_bytes")
        return int(text) if text.strip().isdigit() else None

    def cpu_seconds(self) -> float | None:
        """CPU time of all that ran in the group, None where the kernel does not count it."""
        if self.version == 2:
            used = self._row("cpu.stat", "usage_usec")
            return used / 1e6 if used >= 0 else None
        text = self._read("cpuacct.usage")
        return int(text) / 1e9 if text.strip().isdigit() else None

    def close(self) -> None:
        """Remove the group; the kernel lets go of its last process a moment after it ended."""
        for folder in self.folders:
            for _ in range(100):
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.005)

    def _read(self, name: str) -> str:
        for folder in self.folders:
            with contextlib.suppress(OSError):
                return (folder / name).read_text()
        return ""

    def _row(self, name: str, key: str) -> int:
        rows = [line.split() for line in self._read(name).splitlines()]
        return next((int(row[1]) for row in rows if row[0] == key), -1)


def make_control_group(memory_bytes: int, processes: int, root: Path = _ROOT) -> ControlGroup | None:
    """A new group with these limits, or None where this process may make none; the caller closes it."""
    values = {"memory": str(memory_bytes), "processes": str(processes), "zero": "0", "one": "1"}
    name = f"aifirst-{os.getpid()}-{secrets.token_hex(4)}"
    for version, parents in ((2, _parents_2(root)), (1, _parents_1(root))):
        _sweep(parents)
        group = ControlGroup(version, tuple(parent / name for parent in parents))
        if parents and _set_up(group, values):
            return group
    return None


def _sweep(parents: list[Path]) -> None:
    """Remove what runs left behind whose caller was killed; a group that is not empty stays."""
    for parent in parents:
        for folder in parent.glob("aifirst-*-*"):
            if not Path("/proc", folder.name.split("-")[1]).exists():
                with contextlib.suppress(OSError):
                    folder.rmdir()


def _set_up(group: ControlGroup, values: dict[str, str]) -> bool:
    """Make the folders and write the limits; whatever was made is removed where one is refused."""
    try:
        for folder in group.folders:
            folder.mkdir()
        for setting, key in _SETTINGS[group.version]:
            _write_setting(group, setting, values[key])
    except OSError:
        group.close()
        return False
    return True


def _write_setting(group: ControlGroup, setting: str, value: str) -> None:
    for folder in group.folders:
        if (folder / setting).exists():
            (folder / setting).write_text(value)
            return
    if setting not in _OPTIONAL:
        raise FileNotFoundError(setting)


def _own_groups() -> dict[str, str]:
    """This process's groups: controllers ("" for version 2) to path, from /proc/self/cgroup."""
    try:
        rows = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    except OSError:
        return {}
    return {controller: row[2] for row in rows for controller in row[1].split(",")}


def _parents_1(root: Path) -> list[Path]:
    """The folders of this process in the hierarchies that count, empty where memory or pids is missing."""
    own = _own_groups()
    found = {
        name: root / name / own[name].lstrip("/") for name in ("memory", "pids", "cpuacct") if name in own
    }
    usable = {name: path for name, path in found.items() if os.access(path, os.W_OK)}
    return list(dict.fromkeys(usable.values())) if {"memory", "pids"} <= usable.keys() else []


def _parents_2(root: Path) -> list[Path]:
    """The nearest group above this process that hands memory and pids to its children, as a list of one."""
    own = _own_groups().get("")
    if own is None:
        return []
    group = root / own.lstrip("/")
    for folder in (group, *group.parents):
        if not folder.is_relative_to(root):
            break
        with contextlib.suppress(OSError):
            given = (folder / "cgroup.subtree_control").read_text().split()
            if {"memory", "pids"} <= set(given) and os.access(folder, os.W_OK):
                return [folder]
    return []
