"""Follows a project: brings its memory up to date whenever files change, until it is told to stop.

The watcher looks before the first update, so that nothing is missed between the two. One save is one update of one
file; many changes at once, a file that steers others and another commit have the whole project looked at, which also
makes up for events that the system dropped. A failed update is told, and the next change tries again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

import msgspec
from aifirst_codebase.cache.store import FOLDER
from aifirst_codebase.config import ConfigError
from aifirst_codebase.languages import may_be_source

from aifirst_memory.store import StoreError
from aifirst_memory.update import IndexSession, UpdateReport, UpdateRequest, Waiting
from aifirst_memory.update_run import Progress, steers_all
from aifirst_memory.worktrees import git_folders

if TYPE_CHECKING:
    from watchfiles import Change

MOST_PATHS: Final = 500
"""More changes at once than this, and looking at all files is sooner."""
_HISTORY: Final = ("HEAD", "packed-refs")
_EVERYTHING: Final = ("HEAD", "info/exclude")
"""What git keeps that says which commits there are, and which files."""
_DEBOUNCE_MS = 300
_STEP_MS = 50
_LOOK_UP_MS = 500


class Work(msgspec.Struct, frozen=True):
    """What some changes call for. `paths` None: look at all files. `history`: ask git."""

    paths: tuple[str, ...] | None = ()
    history: bool = False

    def __bool__(self) -> bool:
        return self.paths is None or bool(self.paths) or self.history


def watch(
    request: UpdateRequest,
    on_update: Callable[[UpdateReport], None],
    *,
    on_problem: Callable[[str], None],
    progress: Progress | None = None,
    waiting: Waiting | None = None,
    stop: Event | None = None,
) -> str:
    """Keep the memory of a project current; returns why it ended: Ctrl-C, `stop`, or the project is gone.

    Every update is told to `on_update`, the first one, of all files, too. Raises what `update_memory` raises for the
    first one, and `StoreError` where the system does not let files be watched.
    """
    import watchfiles

    root = request.root.resolve()
    repository = git_folders(root)
    outside = [folder for folder in repository if not folder.is_relative_to(root)]
    stop = stop or Event()
    changes = watchfiles.watch(
        root, *outside, watch_filter=None, debounce=_DEBOUNCE_MS, step=_STEP_MS, rust_timeout=_LOOK_UP_MS,
        yield_on_timeout=True, stop_event=stop, raise_interrupt=True, recursive=True,
    )  # fmt: skip
    with IndexSession(request, progress, waiting) as session:
        try:
            next(changes, None)  # from now on changes are kept for us
        except OSError as error:
            raise StoreError(
                f"{root} cannot be watched ({error}): run `aifirst index` after changes"
            ) from error
        on_update(session.update())
        import_module("aifirst_memory.extract")  # a first run with nothing to read has not needed it yet
        try:
            for found in changes:
                if not root.is_dir():
                    return "the project is gone"
                work = work_of(root, found, repository)
                if work:
                    _update(session, work, on_update, on_problem)
        except KeyboardInterrupt:
            return "interrupted"
    return "stopped"


def _update(
    session: IndexSession,
    work: Work,
    on_update: Callable[[UpdateReport], None],
    on_problem: Callable[[str], None],
) -> None:
    try:
        on_update(session.update(work.paths, history=work.history))
    except (ConfigError, StoreError, OSError) as error:
        on_problem(str(error))  # settings in the middle of an edit, a full disk: the next change tries again


def work_of(root: Path, changes: Iterable[tuple[Change, str]], repository: Iterable[Path] = ()) -> Work:
    """What changes call for, given as the watcher tells them; `repository` are the folders that git keeps."""
    from watchfiles import Change

    folders = [f"{folder}/" for folder in repository]
    paths: set[str] = set()
    looks_at_all = history = False
    seen = 0
    for kind, full in changes:
        seen += 1
        inside = next((full.removeprefix(folder) for folder in folders if full.startswith(folder)), None)
        if inside is not None:
            history |= inside in _HISTORY or inside.startswith("refs/")
            looks_at_all |= inside in _EVERYTHING
            continue
        path = _relative(root, full)
        if not path:
            continue
        looks_at_all |= steers_all(path)
        if kind == Change.deleted or _may_be_ours(root, path, is_new=kind == Change.added):
            paths.add(path)
    if looks_at_all or seen > MOST_PATHS:
        return Work(None, history=True)
    return Work(tuple(sorted(paths)), history)


def _may_be_ours(root: Path, path: str, *, is_new: bool) -> bool:
    """Whether a path may be a source file, or a folder that came with some."""
    return may_be_source(path.rpartition("/")[2]) or (is_new and (root / path).is_dir())


def _relative(root: Path, full: str) -> str:
    """The path below the root, "" for what is none of the project's."""
    try:
        path = Path(full).relative_to(root).as_posix()
        path.encode("utf-8")
    except ValueError:
        return ""
    is_other = path == "." or path.partition("/")[0] in (FOLDER, ".git") or "/.git/" in path
    return "" if is_other else path
