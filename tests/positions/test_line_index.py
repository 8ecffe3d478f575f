"""Positions against a slow exact reference that walks the text character by character."""

import pytest
from aifirst_codebase.positions import LineIndex, PositionEncoding
from hypothesis import given, settings
from hypothesis import strategies as st

ENCODINGS: tuple[PositionEncoding, ...] = ("utf-8", "utf-16", "utf-32")
ALPHABET = "ab\n\r\t\f\v\x00\x1c\x85\u2028é日🎉\u0301"

texts = st.text(alphabet=ALPHABET, max_size=40)


def width(text: str, encoding: PositionEncoding) -> int:
    if encoding == "utf-32":
        return len(text)
    return len(text.encode(encoding.replace("16", "16-le"))) // (2 if encoding == "utf-16" else 1)


def reference_positions(text: str, encoding: PositionEncoding) -> list[tuple[int, int, int]]:
    """Return (byte, line, column) of every character and of the end, nothing between CR and LF."""
    positions: list[tuple[int, int, int]] = []
    byte = line = line_start = 0
    for index, character in enumerate(text):
        if text[index - 1 : index + 1] != "\r\n" or index == 0:
            positions.append((byte, line, width(text[line_start:index], encoding)))
        byte += len(character.encode())
        if character == "\n" or (character == "\r" and text[index + 1 : index + 2] != "\n"):
            line, line_start = line + 1, index + 1
    positions.append((byte, line, width(text[line_start:], encoding)))
    return positions


def check_against_reference(text: str) -> None:
    index = LineIndex(text.encode())
    for encoding in ENCODINGS:
        positions = reference_positions(text, encoding)
        assert index.line_count == positions[-1][1] + 1
        for byte, line, column in positions:
            assert index.line_of(byte) == line
            assert index.to_line_column(byte, encoding) == (line, column)
            assert index.to_byte(line, column, encoding) == byte


@settings(derandomize=True, max_examples=200, deadline=None)
@given(texts)
def test_lines_and_columns_agree_with_the_reference_both_ways(text: str) -> None:
    check_against_reference(text)


@pytest.mark.parametrize("filler", ["é", "🎉", "日", "a🎉é"])
def test_lines_longer_than_a_block_agree_with_the_reference(filler: str) -> None:
    check_against_reference("a\r\n" + filler * 900 + "\n" + filler)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(texts)
def test_character_and_byte_offsets_are_inverse(text: str) -> None:
    index = LineIndex(text.encode())
    for char in range(len(text) + 1):
        byte = len(text[:char].encode())
        assert index.char_offset(byte) == char
        assert index.byte_offset(char) == byte


@settings(derandomize=True, max_examples=200, deadline=None)
@given(texts)
def test_lines_without_their_newlines_are_what_bytes_split_gives(text: str) -> None:
    index = LineIndex(text.encode())
    # The mark at the end keeps an empty last line from being lost in the reference.
    expected = (text + "|").encode().splitlines()
    assert [index.line_text(line) for line in range(index.line_count - 1)] == [
        e.decode() for e in expected[:-1]
    ]
    assert index.line_text(index.line_count - 1) + "|" == expected[-1].decode()


@settings(derandomize=True, max_examples=200, deadline=None)
@given(texts, st.integers(-3, 60), st.integers(-3, 60), st.sampled_from(ENCODINGS))
def test_any_position_is_clamped_to_a_character_of_the_text(
    text: str, line: int, column: int, encoding: PositionEncoding
) -> None:
    data = text.encode()
    index = LineIndex(data)
    byte = index.to_byte(line, column, encoding)
    data[:byte].decode("utf-8")
    if 0 <= line < index.line_count:
        assert index.line_start(line) <= byte <= index.line_end(line)
    else:
        assert byte == (0 if line < 0 else len(data))
    wild = index.to_line_column(column, encoding)
    assert 0 <= wild[0] < index.line_count
    assert 0 <= index.char_offset(column) <= len(text)
    assert 0 <= index.byte_offset(column) <= len(data)


def test_half_a_surrogate_pair_is_the_character_before_it() -> None:
    index = LineIndex("a🎉b".encode())
    assert index.to_byte(0, 2, "utf-16") == 1
    assert index.to_byte(0, 3, "utf-16") == 5


def test_a_byte_inside_a_character_is_that_characters_column() -> None:
    index = LineIndex("a🎉b".encode())
    assert [index.to_line_column(byte, "utf-16") for byte in range(7)] == [
        (0, 0), (0, 1), (0, 1), (0, 1), (0, 1), (0, 3), (0, 4),
    ]  # fmt: skip


def test_between_carriage_return_and_line_feed_is_the_end_of_the_line() -> None:
    index = LineIndex(b"ab\r\ncd")
    assert [index.to_line_column(byte) for byte in (2, 3, 4)] == [(0, 2), (0, 2), (1, 0)]


def test_form_feeds_and_unicode_separators_end_no_line() -> None:
    assert LineIndex("a\fb\vc\x85d\u2028e\x1cf".encode()).line_count == 1


@pytest.mark.parametrize(
    ("data", "count"), [(b"", 1), (b"a", 1), (b"a\n", 2), (b"\r\n\r", 3), (b"\n\n\n", 4)]
)
def test_the_text_after_the_last_newline_is_a_line(data: bytes, count: int) -> None:
    index = LineIndex(data)
    assert index.line_count == count
    assert index.line_end(count - 1) == len(data)


def test_bytes_that_are_not_utf_8_are_counted_without_an_exception() -> None:
    data = b"\xff\x80\x80\n\x80\xf0" * 500
    index = LineIndex(data)
    for encoding in ENCODINGS:
        for byte in range(0, len(data), 97):
            line, column = index.to_line_column(byte, encoding)
            assert 0 <= index.to_byte(line, column, encoding) <= len(data)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(alphabet=ALPHABET + "\ud83d\udfff", max_size=40), st.sampled_from([0, 1019, 1022]))
def test_lone_halves_of_surrogate_pairs_have_their_place_like_any_character(text: str, before: int) -> None:
    text = ("x" * before + text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    index = LineIndex(text.encode("utf-8", "surrogatepass"))
    starts = [len(text[:char].encode("utf-8", "surrogatepass")) for char in range(len(text) + 1)]
    assert [index.byte_offset(char) for char in range(len(text) + 1)] == starts
    for start in (byte for byte in starts if byte <= index.line_end(index.line_of(byte))):
        for encoding in ENCODINGS:
            assert index.to_byte(*index.to_line_column(start, encoding), encoding) == start


def test_bytes_that_are_not_utf_8_keep_their_units() -> None:
    index = LineIndex(b"\xffab\xf0\nc\xedd")
    assert [index.to_byte(1, column, "utf-16") for column in range(4)] == [5, 6, 7, 8]
    assert [index.to_byte(0, column, "utf-32") for column in range(5)] == [0, 1, 2, 3, 4]
