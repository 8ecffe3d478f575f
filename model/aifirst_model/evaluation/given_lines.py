"""Reads what a person gives as JSON lines; what is wrong is told with its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from aifirst_model.evaluation.errors import EvaluationError

Line = TypeVar("Line", bound=msgspec.Struct)


def read_given_lines(path: Path, kind: type[Line], what: str, form: str) -> Iterator[tuple[int, Line]]:
    """Each line with its number from 1, empty ones passed over.

    Raises EvaluationError for a file that cannot be read, and for a line that is no `what`, with the `form` to give.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()  # a byte order mark
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read ({error.strerror})", "check its path") from None
    decoder = msgspec.json.Decoder(kind)
    for number, data in enumerate(lines, 1):
        if not data.strip():
            continue
        try:
            line = decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise EvaluationError(f"{path}:{number}: this is no {what} ({error})", form) from None
        yield number, line
