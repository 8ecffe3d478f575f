"""The table of models fits the terminal; a pipe gets all columns."""

from __future__ import annotations

import pytest
from aifirst_cli.model_table import known_as_text
from aifirst_model.library.machine_memory import MachineMemory

MEMORY = MachineMemory(8_000_000_000, 16_000_000_000, ())


def test_without_a_terminal_every_column_is_there() -> None:
    text = known_as_text(MEMORY, 8192)
    head, *rows = text.split("\n\n", maxsplit=1)[0].splitlines()
    assert head.split("  ")[0] == "MODEL"
    assert all(name in head for name in ("LICENCE", "CONTEXT", "FILLS GAPS", "F16 NEEDS", "FITS AS"))
    assert any("not for trade" in row for row in rows)
    assert "Too wide" not in text


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_terminal_gets_the_columns_that_fit_and_is_told_which_do_not(width: int) -> None:
    text = known_as_text(MEMORY, 8192, width)
    assert max(map(len, text.splitlines())) <= width
    head, _, rest = text.partition("\n")
    told = " ".join(rest.split("Too wide for this terminal: ")[1].split(". A file")[0].split())
    assert told.split(", ")[0] == "FILLS GAPS"
    assert not any(name in head for name in told.split(", "))
    assert "FITS AS" in head
