"""Texts that a grammar cannot cope with are read without a tree; ordinary large ones are not among them."""

import pytest
from aifirst_codebase.languages import language_named
from language_checks import read_text


@pytest.mark.parametrize(
    ("language", "text", "bound"),
    [
        ("yaml", "- " * 400 + "a # b\n", "scanner"),
        ("yaml", "".join(" " * depth + "a:\n" for depth in range(400)), "scanner"),
        ("csharp", "a < " * 3000, "nesting"),
        ("bash", "a | " * 4000, "scanner"),
        ("python", "\0" * 2000, "nul-bytes"),
        ("json", "[" * 30_000, "errors"),
    ],
)
def test_a_text_that_costs_too_much_has_no_tree(language: str, text: str, bound: str) -> None:
    reading = read_text(language, text)
    assert reading.bound == bound
    assert not reading.parsed
    assert reading.broken
    assert [unit.kind for unit in reading.units] == ["module"]
    assert reading.glue == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("yaml", "a: |\n  " + "-" * 400 + "\nb: 1\n"),
        ("bash", "cat <<E\n" + "| a | b |\n" * 2000 + "E\n"),
        ("csharp", "class A { void F() { " + "x = a < b;\n" * 4000 + "} }\n"),
        ("json", "[" + "1," * 40_000 + "1]"),
        ("python", "x = [\n" + "    'é',\n" * 4000 + "]\n"),
    ],
)
def test_a_long_text_of_the_ordinary_kind_has_one(language: str, text: str) -> None:
    reading = read_text(language, text)
    assert reading.parsed
    assert not reading.broken


def test_the_tree_of_a_text_handed_over_in_pieces_is_that_of_the_whole() -> None:
    data = ("def f():\n    return '日本 é'  # ü\n" * 800).encode()
    language = language_named("python")
    tree = language.parse(data)
    assert tree is not None
    assert str(tree.root_node) == str(language.parser.parse(data).root_node)
