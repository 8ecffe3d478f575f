"""Reads the small texts of a model's folder; what is no JSON object is an error that names the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, cast

from aifirst_model.errors import CheckpointError

MOST_CONFIG: Final = 1 << 25
MOST_TOKENIZER: Final = 1 << 28
_NEXT: Final = "fetch it again"


def read_bytes(path: Path, most: int = MOST_CONFIG) -> bytes:
    """A file of at most `most` bytes. Raises `CheckpointError`."""
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror})", "check that it is there") from None
    if len(data) > most:
        raise CheckpointError(f"{path} has more than {most:,} bytes", _NEXT)
    return data


def read_json(path: Path, missing: dict[str, Any] | None = None) -> dict[str, Any]:
    """The object in a file; `missing` where there is none, if that is given. Raises `CheckpointError`.

    Read by the standard library: Python programs write `Infinity` and `NaN` there, which JSON has not.
    """
    if missing is not None and not path.is_file():
        return missing
    data = read_bytes(path)
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is broken ({error})", _NEXT) from None
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} is broken (it holds no object)", _NEXT)
    return cast("dict[str, Any]", value)
