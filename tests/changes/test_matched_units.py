"""Units before and after a change are paired one to one, through moves, renames and formatting."""

from __future__ import annotations

from datetime import date

from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.pair import change_of_texts
from hypothesis import given, settings
from hypothesis import strategies as st

DAY = date(2025, 6, 1)


def changed(before: str, after: str, path: str = "a.py") -> ChangedFile:
    (file,) = change_of_texts({path: before}, {path: after}, today=DAY).files
    return file


def names(file: ChangedFile) -> list[tuple[str, str]]:
    assert file.before is not None
    assert file.after is not None
    return [(file.before.units[p.before].name, file.after.units[p.after].name) for p in file.pairs]


SUM = "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n"
MEAN = "def mean(values):\n    if not values:\n        return 0\n    return sum(values) / len(values)\n"


def test_a_renamed_function_is_the_same_unit() -> None:
    file = changed(SUM + MEAN, SUM.replace("total", "add_up") + MEAN)
    assert names(file) == [("", ""), ("total", "add_up"), ("mean", "mean")]
    assert (file.added, file.deleted) == ((), ())


def test_a_function_that_moved_into_a_class_is_the_same_unit() -> None:
    inside = "class Numbers:\n" + "".join(f"    {line}\n" for line in SUM.splitlines())
    file = changed(SUM, inside)
    assert ("total", "Numbers.total") in names(file)
    assert not file.code_changed


def test_a_renamed_and_edited_function_is_the_same_unit() -> None:
    file = changed(SUM + MEAN, SUM.replace("total", "add_up").replace("= 0", "= 0.0") + MEAN)
    assert ("total", "add_up") in names(file)


def test_functions_that_have_little_in_common_are_not_the_same() -> None:
    file = changed(
        SUM, "def connect(host, port=80):\n    with open_socket(host, port) as link:\n        yield link\n"
    )
    assert names(file) == [("", "")]
    assert (file.added, file.deleted) == ((1,), (1,))


def test_a_new_duplicate_in_front_does_not_shift_the_others() -> None:
    old = (
        "class A:\n    @property\n    def x(self):\n        return self._x\n\n"
        "    @x.setter\n    def x(self, v):\n        self._x = v\n"
    )
    new = old.replace(
        "    @property", "    @overload\n    def x(self, *args):\n        ...\n\n    @property", 1
    )
    file = changed(old, new)
    assert ("A.x", "A.x#2") in names(file)
    assert ("A.x#2", "A.x#3") in names(file)
    assert not file.code_changed


def test_formatting_and_glue_are_no_change_of_code() -> None:
    before = (
        "from a import (b, c)\n\ndef f(x, y):\n    return g('a', {1: 'b'}, [x, y])\n\n"
        "def h(a):\n    if (a\n            and True):\n        return (a, 1)\n"
    )
    after = (
        '"""Docs."""\nfrom a import b, c\n\n\ndef f(\n    x,\n    y,\n):\n    # WHY: it is so\n'
        '    return g("a", {1: "b"}, [x, y,],)\n\n\ndef h(a):\n    """More."""\n    if a and True:\n        return a, 1\n'
    )
    file = changed(before, after)
    assert file.changed
    assert not file.code_changed
    assert not file.behaviour_changed


def test_what_looks_like_formatting_and_is_not_is_a_change() -> None:
    for before, after in (
        ("x = (a + b) * c\n", "x = a + b * c\n"),
        ("x = (a,)\n", "x = (a)\n"),
        ("f((a, b))\n", "f(a, b)\n"),
        ("x = 'a b'\n", "x = 'a  b'\n"),
        ("x = 'a\\n b'\n", "x = 'a\\n  b'\n"),
        ("if a:\n    b()\n    c()\n", "if a:\n    b()\nc()\n"),
        ("x = 'a'\n", "x = b'a'\n"),
        ("x = r'\\d'\n", "x = '\\d'\n"),
        ("assert (a, b)\n", "assert a, b\n"),
        ("x = f'{a} b'\n", "x = f'{a}  b'\n"),
        ("x = -1\n", "x = 1\n"),
    ):
        assert changed(before, after).code_changed, (before, after)


def test_a_published_docstring_is_code() -> None:
    before = 'import click\n\n@click.command()\ndef run():\n    """Run it."""\n'
    file = changed(before, before.replace("Run it.", "Run them."))
    assert file.code_changed


def test_a_changed_signature_is_told_with_both_sides() -> None:
    file = changed(SUM, SUM.replace("values)", "values, *, start=0)"))
    ((pair, old, new),) = file.signature_changes
    assert (pair.before, pair.after) == (1, 1)
    assert [p.name for p in old.parameters or ()] == ["values"]
    assert [(p.name, p.kind, p.default) for p in new.parameters or ()] == [
        ("values", "any", ""),
        ("start", "keyword", "0"),
    ]


def test_every_kind_of_parameter_is_read() -> None:
    file = changed(
        "def f(): pass\n", "def f(a, b: int, /, c, d=1, e: str = 'x', *args: int, g, h=2, **kw: int): pass\n"
    )
    ((_, _, new),) = file.signature_changes
    assert [(p.name, p.kind, p.default, p.annotation) for p in new.parameters or ()] == [
        ("a", "positional", "", ""), ("b", "positional", "", "int"), ("c", "any", "", ""), ("d", "any", "1", ""),
        ("e", "any", "'x'", "str"), ("args", "args", "", "int"), ("g", "keyword", "", ""),
        ("h", "keyword", "2", ""), ("kw", "kwargs", "", "int"),
    ]  # fmt: skip


def test_broken_code_is_matched_as_far_as_it_parses() -> None:
    file = changed(SUM + MEAN, SUM + MEAN.replace("if not values:", "if not values"))
    assert ("total", "total") in names(file)


LINES = st.sampled_from(
    ["def a(x):\n", "def b(y):\n", "class A:\n", "    def a(self):\n", "        return 1\n", "    x = 1\n",
     "    # why\n", '    """d"""\n', "x = 'q'\n", "if x:\n", "\n", "@d\n", "async def a():\n", ")(\n", "    y = x\n"]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=14).map("".join)


@settings(derandomize=True, max_examples=120, deadline=None)
@given(TEXTS, TEXTS)
def test_matching_is_a_bijection_and_covers_every_unit_once(before: str, after: str) -> None:
    files = change_of_texts({"a.py": before}, {"a.py": after}, today=DAY).files
    if not files:
        assert before == after
        return
    file = files[0]
    assert file.before is not None
    assert file.after is not None
    old, new = [p.before for p in file.pairs], [p.after for p in file.pairs]
    assert len(set(old)) == len(old)
    assert len(set(new)) == len(new)
    assert sorted([*old, *file.deleted]) == list(range(len(file.before.units)))
    assert sorted([*new, *file.added]) == list(range(len(file.after.units)))
    for pair in file.pairs:
        assert file.before.units[pair.before].kind == file.after.units[pair.after].kind
    assert set(file.code_changed) | set(file.glue_only) == set(file.changed)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(TEXTS)
def test_blank_lines_and_comments_are_never_a_change_of_code(text: str) -> None:
    noisy = "# note\n\n" + text.replace("\n", "  \n")
    (file,) = change_of_texts({"a.py": text}, {"a.py": noisy}, today=DAY).files
    if file.before is None or file.after is None or file.before.broken or file.after.broken:
        return
    assert not file.code_changed
