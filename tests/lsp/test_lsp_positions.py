"""Bytes and positions agree with the plain conversion, in every unit a client may count."""

from __future__ import annotations

import pytest
from aifirst_codebase.positions import LineIndex, PositionEncoding
from aifirst_lsp_server.positions import byte_at, bytes_of, position_at, range_of
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol.types import Position, Range
from naive_text import CODECS, ODD
from naive_text import index_of as naive_index
from naive_text import position_at as naive_position

ENCODINGS: list[PositionEncoding] = ["utf-8", "utf-16", "utf-32"]
TEXTS = st.lists(st.sampled_from(ODD), max_size=40).map("".join)


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(derandomize=True, max_examples=150, deadline=None)
@given(text=TEXTS, data=st.data())
def test_a_position_is_what_the_plain_conversion_says(
    encoding: PositionEncoding, text: str, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(text)))
    byte = len(text[:index].encode())
    found = position_at(LineIndex(text.encode()), byte, encoding)
    assert (found.line, found.character) == naive_position(text, index, encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(derandomize=True, max_examples=150, deadline=None)
@given(text=TEXTS, line=st.integers(0, 12), column=st.integers(0, 30))
def test_a_byte_is_what_the_plain_conversion_says_also_where_the_position_does_not_exist(
    encoding: PositionEncoding, text: str, line: int, column: int
) -> None:
    byte = byte_at(LineIndex(text.encode()), Position(line, column), encoding)
    assert byte == len(text[: naive_index(text, line, column, encoding)].encode())


def test_a_range_that_runs_backwards_is_turned_round() -> None:
    lines = LineIndex("é😀\nx".encode())
    backwards = Range(Position(1, 1), Position(0, 1))
    assert bytes_of(lines, backwards, "utf-16") == (2, 8)
    assert range_of(lines, 2, 8, "utf-16") == Range(Position(0, 1), Position(1, 1))
    assert set(ENCODINGS) == set(CODECS)
