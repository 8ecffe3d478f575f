"""Vectors of an embedder that reads texts, made after all else is indexed; see `vectors.fill`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from aifirst_codebase.discovery import Skipped, read_source

from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.level import StoredFile
from aifirst_memory.opened import OpenedProject

if TYPE_CHECKING:
    from aifirst_codebase.reading import Reading

Progress = Callable[[int, int], None]


def make_missing_vectors(
    connection: sqlite3.Connection, project: OpenedProject, progress: Progress | None = None
) -> list[str]:
    """Make the vectors that are listed as missing; returns what a person should know.

    An embedder that does not answer is no failure of the index: what it has made stays, the next run goes on.
    """
    if project.embedder.kind in ("static", "none"):
        return []
    from aifirst_memory.vectors.fill import fill_vectors, pending_files

    total = len(pending_files(connection))
    if not total:
        return []
    from aifirst_memory.embedding.open_embedder import open_embedder

    try:
        embedder = open_embedder(project.embedder)
        if embedder is not None:
            for left in fill_vectors(connection, embedder, lambda file: _read_again(project, file)):
                if progress is not None:
                    progress(total - left, total)
    except EmbedderError as error:
        left = len(pending_files(connection))
        return [f"the vectors of {left} of {total} files are still to be made: {error}"]
    left = len(pending_files(connection))
    return [f"{left} files changed while their vectors were made; index again"] if left else []


def _read_again(project: OpenedProject, file: StoredFile) -> Reading | None:
    """The file as it is in the index, None where it has changed since."""
    from aifirst_codebase.generated import generated_reason
    from aifirst_codebase.languages import language_of
    from aifirst_codebase.reading import read
    from aifirst_codebase.tokens import get_counter

    source = read_source(project.root, file.path, project.discovery)
    if isinstance(source, Skipped) or source.digest != file.digest:
        return None
    language = language_of(source.path, source.data)
    if language is None:
        return None
    settings = project.config.for_path(file.path)
    if generated_reason(source.path, source.data) and not settings.discovery.generated:
        source = msgspec.structs.replace(source, data=b"")  # as its record was made
    return read(source, language, get_counter(settings.tokenizer), doctests=settings.glue.doctests)
