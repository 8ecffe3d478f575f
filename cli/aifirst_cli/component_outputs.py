"""Which files of a folder `--bundle components` made: only those are replaced without being told to, and removed later.

Kept beside them as path and digest. Left out: folders, which stay where they become empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from aifirst_cli.compile_one import write_file
from aifirst_cli.failure import Failure

MADE: Final = ".aifirst-components.json"


def refuse_foreign(out: Path, files: Mapping[Path, bytes]) -> None:
    """Raise `Failure` where one of the files would replace another that was not made here before."""
    made = _made(out)
    for place, data in files.items():
        if (
            place.is_file()
            and place.relative_to(out).as_posix() not in made
            and _digest_at(place) != _digest(data)
        ):
            raise Failure(
                f"{place} is there, and no --bundle components made it. "
                "Give an empty folder with -o, or say that this one may be used (--adopt)."
            )


def keep_made(out: Path, files: Mapping[Path, bytes]) -> None:
    """Remove what was made before and is not now, where nobody changed it since, and note what is made now."""
    made = {place.relative_to(out).as_posix(): _digest(data) for place, data in files.items()}
    for path, digest in _made(out).items():
        place = out / path
        inside = place.resolve().is_relative_to(out.resolve())
        if path not in made and inside and place.is_file() and _digest_at(place) == digest:
            place.unlink()
    write_file(out / MADE, msgspec.json.encode(made, order="deterministic") + b"\n")


def _made(out: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((out / MADE).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}


def _digest_at(place: Path) -> str:
    try:
        return _digest(place.read_bytes())
    except OSError:
        return ""


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
