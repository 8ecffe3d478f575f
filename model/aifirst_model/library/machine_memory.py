"""How much memory this machine has for a model, of its own and of its GPUs; nothing is loaded to find that out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import msgspec

_MEMINFO: Final = Path("/proc/meminfo")
_GROUP: Final = Path("/sys/fs/cgroup")
_QUERY: Final = ("--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits")


class Gpu(msgspec.Struct, frozen=True):
    """A GPU, with its memory in bytes."""

    name: str
    total: int
    free: int


class MachineMemory(msgspec.Struct, frozen=True):
    """Bytes; `free` is what programs can get without others being moved out. 0 where the system does not say."""

    total: int
    free: int
    gpus: tuple[Gpu, ...] = ()


def read_memory() -> MachineMemory:
    """The memory of this machine, or what its container leaves of it."""
    total, free = _system_memory()
    limit, used = _group_number("memory.max"), _group_number("memory.current")
    if limit is not None and 0 < limit < total:
        total, free = limit, min(free, max(0, limit - (used or 0) + _reclaimable()))
    return MachineMemory(total, free, _gpus())


def _system_memory() -> tuple[int, int]:
    try:
        told = dict(re.findall(r"^(\w+):\s+(\d+) kB", _MEMINFO.read_text("ascii"), re.MULTILINE))
        return int(told["MemTotal"]) * 1024, int(told["MemAvailable"]) * 1024
    except (OSError, KeyError, ValueError):
        pass
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        total = page * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0, 0
    try:
        return total, page * os.sysconf("SC_AVPHYS_PAGES")
    except (ValueError, OSError):
        return total, total  # macOS does not say: half of it is used by what can be moved out


def _group_number(name: str) -> int | None:
    """What a container is limited to (cgroup 2), None for no limit."""
    try:
        told = (_GROUP / name).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return int(told) if told.isdecimal() else None


def _reclaimable() -> int:
    """Bytes of files that a container keeps in memory and gives back when asked."""
    try:
        found = re.search(r"^inactive_file (\d+)$", (_GROUP / "memory.stat").read_text("ascii"), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        return 0
    return int(found[1]) if found else 0


def _gpus() -> tuple[Gpu, ...]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        told = subprocess.run(  # noqa: S603  # the driver's own program, found on the path, with fixed arguments
            [program, *_QUERY], capture_output=True, text=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    rows = [[part.strip() for part in line.rsplit(",", 2)] for line in told.splitlines()]
    return tuple(
        Gpu(row[0], int(row[1]) << 20, int(row[2]) << 20)
        for row in rows
        if len(row) == 3 and row[1].isdecimal() and row[2].isdecimal()
    )
