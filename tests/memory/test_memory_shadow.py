"""The shadow says of every unit what AICCL's writers say, at every resolution, by its id, and never of an older text."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_memory.memory import Memory
from aifirst_memory.process_lock import process_lock
from aifirst_memory.shadow import extract as shadow_extract
from aifirst_memory.shadow import keep
from aifirst_memory.shadow.reader import kept_lines
from aifirst_memory.shadow.texts import UnitResolution
from aifirst_memory.store import find_place
from aifirst_memory.tree.level import file_at, units_of
from index_project import FILES, make_project, update
from shadow_project import change_database, fill, kept, kept_paths, told

RESOLUTIONS: tuple[UnitResolution, ...] = ("outline", "low", "medium")
CODE = ["shop/order.py", "shop/price.py", "web/cart.js", "web/show.js"]
KEY = "AKIA" + "QYLPMN5HHHFPZAM2"


def _project(tmp_path: Path) -> Path:
    root = make_project(tmp_path / "project")
    update(root)
    return root


def _assert_current(root: Path) -> None:
    with Memory.open(root) as memory:
        for path in CODE:
            file = file_at(memory.connection, path)
            assert file is not None
            for resolution in RESOLUTIONS:
                ids = range(file.first_unit, file.first_unit + file.units)
                given = [memory.shadow.text_of(unit, resolution) for unit in ids]
                assert given == told(root, path, resolution)


def test_a_units_text_by_its_id_is_what_the_writers_say_before_and_after_it_is_kept(tmp_path: Path) -> None:
    root = _project(tmp_path)
    _assert_current(root)
    assert kept(root) == []
    assert fill(root) == len(CODE)
    assert fill(root) == 0
    assert kept_paths(root) == CODE
    _assert_current(root)


def test_nothing_is_kept_of_a_project_that_nobody_asks_so(tmp_path: Path) -> None:
    root = _project(tmp_path)
    (root / "shop/price.py").write_text("def total(rows):\n    return 2\n")
    update(root)
    assert kept(root) == []


def test_what_is_kept_is_given_without_the_file_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _project(tmp_path)
    fill(root)
    expected = told(root, "shop/order.py", "medium")
    monkeypatch.setattr(shadow_extract, "make_part", None)
    with Memory.open(root) as memory:
        assert memory.shadow.texts_of("shop/order.py", "medium") == expected
        lines = memory.shadow.lines_of("shop/order.py", "outline")
    assert lines == ["shop/order.py", " Order :class", "  pay(self,rows)"]


def test_a_file_that_changes_has_its_texts_at_once_and_only_it_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _project(tmp_path)
    fill(root)
    (root / "shop/price.py").write_text(FILES["shop/price.py"] + "\n\ndef tax(row):\n    return row.tax\n")
    made: list[str] = []
    make = shadow_extract.make_part

    def make_told(reading: shadow_extract.Reading) -> shadow_extract.ShadowPart:
        made.append(reading.path)
        return make(reading)

    monkeypatch.setattr(shadow_extract, "make_part", make_told)
    update(root)
    assert made == ["shop/price.py"]
    assert kept_paths(root) == CODE
    _assert_current(root)
    assert made == ["shop/price.py"]


def test_a_rename_keeps_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = _project(tmp_path)
    fill(root)
    before = [line for line in kept(root) if line.startswith("shop/price.py")]
    (root / "shop/price.py").rename(root / "shop/cost.py")
    monkeypatch.setattr(shadow_extract, "make_part", None)
    assert update(root).renamed == 1
    after = [line for line in kept(root) if line.startswith("shop/cost.py")]
    assert after == [line.replace("price.py", "cost.py") for line in before]
    assert after


def test_a_rename_to_another_language_keeps_nothing(tmp_path: Path) -> None:
    root = _project(tmp_path)
    fill(root)
    (root / "web/show.js").rename(root / "web/show.ts")
    update(root)
    assert "web/show.ts" not in kept_paths(root)
    fill(root)
    assert "web/show.ts" in kept_paths(root)


def test_a_file_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    root = _project(tmp_path)
    fill(root)
    (root / "shop/order.py").unlink()
    update(root)
    assert kept_paths(root) == CODE[1:]


def test_a_row_of_another_content_is_not_given(tmp_path: Path) -> None:
    root = _project(tmp_path)
    fill(root)
    change_database(root, "UPDATE shadow_file SET digest = zeroblob(32)")
    _assert_current(root)
    assert fill(root) == len(CODE)


def test_a_row_that_other_code_made_is_not_given_and_is_made_anew(tmp_path: Path) -> None:
    root = _project(tmp_path)
    fill(root)
    change_database(root, "UPDATE shadow_file SET maker = 'another'")
    with Memory.open(root) as memory:
        file = file_at(memory.connection, "shop/price.py")
        assert file is not None
        assert kept_lines(memory.connection, file.path, file.digest, "low") is None
    assert fill(root) == len(CODE)


@pytest.mark.parametrize("pack", [b"", b"nothing of ours", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_damaged_row_is_made_anew(tmp_path: Path, pack: bytes) -> None:
    root = _project(tmp_path)
    fill(root)
    change_database(root, "UPDATE shadow_file SET pack = ?", (pack,))
    _assert_current(root)
    assert fill(root) == len(CODE)
    _assert_current(root)


def test_an_index_without_these_tables_is_read_and_gets_them(tmp_path: Path) -> None:
    root = _project(tmp_path)
    change_database(root, "DROP TABLE shadow_file")
    change_database(root, "DROP TABLE shadow_text")
    _assert_current(root)
    assert fill(root) == len(CODE)
    assert update(root).rebuilt == ""


def test_a_file_that_changed_since_is_not_told_as_what_it_was_in_the_index(tmp_path: Path) -> None:
    root = _project(tmp_path)
    (root / "shop/price.py").write_text("def other():\n    return 1\n")
    with Memory.open(root) as memory:
        assert memory.shadow.texts_of("shop/price.py", "low") is None
        assert memory.shadow.texts_of("nowhere.py", "low") is None
        assert memory.shadow.texts_of("docs/guide.md", "low") is None
        assert memory.shadow.text_of(10_000, "low") is None


def test_nothing_is_kept_of_a_file_with_a_secret_and_what_is_told_is_masked(tmp_path: Path) -> None:
    root = _project(tmp_path)
    fill(root)
    (root / "shop/price.py").write_text(f'def total(rows):\n    return connect("{KEY}")\n')
    update(root)
    assert "shop/price.py" not in kept_paths(root)
    with Memory.open(root) as memory:
        text = "\n".join(memory.shadow.texts_of("shop/price.py", "medium") or ())
        assert memory.shadow.keep() == 0
    assert "masked" in text
    assert KEY not in text
    assert all(KEY.encode() not in one.read_bytes() for one in (root / ".aifirst").iterdir())


def test_nobody_waits_for_what_is_to_be_kept_while_another_writes(tmp_path: Path) -> None:
    root = _project(tmp_path)
    with process_lock(find_place(root).lock):
        assert fill(root) == 0
    assert fill(root) == len(CODE)


def test_no_more_is_kept_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = _project(tmp_path)
    monkeypatch.setattr(keep, "_LEAST_ROOM", 120)
    assert 0 < fill(root) < len(CODE)
    _assert_current(root)


def test_units_and_their_texts_are_as_many(tmp_path: Path) -> None:
    root = _project(tmp_path)
    fill(root)
    with Memory.open(root) as memory:
        for path in CODE:
            file = file_at(memory.connection, path)
            assert file is not None
            texts = memory.shadow.texts_of(path, "low")
            assert texts is not None
            assert len(texts) == len(units_of(memory.connection, file.file_id))
