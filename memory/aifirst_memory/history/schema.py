"""The tables of the history: rows of many commits each, the vectors of their subjects, and one row that says which of
the commits count.
"""

from __future__ import annotations

from typing import Final

SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS history_commits (batch INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS history_state (id INTEGER PRIMARY KEY CHECK (id = 1), data BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS history_subjects (
        batch INTEGER PRIMARY KEY, size INTEGER NOT NULL, embedder TEXT NOT NULL, dimension INTEGER NOT NULL,
        rows BLOB NOT NULL);
"""
