"""A run's checkpoints: written aside, sealed with the sizes and sums of their files, and only then given their name.

What has no seal, or does not match it, is never resumed from: the newest that does is.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import Final

import msgspec

SEAL: Final = "complete.json"
_NAME: Final = re.compile(r"step-(\d+)")


class _File(msgspec.Struct, frozen=True):
    bytes: int
    sha256: str


def seal_step(written: Path, folder: Path, step: int) -> Path:
    """Seal what was written and move it to `folder/step-N`, which is returned. Raises `OSError`."""
    files: dict[str, _File] = {}
    for path in sorted(written.rglob("*")):
        if path.is_file():
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())
                total = hashlib.file_digest(stream, "sha256").hexdigest()
            files[path.relative_to(written).as_posix()] = _File(path.stat().st_size, total)
    with (written / SEAL).open("wb") as stream:
        stream.write(msgspec.json.encode(files))
        stream.flush()
        os.fsync(stream.fileno())
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"step-{step}"
    if target.exists():
        shutil.rmtree(target)
    written.rename(target)
    return target


def is_whole(path: Path) -> bool:
    """Whether every file of a checkpoint is there as its seal says."""
    try:
        files = msgspec.json.decode((path / SEAL).read_bytes(), type=dict[str, _File])
        for name, file in files.items():
            if (path / name).stat().st_size != file.bytes:
                return False
        return all(_sum_of(path / name) == file.sha256 for name, file in files.items())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return False


def _sum_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def saved_steps(folder: Path) -> dict[int, Path]:
    """What has the name of a checkpoint, by step, in order; none of it is judged."""
    if not folder.is_dir():
        return {}
    found = {int(match[1]): path for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))}
    return dict(sorted(found.items()))


def newest_whole(folder: Path) -> tuple[int, Path] | None:
    """The last checkpoint that is whole, with its step; None where there is none."""
    return next(
        ((step, path) for step, path in reversed(saved_steps(folder).items()) if is_whole(path)), None
    )


def drop_old(folder: Path, keep: int, best: int) -> None:
    """Remove all but the newest `keep` and the best."""
    steps = saved_steps(folder)
    for step in list(steps)[:-keep]:
        if step != best:
            shutil.rmtree(steps[step], ignore_errors=True)
