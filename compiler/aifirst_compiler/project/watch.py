"""Keeps a compiled folder current while its sources change.

Every change is answered by a whole run, which makes only what changed: there is one way that outputs come about.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from threading import Event
from typing import TYPE_CHECKING

from aifirst_codebase.cache.store import FOLDER

from aifirst_compiler.errors import CompileError
from aifirst_compiler.project.outcome import ProjectReport
from aifirst_compiler.project.request import ProjectRequest, resolved
from aifirst_compiler.project.run import Progress, compile_project

if TYPE_CHECKING:
    from watchfiles import Change

_DEBOUNCE_MS = 300
_STEP_MS = 50
_LOOK_UP_MS = 500


def watch_project(
    request: ProjectRequest,
    progress: Progress | None = None,
    stop: Event | None = None,
    begin: Callable[[], None] = lambda: None,
) -> Generator[ProjectReport]:
    """Compile, and again after every change, until `stop` is set or the source is gone; `begin` is called before each.

    Yields the report of every run. Raises what `compile_project` raises for the first one; later on a folder that
    cannot be compiled ends the watch with the same error, but for one that is gone, which ends it quietly.
    """
    import watchfiles

    folders = resolved(request)
    changes = watchfiles.watch(
        folders.root, watch_filter=None, debounce=_DEBOUNCE_MS, step=_STEP_MS, rust_timeout=_LOOK_UP_MS,
        yield_on_timeout=True, stop_event=stop or Event(), raise_interrupt=True, recursive=True,
    )  # fmt: skip
    try:
        next(changes, None)  # from now on changes are kept for us
    except OSError as error:
        raise CompileError(f"{folders.root} cannot be watched: {error}", "run again after changes") from error
    begin()
    yield compile_project(request, progress)
    for found in changes:
        if not folders.source.is_dir():
            return
        if any(_is_source(folders, change) for change in found):
            begin()
            yield compile_project(request, progress)


def _is_source(request: ProjectRequest, change: tuple[Change, str]) -> bool:
    """Whether a change may call for a run: not what we write, and not what git or our index keeps."""
    path = change[1]
    if path.startswith(f"{request.out}/") or path == str(request.out):
        return False
    parts = path.removeprefix(f"{request.root}/").split("/")
    return parts[0] not in (FOLDER, ".git") or parts[-1] == "exclude"
