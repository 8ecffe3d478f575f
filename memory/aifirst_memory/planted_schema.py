"""Finds what somebody else put into the schema of a database: views, triggers and virtual tables.

A database may come with a project. Ours hold tables and indexes alone; a view in the place of a table can make
the simplest statement run for ever. Left out: whether the tables are ours, which reading them shows.
"""

from __future__ import annotations

import sqlite3

PLANTED = "it holds views, triggers or virtual tables, which are not ours"

_FIND = """
SELECT 1 FROM sqlite_master WHERE sql IS NOT NULL
AND sql NOT LIKE 'CREATE TABLE %' AND sql NOT LIKE 'CREATE INDEX %' AND sql NOT LIKE 'CREATE UNIQUE INDEX %' LIMIT 1
"""


def has_planted_schema(connection: sqlite3.Connection) -> bool:
    """Whether the schema holds anything but tables and indexes. Raises `sqlite3.Error`."""
    return connection.execute(_FIND).fetchone() is not None
