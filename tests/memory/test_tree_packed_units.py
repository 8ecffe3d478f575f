"""Units come back from their packed columns as they went in, take less room so, and say when they are damaged."""

from __future__ import annotations

import zlib
from pathlib import Path

import msgspec
import pytest
from aifirst_codebase.units.unit import UnitKind
from aifirst_memory.record import UnitRecord
from aifirst_memory.store import find_place, open_reader
from aifirst_memory.tree.level import files, units_of
from aifirst_memory.tree.packed_units import pack_units, unpack_units
from hypothesis import given, settings
from hypothesis import strategies as st
from index_project import make_project, update

KINDS: tuple[UnitKind, ...] = ("module", "class", "function", "section", "rule", "statement", "block")
NUMBERS = st.integers(0, 1 << 40)


@st.composite
def lists_of_units(draw: st.DrawFn) -> tuple[UnitRecord, ...]:
    """Units of any shape, whole and in parts, in no order that a packing might count on."""
    found: list[UnitRecord] = []
    for number in range(draw(st.integers(0, 6))):
        start, length = draw(NUMBERS), draw(NUMBERS)
        whole = draw(st.booleans())
        spans = (start, start + length) if whole else tuple(draw(st.lists(NUMBERS, max_size=6)))
        line, height = draw(NUMBERS), draw(NUMBERS)
        found.append(
            UnitRecord(
                draw(st.text(max_size=8)), draw(st.sampled_from(KINDS)), start, start + length, line, line + height,
                draw(st.integers(-1, number)), spans, draw(NUMBERS), draw(NUMBERS), draw(NUMBERS),
                draw(st.binary(min_size=8, max_size=8)),
            )
        )  # fmt: skip
    return tuple(found)


@given(lists_of_units())
@settings(derandomize=True, max_examples=100)
def test_units_come_back_as_they_were(units: tuple[UnitRecord, ...]) -> None:
    assert unpack_units(pack_units(units)) == units


def test_columns_take_less_room_than_records(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    text = "".join(f"class Order{n}:\n    def pay{n}(self, rows):\n        return rows\n" for n in range(40))
    (root / "orders.py").write_text(text)
    update(root)
    connection = open_reader(find_place(root))
    (file_id,) = [row.file_id for row in files(connection) if row.path == "orders.py"]
    units = units_of(connection, file_id)
    connection.close()
    assert len(units) == 81
    assert len(pack_units(units)) < 0.8 * len(zlib.compress(msgspec.msgpack.encode(units), 6))


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    update(root)
    connection = open_reader(find_place(root))
    packed = pack_units(units_of(connection, next(files(connection)).file_id))
    connection.close()
    for at in range(len(packed)):
        damaged = bytearray(packed)
        damaged[at] ^= 0x10
        with pytest.raises((zlib.error, msgspec.DecodeError, ValueError)):
            unpack_units(bytes(damaged))
