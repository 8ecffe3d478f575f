"""The limits that the kernel holds for each process, as a command that sets them and becomes the real one.

`prlimit` (util-linux) does it inside the sandbox: what a thread does between fork and exec would not be safe, and the
limit of processes has to be set where the sandbox's own user namespace counts.
"""

from __future__ import annotations

import math
import platform
import resource
from collections.abc import Iterator

from aifirst_orchestrator.sandbox.limits import Limits

_COUNTS_BY_NAMESPACE = (5, 14)  # the kernel from which a user namespace counts its own processes
_SMALL = 65_536


def limited(prlimit: str, limits: Limits, own_user: bool) -> list[str]:
    """The command line to put before another, so that it runs within the limits."""
    return [prlimit, *_options(limits, own_user), "--"]


def _options(limits: Limits, own_user: bool) -> Iterator[str]:
    cpu = math.ceil(limits.cpu_seconds)
    yield _option("cpu", resource.RLIMIT_CPU, cpu, cpu + 1)
    yield _option("data", resource.RLIMIT_DATA, limits.memory_bytes)
    yield _option("as", resource.RLIMIT_AS, limits.address_space_bytes)
    yield _option("fsize", resource.RLIMIT_FSIZE, limits.disk_bytes)
    yield _option("nofile", resource.RLIMIT_NOFILE, limits.open_files)
    yield _option("memlock", resource.RLIMIT_MEMLOCK, _SMALL)
    # 1, not 0: a kernel that hands core dumps to a program (systemd-coredump, apport) starts it even at 0.
    yield _option("core", resource.RLIMIT_CORE, 1)
    yield "--msgqueue=0"
    yield "--rtprio=0"
    if own_user or _kernel_version() >= _COUNTS_BY_NAMESPACE:
        yield _option("nproc", resource.RLIMIT_NPROC, limits.processes + 1)  # one is bubblewrap's


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
