"""Laws of text made of tokens as they come: nothing is lost, no half character, nothing of a stop text is shown."""

from __future__ import annotations

from aifirst_model.answer import Piece, Token, Usage
from aifirst_model.backends.written_text import WrittenText
from hypothesis import given, settings
from hypothesis import strategies as st

_USAGE = Usage(1, 1)
_TEXTS = st.text(alphabet="ab \u00e9\u65e5\U0001f600", max_size=12)


def _write(text: str, stops: tuple[str, ...], *, is_whole: bool = False) -> tuple[list[Piece], bool]:
    """The pieces of a text whose tokens are its bytes, and whether a stop text ended it."""
    written = WrittenText(
        lambda numbers: bytes(numbers).decode("utf-8", "replace"), b"prompt", stops, is_whole=is_whole
    )
    pieces: list[Piece] = []
    for number in text.encode():
        if (piece := written.feed(number, Token(chr(number), 0.0))) is not None:
            pieces.append(piece)
        if written.is_stopped:
            break
    return [*pieces, written.finish("length", _USAGE)], written.is_stopped


@settings(derandomize=True, max_examples=300)
@given(text=_TEXTS, stops=st.lists(_TEXTS, max_size=3).map(tuple))
def test_the_pieces_are_the_text_up_to_its_first_stop(text: str, stops: tuple[str, ...]) -> None:
    pieces, is_stopped = _write(text, stops)
    real = [stop for stop in stops if stop]
    # the first one that is complete ends the text; of several complete at once, the one that begins first
    ends = [end for end in range(len(text) + 1) if any(text[:end].endswith(stop) for stop in real)]
    cut = len(text)
    if ends:
        cut = min(text[: ends[0]].find(stop) for stop in real if stop in text[: ends[0]])
    assert "".join(piece.text for piece in pieces) == text[:cut]
    assert is_stopped == bool(ends)
    assert pieces[-1].finish == ("stop" if ends else "length")
    assert all("\ufffd" not in piece.text for piece in pieces)
    tokens = [token.text for piece in pieces for token in piece.tokens]
    assert tokens == [chr(byte) for byte in text[:cut].encode()]


@settings(derandomize=True, max_examples=100)
@given(text=_TEXTS, stops=st.lists(_TEXTS, max_size=2).map(tuple))
def test_read_at_once_it_is_the_same(text: str, stops: tuple[str, ...]) -> None:
    one, other = _write(text, stops), _write(text, stops, is_whole=True)
    assert "".join(piece.text for piece in one[0]) == "".join(piece.text for piece in other[0])
    assert [token for piece in one[0] for token in piece.tokens] == [
        token for piece in other[0] for token in piece.tokens
    ]


def test_half_a_character_at_the_end_is_given_as_what_it_is() -> None:
    written = WrittenText(lambda numbers: bytes(numbers).decode("utf-8", "replace"), b"", ())
    assert written.feed(0xC3, None) is None
    assert written.finish("length", _USAGE) == Piece("\ufffd", (), "length", _USAGE)


def test_what_may_become_a_stop_text_waits() -> None:
    written = WrittenText(lambda numbers: bytes(numbers).decode(), b"", ("```end",))
    assert [piece.text if (piece := written.feed(byte, None)) else None for byte in b"a```e!"] == [
        "a", None, None, None, None, "```e!",
    ]  # fmt: skip
