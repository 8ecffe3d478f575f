"""The truth about an index: what is current, what is stale, what is being built, and why."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal

import msgspec

from aifirst_memory.levels import make_levels
from aifirst_memory.opened import open_project
from aifirst_memory.process_lock import lock_holder
from aifirst_memory.store import NoIndexError, StoreError, find_place, open_reader, read_meta, snapshot
from aifirst_memory.writer import IndexWriter

State = Literal["none", "current", "stale", "building", "interrupted", "unreadable"]


class IndexStatus(msgspec.Struct, frozen=True):
    """What is to say of a project's index. Figures are files, `size` bytes on disk.

    `reasons` says in sentences why the state is what it is; `stale` names the first files that changed.
    """

    state: State
    place: str
    reasons: tuple[str, ...]
    files: int = 0
    units: int = 0
    new: int = 0
    changed: int = 0
    removed: int = 0
    left_out: int = 0
    size: int = 0
    writer: int = 0
    embedder: str = ""
    history: str = ""
    stale: tuple[str, ...] = ()


_NAMED = 20


def index_status(root: Path, *, overrides: dict[str, object] | None = None, isolated: bool = False) -> IndexStatus:
    """Compare the index with the files; nothing is written and no file is opened."""
    place = find_place(root)
    notices = (place.notice,) if place.notice else ()
    holder = lock_holder(place.lock)
    try:
        connection = open_reader(place)
    except NoIndexError as error:
        state: State = "building" if holder else "none"
        return IndexStatus(state, str(place.path), (*notices, str(error)), writer=holder)
    except StoreError as error:
        return IndexStatus("unreadable", str(place.path), (*notices, str(error)), writer=holder)
    try:
        with snapshot(connection):
            return _compare(root, connection, str(place.path), holder, notices, overrides or {}, isolated)
    except sqlite3.DatabaseError as error:
        told = f"the index is damaged ({error}): run `aifirst index`, which makes it anew"
        return IndexStatus("unreadable", str(place.path), (*notices, told), writer=holder)
    finally:
        connection.close()


def _compare(
    root: Path, connection: sqlite3.Connection, path: str, holder: int, notices: tuple[str, ...],
    overrides: dict[str, object], isolated: bool,
) -> IndexStatus:  # fmt: skip
    writer = IndexWriter(connection, make_levels())
    project = open_project(root, overrides=overrides, isolated=isolated)
    known, left_out = writer.known(), writer.left_out()
    new: list[str] = []
    changed: list[str] = []
    other_variant = 0
    for found in project.found.files:
        has, variant = known.pop(found.path, None), project.variant(found.path)
        stat = (found.size, found.mtime_ns, found.ctime_ns, found.inode)
        if has is None:
            if left_out.get(found.path) != (*stat, variant):
                new.append(found.path)
        elif has.variant != variant:
            other_variant += 1
            changed.append(found.path)
        elif has.stat != stat:
            changed.append(found.path)
    reasons = [*notices]
    word, pid, todo, _ = (read_meta(connection, "run") or "finished 0 0 0").split()
    state: State = "stale" if new or changed or known else "current"
    if word == "running":
        state = "building" if holder else "interrupted"
        told = "is building it" if holder else "was building it and ended before it was done"
        reasons.append(f"process {pid} {told} ({todo} files to look at)")
    if other_variant:
        reasons.append(f"{other_variant} files were read by another version or with other settings")
    for count, what in ((len(new), "new"), (len(changed) - other_variant, "changed"), (len(known), "gone")):
        if count:
            reasons.append(f"{count} files are {what} since")
    if state in ("stale", "interrupted"):
        reasons.append("run `aifirst index` to bring it up to date")
    files, units = connection.execute("SELECT count(*), coalesce(sum(units), 0) FROM file").fetchone()
    size = sum(p.stat().st_size for suffix in ("", "-wal") if (p := Path(path + suffix)).exists())
    return IndexStatus(
        state, path, tuple(reasons), files, units, len(new), len(changed), len(known), len(left_out), size, holder,
        read_meta(connection, "embedder"), read_meta(connection, "history"),
        tuple(sorted([*new, *changed, *known]))[:_NAMED],
    )  # fmt: skip
