"""A text that is typed in is parsed from its last tree, and what comes out never tells how it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter
from aifirst_codebase.languages import Language, language_of
from aifirst_codebase.languages.parse_again import KnownTree
from aifirst_lsp_server.analysis.analyse import analyse
from aifirst_lsp_server.analysis.known_trees import KnownTrees
from aifirst_lsp_server.analysis.project_settings import ProjectSettings
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

PYTHON = (
    b'"""Module \xf0\x9f\x99\x82."""\r\nimport os\n\n\nclass A:\n    """Doc."""\n\n    def f(self, a, *b):\n'
    b"        # why\n        if a:\n            return [x for x in b if x]\r\n        return f'{a}\xc3\xa9'\n\n\n"
    b"def g():\n    yield os\n\x0c\nX = {1: (2, 3)}\n"
)
SCRIPT = (
    b"/** Doc \xc3\xa9. */\nexport class A {\n  f(a, ...b) {\n    // why\n    if (a) return b.map(x => `${x}!`);\r\n"
    b"    return /a+/g;\n  }\n}\nconst x = {a: [1, 2], 'b': null};\n"
)
STYLE = b"/* all */\n.a > b:hover { color: red; margin: 0 1px }\r\n@media print { p { top: 1% } }\n"
PIECES = [
    *(bytes([one]) for one in b"x()[]{}:;,.#'\"`\\/*= \t\f@"), b"=>", b"->", "é".encode(), "🙂".encode(),
    b"\n", b"\r\n", b"    ", b"  ", b'"""', b"def h():\n    pass\n", b"if x:\n", b"/*", b"*/", b"class B: pass\n",
]  # fmt: skip
EDIT = st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(PIECES), st.booleans())


def nodes(tree: tree_sitter.Tree) -> Iterator[tuple[object, ...]]:
    cursor, depth = tree.walk(), 0
    while True:
        node = cursor.node
        assert node is not None
        yield (
            depth,
            node.type,
            node.start_byte,
            node.end_byte,
            node.start_point,
            cursor.field_name,
            node.is_missing,
        )
        if cursor.goto_first_child():
            depth += 1
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            depth -= 1


def named(path: str) -> Language:
    language = language_of(path, b"")
    assert language is not None
    return language


def same(first: object, second: object) -> bool:
    if isinstance(first, tree_sitter.Tree) and isinstance(second, tree_sitter.Tree):
        return list(nodes(first)) == list(nodes(second))
    return first == second


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.sampled_from([("a.py", PYTHON), ("a.js", SCRIPT), ("a.css", STYLE)]), st.lists(EDIT, max_size=14))
def test_the_tree_is_that_of_a_fresh_parse_whatever_was_typed(
    start: tuple[str, bytes], edits: list[tuple[float, int, bytes, bool]]
) -> None:
    path, first = start
    language, known, text = named(path), KnownTree(), first
    assert same(known.parse(language, text), language.parse_or_bound(text))
    for place, gone, piece, takes_back in edits:
        at = int(place * len(text))
        changed = text[:at] + piece + text[at + gone * (not piece.isspace()) :]
        for now in (changed, text) if takes_back else (changed,):
            assert same(known.parse(language, now), language.parse_or_bound(now))
        text = text if takes_back else changed


def test_a_tree_is_brought_along_and_not_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    known, language, given = KnownTree(), named("a.py"), list[bool]()
    parse = Language.parse_or_bound

    def watched(self: Language, data: bytes, tree: tree_sitter.Tree | None = None) -> object:
        given.append(tree is not None)
        return parse(self, data, tree)

    monkeypatch.setattr(Language, "parse_or_bound", watched)
    for text in (PYTHON, PYTHON + b"y = 1\n", PYTHON + b"y = (\n", PYTHON + b"y = (1)\n"):
        known.parse(language, text)
    assert given == [False, True, True, False, True]


@settings(derandomize=True, max_examples=12, deadline=None)
@given(st.lists(EDIT, min_size=1, max_size=5))
def test_an_analysis_is_the_same_with_and_without_the_trees_of_before(
    edits: list[tuple[float, int, bytes, bool]],
) -> None:
    projects, trees, text = ProjectSettings(), KnownTrees(), PYTHON * 30
    folder = str(Path(__file__).parent)
    for place, gone, piece, _ in [(0.0, 0, b"", False), *edits]:
        at = int(place * len(text))
        text = (text[:at] + piece + text[at + gone :]).decode("utf-8", "ignore").encode()
        found = analyse(folder, "typed.py", "python", text, projects, None, trees, on_disk=False)
        fresh = analyse(folder, "typed.py", "python", text, projects, on_disk=False)
        assert replace(found, milliseconds=0) == replace(fresh, milliseconds=0)


def test_only_the_trees_of_the_last_documents_are_kept() -> None:
    trees, language, text = KnownTrees(), named("a.py"), PYTHON * 40
    first = trees.of("/r", "a.py", language, text)
    assert trees.of("/r", "b.py", language, text) is not first
    assert trees.of("/r", "a.py", language, text) is first
    trees.of("/r", "c.py", language, text)
    assert trees.of("/r", "a.py", language, text) is first
    trees.of("/r", "d.py", language, text)
    trees.of("/r", "e.py", language, text)
    assert trees.of("/r", "a.py", language, text) is not first
    assert trees.of("/r", "small.py", language, b"x = 1\n") is None
