"""Texts are squeezed the same the short way and by the pattern."""

from __future__ import annotations

import re

from aifirst_compiler.aiccl.outline import signature
from hypothesis import given, settings
from hypothesis import strategies as st

_CHARACTERS = st.sampled_from([*" \n\t\u00a0(),:=>[]{}.ab", "->", " -> ", ", ", " = "])


@given(st.lists(_CHARACTERS, max_size=16).map("".join))
@settings(derandomize=True, max_examples=400)
def test_the_short_way_says_what_the_pattern_says(text: str) -> None:
    by_pattern = signature._by_pattern(text)  # pyright: ignore[reportPrivateUsage]  # what is compared
    assert signature.squeezed(text) == re.sub(r",([)\]}])", r"\1", by_pattern).strip()


def test_what_separates_nothing_goes_and_strings_stay() -> None:
    assert signature.squeezed("( a : int = 1 ,\n  b = ' x , y ' , ) -> str") == "(a:int=1,b=' x , y ')->str"
    assert signature.squeezed("( a : int = 1 ,\n  b , ) ") == "(a:int=1,b)"
