"""The two hashes of a unit: one for its text, one that glue and formatting leave alone."""

from __future__ import annotations

import pytest
from aifirst_codebase.languages import language_named
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_codebase.units.code_tokens import code_digest, content_digest

PLAIN = "def add(left, right):\n    return left + right\n"


def _read(text: str) -> Reading:
    return read(decode_source("a.py", text.encode()), language_named("python"), get_counter())


@pytest.mark.parametrize(
    "text",
    [
        "# Adds two numbers.\n" + PLAIN,
        'def add(left, right):\n    """Add two numbers."""\n    return left + right\n',
        "def add(left,right):\n\n    return left+right  # in cents\n",
        "def add(\n    left,\n    right,\n):\n    return left + right\n",
        PLAIN.replace("\n", "\r\n"),
    ],
)
def test_glue_and_formatting_change_the_text_and_not_the_code(text: str) -> None:
    plain, other = _read(PLAIN), _read(text)
    assert code_digest(other, 1) == code_digest(plain, 1)
    assert content_digest(other, 1) != content_digest(plain, 1)
    assert code_digest(other) == code_digest(plain)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("+", "-"),
        PLAIN.replace("left", "first"),
        PLAIN.replace(
            "    return left + right\n", "    if left:\n        left += 1\n    return left + right\n"
        ),
    ],
)
def test_other_code_has_another_hash(text: str) -> None:
    assert code_digest(_read(text), 1) != code_digest(_read(PLAIN), 1)


def test_moving_a_line_out_of_a_block_is_other_code() -> None:
    inside = _read("def f(a):\n    if a:\n        a = 1\n        b = 2\n")
    outside = _read("def f(a):\n    if a:\n        a = 1\n    b = 2\n")
    assert code_digest(inside, 1) != code_digest(outside, 1)


def test_a_change_in_a_nested_unit_leaves_the_hash_of_the_outer_one() -> None:
    before = _read("class A:\n    x = 1\n\n    def f(self):\n        return 1\n")
    after = _read("class A:\n    x = 1\n\n    def f(self):\n        return 2\n")
    assert code_digest(before, 1) == code_digest(after, 1)
    assert code_digest(before, 2) != code_digest(after, 2)
