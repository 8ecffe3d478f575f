"""Files that an earlier run wrote and that belong to no unit of the specification any more.

They are found by the digests of what was written. Only code counts: what a project needs besides (`go.mod`, the
specification, reports) belongs to no unit and stays.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

import msgspec
from aifirst_codebase.languages.registry import language_of_name

from aifirst_orchestrator.generate.integrate import KEPT, Replace, require_inside

_ENDING = ".files.json"


class StaleFiles(msgspec.Struct, frozen=True):
    """By name below the root, in alphabetical order."""

    unchanged: tuple[str, ...] = ()
    """As they were written: nobody would miss them."""
    changed: tuple[str, ...] = ()
    """Changed by hand since: for their person to decide."""
    removed: tuple[str, ...] = ()
    """Those that were removed now."""


def stale_files(root: Path, slug: str, belonging: Iterable[str]) -> StaleFiles:
    """What an earlier run of the specification `slug` wrote beside the files that belong to its units now."""
    before = _read(root / KEPT / f"{slug}{_ENDING}")
    others = {
        name
        for index in (root / KEPT).glob(f"*{_ENDING}")
        if index.name != f"{slug}{_ENDING}"
        for name in _read(index)
    }
    found = sorted(
        name
        for name in set(before) - set(belonging) - others
        if _is_code(name) and _is_plain(name) and os.path.isfile(root / name)  # noqa: PTH113  Path's own raises for long names
    )
    same = [name for name in found if _digest(root / name) in before[name].split()]
    return StaleFiles(tuple(same), tuple(name for name in found if name not in same))


def remove_stale(
    root: Path, slug: str, names: Iterable[str], replace: Replace, removed: Callable[[str], None]
) -> None:
    """Remove these files and the folders that they leave empty, and forget that they were written.

    Raises `ChangedByHandError` for one that a link leads elsewhere, `OSError`.
    """
    index = root / KEPT / f"{slug}{_ENDING}"
    kept = _read(index)
    for name in names:
        place = root / name
        require_inside(root, place)
        place.unlink(missing_ok=True)
        kept.pop(name, None)
        for folder in place.parents:
            if folder == root:
                break
            with suppress(OSError):  # something else is in it
                folder.rmdir()
        removed(name)
    replace(index, msgspec.json.format(msgspec.json.encode(kept, order="sorted"), indent=2) + b"\n")


def _is_code(name: str) -> bool:
    language = language_of_name(name.rpartition("/")[2])
    return language is not None and language.data.kind == "code"


def _is_plain(name: str) -> bool:
    """Whether a name stays below the root: an index that came with a project may say anything."""
    path = PurePosixPath(name)
    return str(path) == name and not path.is_absolute() and ".." not in path.parts


def _read(index: Path) -> dict[str, str]:
    if not index.is_file():  # a pipe would be waited for
        return {}
    try:
        return msgspec.json.decode(index.read_bytes(), type=dict[str, str])
    except (FileNotFoundError, msgspec.DecodeError):
        return {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
