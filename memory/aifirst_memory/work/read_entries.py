"""Reads entries with their places and outcomes."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from aifirst_memory.work.entries import Entry, Kind, Outcome, Place, Result

_decode_texts = msgspec.json.Decoder(tuple[str, ...]).decode
_Row = tuple[int, int, Kind, int, str, str, str, str, str, str, int, str]


def all_entries(connection: sqlite3.Connection) -> list[Entry]:
    """Every entry, in order."""
    return read_entries(connection, _ids(connection.execute("SELECT entry_id FROM entry ORDER BY entry_id")))


def entries_of(connection: sqlite3.Connection, session: int) -> list[Entry]:
    """A session and what was recorded in it, in order."""
    rows = connection.execute("SELECT entry_id FROM entry WHERE session_id = ? ORDER BY entry_id", (session,))
    return read_entries(connection, _ids(rows))


def latest_sessions(connection: sqlite3.Connection, limit: int | None) -> list[Entry]:
    """The sessions, latest first."""
    rows = connection.execute(
        "SELECT entry_id FROM entry WHERE kind = 'session' ORDER BY entry_id DESC LIMIT ?",
        (-1 if limit is None else max(limit, 0),),
    )
    return read_entries(connection, _ids(rows))


def read_entries(connection: sqlite3.Connection, ids: Sequence[int]) -> list[Entry]:
    """The entries of these ids, in that order; an id that is none is left out."""
    wanted = (msgspec.json.encode(list(ids)).decode(),)
    rows: list[_Row] = connection.execute(
        "SELECT entry_id, session_id, kind, at, title, text, alternatives, before_digest, after_digest, agent, ended,"
        " outcome FROM entry WHERE entry_id IN (SELECT value FROM json_each(?))",
        wanted,
    ).fetchall()
    places: dict[int, list[Place]] = defaultdict(list)
    outcomes: dict[int, list[Outcome]] = defaultdict(list)
    found_places: list[tuple[int, str, str]] = connection.execute(
        "SELECT entry_id, path, unit FROM place WHERE entry_id IN (SELECT value FROM json_each(?)) ORDER BY 1, 2, 3",
        wanted,
    ).fetchall()
    for entry, path, unit in found_places:
        places[entry].append(Place(path, unit))
    found_outcomes: list[tuple[int, Result, str, int]] = connection.execute(
        "SELECT entry_id, result, detail, at FROM outcome WHERE entry_id IN (SELECT value FROM json_each(?))"
        " ORDER BY outcome_id",
        wanted,
    ).fetchall()
    for entry, result, detail, at in found_outcomes:
        outcomes[entry].append(Outcome(result, detail, at))
    entries = {
        one: Entry(
            one, session, kind, at, title, text, _decode_texts(others), tuple(places[one]), before, after, agent,
            ended, outcome, tuple(outcomes[one]),
        )
        for one, session, kind, at, title, text, others, before, after, agent, ended, outcome in rows
    }  # fmt: skip
    return [entries[one] for one in ids if one in entries]


def _ids(rows: sqlite3.Cursor) -> list[int]:
    return [row[0] for row in rows]
