"""What the query files for imports and calls capture."""

from __future__ import annotations

import pytest
import tree_sitter
from aifirst_codebase.languages import language_named

IMPORTS = {
    "python": (
        "import a.b, c as d\nfrom .e import f as g, h\nfrom i import *\n",
        "module=a.b module=c alias=d module=.e name=f alias=g module=.e name=h module=i name=*",
    ),
    "javascript": (
        'import a, { b, c as d } from "e";\nimport * as f from "g";\nimport "h";\nexport { i as j } from "k";\n'
        'export * from "l";\nconst m = require("n");\nimport("o");\nother("p");\n',
        "alias=a module=e name=b module=e name=c alias=d module=e alias=f module=g module=h name=i alias=j module=k "
        "name=* module=l alias=m module=n module=o",
    ),
    "typescript": (
        'import type { A as B } from "c";\nimport d = require("e");\n',
        "name=A alias=B module=c alias=d module=e",
    ),
    "go": (
        'import (\n\ta "b/c"\n\t. "d"\n)\nimport "e"\n',
        'alias=a module="b/c" alias=. module="d" module="e"',
    ),
    "java": (
        "import a.b.C;\nimport static d.E.f;\nimport g.*;\n",
        "module=a.b.C module=d.E.f module=g name=*",
    ),
    "rust": (
        "use a::b as c;\nuse d::{e, f};\nextern crate g;\nmod h;\nmod i {}\n",
        "module=a::b as c module=d::{e, f} module=g module=h",
    ),
}
CALLS = {
    "python": ("a(b.c(1))[d.e]()", "a c"),
    "javascript": ("a(b.c(1)); new D(); new e.F(); g?.h();", "a c D F h"),
    "tsx": ("const v = <A b={c()}><D /></A>;", "A c D"),
    "go": ("package a\nfunc f() { a(b.c(1)); d.E[int](2); _ = F{} }", "a c F"),
    "java": ("class A { void f() { a(b.c(1)); new D<E>(); } }", "a c D"),
    "rust": ("fn f() { a(b.c(1)); d::e::<F>(); G { h: 1 }; i!(j); }", "a c e G i"),
}


def _captures(language: str, query: str, source: str) -> list[tuple[str, str]]:
    """Name and text of every capture but that of the whole statement or call."""
    found = language_named(language)
    tree = found.parser.parse(source.encode())
    captures = tree_sitter.QueryCursor(found.query(query)).captures(tree.root_node)
    return [
        (name, (node.text or b"").decode())
        for name, nodes in captures.items()
        if name not in {"import", "call"} and not name.startswith("_")
        for node in nodes
    ]


@pytest.mark.parametrize("language", IMPORTS)
def test_imports_say_what_comes_from_where(language: str) -> None:
    source, expected = IMPORTS[language]
    found = {f"{name}={text}" for name, text in _captures(language, "imports", source)}
    assert found == set(_words(expected))


@pytest.mark.parametrize("language", CALLS)
def test_calls_say_the_last_part_of_the_name(language: str) -> None:
    source, expected = CALLS[language]
    assert sorted(text for _, text in _captures(language, "calls", source)) == sorted(expected.split())


def _words(expected: str) -> list[str]:
    """Split before every `key=`."""
    words: list[str] = []
    for part in expected.split(" "):
        if "=" in part:
            words.append(part)
        else:
            words[-1] += f" {part}"
    return words
