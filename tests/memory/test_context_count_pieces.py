"""Counting a context's text part by part: the sum is what the whole of it counts."""

from __future__ import annotations

import pytest
from aifirst_codebase.tokens import TokenCounter, get_counter
from aifirst_memory.context.count_pieces import counts_by_piece
from context_files import FILES
from hypothesis import given, settings
from hypothesis import strategies as st

BODIES = (
    *FILES.values(),
    "",
    "\n",
    "    x\n",
    "/ 2\n",
    "---\n",
    "--- a\n",
    ")\n",
    " \n\n",
    "é🎉\r\n",
    "\t",
    "no line break",
)


@pytest.mark.parametrize("name", ["o200k_base", "cl100k_base"])
@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(st.text(max_size=8), st.sampled_from(BODIES)), max_size=4), max_size=4))
def test_the_parts_of_a_text_count_what_the_whole_does(
    name: str, blocks: list[list[tuple[str, str]]]
) -> None:
    counter = get_counter(name)
    count = counts_by_piece(counter)
    text = "\n".join(
        f"=== {at}.py\n" + "".join(f"--- {heading}\n{body}" for heading, body in runs)
        for at, runs in enumerate(blocks)
    )
    assert count(text) == counter.count(text)
    assert count(text + "--- 1-2 more\nx = 1\n") == counter.count(text + "--- 1-2 more\nx = 1\n")


def test_a_part_is_counted_once() -> None:
    counted: list[str] = []
    count = counts_by_piece(
        TokenCounter("own", lambda text: counted.append(text) or len(text), splits_at_lines=True)
    )
    assert count("=== a\n--- 1\nx\n--- 2\ny\n") == 22
    assert count("=== a\n--- 1\nx\n--- 3\nz\n") == 22
    assert counted == ["=== a\n", "--- 1\nx\n", "--- 2\ny\n", "--- 3\nz\n"]


def test_a_tokenizer_that_may_reach_over_lines_counts_the_whole() -> None:
    counted: list[str] = []
    count = counts_by_piece(
        TokenCounter("own", lambda text: counted.append(text) or 1, splits_at_lines=False)
    )
    assert count("=== a\n--- 1\nx\n") == 1
    assert counted == ["=== a\n--- 1\nx\n"]
