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
from aifirst_memory.lexical.words import STOP_WORDS, count_words, words
from aifirst_memory.work.entries import Place, Recalled
from aifirst_memory.work.read_entries import read_entries
from aifirst_memory.work.vectors import alike, embed_missing

_MARKS: Final = ".,;:!?()[]{}<>\"'`"
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
    scores, having = _by_words(connection, query)
    if meaning is not None:
        scores = {
            entry: (scores.get(entry, 0.0) + meaning.get(entry, 0.0)) / 2 for entry in scores.keys() | meaning
        }
    placed = _by_place(connection, places)
    for entry, (share, _) in placed.items():
        scores[entry] = scores.get(entry, 0.0) + share
    ranked = _with_age(connection, scores, limit)
    best = sorted(ranked, key=lambda entry: (-round(ranked[entry], 9), -entry))[:limit]
    found = read_entries(connection, best)
    tasks = {
        entry.id: entry.title for entry in read_entries(connection, sorted({one.session for one in found}))
    }
    recalled: list[Recalled] = []
    for entry in found:
        said = [word for word, entries in having.items() if entry.id in entries]
        reasons = [f"says {', '.join(said)}"] if said else []
        if meaning is not None and entry.id in meaning:
            reasons.append(f"alike in meaning ({meaning[entry.id]:.2f})")
        if entry.id in placed:
            reasons.append(placed[entry.id][1])
        score = round(ranked[entry.id], 6)
        recalled.append(Recalled(entry, tasks.get(entry.session, ""), score, tuple(reasons)))
    return recalled


def _with_age(connection: sqlite3.Connection, scores: dict[int, float], limit: int) -> dict[int, float]:
    """The scores with what being recent adds, of those entries that may be among the best."""
    if not scores or limit < 1:
        return {}
    least = sorted(scores.values(), reverse=True)[min(limit, len(scores)) - 1] - _RECENT - 1e-9
    near = [entry for entry, score in scores.items() if score >= least]
    latest = connection.execute("SELECT at FROM entry ORDER BY entry_id DESC LIMIT 1").fetchone()[0]
    ages: list[tuple[int, int]] = connection.execute(
        "SELECT entry_id, at FROM entry WHERE entry_id IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(near).decode(),),
    ).fetchall()
    return {entry: scores[entry] + _RECENT * 2 ** (min(at - latest, 0) / _HALF_LIFE) for entry, at in ages}


def _by_words(connection: sqlite3.Connection, query: str) -> tuple[dict[int, float], dict[str, set[int]]]:
    """The share of a perfect match that each entry gets, and the entries that have each word of the query."""
    spelled = {word: token.strip(_MARKS) for token in reversed(query.split()) for word in words(token)}
    telling = [word for word in count_words(query) if word not in STOP_WORDS] or list(count_words(query))
    scores: dict[int, float] = {}
    having: dict[str, set[int]] = defaultdict(set)
    if not telling:
        return scores, having
    total, length = connection.execute("SELECT count(*), total(words) FROM length").fetchone()
    average = max(length / max(total, 1), 1.0)
    best = 0.0
    for word in telling:
        rows: list[tuple[int, int, int]] = connection.execute(
            "SELECT entry_id, count, words FROM posting JOIN length USING (entry_id) WHERE word = ?", (word,)
        ).fetchall()
        idf = math.log(1 + (total - len(rows) + 0.5) / (len(rows) + 0.5)) * (_K1 + 1)
        best += idf
        having[spelled.get(word, word)] |= {row[0] for row in rows}
        for entry, count, size in rows:
            gained = idf * count / (count + _K1 * (1 - _B + _B * size / average))
            scores[entry] = scores.get(entry, 0.0) + gained
    return {entry: score / best for entry, score in scores.items()}, having


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
