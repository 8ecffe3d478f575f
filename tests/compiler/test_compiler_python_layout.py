"""The small layout of Python: what it makes of each kind of white space, and that the program stays the same."""

from __future__ import annotations

import ast
import re
import sysconfig
import tokenize
import warnings
from io import BytesIO
from pathlib import Path

import pytest
from aifirst_codebase.source import decode_source
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions, Minify
from aifirst_compiler.edits import Edit, apply_edits
from aifirst_compiler.layout.python import layout_edits
from hypothesis import given, settings
from hypothesis import strategies as st

STANDARD_LIBRARY = Path(sysconfig.get_paths()["stdlib"])
SAMPLE = sorted(path for path in STANDARD_LIBRARY.glob("*.py"))[::9]


def laid_out(text: str, unit: Minify = "tokens") -> str | None:
    """The text in its small layout; None where it is left alone."""
    data = text.encode()
    edits = layout_edits(data, (), unit)
    return None if edits is None else apply_edits(data, edits).decode()


def tokens_of(text: str) -> list[str]:
    """The tokens of the text that are no white space and no semicolon."""
    read = tokenize.tokenize(BytesIO(text.encode()).readline)
    return [token.string for token in read if token.string.strip() and token.string != ";"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("a = b + 1\n", "a=b+1\n", id="inner spaces go"),
        pytest.param("a = 1 if b else 0x1 if c else d\n", "a=1 if b else 0x1 if c else d\n", id="number and keyword"),
        pytest.param("a = 1 .real\nb = a .c\n", "a=1 .real\nb=a.c\n", id="number and dot"),
        pytest.param("a = 1. if b else ...\n", "a=1. if b else...\n", id="number that ends in a dot"),
        pytest.param("from . import a\nfrom .b import c\n", "from.import a\nfrom.b import c\n", id="relative imports"),
        pytest.param("a = '' 'b' \"c\" if 'd' in e else f\n", "a='' 'b'\"c\"if'd'in e else f\n", id="strings apart"),
        pytest.param("a = f 'x' if b else rb 'y'\n", "a=f'x'if b else rb'y'\n", id="no prefix grows out of a name"),
        pytest.param("if a:\n    b\n\n\n    c\nd\n", "if a:b;c\nd\n", id="a block on its header's line"),
        pytest.param("if a:\n    if b:\n        c\n", "if a:\n if b:c\n", id="but not a block of blocks"),
        pytest.param("if a: b\nc\n", "if a:b\nc\n", id="nothing joins the line of a one-line block"),
        pytest.param("if a:\n    b;\n    c\n", "if a:\n b;\n c\n", id="a line that ends in a semicolon"),
        pytest.param("f(a,\n  b, # noqa\n  c)\n", "f(a,b,# noqa\nc)\n", id="a break after a kept comment stays"),
        pytest.param("f(a,\n  # noqa\n  b)\n", "f(a,\n# noqa\nb)\n", id="a kept comment keeps its own line"),
        pytest.param("a = b \\\n  + c\n", "a=b+c\n", id="backslashes go"),
        pytest.param("a = '''x\n  y'''  \nb  =  'x  y'\n", "a='''x\n  y'''\nb='x  y'\n", id="strings are untouched"),
        pytest.param("class A:\n\tdef f ( self ) :\n\t\treturn  1\n\t\n\tx = 1\n",
                     "class A:\n def f(self):return 1\n x=1\n", id="tabs"),
        pytest.param("if a:\n   if b:\n         c\n   else:\n     d\n", "if a:\n if b:c\n else:d\n", id="uneven steps"),
        pytest.param("a = 1\r\nif b :\r\n    while c:\r\n        d = [1,\r\n  2]\r\n",
                     "a=1\r\nif b:\r\n while c:d=[1,2]\r\n", id="carriage returns stay"),
        pytest.param("\n\n\x0c\nclass A:\n  pass\n", "class A:pass\n", id="form feeds and blank lines above"),
        pytest.param(
            "if a:\n    match = 1\n    case.b\nmatch x:\n    case 1: y\n",
            "if a:match=1;case.b\nmatch x:\n case 1:y\n",
            id="soft keywords",
        ),
        pytest.param("@a\n@b . c\ndef f(): pass\n", "@a\n@b.c\ndef f():pass\n", id="decorators"),
        pytest.param("x = a if b else-1\nprint (x, ** y)", "x=a if b else-1\nprint(x,**y)", id="no newline at the end"),
    ],
)  # fmt: skip
def test_white_space_becomes_as_little_as_the_language_allows(before: str, after: str) -> None:
    assert laid_out(before) == after


