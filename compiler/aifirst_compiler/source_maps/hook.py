"""Makes a compiled program tell its own exceptions in terms of the source.

A program calls `install()` once at its start. Where the maps are away, or anything about them is wrong, the traceback
is the ordinary one: telling an error never raises another.
"""

from __future__ import annotations

import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from aifirst_compiler.source_maps.find_map import MapFinder
from aifirst_compiler.source_maps.trace import Tracer


def format_exception(
    kind: type[BaseException], value: BaseException | None, frames: TracebackType | None, *roots: Path
) -> str:
    """The traceback of an exception, told in terms of the source."""
    plain = "".join(traceback.format_exception(kind, value, frames))
    try:
        return Tracer(MapFinder(roots)).rewrite(plain)
    except Exception:  # noqa: BLE001 (a hook that fails would hide the error it was to tell)
        return plain


def install(*roots: Path) -> None:
    """Tell uncaught exceptions, those of threads too, in terms of the source from now on.

    `roots` are folders that relative paths in a traceback may be meant from; the working folder where none is given.
    """

    def tell(kind: type[BaseException], value: BaseException, frames: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, value, frames)
        else:
            sys.stderr.write(format_exception(kind, value, frames, *roots))

    def tell_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is SystemExit:
            return
        name = args.thread.name if args.thread is not None else "?"
        text = format_exception(args.exc_type, args.exc_value, args.exc_traceback, *roots)
        sys.stderr.write(f"Exception in thread {name}:\n{text}")

    sys.excepthook = tell
    threading.excepthook = tell_thread
