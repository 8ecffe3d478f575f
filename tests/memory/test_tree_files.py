"""The tree answers which files there are, which units they have and whose a unit is."""

from __future__ import annotations

from pathlib import Path

from aifirst_memory.store import find_place, open_reader
from aifirst_memory.tree.level import file_at, file_of_unit, files, stored_files, units_of
from index_project import FILES, make_project, update


def test_files_and_units_are_found_by_path_and_by_id(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    connection = open_reader(find_place(root))
    rows = list(files(connection))
    assert [row.path for row in rows] == sorted(FILES)
    assert [row.size for row in rows] == [len(FILES[path]) for path in sorted(FILES)]
    order = file_at(connection, "shop/order.py")
    assert order is not None
    assert [unit.name for unit in units_of(connection, order.file_id)] == ["", "Order", "Order.pay"]
    for row in rows:
        owners = {file_of_unit(connection, row.first_unit + unit) for unit in range(row.units)}
        assert owners == {row}
        assert stored_files(connection, [row.path])[row.path].digest == row.digest
    assert file_at(connection, "nowhere.py") is None
    assert file_of_unit(connection, 10_000) is None
    assert units_of(connection, 10_000) == ()
    connection.close()


def test_ids_of_units_that_are_gone_belong_to_nobody(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    connection = open_reader(find_place(root))
    before = file_at(connection, "shop/price.py")
    (root / "shop/price.py").write_text("def total(rows):\n    return 1\n")
    update(root)
    after = file_at(connection, "shop/price.py")
    assert before is not None
    assert after is not None
    assert after.file_id == before.file_id
    assert after.first_unit > before.first_unit
    assert file_of_unit(connection, before.first_unit) is None
    connection.close()
