"""The words of entries, kept beside them for recall: title twice, text, alternatives, places and outcomes."""

from __future__ import annotations

import sqlite3
from collections import Counter

import msgspec

from aifirst_memory.lexical.words import count_words

_TITLE_WEIGHT = 2
_decode_texts = msgspec.json.Decoder(list[str]).decode


def index_entry(connection: sqlite3.Connection, entry_id: int) -> None:
    """Count the words of an entry anew; what was computed from its old words goes."""
    title, text, alternatives = connection.execute(
        "SELECT title, text, alternatives FROM entry WHERE entry_id = ?", (entry_id,)
    ).fetchone()
    counts: Counter[str] = Counter()
    for word, count in count_words(title).items():
        counts[word] += count * _TITLE_WEIGHT
    rest = [text, *_decode_texts(alternatives)]
    rest += [
        f"{path} {unit}"
        for path, unit in connection.execute("SELECT path, unit FROM place WHERE entry_id = ?", (entry_id,))
    ]
    rest += [
        row[0] for row in connection.execute("SELECT detail FROM outcome WHERE entry_id = ?", (entry_id,))
    ]
    counts.update(count_words("\n".join(rest)))
    drop_entry(connection, entry_id)
    rows = [(word, entry_id, count) for word, count in sorted(counts.items())]
    connection.executemany("INSERT INTO posting VALUES (?,?,?)", rows)
    connection.execute("INSERT INTO length VALUES (?,?)", (entry_id, counts.total()))


def drop_entry(connection: sqlite3.Connection, entry_id: int) -> None:
    """Forget what was computed from an entry."""
    connection.execute("DELETE FROM posting WHERE entry_id = ?", (entry_id,))
    connection.execute("DELETE FROM length WHERE entry_id = ?", (entry_id,))
    connection.execute("DELETE FROM vector WHERE entry_id = ?", (entry_id,))


def index_all(connection: sqlite3.Connection) -> None:
    """Count the words of all entries."""
    for (entry_id,) in connection.execute("SELECT entry_id FROM entry").fetchall():
        index_entry(connection, entry_id)


def entry_text(connection: sqlite3.Connection, entry_id: int) -> str:
    """What an entry says, as one text, for an embedder; "" where there is none of that id."""
    row = connection.execute(
        "SELECT title, text, alternatives FROM entry WHERE entry_id = ?", (entry_id,)
    ).fetchone()
    if row is None:
        return ""
    details = connection.execute(
        "SELECT detail FROM outcome WHERE entry_id = ? ORDER BY outcome_id", (entry_id,)
    )
    return "\n".join([row[0], row[1], *_decode_texts(row[2]), *(detail for (detail,) in details)])
