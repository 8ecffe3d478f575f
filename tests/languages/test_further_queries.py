"""A reading that finds the matches of further queries on its way is the reading without them."""

from __future__ import annotations

import pytest
from aifirst_codebase.languages import all_languages, language_named
from aifirst_codebase.languages.language import READ_QUERIES
from aifirst_codebase.reading import Reading, bounded_cursor, find_matches, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from hypothesis import given, settings
from hypothesis import strategies as st

FURTHER = ("imports", "calls", "heritage", "bindings")
LANGUAGES = sorted(name for name, language in all_languages().items() if language.kind == "code")
PIECES = [
    "def f(a, b=g(1)):\n    ", "class A(B, c.D):\n", "    ", "@d.e(f)\n", '"""doc"""\n', "# c\n", "pass\n", "\n\n",
    "match x:\n    case [1, 2] | {3: 4}:\n        ", "if a and b or c:\n    ", "for a in b(c): ", "x = y.z(w)\n",
    "import a.b as c\n", "from . import d, e as f\n", "raise E(a)\n", "function f(a) {", "}\n", "const x = () => y(z)",
    "/** d */\n", "// c\n", "/* c */", "func (r *T) F() {\n", "type A struct {\n", "impl A for B {\n", "a.b(c);\n",
    "public class A extends B {\n", "if (a && b) {", " else ", "switch (a) { case 1: b(); }", "export default ", ";",
    "try { a(); } catch (E e) { throw new F(); }", "#include <a.h>\n", "A::B c = d(e);\n", "é", "(", ")", "{", "'",
]  # fmt: skip


def _read(language: str, text: str, further: tuple[str, ...] = ()) -> Reading:
    source = decode_source("source", text.encode())
    return read(source, language_named(language), get_counter(), further=further)


def _check_alike(language: str, text: str) -> None:
    plain, joined = _read(language, text), _read(language, text, FURTHER)
    assert plain.units == joined.units
    assert plain.comments == joined.comments
    assert plain.glue == joined.glue
    assert (plain.tokens, plain.glue_tokens) == (joined.tokens, joined.glue_tokens)
    assert plain.matches is None
    assert joined.matches == find_matches(joined.language, joined.tree, FURTHER)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(derandomize=True, max_examples=25, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40))
def test_what_is_read_does_not_depend_on_what_else_is_asked(language: str, pieces: list[str]) -> None:
    _check_alike(language, "".join(pieces))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_patterns_of_the_reading_are_told_without_compiling_them_alone(language: str) -> None:
    compiled = language_named(language)
    assert compiled.first_patterns(READ_QUERIES, FURTHER) == compiled.reading_query.pattern_count


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_neither_does_it_where_the_queries_meet_their_bound(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(f"{'    ' * depth}class A{depth}(B, C):\n" for depth in range(40))
    text += "    " * 40 + "x = f(y)\n"
    monkeypatch.setattr("aifirst_codebase.reading._MATCH_LIMIT", limit)
    language = language_named("python")
    cursor = bounded_cursor(language.joined_query((*READ_QUERIES, *FURTHER)))
    cursor.matches(language.parser.parse(text.encode()).root_node)
    assert cursor.did_exceed_match_limit
    _check_alike("python", text)


def test_the_matches_of_a_further_query_are_its_own() -> None:
    found = _read("python", "def f(a):\n    return g(a)\n", ("calls",)).matches
    assert found is not None
    assert [sorted(match) for match in found] == [["call", "callee"]]
