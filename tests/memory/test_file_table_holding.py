"""Which files of a table hold a text in their path."""

from __future__ import annotations

import sqlite3

from aifirst_memory.file_table import FileTable, load_files
from hypothesis import given, settings
from hypothesis import strategies as st

_part = st.sampled_from(("a", "b", "ab", "a.py", "b.py"))
_path = st.lists(_part, min_size=1, max_size=4).map("/".join)


def _table(paths: list[str]) -> FileTable:
    """A table of files of one unit each."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE file (path, language, file_id, first_unit, units, tokens, generated)")
    rows = [(path, "python", at, at, 1, 1, 0) for at, path in enumerate(paths)]
    connection.executemany("INSERT INTO file VALUES (?,?,?,?,?,?,?)", rows)
    return load_files(connection)


@settings(derandomize=True, max_examples=100)
@given(st.lists(_path, max_size=8, unique=True), _path, st.integers(1, 9))
def test_files_that_hold_a_text_are_those_whose_path_behind_a_slash_does(
    paths: list[str], part: str, most: int
) -> None:
    files = _table(paths)
    for text in (f"/{part}/", f"/{part}.", part):
        holding = [at for at, path in enumerate(paths) if text in f"/{path}"]
        assert files.holding(text) == holding
        assert files.holding(text, most) == holding[:most]
