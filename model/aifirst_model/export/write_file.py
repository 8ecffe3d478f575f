"""Writes a large file beside its place and moves it there when it is whole: nothing half-written is ever loaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from aifirst_codebase.byte_size import show_bytes

from aifirst_model.export.export_error import ExportError


@contextmanager
def write_beside(out: Path, size: int = 0) -> Generator[Path]:
    """The path to write to; it becomes `out` at the end, or is deleted where something goes wrong.

    Raises `ExportError` where there is no room for `size` bytes, or the disk cannot be written to.
    """
    beside = out.with_name(f"{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(out.parent).free
        if size > free:
            raise ExportError(
                f"{out.name} needs {show_bytes(size)}, and {out.parent} has {show_bytes(free)} free",
                "make room, or write to another disk",
            )
        yield beside
        descriptor = os.open(beside, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        beside.replace(out)
    except OSError as error:
        raise ExportError(
            f"{out} cannot be written ({error.strerror})", "check its folder and its disk"
        ) from None
    finally:
        beside.unlink(missing_ok=True)
