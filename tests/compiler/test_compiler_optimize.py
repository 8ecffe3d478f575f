"""The passes that change Python: what they make, what they refuse, and that programs do the same after them."""

from __future__ import annotations

import ast
import contextlib
import io
import sysconfig
from pathlib import Path

import pytest
from aifirst_codebase.source import decode_source
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.edits import Edit, apply_edits, compose_edits
from aifirst_compiler.optimize import optimize_python
from aifirst_compiler.source_maps.read import read_map
from aifirst_compiler.source_maps.write import map_of_edits
from hypothesis import given, settings
from hypothesis import strategies as st


def check(source: str, expected: str, level: int = 2) -> None:
    """What a level makes of a source."""
    made, edits = optimize_python(source.encode(), level)
    assert made.decode() == expected
    assert apply_edits(source.encode(), edits) == made


def unchanged(source: str) -> None:
    """The highest level leaves a source as it is."""
    check(source, source)


def printed(source: str) -> str:
    """What a program prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "program", "exec"), {"__name__": "program"})  # noqa: S102 (the test's own programs)
    return out.getvalue()


def test_level_0_changes_nothing() -> None:
    source = "X = 1 + 1\n"
    assert optimize_python(source.encode(), 0) == (source.encode(), [])


def test_a_name_that_is_only_returned_goes() -> None:
    check(
        "def f(a):\n    total = (\n        a + 1\n    )\n    return total\n",
        "def f(a):\n    return (\n        a + 1\n    )\n",
        1,
    )
    check("def f(a):\n    if a:\n        x = g(a); return x\n    x2 = 1, 2\n    return x2\n",
          "def f(a):\n    if a:\n        return g(a)\n    return 1, 2\n", 1)  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    x = g()\n    return x + 1\n",
        "def f(x):\n    x = g()\n    return x\n",
        "def f():\n    global x\n    x = g()\n    return x\n",
        "def f():\n    x = g()\n    return x\n    print(x)\n",
        "def f():\n    x = yield 1\n    return x\n",
        "def f():\n    x = g(lambda: x)\n    return x\n",
        "def f():\n    try:\n        x = g()\n        return x\n    finally:\n        print(x)\n",
        "def f():\n    x = locals()\n    return x\n",
        "def f():\n    x = y = g()\n    return x\n",
        "def f():\n    x: int = g()\n    return x\n",
    ],
)
def test_a_name_that_something_else_may_see_stays(source: str) -> None:
    made, _ = optimize_python(source.encode(), 1)
    assert made.decode() == source


def test_constants_are_folded_where_that_is_no_longer() -> None:
    check("X = 7 * 24 * 3600\nY = 'a' + 'b'\nZ = (1 - 2) ** 2\n", "X = 604800\nY = 'ab'\nZ = 1\n")
    unchanged("A = 1 / 3\nB = 1 / 0\nC = 2 ** 10_000\nD = 'x' * 9_999\nE = 1 << 500\nF = x + 1\nG = not 1\n")
    unchanged("def f(a: 1 + 1) -> 2 + 2:\n    return f'{1 + 1}'\n")


def test_small_private_functions_are_inlined_where_arguments_are_plain() -> None:
    source = (
        "RATE = 3\ndef _tax(n, k):\n    '''Tax.'''\n    return n * RATE + k\n"
        "def f(a, b):\n    return _tax(a, 2) - _tax(b, a)\nprint(f(1, 2))\n"
    )
    made, _ = optimize_python(source.encode(), 1)
    assert "return (a * RATE + (2)) - (b * RATE + a)" in made.decode()
    assert printed(made.decode()) == printed(source)


@pytest.mark.parametrize(
    "source",
    [
        "def _g(n):\n    return h(n)\ndef f(a):\n    return _g(a)\n",
        "def g(n):\n    return n + 1\ndef f(a):\n    return g(a)\n",
        "def _g(n, k=1):\n    return n + k\ndef f(a):\n    return _g(a)\n",
        "def _g(n):\n    return n + 1\ndef f(a):\n    a = 2\n    return _g(a)\n",
        "def _g(n):\n    return n + 1\ndef f(a):\n    return _g(a + 1)\n",
        "def _g(n):\n    return n + 1\ndef f(a):\n    return _g(n=a)\n",
        "def _g(n):\n    return n + 1\n_g = print\ndef f(a):\n    return _g(a)\n",
        "def _g(n):\n    return n + X\ndef f(a):\n    X = 2\n    return _g(a) + X\n",
        "def _g(n, m):\n    return n + 1\ndef f(a):\n    return _g(a, a)\n",
        "@cache\ndef _g(n):\n    return n + 1\ndef f(a):\n    return _g(a)\n",
        "def _g(n):\n    return [n for _ in 'a']\ndef f(a):\n    return _g(a)\n",
        "def _g(n):\n    return n + 1\ndef f(a):\n    return f'{_g(a)}'\n",
        "def _g(n):\n    yield n\ndef f(a):\n    return _g(a)\n",
        "def _g(n):\n    return n + 1\ndef f(a):\n    def h():\n        nonlocal a\n        a = 3\n    return _g(a), h\n",
        "def _g(n):\n    return n + 1\ndef f(a):\n    return _g(*a)\n",
    ],
)
def test_a_call_that_may_mean_something_else_stays(source: str) -> None:
    unchanged(source)


def test_what_is_never_reached_goes() -> None:
    check(
        "def f(a):\n    if a:\n        return 1\n        print(a)\n    while 0:\n        print(2)\n"
        "    if False:\n        g()\n    return 2\n    print(3)\n",
        "def f(a):\n    if a:\n        return 1\n    pass\n    pass\n    return 2\n",
    )


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    return\n    yield\n",
        "def f():\n    print(x)\n    return\n    x = 1\n",
        "def f():\n    return x\n    global x\n",
        "def f():\n    return g\n    def g(): pass\n",
        "def f():\n    if False:\n        yield 1\n",
        "def f():\n    if True:\n        print()\n    else:\n        g()\n",
        "if False:\n    x = 1\n",
    ],
)
def test_code_that_means_something_unreached_stays(source: str) -> None:
    unchanged(source)


def test_loops_that_cannot_see_each_other_become_one() -> None:
    source = (
        "def f():\n    a = []\n    n = 0\n    for i in range(4):\n        a.append(i * 2)\n    for i in range(4):\n"
        "        n += i + 1\n    return a, n\nprint(f())\n"
    )
    made, _ = optimize_python(source.encode(), 2)
    assert made.count(b"for i") == 1
    assert printed(made.decode()) == printed(source)


@pytest.mark.parametrize(
    ("first", "second", "before"),
    [
        ("a.append(i)", "a.append(i)", "a = []"),
        ("a.append(i)", "b.append(len(a))", "a = []; b = []"),
        ("a.append(i)", "b.append(i)", "a = []; b = g()"),
        ("a.append(i / 0)", "b.append(i)", "a = []; b = []"),
        ("a.append(i)", "print(i)", "a = []"),
    ],
)
def test_loops_that_may_see_each_other_stay(first: str, second: str, before: str) -> None:
    lines = "".join(f"    {line.strip()}\n" for line in before.split(";"))
    unchanged(
        f"def f():\n{lines}    for i in range(4):\n        {first}\n"
        f"    for i in range(4):\n        {second}\n    return a\n"
    )


def test_a_list_that_a_loop_between_takes_from_elsewhere_stays_apart() -> None:
    unchanged(
        "def f(g):\n    a = []\n    b = []\n    for i in range(4):\n        a = g(i)\n    for i in range(4):\n"
        "        a.append(i)\n    for i in range(4):\n        b.append(i)\n    return a, b\n"
    )


def test_a_compiled_file_is_optimized_and_mapped_to_its_source() -> None:
    text = '"""Doc."""\n# why\ndef f(a):\n    """F."""\n    total = a * (60 * 60)  # so\n    return total\n'
    source = decode_source("a.py", text.encode())
    made = compile_source(source, CompileOptions(optimize=2))
    assert made.data == b"def f(a):\n    return a * (3600)\n"
    assert apply_edits(source.data, made.edits) == made.data
    found = read_map(map_of_edits("out.py", "a.py", source.data, made.edits).to_json(), "m").find(1, 4)
    assert found is not None
    assert found.source_line == 4


def test_broken_text_stays_as_it_is() -> None:
    unchanged("def (:\n")


@pytest.mark.parametrize(
    "name", ["textwrap", "colorsys", "statistics", "fractions", "json/encoder", "heapq", "string"]
)
def test_the_standard_library_parses_after_all_passes_and_is_settled(name: str) -> None:
    data = Path(sysconfig.get_paths()["stdlib"], f"{name}.py").read_bytes()
    made, edits = optimize_python(data, 2)
    ast.parse(made)
    assert apply_edits(data, edits) == made
    assert optimize_python(made, 2)[0] == made


@st.composite
def edits_of(draw: st.DrawFn, size: int) -> list[Edit]:
    """Edits of a text of some size, in order."""
    cuts = sorted(draw(st.lists(st.integers(0, size), max_size=6)))
    return [Edit(a, b, draw(st.binary(max_size=4))) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]


@settings(derandomize=True, max_examples=300)
@given(st.data())
def test_edits_of_edits_are_edits_of_the_first_text(data: st.DataObject) -> None:
    text = data.draw(st.binary(max_size=20))
    first = data.draw(edits_of(len(text)))
    made = apply_edits(text, first)
    second = data.draw(edits_of(len(made)))
    assert apply_edits(text, compose_edits(len(text), first, second)) == apply_edits(made, second)


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    return(1)+1\nreturn2 = 'other'\n",
        "def f(x):\n    return 1 if x else(2)*3\n",
        "K = 10\ndef _f(x): return x + K\nclass A:\n    K = 99\n    def m(self, y=_f(1)): return y\n",
        "def _get(o): return o.__v\nclass B:\n    def m(self, other): return _get(other)\n",
        "def _get(o): return o + __v\nclass B:\n    def m(self, other): return _get(other)\n",
        "def f():\n    def h():\n        x = 1\n        print(x)\n    return x\n    x = 2\n",
        "def f(y):\n    return x, [x for x in y]\n    x = 2\n",
        "def range(n): return [print(n)]\ndef f():\n    a = []\n    b = []\n    for i in range(2):\n        a.append(i)\n"
        "    for i in range(2):\n        b.append(i)\n    return a, b\n",
        "from m import *\ndef f():\n    a = []\n    b = []\n    for i in range(2):\n        a.append(i)\n"
        "    for i in range(2):\n        b.append(i)\n    return a, b\n",
        "def f():\n    global a\n    a = []\n    b = []\n    for i in range(2):\n        a.append(i)\n"
        "    for i in range(2):\n        b.append(i)\n    return a, b\n",
    ],
)  # fmt: skip
def test_what_would_mean_something_else_after_a_pass_stays(source: str) -> None:
    unchanged(source)
