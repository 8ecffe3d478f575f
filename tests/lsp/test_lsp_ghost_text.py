"""How a model's answer becomes what is shown, and how answers are kept."""

from __future__ import annotations

import pytest
from aifirst_lsp_server.ghost_text import KeptAnswers, shape_completion
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "line", "after", "shown"),
    [
        ("a + b", "    return ", "\n", "a + b"),
        ("a + b\n\n", "    return ", "\n", "a + b"),
        ("   \n  ", "x", "\n", ""),
        ("a + b\n\ndef twice(x):\n    return 1", "    return ", "\n\ndef twice(x):\n", "a + b"),
        ("a\n}\nmore", "  x = ", "\n}\n", "a"),
        ("return x * 2", "    ", "\n    return x * 2\n", ""),
        ("a, b)", "f(", ")\n", "a, b"),
        ("g(a), b) + 1", "f(", ")\n", "g(a), b"),
        ("g(a)", "f(", ")\n", "g(a)"),
        ('text")', 'f("', '")\n', "text"),
        ("a, b):\n    pass", "def f(", "):\n", "a, b"),
        ("one\ntwo", "x = ", " + 1\n", "one"),
        ("a + b<|endoftext|>junk", "x = ", "", "a + b"),
        ("a\r\nb", "", "", "a\nb"),
        ("a\x1b[2Jb", "", "", ""),
        ("a = '\u202e'", "", "", ""),
    ],
)
def test_an_answer_is_cut_where_what_stands_there_already_begins(
    text: str, line: str, after: str, shown: str
) -> None:
    assert shape_completion(text, line, after) == shown


def test_a_last_line_without_an_end_is_left_out_unless_it_is_the_only_one() -> None:
    assert shape_completion("a = 1\nb = some", "", "", whole=False) == "a = 1"
    assert shape_completion("a = some", "", "", whole=False) == "a = some"


def test_a_chat_that_repeats_the_line_before_the_cursor_is_understood() -> None:
    assert shape_completion("    return a + b", "    return ", "\n", is_chat=True) == " a + b"
    assert shape_completion("    return a + b", "    return ", "\n") == "    return a + b"


@given(
    st.text(), st.text(alphabet="ab ()'\"\n"), st.text(alphabet="ab ()'\"\n"), st.booleans(), st.booleans()
)
@settings(derandomize=True, max_examples=200)
def test_whatever_comes_nothing_is_shown_that_is_empty_or_longer_than_the_answer(
    text: str, line: str, after: str, whole: bool, is_chat: bool
) -> None:
    shown = shape_completion(text, line, after, whole=whole, is_chat=is_chat)
    assert not shown or shown.strip()
    assert len(shown) <= len(text)


@given(st.binary(max_size=3000), st.text(max_size=20), st.text(min_size=1, max_size=30))
@settings(derandomize=True, max_examples=100)
def test_typing_along_an_answer_always_leaves_the_rest_of_it(before: bytes, after: str, shown: str) -> None:
    kept, data, at = KeptAnswers(), before + after.encode(), len(before)
    kept.keep(("a",), data, at, shown)
    assert kept.find(("a",), data, at) == shown
    assert kept.find(("b",), data, at) is None
    for size in range(1, len(shown)):
        typed = before + shown[:size].encode() + after.encode()
        assert kept.find(("a",), typed, at + len(shown[:size].encode())) == shown[size:]
    other = before + b"\x01" + after.encode()
    if not shown.startswith("\x01"):
        assert kept.find(("a",), other, at + 1) is None


def test_only_the_last_answers_are_kept() -> None:
    kept = KeptAnswers()
    for at in range(50):
        kept.keep(("a",), b"x" * 100, at, "y")
    assert kept.find(("a",), b"x" * 100, 0) is None
    assert kept.find(("a",), b"x" * 100, 49) == "y"
