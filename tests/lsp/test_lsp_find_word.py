"""Where on a line a name stands, also where the line has moved."""

from __future__ import annotations

import pytest
from aifirst_codebase.positions import LineIndex
from aifirst_lsp_server.find_word import find_word


@pytest.mark.parametrize(
    ("text", "line", "words", "defines", "expected"),
    [
        ("x = walker(walk(1))", 0, ("walk",), False, (11, 15)),
        ("# walk\n@walk.setter\ndef walk(self): ...", 0, ("walk",), True, (24, 28)),
        ("# walk\n# walk too", 0, ("walk",), True, (2, 6)),
        ("a\nb\ndef walk(): ...\nc", 0, ("walk",), False, (8, 12)),
        ("def walk(): ...\na\nb", 2, ("walk",), False, (4, 8)),
        ("def test_fr4_rounds(): ...", 0, ("FR4",), False, (9, 12)),
        ("    x = 1  ", 0, ("walk", ""), False, (4, 9)),
        ("", 7, ("walk",), False, (0, 0)),
        ("   ", 0, (), False, (0, 0)),
        ("föö = bär", 0, ("bär",), False, (8, 12)),
    ],
)
def test_a_name_is_found_whole_and_near(
    text: str, line: int, words: tuple[str, ...], defines: bool, expected: tuple[int, int]
) -> None:
    assert find_word(LineIndex(text.encode()), line, words, defines=defines) == expected
