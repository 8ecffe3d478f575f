"""What the index adds to the graph is found without looking through the files that are not asked for."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from aifirst_memory.dependencies.index_edges import IndexGraph
from aifirst_memory.store import find_place, open_reader
from aifirst_memory.update import UpdateRequest, update_memory
from dependency_project import make_files


def steps_of(connection: sqlite3.Connection, path: str) -> int:
    """How many instructions of the database the edges of a file and those into it take."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    graph = IndexGraph(connection, lambda path: (path, f"{path}::f"))
    connection.set_progress_handler(count, 1)
    edges = graph.edges_of(path, is_resolved=False)
    graph.leading_into([path])
    connection.set_progress_handler(None, 1)
    assert (f"{path}::f", "calls") in {(edge.source, edge.kind) for edge in edges}
    return taken


@pytest.mark.parametrize("files", [10, 400])
def test_the_edges_of_a_file_cost_the_same_however_many_files_there_are(tmp_path: Path, files: int) -> None:
    text = "from m{0} import f as g\n\n\ndef f():\n    g()\n"
    make_files(tmp_path, {f"m{number}.py": text.format((number + 1) % files) for number in range(files)})
    update_memory(UpdateRequest(tmp_path))
    with closing(open_reader(find_place(tmp_path))) as connection:
        steps = steps_of(connection, "m7.py")
    assert steps < 400
