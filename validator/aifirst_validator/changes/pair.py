"""A change set made of two texts: a file before and after an edit, without a repository.

What an editor, an agent's gate and the examples of the rules have in hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from aifirst_codebase.config.settings import Settings
from aifirst_codebase.source import SourceFile, decode_source

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import (
    ChangedFile,
    Reader,
    SettingsOf,
    SourceLoader,
    Status,
    default_reader,
    default_settings,
)
from aifirst_validator.changes.git_command import ChangeError
from aifirst_validator.changes.record import EditRecord


def change_of_texts(
    before: Mapping[str, str | bytes],
    after: Mapping[str, str | bytes],
    *,
    today: date,
    settings_of: SettingsOf | None = None,
    reader: Reader | None = None,
    plan: EditRecord | None = None,
    root: str = "",
) -> ChangeSet:
    """The change from one set of files (text by path) to another; equal files are its unchanged project."""
    of = settings_of or default_settings
    read = reader or default_reader()
    files = [
        _file(path, before.get(path), after.get(path), of(path), read)
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]
    return ChangeSet(
        root, tuple(files), today, today, read, of, plan=plan,
        load_source=lambda path: _decoded(path, after[path]) if path in after else None,
        list_paths=lambda: tuple(sorted(after)),
    )  # fmt: skip


def change_of_files(
    before: Path,
    after: Path,
    *,
    today: date,
    path: str = "",
    settings_of: SettingsOf | None = None,
    reader: Reader | None = None,
    plan: EditRecord | None = None,
) -> ChangeSet:
    """The change from one file on disk to another; `path` is what the file is called in the project.

    Raises `ChangeError` for a file that cannot be read.
    """
    name = path or after.name
    return change_of_texts(
        {name: _read(before)}, {name: _read(after)},
        today=today, settings_of=settings_of, reader=reader, plan=plan, root=str(after.parent),
    )  # fmt: skip


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ChangeError(f"{path} cannot be read: {reason}. Name an existing file.") from error


def _file(
    path: str, before: str | bytes | None, after: str | bytes | None, settings: Settings, reader: Reader
) -> ChangedFile:
    status: Status = "added" if before is None else "deleted" if after is None else "modified"
    return ChangedFile(path, path, status, settings, reader, _loader(path, before), _loader(path, after))


def _loader(path: str, text: str | bytes | None) -> SourceLoader:
    return lambda: _decoded(path, text) if text is not None else None


def _decoded(path: str, text: str | bytes) -> SourceFile | None:
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return (
        None
        if b"\0" in raw[:8192] and not raw.startswith((b"\xff\xfe", b"\xfe\xff"))
        else decode_source(path, raw)
    )
