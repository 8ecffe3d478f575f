"""Whether a graph is as its last run left it: a table that is gone or emptied would answer as a graph without edges.

Every run that comes to its end notes how much each table holds. The note counts for the state that it was made of:
where a later run was ended before its own, only the tables themselves are looked at. A row that was changed into
another one of the same size is not noticed here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from typing import Final

from aifirst_memory.dependencies.sqlite.tables import SCHEMA
from aifirst_memory.store import read_meta, write_meta

_NOTE: Final = "rows"
_AMOUNTS: Final = {
    "dep_file": "count(*)",
    "dep_facts": "count(*)",
    "dep_nodes": "count(*) || '+' || coalesce(sum(length(nodes)), 0)",
    "dep_demand": "count(*)",
    "dep_key": "count(*)",
    "dep_edges": "count(*) || '+' || coalesce(sum(length(edges)), 0)",
    "dep_node": "count(*)",
}


def note_amounts(connection: sqlite3.Connection) -> None:
    """Note what the tables hold, as the last act of a run's last transaction."""
    generation = int(read_meta(connection, "generation") or 0) + 1  # as it will be when the transaction ends
    write_meta(connection, _NOTE, f"{generation} {_amounts(connection)}")


def is_finished(connection: sqlite3.Connection) -> bool:
    """Whether the state is what a run left that came to its end."""
    return read_meta(connection, _NOTE).partition(" ")[0] == read_meta(connection, "generation") != ""


def was_ever_finished(connection: sqlite3.Connection) -> bool:
    """Whether any run came to its end."""
    return read_meta(connection, _NOTE) != ""


def damage_in(connection: sqlite3.Connection) -> str:
    """What is missing of a graph of our version, "" where nothing is. Raises `sqlite3.Error`."""
    expected, found = _expected(), _schema(connection)
    for name, made_by in expected.items():
        if name not in found:
            return f"its table {name} is gone" if name in _AMOUNTS else f"{name} is gone from it"
        if found[name] != made_by:
            return f"its table {name} is another one"
    if is_finished(connection):
        noted = read_meta(connection, _NOTE).split(" ")[1:]
        for name, before, now in zip(_AMOUNTS, noted, _amounts(connection).split(" "), strict=False):
            if before != now:
                return f"its table {name} does not hold what was written"
    return ""


def _amounts(connection: sqlite3.Connection) -> str:
    queries = [f"SELECT {what} FROM {table}" for table, what in _AMOUNTS.items()]  # noqa: S608  our own tables' names
    return " ".join(str(connection.execute(query).fetchone()[0]) for query in queries)


@cache
def _expected() -> Mapping[str, str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        return _schema(connection)


def _schema(connection: sqlite3.Connection) -> dict[str, str]:
    """Our tables and indexes with the statements that made them, in the order of their names."""
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE name LIKE 'dep%' AND sql IS NOT NULL ORDER BY name"
    )
    return dict(rows.fetchall())
