"""Shorter names for local variables: which names change, which never do, and the proof that nothing else did."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest
from aifirst_codebase.source import decode_source
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions, Minify
from aifirst_compiler.edits import apply_edits
from aifirst_compiler.minify.same_code import is_same_code, spelled

SAMPLE = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))[4::12]


def small(text: str, unit: Minify = "bytes", *, rename: bool = True) -> str:
    """The text made small, with renamed local variables where that is asked for."""
    options = CompileOptions(minify=unit, rename=rename)
    compiled = compile_source(decode_source("a.py", text.encode()), options)
    assert not [warned for warned in compiled.warnings if warned.code == "compiler-bug"]
    return compiled.data.decode()


def test_a_local_variable_gets_a_short_name_wherever_it_stands() -> None:
    text = (
        "def f(items):\n    total = 0\n    for number in items:\n        total += number\n    return total\n"
    )
    assert small(text) == "def f(items):\n a=0\n for b in items:a+=b\n return a\n"


def test_without_being_asked_no_name_changes() -> None:
    text = "def f():\n total=0\n return total\n"
    assert small(text, rename=False) == "def f():total=0;return total\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f(value, *more, key=1):\n    return value, more, key\n", id="parameters"),
        pytest.param("def f():\n    global value\n    value = 1\n", id="globals"),
        pytest.param("def f():\n    import value\n    return value\n", id="imports"),
        pytest.param("def f():\n    def value(): pass\n    return value\n", id="functions"),
        pytest.param("def f():\n    class Value: pass\n    return Value\n", id="classes"),
        pytest.param("def f():\n    value = 1\n    return lambda: value\n", id="what a nested function sees"),
        pytest.param("def f():\n    value = 1\n    return locals()\n", id="what is read as text"),
        pytest.param("def f():\n    value = 1\n    return eval('value')\n", id="what eval sees"),
        pytest.param("def f(df):\n    value = 1\n    return df.loc('a > @value')\n", id="what a string names"),
        pytest.param("def f():\n    value = 1\n    return f'{value=}'\n", id="what an f-string shows"),
        pytest.param("class A:\n    value = 1\n    other = value\n", id="names of a class body"),
        pytest.param("value = 1\nprint(value)\n", id="names of the module"),
        pytest.param("def f():\n    __value = 1\n    return __value\n", id="mangled names"),
        pytest.param("def f():\n    class B:\n        value = 1\n    value = 2\n    return value\n", id="attributes"),
    ],
)  # fmt: skip
def test_a_name_that_something_else_can_see_stays(text: str) -> None:
    assert small(text) == small(text, rename=False)


def test_attributes_and_keywords_of_the_same_name_stay() -> None:
    text = "def f(o):\n    value = o.value\n    return g(value=value, other=o. value)\n"
    assert small(text) == "def f(o):a=o.value;return g(value=a,other=o.value)\n"


def test_a_default_of_a_nested_function_is_the_outer_ones_name() -> None:
    text = (
        "def f(self):\n    def g(item, ref=self):\n        self = ref()\n        return self\n    return g\n"
    )
    assert small(text) == "def f(self):\n def g(item,ref=self):self=ref();return self\n return g\n"


def test_the_prefix_of_a_string_is_no_name() -> None:
    text = "def g():\n    ff = 1\n    f = ff\n    return f, ff, f'x', rb'y'\n"
    assert "f'x',rb'y'" in small(text)


def test_a_short_name_never_hides_one_that_the_function_uses() -> None:
    text = "a = b = 1\ndef f():\n    value = a\n    other = [b for c in value]\n    return other, value\n"
    output = small(text)
    names: dict[str, object] = {}
    exec(output.replace("=1", "=[1]", 1), names)  # noqa: S102 - our own text
    assert names["f"]() == ([[1]], [1])  # type: ignore[operator]


def test_nested_functions_take_names_that_are_free_in_all_of_them() -> None:
    text = (
        "def f(items):\n    outer = 1\n    def g(more):\n        inner = more\n        return inner\n"
        "    return g(outer), items\n"
    )
    output = small(text)
    assert "outer" not in output
    assert "inner" not in output
    names: dict[str, object] = {}
    exec(output, names)  # noqa: S102 - our own text
    assert names["f"](5) == (1, 5)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("def f():\n x=1\n return x", "def f():\n y=1\n return y", True),
        ("def f(x):return x", "def f(y):return y", False),
        ("def f():\n x=1;y=2\n return x", "def f():\n a=1;a=2\n return a", False),
        ("def f():\n x=1;y=2\n return x", "def f():\n a=1;b=2\n return b", False),
        ("def f():\n x=1\n return y", "def f():\n y=1\n return y", False),
        ("x=1", "x=1.0", False),
        ("x=(", "x=(", False),
    ],
)
def test_the_proof_sees_every_difference_but_names_of_variables(first: str, second: str, same: bool) -> None:
    assert is_same_code(first.encode(), second.encode()) is same


@pytest.mark.parametrize("unit", ["tokens", "bytes"])
def test_the_standard_library_keeps_its_instructions(unit: Minify) -> None:
    renamed = 0
    for path in SAMPLE:
        source = decode_source(path.name, path.read_bytes())
        plain = compile_source(source, CompileOptions(minify=unit))
        short = compile_source(source, CompileOptions(minify=unit, rename=True))
        assert is_same_code(plain.data, short.data), path
        assert apply_edits(source.data, short.edits) == short.data
        assert len(short.data) <= len(plain.data)
        names = [edit for edit in short.edits if edit.name]
        assert all(source.data[edit.start : edit.end].decode() == edit.name for edit in names)
        renamed += len(names)
        again = decode_source(path.name, short.data)
        options = CompileOptions(minify=unit, rename=True, keep_docstrings=True)
        assert compile_source(again, options).data == short.data, path
        assert not any(warned.code == "compiler-bug" for warned in short.warnings)
    assert renamed > 100


def test_sets_of_constants_are_the_same_in_any_order() -> None:
    # Eight and sixteen meet in a small table, so the order of such a set is that in which it was filled.
    ours, theirs = frozenset([0, 8, 16]), frozenset([16, 8, 0])
    assert repr(ours) != repr(theirs)
    assert spelled(ours) == spelled(theirs)
    assert spelled((1, frozenset([True]))) != spelled((1, frozenset([1])))
    assert spelled((1.0,)) != spelled((1,))
