"""Gives back the numbers of nodes that are gone, once a run has changed much anyway."""

from __future__ import annotations

import sqlite3

import numpy as np

from aifirst_memory.dependencies.sqlite.tables import EDGE_TYPE


def tidy(connection: sqlite3.Connection) -> None:
    """Forget the ids that no file and no edge has any more; inside a transaction."""
    nodes = b"".join(row[0] for row in connection.execute("SELECT nodes FROM dep_nodes"))
    edges = np.frombuffer(
        b"".join(row[0] for row in connection.execute("SELECT edges FROM dep_edges")), EDGE_TYPE
    )
    used = set(
        np.unique(np.concatenate([np.frombuffer(nodes, "<i4"), edges["source"], edges["target"]])).tolist()
    )
    unused = [row for row in connection.execute("SELECT node FROM dep_node") if row[0] not in used]
    connection.executemany("DELETE FROM dep_node WHERE node = ?", unused)
