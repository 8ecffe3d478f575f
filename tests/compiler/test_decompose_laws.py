"""Laws of decomposition, on random hostile functions: whatever is taken out, the program does the same."""

from __future__ import annotations

import ast
import random

import pytest
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.decompose import DecomposeOptions, Decomposition, Refusal, plan_decomposition
from aifirst_compiler.decompose.region import Refused
from aifirst_compiler.edits import apply_edits
from decompose_extraction import judged
from decompose_programs import Writer, as_coroutine, run
from hypothesis import given, settings
from hypothesis import strategies as st

_RUNS = 6


def written(seed: int, kind: str = "function") -> str:
    """A random function, generator or coroutine; an empty text where Python does not take it."""
    text = Writer(seed, generator=kind != "function").function()
    text = as_coroutine(text) if kind == "coroutine" else text
    try:
        compile(text, "program", "exec")
    except SyntaxError:
        return ""
    return text


@pytest.mark.filterwarnings("ignore")  # the programs' own: `x is 1`, generators that ignore being closed
@given(st.integers(0, 1 << 30), st.sampled_from(["function", "generator", "coroutine"]))
@settings(derandomize=True, max_examples=24, deadline=None)
def test_any_part_that_may_move_can_move_and_nothing_changes(seed: int, kind: str) -> None:
    source = written(seed, kind)
    if not source:
        return
    before = [run(source, chance) for chance in range(_RUNS)]
    moved = [(text, made) for text, found, made in judged(source) if made and not isinstance(found, Refused)]
    for text, made in random.Random(seed).sample(moved, min(len(moved), 8)):  # noqa: S311 - tests, no secrets
        assert [run(made, chance) for chance in range(_RUNS)] == before, text


@pytest.mark.filterwarnings("ignore")
@given(st.integers(0, 1 << 30), st.sampled_from([60, 90, 130]))
@settings(derandomize=True, max_examples=25, deadline=None)
def test_a_decomposed_function_does_the_same_and_its_edits_make_it(seed: int, limit: int) -> None:
    source = written(seed)
    if not source:
        return
    file = decode_source("m.py", source.encode())
    options = DecomposeOptions(limit=limit, partial=True, least_tokens=12)
    done = plan_decomposition(file, "f", get_counter("o200k_base"), options)
    if isinstance(done, Refusal):
        assert done.reasons
        return
    assert apply_edits(file.data, done.edits) == done.data
    assert done.tokens_after < done.tokens_before
    assert all(unit.tokens <= limit for unit in done.new_units)
    assert done.within_limit == (done.tokens_after <= limit)
    functions = [one.name for one in ast.parse(done.data).body if isinstance(one, ast.FunctionDef)]
    assert sorted(functions) == sorted(["f", *(unit.name for unit in done.new_units)])
    assert [run(done.data.decode(), chance) for chance in range(_RUNS)] == [
        run(source, chance) for chance in range(_RUNS)
    ]


def test_the_same_text_is_made_every_time() -> None:
    source = decode_source("m.py", written(3).encode())
    counter = get_counter("o200k_base")
    made = [
        plan_decomposition(source, "f", counter, DecomposeOptions(limit=60, partial=True)) for _ in range(2)
    ]
    assert made[0] == made[1]
    assert isinstance(made[0], Decomposition | Refusal)
