"""A vector for the subject of every commit, so that a query finds past commits that mean the same in other words.

Always made by the static embedder that ships with aifirst, whatever the project's own is: subjects are short, there
are many, and they must cost next to nothing. Kept beside the rows of commits, batch by batch. Where its rows did not
come along, as in the server that the extension brings, there are none, and a query finds commits by words only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.history.columns import unpack_columns

if TYPE_CHECKING:
    from aifirst_memory.embedding.embedder import Embedder

_AT_ONCE = 512
"""Subjects embedded together: a megabyte of vectors at a time."""


class _NoEmbedder:
    """Stands for the embedder where its rows did not come along: nothing that it makes is kept."""

    name = ""
    dimension = 0

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Rows of no length."""
        return np.zeros((len(texts), 0), np.float32)


@lru_cache(maxsize=1)
def subject_embedder() -> Embedder:
    """The embedder of subjects, without a name where there is none. Raises `EmbedderError` for a damaged one."""
    from aifirst_memory.embedding.identity import SHIPPED
    from aifirst_memory.embedding.open_embedder import open_word_embedder
    from aifirst_memory.embedding.settings import EmbedderSettings

    embedder = open_word_embedder(EmbedderSettings()) if SHIPPED.is_file() else None
    return embedder or _NoEmbedder()


def embed_subjects(subjects: Sequence[str]) -> bytes:
    """The vectors of subjects as they are kept. Raises `EmbedderError` where the installation is damaged."""
    from aifirst_memory.embedding.quantise import deflated, packed, quantised

    embedder = subject_embedder()
    if not embedder.name:
        return b""
    rows = [
        packed(quantised(embedder.embed_texts(subjects[start : start + _AT_ONCE])))
        for start in range(0, len(subjects), _AT_ONCE)
    ]
    return deflated(np.concatenate(rows)) if rows else b""


def keep_subjects(connection: sqlite3.Connection, batch: int, size: int, vectors: bytes) -> None:
    """Write what `embed_subjects` gave for a batch of commits of `size` bytes."""
    embedder = subject_embedder()
    if not embedder.name:
        return
    connection.execute(
        "INSERT OR REPLACE INTO history_subjects VALUES (?,?,?,?,?)",
        (batch, size, embedder.name, embedder.dimension, vectors),
    )


def fill_subjects(connection: sqlite3.Connection) -> None:
    """Make the vectors that are missing, drop those of batches that are gone; in the transaction that is open."""
    connection.execute("DELETE FROM history_subjects WHERE batch NOT IN (SELECT batch FROM history_commits)")
    embedder = None
    for batch, data in connection.execute(
        "SELECT batch, data FROM history_commits ORDER BY batch"
    ).fetchall():
        kept = connection.execute(
            "SELECT size, embedder FROM history_subjects WHERE batch = ?", (batch,)
        ).fetchone()
        embedder = embedder or subject_embedder()
        if kept == (len(data), embedder.name):
            continue
        keep_subjects(connection, batch, len(data), embed_subjects(unpack_columns(data).subjects))


def load_subjects(
    connection: sqlite3.Connection, positions: NDArray[np.int64], embedder: Embedder
) -> NDArray[np.float32] | None:
    """A row for every commit that counts, in their order; None where they are not all there."""
    from aifirst_memory.embedding.quantise import inflated, packed_width, restored, unpacked

    parts: list[NDArray[np.uint8]] = []
    for name, dimension, rows in connection.execute(
        "SELECT embedder, dimension, rows FROM history_subjects ORDER BY batch"
    ):
        if name != embedder.name:
            return None
        parts.append(inflated(rows, dimension))
    together = np.concatenate(parts) if parts else np.zeros((0, packed_width(embedder.dimension)), np.uint8)
    if not len(positions) or int(positions.max()) >= len(together):
        return None
    return restored(unpacked(together[positions], embedder.dimension))
