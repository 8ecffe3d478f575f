"""The limits that the kernel holds for each process, as a command that sets them and becomes the real one.

They hold for the sandbox's first process too, which is bubblewrap's: whatever runs inside can write its memory. `prlimit`
(util-linux) sets them, because what a thread does between fork and exec would not be safe.
"""

from __future__ import annotations

import math
import platform
import resource

from aifirst_orchestrator.sandbox.limits import Limits

_COUNTS_BY_NAMESPACE = (5, 14)  # the kernel from which a user namespace counts its own processes
_SMALL = 65_536
_BUBBLEWRAPS = 1  # the first process in the sandbox


def limited(prlimit: str, limits: Limits, own_user: bool) -> list[str]:
    """The command line to put before another, so that it and all that it starts run within the limits.

    The number of processes is among them only for a user who runs nothing else.
    """
    cpu = math.ceil(limits.cpu_seconds)
    options = [
        _option("cpu", resource.RLIMIT_CPU, cpu, cpu + 1),
        _option("data", resource.RLIMIT_DATA, limits.memory_bytes),
        _option("as", resource.RLIMIT_AS, limits.address_space_bytes),
        _option("fsize", resource.RLIMIT_FSIZE, limits.disk_bytes),
        _option("nofile", resource.RLIMIT_NOFILE, limits.open_files),
        _option("memlock", resource.RLIMIT_MEMLOCK, _SMALL),
        # 1, not 0: a kernel that hands core dumps to a program (systemd-coredump, apport) starts it even at 0.
        _option("core", resource.RLIMIT_CORE, 1),
        "--msgqueue=0",
        "--rtprio=0",
    ]
    if own_user:
        options.append(_option("nproc", resource.RLIMIT_NPROC, limits.processes + _BUBBLEWRAPS + 1))
    return [prlimit, *options, "--"]


def limit_processes_of(process: int, limits: Limits) -> None:
    """Limit the processes below one that runs in a user namespace of its own, as this very user.

    Nothing is done for kernels that count all of a user's processes together; the watcher counts there.
    """
    if _kernel_version() < _COUNTS_BY_NAMESPACE:
        return
    count = limits.processes + _BUBBLEWRAPS
    bound = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    count = count if bound == resource.RLIM_INFINITY else min(count, bound)
    resource.prlimit(process, resource.RLIMIT_NPROC, (count, count))


def _option(name: str, which: int, soft: int, hard: int | None = None) -> str:
    """The option, never above what this process itself may have: nobody could raise it."""
    bound = resource.getrlimit(which)[1]
    ceiling = soft if bound == resource.RLIM_INFINITY else bound
    wanted = hard or soft
    highest = wanted if bound == resource.RLIM_INFINITY else min(wanted, bound)
    return f"--{name}={min(soft, ceiling)}:{highest}"


def _kernel_version() -> tuple[int, int]:
    numbers = platform.release().split(".")[:2]
    return (int(numbers[0]), int(numbers[1])) if all(part.isdigit() for part in numbers) else (0, 0)
