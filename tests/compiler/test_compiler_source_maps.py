"""Source maps: made from edits, read back by us and by Node, and the laws between them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from aifirst_compiler.edits import Edit, OverlappingEditsError, apply_edits, in_order
from aifirst_compiler.errors import CompileError
from aifirst_compiler.source_maps.read import MapReader, read_map
from aifirst_compiler.source_maps.vlq import decode_segment, encode_number
from aifirst_compiler.source_maps.write import map_of_edits
from hypothesis import given, settings
from hypothesis import strategies as st

TEXT = st.text(st.sampled_from("ab1 \n(é𝒳字"), max_size=60)


@st.composite
def edited_texts(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    """A text and edits of it, at borders of characters."""
    text = draw(TEXT)
    borders = [len(text[:at].encode()) for at in range(len(text) + 1)]
    cuts = sorted(draw(st.lists(st.sampled_from(borders), max_size=8)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    return text.encode(), [Edit(start, end, draw(TEXT).encode()) for start, end in spans]


def reader_of(data: bytes, edits: list[Edit]) -> MapReader:
    """The map of the edits, written and read again."""
    return read_map(map_of_edits("out.py", "in.py", data, edits).to_json(), "out.py.map")


def place(data: bytes, byte: int) -> tuple[int, int]:
    """Line and UTF-16 column of a byte."""
    before = data[:byte].decode()
    last = before.rpartition("\n")[2]
    return before.count("\n"), len(last.encode("utf-16-le")) // 2


@settings(derandomize=True, max_examples=200, deadline=None)
@given(edited_texts())
def test_every_kept_character_maps_to_its_own_line_and_starts_of_stretches_to_their_column(
    edited: tuple[bytes, list[Edit]],
) -> None:
    data, edits = edited
    output = apply_edits(data, edits)
    reader = reader_of(data, edits)
    source = written = 0
    for edit in [*edits, Edit(len(data), len(data))]:
        for byte in range(source, edit.start):
            if data[byte] & 0xC0 == 0x80:
                continue
            found = reader.find(*place(output, written + byte - source))
            assert found is not None
            line, column = place(data, byte)
            assert found.source_line == line
            assert found.source_column <= column
            if byte == source or data[byte - 1 : byte] == b"\n":
                assert found.source_column == column
        written += edit.start - source + len(edit.text)
        source = edit.end


@given(st.lists(st.integers(-(2**30), 2**30), min_size=1, max_size=5))
@settings(derandomize=True, max_examples=100)
def test_numbers_survive_their_encoding(numbers: list[int]) -> None:
    assert decode_segment("".join(map(encode_number, numbers))) == numbers


def test_a_renamed_name_is_recorded() -> None:
    data = b"long_name = 1\nlong_name\n"
    reader = reader_of(data, [Edit(0, 9, b"a", "long_name"), Edit(14, 23, b"a", "long_name")])
    found = reader.find(1, 0)
    assert found is not None
    assert (found.name, found.source_line, found.source_column) == ("long_name", 1, 0)


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(OverlappingEditsError):
        apply_edits(b"abcdef", [Edit(0, 3), Edit(2, 4)])
    with pytest.raises(OverlappingEditsError):
        apply_edits(b"abc", [Edit(2, 9)])
    assert apply_edits(b"abcdef", in_order([Edit(4, 5)], [Edit(0, 1, b"x"), Edit(1, 1, b"y")])) == b"xybcdf"


NO_MAPS = [
    b"",
    b"[]",
    b"{}",
    b'{"version": 2, "mappings": ""}',
    b'{"version": 3, "mappings": "!!"}',
    b'{"version": 3, "mappings": "gggggggggggggB"}',
    b'{"version":3,"sections":[{"offset":1}]}',
    b"\xff\xfe",
    b"[" * 100_000,
]


@pytest.mark.parametrize("data", NO_MAPS)
def test_what_is_no_map_is_told_with_the_next_step(data: bytes) -> None:
    with pytest.raises(CompileError, match=r"x\.map is no source map") as caught:
        read_map(data, "x.map")
    assert caught.value.next_step == "compile again with --maps"


def test_a_map_made_of_maps_is_read() -> None:
    one = {"version": 3, "sources": ["a.js"], "names": [], "mappings": "AAAA"}
    two = {"version": 3, "sources": ["b.js"], "sourceRoot": "src", "names": [], "mappings": "AAAA;AACA"}
    sections = [
        {"offset": {"line": 0, "column": 0}, "map": one},
        {"offset": {"line": 3, "column": 2}, "map": two},
    ]
    reader = read_map(b")]}'\n" + json.dumps({"version": 3, "sections": sections}).encode(), "x.map")
    assert reader.sources == ("a.js", "src/b.js")
    found = reader.find(3, 5)
    assert found is not None
    assert (found.source, found.column, found.source_line) == (1, 2, 0)
    assert reader.find(4) == (4, 0, 1, 0, 1, "")


def test_node_tells_a_stack_by_our_map(tmp_path: Path) -> None:
    source = "// é\nfunction outer(é) {\n  /* why */ throw new Error('no');\n}\n\nouter(1);\n".encode()
    at = source.index(b"/* why */")
    edits = [Edit(0, 6), Edit(at - 3, at + 10)]
    (tmp_path / "in.js").write_bytes(source)
    output = apply_edits(source, edits)
    (tmp_path / "out.js").write_bytes(output + b"//# sourceMappingURL=out.js.map\n")
    (tmp_path / "out.js.map").write_bytes(map_of_edits("out.js", "in.js", source, edits).to_json())
    assert output.startswith(b"function outer")
    node = shutil.which("node")
    assert node is not None, "the tests need Node; see the README"
    ran = subprocess.run(
        [node, "--enable-source-maps", "out.js"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert "in.js:3:" in ran.stderr
    assert "in.js:6:1" in ran.stderr
    assert "out.js" not in ran.stderr.split("\n", 1)[1]
