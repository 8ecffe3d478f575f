"""The fast look at two syntax trees: no field of any kind of node may differ unseen."""

import ast
from collections.abc import Iterator
from typing import cast

import pytest
from aifirst_compiler.proof.python_trees import first_difference
from aifirst_compiler.proof.same_trees import are_surely_same

PROGRAM = '''
"""Documentation."""
import a.b as c, d
from . import e as f
from g import *

@decorated
class C(B, metaclass=M):
    x: int = 1
    y: (str)

    async def f(self, p, /, q: int, r=2, *s: str, t, u=None, **v) -> "int":
        """More."""
        global w
        async with a as b, c:
            await d
        async for i in e:
            yield i
        else:
            return
        return [x async for x in y if x if z]

def g(*, k):
    nonlocal_ = lambda z, *y: (yield)
    def inner():
        nonlocal nonlocal_
    del a, b[1:2:3], c[...]
    x = y = {**a, "b": 1}, {1, 2}, {i: j for i in k}, {i for i in k}, (i for i in k)
    x += -1 @ 2
    for (a, *b) in c:
        continue
    else:
        break
    while not True:
        pass
    if a < b <= c is not d in e: f(*g, h=1, **i)
    elif a and b or c: raise A from B
    else: assert a, "b"
    with a as b, c: pass
    try:
        x = 1.5 if b"a" else 2j
    except (A, B) as e:
        yield from e
    except: raise
    else: ...
    finally: x = (y := None)
    try: pass
    except* A: u"u"
    match a:
        case [1, *rest, {"k": v, **more}] if x: f"{a!r:>{width}} b"
        case C(1, k=2) | None as n: pass
        case a.b: pass
        case _: pass
'''


def changed(value: object) -> object:
    """Something else than a value of a field."""
    if isinstance(value, list):
        return cast("list[object]", value)[:-1] or [ast.Pass(), ast.Pass()]
    match value:
        case None:
            return ast.Constant(7)
        case bool():
            return int(value)
        case int() | float() | complex():
            return value + 1
        case str():
            return value + "x"
        case bytes():
            return value + b"x"
        case ast.Load():
            return ast.Del()
        case ast.expr_context():
            return ast.Load()
        case _:
            return ast.Name("another", ast.Load())


def places() -> Iterator[tuple[int, str]]:
    """Each node of the program by its number in `ast.walk`, and each of its fields."""
    for number, node in enumerate(ast.walk(ast.parse(PROGRAM))):
        yield from ((number, name) for name in node._fields)


def test_program_has_nearly_all_kinds_of_nodes() -> None:
    kinds = {type(node) for node in ast.walk(ast.parse(PROGRAM))}
    assert len(kinds) > 80


def test_same_program_is_surely_the_same() -> None:
    assert are_surely_same(ast.parse(PROGRAM), ast.parse(PROGRAM))


def test_change_of_any_field_of_any_node_is_seen() -> None:
    for number, name in places():
        source, other = ast.parse(PROGRAM), ast.parse(PROGRAM)
        node = next(node for index, node in enumerate(ast.walk(other)) if index == number)
        setattr(node, name, changed(getattr(node, name)))
        assert not are_surely_same(source, other), (type(node), name)
        assert first_difference(source, other, [0], ()) != "", (type(node), name)


@pytest.mark.parametrize(
    ("one", "other"), [("1", "True"), ("1", "1.0"), ("0", "0j"), ("'a'", "u'a'"), ("''", "b''")]
)
def test_constants_of_other_types_are_others(one: str, other: str) -> None:
    assert not are_surely_same(ast.parse(one), ast.parse(other))
    assert first_difference(ast.parse(one), ast.parse(other), [0], ())


def test_kind_of_node_that_is_not_described_is_a_doubt() -> None:
    class Undescribed(ast.expr):
        _fields = ("value",)

    tree = ast.Module([ast.Expr(Undescribed())], [])
    again = ast.Module([ast.Expr(Undescribed())], [])
    assert not are_surely_same(tree, again)
