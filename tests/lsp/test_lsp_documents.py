"""Texts that are edited stay equal to the client's, whatever stands in them."""

from __future__ import annotations

import pytest
from aifirst_codebase.positions import PositionEncoding
from aifirst_lsp_server.documents import changed, encode, open_document
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol.types import (
    Position,
    Range,
    TextDocumentContentChangePartial,
    TextDocumentContentChangeWholeDocument,
)
from naive_text import HALVES, ODD, joined, replaced

PLACES = st.tuples(st.integers(0, 12), st.integers(0, 20))
EDITS = st.lists(
    st.tuples(PLACES, PLACES, st.lists(st.sampled_from(ODD), max_size=6).map("".join)), max_size=6
)


def _change(start: tuple[int, int], end: tuple[int, int], text: str) -> TextDocumentContentChangePartial:
    return TextDocumentContentChangePartial(Range(Position(*start), Position(*end)), text)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    text=st.lists(st.sampled_from(ODD), max_size=40).map("".join),
    edits=EDITS,
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-32"]),
)
def test_edits_do_what_the_plain_model_says(
    text: str, edits: list[tuple[tuple[int, int], tuple[int, int], str]], encoding: PositionEncoding
) -> None:
    document = open_document("file:///a.py", "python", 1, text)
    for version, (start, end, new) in enumerate(edits, 2):
        text = replaced(text, start, end, new, encoding)
        document = changed(document, version, [_change(start, end, new)], encoding)
        assert document.data == text.encode()
        assert document.version == version


TORN = st.lists(st.sampled_from([*ODD, *HALVES, *HALVES]), max_size=30).map("".join)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    text=TORN,
    messages=st.lists(st.lists(st.tuples(PLACES, PLACES, TORN), min_size=1, max_size=3), max_size=4),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-32"]),
    before=st.sampled_from([0, 1015, 1020, 1023]),
)
def test_edits_of_texts_with_lone_halves_do_what_the_plain_model_says(
    text: str,
    messages: list[list[tuple[tuple[int, int], tuple[int, int], str]]],
    encoding: PositionEncoding,
    before: int,
) -> None:
    text = joined("x" * before + text)
    document = open_document("file:///a.py", "python", 1, text)
    for version, edits in enumerate(messages, 2):
        for start, end, new in edits:
            text = joined(replaced(text, start, end, new, encoding))
        document = changed(document, version, [_change(*edit) for edit in edits], encoding)
        assert document.data == encode(text)
        assert len(document.clean_data.decode()) == len(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_an_edit_behind_a_lone_half_falls_where_the_client_meant_it(encoding: PositionEncoding) -> None:
    document = open_document("file:///a.py", "python", 1, " \ud83d\nabcdef")
    edited = changed(document, 2, [_change((1, 0), (1, 1), "X")], encoding)
    assert edited.data == encode(" \ud83d\nXbcdef")


def test_several_changes_of_one_message_count_each_in_what_the_one_before_left() -> None:
    document = open_document("file:///a.py", "python", 1, "one\ntwo\n")
    changes = [_change((0, 0), (1, 0), ""), _change((0, 3), (0, 3), "!"), _change((1, 0), (1, 0), "end")]
    assert changed(document, 2, changes, "utf-16").data == b"two!\nend"


def test_a_whole_text_replaces_the_old_one_and_who_holds_that_keeps_it() -> None:
    old = open_document("file:///a.py", "python", 1, "old")
    new = changed(old, 2, [TextDocumentContentChangeWholeDocument("new\r")], "utf-16")
    assert (old.data, new.data, new.lines.line_count) == (b"old", b"new\r", 2)


def test_halves_of_a_character_that_come_one_after_the_other_become_it() -> None:
    document = open_document("file:///a.py", "python", 1, "x\ud83d")
    assert document.data == encode("x\ud83d")
    assert document.clean_data == "x\N{REPLACEMENT CHARACTER}".encode()
    assert len(document.clean_data) == len(document.data)
    joined = changed(document, 2, [_change((0, 2), (0, 2), "\ude00y")], "utf-16")
    assert joined.data == "x😀y".encode()
    assert joined.clean_data == joined.data


def test_a_character_of_three_bytes_that_begins_like_a_half_is_left_alone() -> None:
    document = open_document("file:///a.py", "python", 1, "힣 \ud7ff")
    assert document.clean_data == "힣 \ud7ff".encode()
