"""Makes what is visible reachable for the run's own user, where root runs the sandbox and the way is closed to others.

An interpreter below /root is the usual case. The folders are bound, in a mount namespace that nobody else sees and that
ends with the run, to a place that everybody may walk to; bubblewrap takes them from there.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aifirst_orchestrator.sandbox.programs import find_program
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError

_READABLE: Final = {True: stat.S_IROTH | stat.S_IXOTH, False: stat.S_IROTH}
_PLACES: Final = ("/mnt", "/srv", "/media", "/opt", "/home")
# Arguments: the place, the number of paths, the paths, and the command to become.
_SCRIPT: Final = (
    'place=$1 left=$2 number=0; shift 2; mount -t tmpfs -o mode=755,size=1m stage "$place" || exit 125; '
    'while [ $number -lt $left ]; do if [ -d "$1" ]; then mkdir "$place/$number"; else : >"$place/$number"; fi; '
    'mount --rbind "$1" "$place/$number" || exit 125; number=$((number + 1)); shift; done; exec "$@"'
)


@dataclass(frozen=True, slots=True)
class Staging:
    """The words to put before bubblewrap, and where it finds the paths that were bound elsewhere."""

    prefix: tuple[str, ...] = ()
    sources: Mapping[Path, Path] = field(default_factory=dict[Path, Path])


def stage_visible(visible: tuple[Path, ...]) -> Staging:
    """How to reach these paths as another user; nothing to do where all of them can be walked to."""
    for path in visible:
        if path.stat().st_mode & _READABLE[path.is_dir()] != _READABLE[path.is_dir()]:
            raise SandboxRefusedError(
                f"{path} cannot be read by other users, and root runs the sandbox as another user.",
                "Open it (chmod o+rX), put what is needed in with Job.files, or run as an ordinary user.",
            )
    closed = [path for path in visible if not _open_to_others(path)]
    if not closed:
        return Staging()
    unshare, shell = find_program("unshare"), find_program("sh")
    places = [Path(place) for place in _PLACES if Path(place).is_dir()]
    free = [place for place in places if not any(path.is_relative_to(place) for path in visible)]
    if unshare is None or shell is None or not free:
        raise SandboxRefusedError(
            f"{closed[0]} is closed to other users, and root runs the sandbox as another user.",
            f"Open the way to it (chmod o+x {closed[0].parent}), or run as an ordinary user.",
        )
    prefix = (
        *(unshare, "--mount", "--propagation", "private", "--", shell, "-c", _SCRIPT, "sh"),
        *(str(free[0]), str(len(closed)), *map(str, closed)),
    )
    return Staging(prefix, {path: free[0] / str(number) for number, path in enumerate(closed)})


def _open_to_others(path: Path) -> bool:
    """Whether every folder on the way, links resolved, lets any user through."""
    real = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in real.parents)
