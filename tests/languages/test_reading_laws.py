"""What holds of units, glue and counts whatever the text: laws over generated and over real files."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest
from aifirst_codebase.languages import all_languages, language_named
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from hypothesis import given, settings
from hypothesis import strategies as st
from language_checks import check_laws, without_glue

CODE = ["python", "javascript", "typescript", "tsx", "go", "java", "rust"]
PIECES = [
    "def f():\n    ", "class A:\n", "@d\n", '"""doc"""\n', "# c\n", "    # c\n", "pass\n", "\n\n", "\r\n", "\r",
    "function f() {", "}\n", "}", "const x = () => ", "a(){},", "/** d */\n", "// c\n", "/* c */", " /* c\n */ ",
    "func (r *T) F() {\n", "type A struct {\n", 'import "C"\n', "fn f() {}\n", "#[a]\n", "impl A {\n", "//", "\n/",
    "public void m() {\n", "class A {\n", "if (a && b) {", " else ", "case 1:", "match x {", "describe('x', () => {",
    "it(`y`, () => {", "});\n", "export default ", "x = 1", ";", ",", "(", ")", "{", "'", '"', "`", "é", "日本",
    "\u2028", "\x00", "#!", " ", "    ", "\f", "\t", "/",
]  # fmt: skip
STDLIB = Path(sysconfig.get_path("stdlib"))
REAL = [
    "ast.py",
    "collections/__init__.py",
    "textwrap.py",
    "dataclasses.py",
    "this.py",
    "json/decoder.py",
    "cmd.py",
]


def _read(language: str, raw: bytes, *, doctests: bool = False) -> Reading:
    return read(decode_source("source", raw), language_named(language), get_counter(), doctests=doctests)


@pytest.mark.parametrize("language", CODE)
@settings(derandomize=True, max_examples=60, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40))
def test_units_tile_any_text_and_counts_are_exact(language: str, pieces: list[str]) -> None:
    check_laws(_read(language, "".join(pieces).encode()), leaves=False)


@pytest.mark.parametrize("language", sorted(all_languages()))
@settings(derandomize=True, max_examples=15, deadline=None)
@given(raw=st.binary(max_size=200), doctests=st.booleans())
def test_any_bytes_can_be_read(language: str, raw: bytes, doctests: bool) -> None:
    check_laws(_read(language, raw, doctests=doctests), leaves=False)


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_taking_the_glue_out_of_real_files_leaves_the_program(name: str, newline: bytes) -> None:
    raw = (STDLIB / name).read_bytes().replace(b"\n", newline)
    reading = _read("python", raw)
    check_laws(reading)
    assert _program(without_glue(reading)) == _program(raw)


@pytest.mark.parametrize("name", REAL)
def test_units_of_real_files_are_those_of_the_interpreter(name: str) -> None:
    raw = (STDLIB / name).read_bytes()
    reading = _read("python", raw)
    found = [unit.name.partition("#")[0] for unit in reading.units[1:]]
    assert found == list(_qualified_names(ast.parse(raw), ""))


@pytest.mark.parametrize("name", REAL)
def test_half_a_file_is_read_like_any_other(name: str) -> None:
    raw = (STDLIB / name).read_bytes()
    for part in (raw[: len(raw) // 2], raw[len(raw) // 3 :], raw.replace(b"\n", b"\r")):
        check_laws(_read("python", part), leaves=False)


def _program(source: bytes) -> str:
    """The syntax tree without docstrings, and without the `pass` that may stand for one."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if ast.get_docstring(node, clean=False) is not None:
                del node.body[0]
            node.body = [child for child in node.body if not isinstance(child, ast.Pass)]
    return ast.dump(tree)


def _qualified_names(node: ast.AST, around: str) -> list[str]:
    names: list[str] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{around}{child.name}"
            names += [name, *_qualified_names(child, f"{name}.")]
        else:
            names += _qualified_names(child, around)
    return names
