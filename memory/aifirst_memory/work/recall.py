"""Brings back entries that are like what is asked: by words, by meaning, by place, the recent before the old.

Words count by BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) as a share of what a
perfect match would get; with an embedder the cosine of the vectors counts as much. Shared places add to
that, and age takes a little away, measured from the latest entry so that an answer does not depend on the day.
"""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from aifirst_memory.embedding.embedder import Embedder, EmbedderError
from aifirst_memory.lexical.words import STOP_WORDS, count_words
from aifirst_memory.work.entries import Place, Recalled
from aifirst_memory.work.read_entries import read_entries
from aifirst_memory.work.vectors import alike, embed_missing

_K1: Final = 1.2
_B: Final = 0.75
_SAME_UNIT: Final = 0.5
_SAME_FILE: Final = 0.3
_RECENT: Final = 0.1
_HALF_LIFE: Final = 60 * 86_400_000
"""Milliseconds after which being recent counts half."""


def recall(
    connection: sqlite3.Connection,
    query: str,
    places: Sequence[Place],
    limit: int,
    embedder: Embedder | None = None,
    notice: Callable[[str], None] = lambda _: None,
) -> list[Recalled]:
    """The entries like the query or at the places, best first; ties go to the later entry.

    An embedder that fails is told of by `notice`, and words alone decide.
    """
    meaning = embedder is not None and bool(query.strip())
    by_meaning: dict[int, float] = {}
    if embedder is not None and meaning:
        try:
            embed_missing(connection, embedder)
            by_meaning = alike(connection, query, embedder)
        except EmbedderError as error:
            notice(f"recalled by words alone: {error}")
            meaning = False
    connection.execute("BEGIN")
    try:
        return _rank(connection, query, places, limit, by_meaning if meaning else None)
    finally:
        connection.execute("ROLLBACK")


def _rank(
    connection: sqlite3.Connection,
    query: str,
    places: Sequence[Place],
    limit: int,
    meaning: dict[int, float] | None,
) -> list[Recalled]:
    reasons: dict[int, list[str]] = defaultdict(list)
    scores = _by_words(connection, query, reasons)
    if meaning is not None:
        scores = {
            entry: (scores.get(entry, 0.0) + meaning.get(entry, 0.0)) / 2 for entry in scores.keys() | meaning
        }
        for entry, likeness in meaning.items():
            reasons[entry].append(f"alike in meaning ({likeness:.2f})")
    for entry, (share, reason) in _by_place(connection, places).items():
        scores[entry] = scores.get(entry, 0.0) + share
        reasons[entry].append(reason)
    latest = connection.execute("SELECT coalesce(max(at), 0) FROM entry").fetchone()[0]
    ages: dict[int, int] = dict(
        connection.execute(
            "SELECT entry_id, at FROM entry WHERE entry_id IN (SELECT value FROM json_each(?))",
            (msgspec.json.encode(sorted(scores)).decode(),),
        )
    )
    ranked = {
        entry: scores[entry] + _RECENT * 2 ** ((at - latest) / _HALF_LIFE) for entry, at in ages.items()
    }
    best = sorted(ranked, key=lambda entry: (-round(ranked[entry], 9), -entry))[: max(limit, 0)]
    found = read_entries(connection, best)
    tasks = {
        entry.id: entry.title for entry in read_entries(connection, sorted({one.session for one in found}))
    }
    return [
        Recalled(entry, tasks.get(entry.session, ""), round(ranked[entry.id], 6), tuple(reasons[entry.id]))
        for entry in found
    ]


def _by_words(connection: sqlite3.Connection, query: str, reasons: dict[int, list[str]]) -> dict[int, float]:
    wanted = count_words(query)
    telling = [word for word in wanted if word not in STOP_WORDS] or list(wanted)
    if not telling:
        return {}
    total, length = connection.execute("SELECT count(*), total(words) FROM length").fetchone()
    average = length / total if total else 1.0
    best = 0.0
    scores: dict[int, float] = defaultdict(float)
    shared: dict[int, list[str]] = defaultdict(list)
    for word in telling:
        rows = connection.execute(
            "SELECT entry_id, count, words FROM posting JOIN length USING (entry_id) WHERE word = ?", (word,)
        ).fetchall()
        idf = math.log(1 + (total - len(rows) + 0.5) / (len(rows) + 0.5))
        best += idf * (_K1 + 1)
        for entry, count, words in rows:
            scores[entry] += (
                idf * count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * words / max(average, 1.0)))
            )
            shared[entry].append(word)
    for entry, words in shared.items():
        reasons[entry].append(f"says {', '.join(words)}")
    return {entry: score / best for entry, score in scores.items()}


def _by_place(connection: sqlite3.Connection, places: Sequence[Place]) -> dict[int, tuple[float, str]]:
    found: dict[int, tuple[float, str]] = {}
    for place in sorted(set(places)):
        for entry, unit in connection.execute(
            "SELECT entry_id, unit FROM place WHERE path = ?", (place.path,)
        ):
            same = bool(place.unit) and unit == place.unit
            what = f"about {place.path}::{unit}" if same else f"about {place.path}"
            found[entry] = max(found.get(entry, (0.0, "")), (_SAME_UNIT if same else _SAME_FILE, what))
    return found
