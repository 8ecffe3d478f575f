"""Tags and tickets are found by value, category, kind and file, and lead to the other files that name the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from pathlib import Path

import pytest
from aifirst_memory.store import find_place, open_reader
from aifirst_memory.tags.level import find_anchors, shared_anchors
from index_project import make_project, update

_FILES = {
    "a.py": "# @TAG:FEATURE:payment\n\n\ndef pay():\n    # @TAG:COMPONENT:orders\n    # TODO: rounding\n    return 1\n",
    "b.py": "# @TAG:FEATURE:payment\n# @TAG:COMPONENT:orders\n\n\ndef other():\n    return 2\n",
    "c.py": "x = 1\n",
}


@pytest.fixture
def connection(tmp_path: Path) -> Generator[sqlite3.Connection]:
    root = make_project(tmp_path / "project", _FILES)
    update(root)
    opened = open_reader(find_place(root))
    yield opened
    opened.close()


def test_anchors_are_found_by_every_condition_given(connection: sqlite3.Connection) -> None:
    def places(**conditions: str) -> list[tuple[str, str, int]]:
        found = find_anchors(connection, **conditions)  # pyright: ignore[reportArgumentType]  # texts only
        return [(one.path, one.anchor.category, one.anchor.line) for one in found]

    features = [("a.py", "FEATURE", 1), ("b.py", "FEATURE", 1)]
    assert places(category="FEATURE") == features
    assert places(value="payment") == features
    assert places(value="pay*") == features
    assert places(category="FEATURE", path="b.py") == features[1:]
    assert places(kind="marker") == [("a.py", "TODO", 6)]
    assert places(value="nothing") == []


def test_an_anchor_knows_the_unit_it_stands_in(connection: sqlite3.Connection) -> None:
    from aifirst_memory.tree.level import file_of_unit, units_of

    (todo,) = find_anchors(connection, kind="marker")
    file = file_of_unit(connection, todo.unit_id)
    assert file is not None
    assert file.path == "a.py"
    assert units_of(connection, file.file_id)[todo.unit_id - file.first_unit].name == "pay"


def test_shared_anchors_are_those_of_other_files(connection: sqlite3.Connection) -> None:
    found = shared_anchors(connection, "a.py")
    assert {(one.path, one.anchor.value) for one in found} == {("b.py", "payment"), ("b.py", "orders")}
    assert shared_anchors(connection, "c.py") == []
    assert len(shared_anchors(connection, "a.py", limit=1)) == 1
