"""Under which user of the machine the sandbox runs.

An ordinary user stays who they are. Root gives the run a user number of its own that owns nothing: the kernel never
enforces a limit of processes for root, root's files would be readable, and two runs could signal each other.
"""

from __future__ import annotations

import ctypes
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_PREFERRED = 1_800_000_000  # far from what useradd and container engines hand out
_SPREAD = 100_000_000
_NOBODY = 65_534


def own_user_number() -> int | None:
    """A user number that nobody has, for one run by root; None where this process stays what it is.

    Also None for a root that has no other numbers to give (a user namespace with one user): that is not the machine's
    root, and the limit of processes holds for it.
    """
    if os.geteuid() != 0:
        return None
    users, groups = (_last_range(Path(f"/proc/self/{kind}_map")) for kind in ("uid", "gid"))
    first, end = max(users[0], groups[0]), min(users[1], groups[1])
    if end > _PREFERRED + _SPREAD:
        return _PREFERRED + secrets.randbelow(_SPREAD)
    highest = min(end, _NOBODY) - 1
    lowest = max(first, highest - 4_000, 1_000)
    return None if highest <= lowest else lowest + secrets.randbelow(highest - lowest)


def _last_range(table: Path) -> tuple[int, int]:
    """First number and end of the longest range of a user or group map."""
    try:
        rows = [line.split() for line in table.read_text().splitlines()]
    except OSError:
        return 0, 1
    ranges = [(int(row[0]), int(row[0]) + int(row[2])) for row in rows]
    return max(ranges, key=lambda pair: pair[1] - pair[0], default=(0, 1))


@contextmanager
def files_owned_by(number: int | None) -> Generator[None]:
    """Create files as that user, in this thread only; nothing is changed for None.

    A file system mounted in the sandbox's user namespace refuses files of users that it does not know, root among them.
    """
    if number is None:
        yield
        return
    library = ctypes.CDLL(None)
    user, group = os.geteuid(), os.getegid()
    library.setfsgid(number)
    library.setfsuid(number)
    try:
        yield
    finally:
        library.setfsuid(user)
        library.setfsgid(group)
