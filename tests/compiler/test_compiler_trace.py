"""Traces told in terms of the source: what Python prints, what a stack of JavaScript looks like, and what goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from aifirst_compiler.edits import Edit, apply_edits
from aifirst_compiler.source_maps.find_map import MapFinder
from aifirst_compiler.source_maps.source_roots import SourceRoots
from aifirst_compiler.source_maps.trace import Tracer
from aifirst_compiler.source_maps.write import map_of_edits

SOURCE = b'''"""What it is.

At length.
"""
# WHY: told here

def outer(number):
    # another
    return inner(number + 1)


def inner(number):
    """Say no."""
    raise ValueError(f"no {number}")
'''


def compiled(folder: Path, source: bytes = SOURCE, name: str = "prog.py") -> Path:
    """A source in `src`, its output in `out` with a map beside; comments and docstrings are gone."""
    (folder / "src").mkdir()
    (folder / "out").mkdir()
    (folder / "src" / name).write_bytes(source)
    edits: list[Edit] = []
    for piece in (
        b'"""What it is.\n\nAt length.\n"""\n# WHY: told here\n\n',
        b"    # another\n",
        b'    """Say no."""\n',
    ):
        start = source.find(piece)
        if start >= 0:
            edits.append(Edit(start, start + len(piece)))
    output = folder / "out" / name
    output.write_bytes(apply_edits(source, edits))
    made = map_of_edits(name, f"../src/{name}", source, edits)
    output.with_name(f"{name}.map").write_bytes(made.to_json())
    return output


def trace_of(folder: Path, code: str) -> str:
    """What Python prints for an exception of `code`, run in a folder."""
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 1
    return ran.stderr


def test_a_traceback_names_the_lines_of_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled(tmp_path)
    monkeypatch.chdir(tmp_path / "out")
    told = Tracer(MapFinder()).rewrite(trace_of(tmp_path / "out", "import prog; prog.outer(1)"))
    source = (tmp_path / "src/prog.py").absolute()
    assert (
        f'File "{source}", line 9, in outer\n    return inner(number + 1)\n           ^^^^^^^^^^^^^^^^^\n'
        in told
    )
    assert f'File "{source}", line 14, in inner\n    raise ValueError(f"no {{number}}")\n' in told
    assert told.endswith("ValueError: no 2\n")
    assert "out/prog.py" not in told


def test_frames_of_a_group_keep_their_margin(tmp_path: Path) -> None:
    compiled(tmp_path)
    code = (
        "import prog\ntry:\n    prog.inner(3)\nexcept ValueError as error:\n"
        "    raise ExceptionGroup('both', [error]) from error"
    )
    told = Tracer(MapFinder((tmp_path / "out",))).rewrite(trace_of(tmp_path / "out", code))
    assert told.count(", line 14, in inner\n") == 2
    assert '    |   File "' in told or '    | File "' in told
    assert "out/prog.py" not in told


def test_stacks_with_line_and_column_are_told_too(tmp_path: Path) -> None:
    compiled(tmp_path, b"// why\nfoo();\n", "app.js")
    (tmp_path / "out/app.js.map").write_bytes(
        map_of_edits("app.js", "../src/app.js", b"// why\nfoo();\n", [Edit(0, 7)]).to_json()
    )
    url = (tmp_path / "out/app.js").absolute().as_uri()
    stack = f"Error: no\n    at foo ({url}:1:1)\n    at node:internal/x:1:1\nfoo@out/app.js:1:3\nout/app.js:1: bad\n"
    told = Tracer(MapFinder((tmp_path,))).rewrite(stack)
    source = tmp_path / "src/app.js"
    assert f"at foo ({source}:2:1)" in told
    assert "at node:internal/x:1:1" in told
    assert f"foo@{source}:2:1" in told
    assert told.endswith(f"{source}:2: bad\n")


def test_a_trace_without_maps_stays_as_it_is(tmp_path: Path) -> None:
    text = (
        'Traceback:\n  File "/nowhere/a.py", line 3, in f\n    x()\nfoo.py:3: no\n'
        + "a" * 30_000
        + ":1\n"
        + "\0:1\n"
    )
    tracer = Tracer(MapFinder((tmp_path,)))
    assert tracer.rewrite(text) == text
    assert tracer.rewritten == 0


def test_a_damaged_map_is_told_once_and_changes_nothing(tmp_path: Path) -> None:
    output = compiled(tmp_path)
    output.with_name("prog.py.map").write_bytes(b'{"version": 3')
    finder = MapFinder()
    text = f'  File "{output}", line 1, in outer\n' * 2
    assert Tracer(finder).rewrite(text) == text
    assert len(finder.problems) == 1
    assert "compile again with --maps" in finder.problems[0]


def test_a_source_that_is_gone_leaves_the_line_that_was_shown(tmp_path: Path) -> None:
    output = compiled(tmp_path)
    (tmp_path / "src/prog.py").unlink()
    text = f'  File "{output}", line 2, in outer\n    return inner(number + 1)\n'
    told = Tracer(MapFinder()).rewrite(text)
    assert ", line 9, in outer\n    return inner(number + 1)\n" in told


def test_a_map_in_an_archive_is_found(tmp_path: Path) -> None:
    output = compiled(tmp_path)
    with zipfile.ZipFile(tmp_path / "app.pyz", "w") as archive:
        archive.write(output, "prog.py")
        archive.write(output.with_name("prog.py.map"), "prog.py.map")
    told = Tracer(MapFinder()).rewrite(f'  File "{tmp_path}/app.pyz/prog.py", line 5, in inner\n')
    assert "line 12, in inner" in told


def test_a_program_tells_its_own_exceptions_by_the_hook(tmp_path: Path) -> None:
    compiled(tmp_path)
    code = (
        "import threading, prog\nfrom aifirst_compiler.source_maps.hook import install\ninstall()\n"
        "thread = threading.Thread(target=prog.inner, args=(5,), name='worker')\nthread.start()\nthread.join()\n"
        "prog.outer(1)"
    )
    told = trace_of(tmp_path / "out", code)
    assert "Exception in thread worker:" in told
    assert told.count('src/prog.py", line 14, in inner') == 2
    assert "line 9, in outer" in told


def test_a_source_that_is_no_file_is_not_opened(tmp_path: Path) -> None:
    output = compiled(tmp_path)
    (tmp_path / "src" / "prog.py").unlink()
    os.mkfifo(tmp_path / "src" / "prog.py")
    told = Tracer(MapFinder()).rewrite(f'  File "{output}", line 2, in outer\n    shown\n')
    assert told == f'  File "{tmp_path / "src/prog.py"}", line 9, in outer\n    shown\n'
    for source in ("/dev/zero", str(tmp_path)):
        found = tmp_path / "out" / "prog.py.map"
        found.write_text(f'{{"version":3,"sources":["{source}"],"names":[],"mappings":"AAAA"}}')
        assert "shown" in Tracer(MapFinder()).rewrite(f'  File "{output}", line 1\n    shown\n')


def test_a_line_number_of_any_length_and_a_long_word_are_text(tmp_path: Path) -> None:
    digits = "9" * 6000
    text = f'  File "{tmp_path}/a.py", line {digits}\na.py:{digits}\na.py:1:{digits}\n{"a" * 19_000}\n'
    assert Tracer(MapFinder()).rewrite(text) == text


def test_a_broken_archive_is_told(tmp_path: Path) -> None:
    place = tmp_path / "app.pyz"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m.py.map", "x" * 10_000)
    data = bytearray(place.read_bytes())
    data[40:50] = b"\xff" * 10
    place.write_bytes(data)
    finder = MapFinder()
    text = f'  File "{place}/m.py", line 1\n'
    assert Tracer(finder).rewrite(text) == text
    assert "cannot be read" in finder.problems[0]


def test_a_map_shows_no_line_of_a_file_outside_the_projects_at_hand(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the key\n")
    project = tmp_path / "project"
    (project / "out").mkdir(parents=True)
    (project / ".git").mkdir()
    (project / "own.py").write_text("own line\n")
    (project / "link.py").symlink_to(tmp_path / "secret.txt")
    output = project / "out" / "prog.py"
    output.write_text("shown\n")
    trace = f'  File "{output}", line 1, in outer\n    shown\n'
    for named, line in (("../own.py", "own line"), ("../../secret.txt", "shown"), ("../link.py", "shown")):
        output.with_name("prog.py.map").write_text(
            f'{{"version":3,"sources":["{named}"],"names":[],"mappings":"AAAA"}}'
        )
        sources = SourceRoots([project / "out"])
        assert Tracer(MapFinder(), None, sources.holds).rewrite(trace).endswith(f"    {line}\n")
        assert list(sources.left_out) == ([] if line == "own line" else [tmp_path / "secret.txt"])
    assert SourceRoots([tmp_path]).holds(output.parent, tmp_path / "secret.txt")
    assert not SourceRoots([project]).holds(output.parent, Path("a\0b"))


def test_a_map_cannot_steer_the_terminal(tmp_path: Path) -> None:
    output = tmp_path / "prog.py"
    output.write_text("shown\n")
    fields = {
        "version": 3,
        "sources": ["a\x1b]0;x\x07.py"],
        "sourcesContent": ["\x1b[2Jline\ty\n"],
        "names": [],
    }
    output.with_name("prog.py.map").write_text(json.dumps(fields | {"mappings": "AAAA"}))
    told = Tracer(MapFinder()).rewrite(f'  File "{output}", line 1\n    shown\n{output}:1:1: shown\n')
    assert "\x1b" not in told
    assert told.count("a\\x1b]0;x\\x07.py") == 2
    assert "\\x1b[2Jline\ty" in told
