"""Path patterns mean what they mean in a .gitignore; pathspec is the reference."""

from __future__ import annotations

import pytest
from aifirst_codebase.config.path_patterns import PatternSet, check_pattern, compile_pattern
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("tests/**", ["tests/a.py", "tests/x/y/a.py"], ["a/tests/a.py", "tests", "tests2/a.py"]),
        ("tests/", ["tests/a.py", "a/tests/b/c.py"], ["tests", "tests.py"]),
        ("/tests", ["tests/a.py", "tests"], ["a/tests/b.py"]),
        ("*.sql", ["a.sql", "x/y/b.sql", "x.sql/a.py"], ["a.sqlx", "sql"]),
        ("src/*.py", ["src/a.py"], ["src/x/a.py", "x/src/a.py"]),
        ("**/test_*.py", ["test_a.py", "x/test_.py"], ["x/atest_a.py", "test_a.pyc"]),
        ("a/**/b/**/c", ["a/b/c", "a/x/b/y/z/c", "a/b/b/c/c"], ["a/c", "b/c", "x/a/b/c"]),
        ("m[a-c]?.py", ["mb1.py", "x/ma_.py"], ["md1.py", "ma.py", "ma/.py"]),
        ("m[!a-c].py", ["md.py"], ["mb.py", "m/.py"]),
        (r"\[x\]*", ["[x]y"], ["xy"]),
        ("**", ["a", "a/b"], []),
    ],
)
def test_a_pattern_matches_like_gitignore(pattern: str, inside: list[str], outside: list[str]) -> None:
    regex = compile_pattern(pattern)
    assert [path for path in (*inside, *outside) if regex.match(path)] == inside


_PARTS = st.lists(
    st.sampled_from(["**", "*", "a", "b", "a*", "*b", "a*b*", "*a*b", "?", "?b", "[ab]", "[!a]", "ab"]),
    min_size=1,
    max_size=6,
)
_PATHS = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=6).map("/".join)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(_PARTS, st.sampled_from(["", "/"]), st.sampled_from(["", "/"]), st.lists(_PATHS, max_size=12))
@example(["**"], "", "/", ["a", "a/b"])
@example(["a", "**", "a", "b", "**", "b"], "", "", ["a/a/a/b/a/b", "a/a/b/b/x"])
def test_patterns_agree_with_the_reference(
    parts: list[str], before: str, after: str, paths: list[str]
) -> None:
    pattern = before + "/".join(parts) + after
    assume(not check_pattern(pattern))
    reference = GitIgnoreSpec.from_lines([pattern])
    ours = compile_pattern(pattern)
    by_set = PatternSet(["zzz", pattern])
    for path in paths:
        expected = reference.match_file(path)
        assert bool(ours.match(path)) == expected, (pattern, path)
        assert by_set.matching(path) == ((1,) if expected else ()), (pattern, path)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_a_pattern_or_says_why_not(pattern: str, path: str) -> None:
    if not check_pattern(pattern):
        compile_pattern(pattern).match(path)


def test_a_pattern_of_many_stars_gives_up_soon() -> None:
    """Plain backtracking would take longer than the universe is old."""
    assert not compile_pattern("*a" * 100 + "b").match("a" * 250 + "c")
    assert not compile_pattern("**/a/" * 40 + "b").match("a/" * 200 + "c")


def test_several_patterns_are_told_by_index() -> None:
    patterns = PatternSet(["src/**", "*.py", "lib/"])
    paths = ("src/a.py", "src/a.js", "lib/a.py", "a.js", "src/lib/a.py")
    assert [patterns.matching(path) for path in paths] == [(0, 1), (0,), (1, 2), (), (0, 1, 2)]
