"""Parentheses around a string, deeper than Python's own stack: a docstring or not, and never a failure."""

from __future__ import annotations

import pytest
import tree_sitter
from aifirst_codebase.glue.find import find_comments
from aifirst_codebase.languages import language_named
from language_checks import read_text

STRINGS = [
    ('"Say."', True),
    ('"Say." "More."', True),
    ('f"Say {x}."', False),
    ('"Say." f"{x}"', False),
    ('b"Say."', False),
]


@pytest.mark.parametrize("depth", [1, 600, 5_000])
@pytest.mark.parametrize(("string", "is_docstring"), STRINGS)
def test_a_docstring_is_told_through_any_number_of_them(depth: int, string: str, is_docstring: bool) -> None:
    language = language_named("python")
    data = f"{'(' * depth}{string}{')' * depth}\n".encode()
    root = language.parser.parse(data).root_node
    assert not root.has_error
    captures = tree_sitter.QueryCursor(language.query("glue")).captures(root)
    found = [comment.kind for comment in find_comments(data, captures, language)]
    assert found == (["docstring"] if is_docstring else [])


@pytest.mark.parametrize("depth", [600, 5_000])
def test_a_file_with_them_is_read(depth: int) -> None:
    reading = read_text("python", f"def f(x):\n    {'(' * depth}'Say.'{')' * depth}\n    return x\n")
    assert reading.broken
    assert reading.tokens > 0
