"""Long and deep Python: chains cost no level, and where something is too deep that alone is left out, and said."""

from __future__ import annotations

import pytest
from aifirst_codebase.source import decode_source
from aifirst_memory.dependencies.project import resolve_project
from aifirst_memory.dependencies.read_file import read_file

HEAD = """\
def g(*given, **named): ...
def h(): ...
def n(): ...
class C:
    def a(self, *given) -> "C": ...
    def b(self, *given) -> "C": ...
    def __add__(self, other) -> "C": ...
    def __call__(self, *given) -> "C": ...
    def __getitem__(self, index) -> "C": ...
c = C()
"""
LONG = {
    "elif": ("if c:\n    h()\n" + "elif c:\n    n()\n" * 2000 + "else:\n    c.a()", "h n C.a"),
    "sum": ("t = c + " + " + ".join(["h()"] * 1000) + " + n()", "h n C.__add__"),
    "or": ("t = n() or " + " or ".join(["h()"] * 1000) + " or c.a()", "h n C.a"),
    "and in or": ("t = " + " or ".join(["(h() and n() and c.a())"] * 500), "h n C.a"),
    "comparison": ("t = " + " < ".join(["h()"] * 1000), "h"),
    "with": ("with " + ", ".join(["h() as x"] * 1000) + ":\n    n()", "h n"),
    "keywords": ("g(" + ", ".join(f"k{number}=h()" for number in range(300)) + ")", "g h"),
    "texts": ("t = (" + " ".join(["f'{h()}'"] * 1000) + ")", "h"),
    "targets": ("t = " * 500 + "h()", "h"),
    "links": ("t = c" + ".a().b(h())" * 14, "h C.a C.b"),
    "parentheses": ("t = " + "(" * 200 + "h()" + ")" * 200, "h"),
    "nested dicts": ("t = " + "{'k': " * 55 + "h()" + "}" * 55, "h"),
    "nested calls": ("t = " + "g(" * 58 + "h()" + ")" * 58, "g h"),
    "nested keywords": ("t = " + "g(k={'k': " * 28 + "h()" + "})" * 28, "g h"),
    "nested ifs": ("".join("    " * level + "if c:\n" for level in range(50)) + "    " * 50 + "h()", "h"),
}


def units_called(text: str) -> set[str]:
    graph = resolve_project({"m.py": text.encode()})
    return {edge.target.partition("::")[2] for edge in graph.edges if edge.source == "m.py"}


def problem(text: str) -> str:
    file = read_file(decode_source("m.py", text.encode()))
    assert file is not None
    return file.problem


@pytest.mark.parametrize("name", LONG)
def test_what_is_long_is_followed_to_its_end(name: str) -> None:
    code, wanted = LONG[name]
    assert units_called(f"{HEAD}{code}\n") >= set(wanted.split())
    assert not problem(f"{HEAD}{code}\n")


def deep() -> dict[str, tuple[str, str]]:
    return {
        "links": ("t = c" + ".a(h()).b()" * 250 + ".a(n())", "h n C.a C.b"),
        "calls of calls": ("t = c" + "(h())" * 300, "h C.__call__"),
        "subscripts": ("t = c" + "[h()]" * 300, "h C.__getitem__"),
        "nested calls": ("t = " + "g(" * 400 + "h()" + ")" * 400, "g"),
        "nested sums": ("t = " + "(" * 50 + "h()" + (" + n()" * 55 + ")") * 50, "n"),
        "conditions": ("t = " + " ".join(["h() if c else"] * 1000) + " n()", "h"),
        "texts of __all__": ("__all__ = " + " + ".join(["['x']"] * 1000) + "\nh()", "h"),
        "types": ("t: " + "list[" * 200 + "C" + "]" * 200 + " = h()", "h"),
        "ifs": ("".join("    " * level + "if c:\n" for level in range(90)) + "    " * 90 + "h()", ""),
    }


@pytest.mark.parametrize("name", deep())
def test_of_what_is_too_deep_the_rest_is_left_out_and_the_line_told(name: str) -> None:
    code, wanted = deep()[name]
    text = f"{HEAD}{code}\nclass D(C): ...\nD()\n"
    assert units_called(text) >= {"D", *wanted.split()}
    assert problem(text).startswith("m.py:")
    assert "more than 60 levels" in problem(text)
    assert len(text.splitlines()) > int(problem(text).split(":")[1]) > len(HEAD.splitlines())


def test_an_elif_knows_what_the_tests_above_left() -> None:
    code = """\
class A:
    def go(self): ...
class B:
    def go(self): ...
def run(x: A | B):
    if isinstance(x, A):
        return 1
    elif isinstance(x, str):
        return 2
    elif isinstance(x, B):
        x.go()
    else:
        x = None
"""
    edges = resolve_project({"m.py": code.encode()}).edges
    calls = {
        (edge.target, edge.line) for edge in edges if edge.source == "m.py::run" and edge.kind == "calls"
    }
    assert calls == {("m.py::B.go", 11)}


def test_a_module_has_no_name_that_every_branch_with_it_takes_away_by_raising() -> None:
    code = "if a:\n    from one import f\nelif b:\n    from two import f\n    raise OSError\nelse:\n    raise OSError\n"
    files = {
        "m.py": code,
        "use.py": "from m import f\nf()\n",
        "one.py": "def f(): ...\n",
        "two.py": "def f(): ...\n",
    }
    edges = resolve_project({path: text.encode() for path, text in files.items()}).edges
    calls = {edge.target for edge in edges if edge.source == "use.py" and edge.kind == "calls"}
    assert calls == {"one.py::f"}


def test_what_a_formatted_text_is_made_of_counts_where_it_is_assigned() -> None:
    assert units_called(f"{HEAD}t = f'{{h()}} {{n()!r}}'\n") >= {"h", "n"}


def test_lines_are_those_of_other_tools_where_a_carriage_return_ends_one() -> None:
    code = "'''one\rtwo'''\nclass A:\n    def f(self): g()\n\n    def g(self): ...\ndef g(): ...\n"
    file = read_file(decode_source("m.py", code.encode()))
    assert file is not None
    assert [(node.name, node.line) for node in file.nodes[1:]] == [("A", 3), ("A.f", 4), ("A.g", 6), ("g", 7)]
    assert {("m.py::A.f", "m.py::g")} == {
        (edge.source, edge.target) for edge in resolve_project({"m.py": code.encode()}).edges
    }
