"""The truth about an index: what is current, what is stale, what is being built, and why."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
from aifirst_codebase.discovery import FoundFile, Skipped, read_source
from aifirst_codebase.git import Git, GitError, commit_id

from aifirst_memory.embedding.identity import embedder_identity
from aifirst_memory.history.stored import read_state
from aifirst_memory.known_files import KnownFile, compare_files
from aifirst_memory.opened import OpenedProject, open_project
from aifirst_memory.process_lock import lock_holder
from aifirst_memory.store import NoIndexError, StoreError, find_place, open_reader, read_meta, snapshot

State = Literal["none", "current", "stale", "building", "interrupted", "unreadable"]


class IndexStatus(msgspec.Struct, frozen=True):
    """What is to say of a project's index. Figures are files, `size` bytes on disk.

    `reasons` says in sentences why the state is what it is; `stale` names the first files that changed; `writer` is
    the process that is writing, 0 for none; `left_out` counts by the code of the reason.
    """

    state: State
    place: str
    reasons: tuple[str, ...]
    files: int = 0
    units: int = 0
    new: int = 0
    changed: int = 0
    removed: int = 0
    left_out: dict[str, int] = {}
    size: int = 0
    writer: int = 0
    embedder: str = ""
    history: str = ""
    stale: tuple[str, ...] = ()


_NAMED = 20


def index_status(
    root: Path, *, overrides: dict[str, object] | None = None, isolated: bool = False
) -> IndexStatus:
    """Compare the index with the files; nothing is written, and only files under new times are opened."""
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
    except (
        sqlite3.DatabaseError,
        ValueError,
        LookupError,
        TypeError,
    ) as error:  # ValueErrors: text that is none
        told = f"the index is damaged ({error}): run `aifirst index`, which makes it anew"
        return IndexStatus("unreadable", str(place.path), (*notices, told), writer=holder)
    finally:
        connection.close()


def _compare(
    root: Path, connection: sqlite3.Connection, path: str, holder: int, notices: tuple[str, ...],
    overrides: dict[str, object], isolated: bool,
) -> IndexStatus:  # fmt: skip
    project = open_project(root, overrides=overrides, isolated=isolated)
    differences = compare_files(connection, project.found.files, project.variant)
    new = [found.path for found in differences.new]
    changed = [found.path for found, file in differences.touched if _has_changed(project, found, file)]
    other = [found.path for found, _ in differences.other_variant]
    gone = [file.stored.path for file in differences.gone]
    reasons = [*notices]
    state, told = _run_state(connection, holder)
    reasons += told
    reasons += _told_files(other, "read by another version or with other settings")
    reasons += [*_told_files(new, "new"), *_told_files(changed, "changed"), *_told_files(gone, "gone")]
    history, is_behind = _history(root, connection)
    if is_behind:
        reasons.append(history)
    if state == "current" and (new or changed or other or gone or is_behind):
        state = "stale"
    if state in ("stale", "interrupted"):
        reasons.append("run `aifirst index` to bring it up to date")
    files, units = connection.execute("SELECT count(*), coalesce(sum(units), 0) FROM file").fetchone()
    left_out = dict(
        connection.execute("SELECT code, count(*) FROM left_out GROUP BY code ORDER BY code").fetchall()
    )
    size = sum(p.stat().st_size for suffix in ("", "-wal") if (p := Path(path + suffix)).exists())
    return IndexStatus(
        state, path, tuple(reasons), files=files, units=units, new=len(new), changed=len(changed) + len(other),
        removed=len(gone), left_out=left_out, size=size, writer=holder,
        embedder=embedder_identity(project.embedder), history=history,
        stale=tuple(sorted([*new, *changed, *other, *gone]))[:_NAMED],
    )  # fmt: skip


def _told_files(paths: Sequence[str], what: str) -> list[str]:
    """How many files are so, nothing for none."""
    return [f"{len(paths)} file{'s' if len(paths) > 1 else ''} {what}"] if paths else []


def _has_changed(project: OpenedProject, found: FoundFile, file: KnownFile) -> bool:
    """Whether a file under new times has other content too."""
    source = read_source(project.root, found, project.discovery)
    return isinstance(source, Skipped) or source.digest != file.stored.digest


def _run_state(connection: sqlite3.Connection, holder: int) -> tuple[State, list[str]]:
    """Whether the last run ended, and what there is to say of it."""
    note = read_meta(connection, "run")
    if note.startswith("finished"):
        return ("building", [f"process {holder} is bringing it up to date"]) if holder else ("current", [])
    if holder:
        return "building", [f"process {holder} is building it"]
    return "interrupted", ["the process that was building it ended before it was done"]


def _history(root: Path, connection: sqlite3.Connection) -> tuple[str, bool]:
    """What is known of the history, and whether git knows more by now."""
    state = read_state(connection)
    if state is None:
        return "the history has not been read", False
    try:
        head = commit_id(Git(root), "HEAD") or ""
    except GitError as error:
        return str(error), bool(state.head)
    commits = len(state.positions)
    if state.head and state.head != head:
        return (
            f"the history of {commits} commits ends at {state.head[:10]}, HEAD is {head[:10] or 'unborn'}",
            True,
        )
    return state.reason or f"{commits} commits up to {state.head[:10]}", False