def test_bytes_and_tokens_are_saved_by_other_line_breaks() -> None:
    text = "def f():\n    with a:\n        pass\n    b = 1\n    c = 2\n"
    assert laid_out(text, "tokens") == "def f():\n with a:pass\n b=1\n c=2\n"
    assert laid_out(text, "bytes") == "def f():\n with a:pass\n b=1;c=2\n"


@pytest.mark.parametrize(
    "text",
    ['x = f\'{a["b"]}\' + f"{c["d"]}"\n', "a = 1\rb = 2\n", "if a:\n    b\n  c\n", "\n", "a = f'{x\n}'\n"],
)
def test_what_cannot_be_told_apart_is_left_alone(text: str) -> None:
    assert laid_out(text) is None


def test_what_is_removed_leaves_no_line_and_no_space_behind() -> None:
    text = b'def f():\n    """Doc."""  # why\n    a = 1  # b\n    # c\n    return a\n'
    removed = [Edit(m.start(), m.end()) for m in re.finditer(rb'"""Doc."""|#[^\n]*', text)]
    edits = layout_edits(text, removed, "tokens")
    assert edits is not None
    assert apply_edits(text, edits) == b"def f():a=1;return a\n"


def test_what_is_put_in_place_of_something_stands_there_without_more_space() -> None:
    text = b'class A(B):\n    """Doc."""\n'
    edits = layout_edits(text, [Edit(15 + 1, 15 + 11, b"pass")], "tokens")
    assert edits is not None
    assert apply_edits(text, edits) == b"class A(B):pass\n"


@pytest.mark.parametrize("unit", ["tokens", "bytes"])
def test_the_standard_library_stays_the_same_program_and_warns_of_nothing(unit: Minify) -> None:
    options = CompileOptions(minify=unit)
    for path in SAMPLE:
        source = decode_source(path.name, path.read_bytes())
        compiled = compile_source(source, options)
        assert not [warned for warned in compiled.warnings if warned.code == "compiler-bug"], path
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ast.parse(compiled.data)
        assert layout_edits(compiled.data, (), unit) == [], path


WHITE = st.sampled_from([" ", "  ", "", "\t", " \\\n  "])
ATOMS = st.sampled_from(
    ["a", "1", "0x1f", "1.", "'s'", '""', "f'{a}'", "b''", "-a", "(not a)", "[1,\n\n  2]", "..."]
)
JOINTS = st.sampled_from(["+", "if a else", "or", "in", "is not", "**", "<", "== -", "and not"])


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program of some statements and blocks, with white space wherever it may stand."""
    step = draw(st.sampled_from([" ", "  ", "    ", "\t"]))
    lines: list[str] = []

    def block(depth: int) -> None:
        for _ in range(draw(st.integers(1, 3))):
            if depth < 3 and draw(st.booleans()):
                head = draw(
                    st.sampled_from(["if a:", "for b in c :", "class D :", "def e( ) :", "while a :", "try:"])
                )
                lines.append(step * depth + head)
                block(depth + 1)
                if head == "try:":
                    lines.append(step * depth + "finally :")
                    block(depth + 1)
            else:
                lines.append(step * depth + statement())
            lines.extend(
                draw(st.sampled_from([[], [""], ["  ", "\x0c"], ["# noqa"], [step * 5 + "# type: ignore"]]))
            )

    def statement() -> str:
        space = draw(WHITE)
        first, joint, second = draw(ATOMS), draw(JOINTS), draw(ATOMS)
        end = draw(st.sampled_from(["", ";", " ; x = 2", "  # noqa"]))
        return f"x{space}={space}{first} {draw(WHITE)}{joint} {space}{second}{end}"

    block(0)
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))


@settings(derandomize=True, max_examples=150, deadline=None)
@given(programs(), st.sampled_from(["tokens", "bytes"]))
def test_any_program_keeps_its_tokens_and_its_tree(program: str, unit: Minify) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(program)
        output = laid_out(program, unit)
        assert output is not None
        assert ast.dump(ast.parse(output)) == ast.dump(tree)
        assert tokens_of(output) == tokens_of(program)
        assert len(output) <= len(program)
        assert laid_out(output, unit) == output
