"""The source files that an evaluation is given as files and folders, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
from aifirst_codebase.languages import language_of_name

from aifirst_model.evaluation.errors import EvaluationError

_MOST_BYTES = 4_000_000
_PASSED_OVER = {"__pycache__", "node_modules"}


class GivenFile(msgspec.Struct, frozen=True):
    """One file; `name` is its path as given, or below the folder that was given."""

    name: str
    text: str
    language: str


def read_source_files(paths: Iterable[Path]) -> list[GivenFile]:
    """Every file in a known language of code, hidden ones left out. Raises EvaluationError where there is none."""
    found: dict[Path, str] = {}
    for path in paths:
        if path.is_dir():
            found.update(
                (file, file.relative_to(path).as_posix())
                for file in sorted(path.rglob("*"))
                if _is_wanted(file, path)
            )
        else:
            found[path] = path.as_posix()
    files = [_read(path, name) for path, name in found.items()]
    given = [file for file in files if file is not None]
    if not given:
        raise EvaluationError(
            "there is no source file in what was given",
            "give files or folders of code in a language that aifirst reads",
        )
    return given


def _is_wanted(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    return file.is_file() and not any(part.startswith(".") or part in _PASSED_OVER for part in parts)


def _read(path: Path, name: str) -> GivenFile | None:
    language = language_of_name(path.name)
    if language is None or language.kind != "code":
        return None
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        data = path.read_bytes()
    except OSError as error:
        raise EvaluationError(
            f"{path} cannot be read ({error.strerror})", "check its path and rights"
        ) from None
    return GivenFile(name, data.decode("utf-8", "replace").replace("\r\n", "\n"), language.name)
