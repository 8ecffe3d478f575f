"""`aifirst trace` as a person uses it: a pipe, a file, a folder of outputs, and what has no map."""

from __future__ import annotations

import pytest
from aifirst_compiler.edits import Edit, apply_edits
from aifirst_compiler.source_maps.write import map_of_edits
from command_run import Aifirst, Write

SOURCE = b"# why\n# so\ndef fail():\n    raise ValueError\n"
LOG = 'Traceback (most recent call last):\n  File "out/app.py", line 2, in fail\n    raise ValueError\nValueError\r\n'
TOLD = 'Traceback (most recent call last):\n  File "src/app.py", line 4, in fail\n    raise ValueError\nValueError\r\n'


@pytest.fixture
def compiled(write: Write) -> None:
    """A source, its output and the map between them."""
    edits = [Edit(0, 11)]
    write("src/app.py", SOURCE)
    write("out/app.py", apply_edits(SOURCE, edits))
    write("out/app.py.map", map_of_edits("app.py", "../src/app.py", SOURCE, edits).to_json())


@pytest.mark.usefixtures("compiled")
def test_a_pipe_is_told_in_terms_of_the_source(aifirst: Aifirst) -> None:
    ran = aifirst("trace", stdin=LOG.encode())
    assert (ran.code, ran.raw, ran.err) == (0, TOLD.encode(), "")


@pytest.mark.usefixtures("compiled")
def test_a_file_is_read_and_a_file_written(aifirst: Aifirst, write: Write) -> None:
    write("crash.log", LOG.encode())
    ran = aifirst("trace", "crash.log", "-o", "told.log")
    assert (ran.code, ran.out) == (0, "")
    assert (aifirst.folder / "told.log").read_bytes().decode() == TOLD


@pytest.mark.usefixtures("compiled")
def test_paths_are_meant_from_a_root_that_is_given(aifirst: Aifirst) -> None:
    ran = aifirst("trace", "--root", "out", stdin=b"app.py:2: bad\n")
    assert ran.out == "src/app.py:4: bad\n"


def test_what_has_no_map_passes_and_is_said(aifirst: Aifirst) -> None:
    ran = aifirst("trace", stdin=LOG.encode())
    assert (ran.code, ran.raw) == (0, LOG.encode())
    assert "compile with --maps" in ran.err


def test_a_file_that_is_not_there_is_told(aifirst: Aifirst) -> None:
    ran = aifirst("trace", "nowhere.log")
    assert ran.code == 2
    assert "nowhere.log cannot be read" in ran.err
