"""Vectors of entries, one an embedder, made when first asked for and kept until the entry changes."""

from __future__ import annotations

import sqlite3
from typing import Final

from aifirst_memory.embedding.embedder import Embedder
from aifirst_memory.work.posting import entry_text

_MOST: Final = 512
"""Entries that are embedded at once; the rest follow with the next questions."""
_LEAST_ALIKE: Final = 0.25
"""Cosine below which two texts have nothing to do with each other."""


def embed_missing(connection: sqlite3.Connection, embedder: Embedder) -> None:
    """Make the vectors that are missing, those of the latest entries first. Raises `EmbedderError`."""
    missing: list[tuple[int]] = connection.execute(
        "SELECT entry_id FROM entry WHERE NOT EXISTS (SELECT 1 FROM vector WHERE embedder = ?"
        " AND vector.entry_id = entry.entry_id) ORDER BY entry_id DESC LIMIT ?",
        (embedder.name, _MOST),
    ).fetchall()
    if not missing:
        return
    import numpy as np  # only with an embedder

    texts = [entry_text(connection, entry) for (entry,) in missing]
    made = embedder.embed_texts(texts).astype(np.float16)
    rows = [
        (embedder.name, made[at].tobytes(), entry, text)
        for at, ((entry,), text) in enumerate(zip(missing, texts, strict=True))
    ]
    connection.execute("BEGIN IMMEDIATE")
    try:
        for name, data, entry, text in rows:
            # Another process may have changed or removed the entry meanwhile.
            if entry_text(connection, entry) == text:
                connection.execute("INSERT OR REPLACE INTO vector VALUES (?,?,?)", (name, entry, data))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def alike(connection: sqlite3.Connection, query: str, embedder: Embedder) -> dict[int, float]:
    """The cosine to a query of every entry that is anything like it. Raises `EmbedderError`."""
    import numpy as np

    kept: list[tuple[int, bytes]] = connection.execute(
        "SELECT entry_id, data FROM vector WHERE embedder = ? ORDER BY entry_id", (embedder.name,)
    ).fetchall()
    if not kept:
        return {}
    asked = embedder.embed_texts([query])[0]
    matrix = np.frombuffer(b"".join([data for _, data in kept]), dtype=np.float16).reshape(len(kept), -1)
    likeness = matrix.astype(np.float32) @ asked
    return {entry: float(one) for (entry, _), one in zip(kept, likeness, strict=True) if one >= _LEAST_ALIKE}
