"""`aifirst compress` of an indexed project says the same as of one without an index, and takes what is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from command_run import Aifirst, Write

STEP = '''

def step_{n}(value, limit):
    """Check {n}."""
    if value is None or value > limit:
        raise ValueError(f"step {n}")
    return {{"value": value, "limit": limit, "step": {n}}}
'''


@pytest.fixture
def project(write: Write) -> None:
    """Two files."""
    write("aifirst.toml", "")
    write("shop/steps.py", '"""Steps."""\n' + "".join(STEP.format(n=n) for n in range(8)))
    write("shop/use.py", "from shop.steps import step_1\n\n\ndef use(value):\n    return step_1(value, 3)\n")


def _run_in_index(aifirst: Aifirst, statement: str) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(aifirst.folder / ".aifirst/memory.db")) as database:
        rows = database.execute(statement).fetchall()
        database.commit()
        return rows


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("resolution", ["outline", "low", "medium"])
def test_the_text_is_the_same_with_and_without_an_index(aifirst: Aifirst, resolution: str) -> None:
    def compress() -> str:
        ran = aifirst("compress", "shop", "-r", resolution)
        assert ran.code == 0
        return ran.out

    without = compress()
    assert aifirst("index").code == 0
    assert compress() == without
    rows = _run_in_index(aifirst, "SELECT path, maker FROM shadow_file JOIN file USING (file_id)")
    assert len(rows) == (0 if resolution == "outline" else 2)
    assert compress() == without
    _run_in_index(aifirst, "UPDATE shadow_file SET pack = x'00'")
    assert compress() == without


@pytest.mark.usefixtures("project")
def test_what_is_kept_is_taken_and_not_of_a_file_that_changed_since(
    aifirst: Aifirst, change_kept: Callable[[str, str], None]
) -> None:
    aifirst("index")
    aifirst("compress", "shop", "-r", "low")
    change_kept("shop/use.py", "kept")
    assert "use\tkept" in aifirst("compress", "shop", "-r", "low").out
    path = aifirst.folder / "shop/use.py"
    path.write_text(path.read_text() + "\n\ndef more():\n    return use(2)\n")
    told = aifirst("compress", "shop", "-r", "low").out
    assert "kept" not in told
    assert "more" in told


@pytest.fixture
def change_kept(aifirst: Aifirst) -> Callable[[str, str], None]:
    """Put another flow in the place of that of the units of a file."""
    from aifirst_memory.shadow.level import pack
    from aifirst_memory.shadow.part import ShadowPart

    def change(path: str, flow: str) -> None:
        units = 2
        data = pack(ShadowPart("", ("",) * units, ("", flow), ("",) * units))
        _run_in_index(
            aifirst,
            f"UPDATE shadow_file SET pack = x'{data.hex()}' WHERE file_id = "  # noqa: S608  our own
            f"(SELECT file_id FROM file WHERE path = '{path}')",
        )

    return change
