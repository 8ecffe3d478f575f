"""The hunks of a line diff turn one text into the other, whatever the texts."""

from __future__ import annotations

from itertools import pairwise

from aifirst_validator.changes.line_diff import Hunk, diff_items, diff_lines, survivors
from hypothesis import given, settings
from hypothesis import strategies as st

ITEMS = st.lists(st.sampled_from("abcde"), max_size=30)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(ITEMS, ITEMS)
def test_applying_the_hunks_gives_the_other_side(before: list[str], after: list[str]) -> None:
    hunks = diff_items(before, after)
    made: list[str] = []
    at = 0
    for hunk in hunks:
        made += before[at : hunk.before_start]
        assert len(made) == hunk.after_start
        made += after[hunk.after_start : hunk.after_end]
        at = hunk.before_end
        assert (hunk.before_start, hunk.after_start) != (hunk.before_end, hunk.after_end)
    assert made + before[at:] == after
    for left, right in pairwise(hunks):
        assert left.before_end < right.before_start


@settings(derandomize=True, max_examples=100, deadline=None)
@given(ITEMS, ITEMS)
def test_survivors_are_equal_and_in_order(before: list[str], after: list[str]) -> None:
    kept = survivors(before, after)
    assert all(before[a] == after[b] for a, b in kept.items())
    assert list(kept) == sorted(kept)
    assert list(kept.values()) == sorted(kept.values())
    assert len(set(kept.values())) == len(kept)


def test_an_inserted_function_is_one_hunk() -> None:
    one, two = b"def a():\n    return 1\n\n", b"def b():\n    return 1\n\n"
    assert diff_lines(one + one, one + two + one) == [Hunk(3, 3, 3, 6)]


def test_other_line_ends_are_no_difference() -> None:
    assert diff_lines(b"a\nb\n", b"a\r\nb\r\n") == []


def test_a_large_rewrite_stays_near_linear_in_steps() -> None:
    before = [f"line {n}" for n in range(20_000)]
    after = [f"line {n}" for n in range(0, 40_000, 2)]
    hunks = diff_items(before, after)
    assert sum(h.before_end - h.before_start for h in hunks) == 10_000
    same = ["x", "y"] * 20_000
    assert diff_items(same, ["y", "x"] * 20_000)
