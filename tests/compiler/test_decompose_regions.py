"""What may become a function of its own, what may not and why: one small function a case."""

from __future__ import annotations

import ast
from textwrap import dedent, indent

import pytest
from aifirst_compiler.decompose.region import Refused, Region
from decompose_extraction import judged


def part(function: str, statements: str, unit: str = "f") -> tuple[Region | Refused, str]:
    """What is judged of some statements of a function, and the program with them moved."""
    wanted = ast.unparse(ast.parse(dedent(statements)))
    for text, found, made in judged(dedent(function), unit):
        if text == wanted:
            return found, made
    raise AssertionError(f"there are no such statements: {wanted}")


def moved(function: str, statements: str, call: str, unit: str = "f") -> str:
    """The program with the statements moved; `call` has to stand in their place."""
    found, made = part(function, statements, unit)
    assert isinstance(found, Region), found
    assert call in made, made
    return made


def refused(function: str, statements: str, why: str, unit: str = "f") -> None:
    """The statements may not move, for this reason."""
    found, made = part(function, statements, unit)
    assert isinstance(found, Refused), made
    assert found.why == why, found


def body(lines: str) -> str:
    """A function of some lines."""
    return "def f(a, b):\n" + indent(dedent(lines).strip("\n"), "    ") + "\n"


def test_what_it_needs_goes_in_and_what_is_needed_comes_back() -> None:
    made = moved(body("c = a + 1\nd = c * 2\nreturn d + b\n"), "c = a + 1\nd = c * 2", "    d = _piece(a)\n")
    assert 'def _piece(a):\n    """Do it."""\n    c = a + 1\n    d = c * 2\n    return d\n' in made


def test_a_variable_that_is_only_perhaps_changed_goes_in_and_comes_back() -> None:
    moved(body("c = 0\nif b:\n    c = a\nreturn c\n"), "if b:\n    c = a", "    c = _piece(a, b, c)\n")


def test_a_part_that_always_returns_is_returned() -> None:
    moved(
        body("c = a\nif b:\n    return c\nreturn b\n"),
        "if b:\n    return c\nreturn b",
        "    return _piece(b, c)\n",
    )


def test_a_part_that_returns_and_then_ends_with_the_function_is_returned() -> None:
    moved(body("c = a\nif b:\n    return c\n"), "if b:\n    return c", "    return _piece(b, c)\n")


def test_the_rest_of_a_loop_may_go_on_with_it() -> None:
    made = moved(
        body("n = 0\nfor row in a:\n    if not row:\n        continue\n    n += b(row)\nreturn n\n"),
        "if not row:\n    continue\nn += b(row)",
        "        n = _piece(b, n, row)\n",
    )
    assert "    if not row:\n        return n\n    n += b(row)\n    return n\n" in made


def test_a_loop_inside_keeps_its_own_exits() -> None:
    made = moved(
        body(
            "for row in a:\n    for one in row:\n        if one:\n            continue\n        break\nreturn b\n"
        ),
        "for one in row:\n    if one:\n        continue\n    break",
        "        _piece(row)\n",
    )
    assert "            continue\n        break\n" in made


def test_a_coroutine_is_awaited_and_a_generator_delegated_to() -> None:
    made = moved(
        "async def f(a):\n    b = await a\n    c = await b\n    return c\n",
        "b = await a\nc = await b",
        "    c = await _piece(a)\n",
    )
    assert "async def _piece(a):" in made
    moved(
        body("for one in a:\n    yield one\nyield b\n"),
        "for one in a:\n    yield one",
        "    yield from _piece(a)\n",
    )
    moved(
        body("yield a\nif b:\n    yield b\n    return 3\n"),
        "if b:\n    yield b\n    return 3",
        "    return (yield from _piece(b))\n",
    )


def test_a_global_stays_a_global() -> None:
    made = moved(body("global N\nN = a\nprint(N)\nreturn b\n"), "N = a\nprint(N)", "    _piece(a)\n")
    assert "    global N\n    N = a\n" in made


def test_a_handler_inside_keeps_its_name() -> None:
    moved(
        body("try:\n    c = a()\nexcept ValueError as error:\n    c = str(error)\nreturn c\n"),
        "try:\n    c = a()\nexcept ValueError as error:\n    c = str(error)",
        "    c = _piece(a)\n",
    )


def test_in_a_handler_the_exception_is_given() -> None:
    moved(
        body("try:\n    a()\nexcept ValueError as error:\n    print(error)\n    print(b)\n    raise\n"),
        "print(error)\nprint(b)\nraise",
        "        _piece(b, error)\n",
    )


def test_a_match_gives_back_what_it_captured() -> None:
    moved(
        body("match a:\n    case [c, d]:\n        pass\n    case c:\n        d = b\nreturn c, d\n"),
        "match a:\n    case [c, d]:\n        pass\n    case c:\n        d = b",
        "    c, d = _piece(a, b)\n",
    )


def test_a_private_method_is_a_function_of_the_module_above_the_class() -> None:
    source = "class A:\n    def f(self, a):\n        self.n = a\n        self.m = a\n        return self.n\n"
    made = moved(source, "self.n = a\nself.m = a", "        _piece(self, a)\n", "A.f")
    assert made.startswith(
        'def _piece(self, a):\n    """Do it."""\n    self.n = a\n    self.m = a\n\n\nclass A:'
    )


def test_a_function_inside_gets_what_never_changes_around_it() -> None:
    inner = "    def inner(a):\n        b = a * rate\n        c = b + 1\n        return c\n    return inner\n"
    source = f"def make(rate):\n{inner}"
    moved(source, "b = a * rate\nc = b + 1", "        c = _piece(a, rate)\n", "make.inner")
    changing = source.replace("    return inner", "    rate = 2\n    return inner")
    refused(changing, "b = a * rate\nc = b + 1", "enclosing-variable", "make.inner")


@pytest.mark.parametrize(
    ("lines", "statements", "why"),
    [
        ("if a:\n    return b\nprint(a)\n", "if a:\n    return b", "early-return"),
        ("for x in a:\n    if x:\n        break\n    b(x)\n", "if x:\n    break", "loop-exit"),
        ("for x in a:\n    if x:\n        continue\n    b(x)\n", "if x:\n    continue", "loop-exit"),
        ("for x in a:\n    if x:\n        continue\n    return x\n", "if x:\n    continue\nreturn x", "loop-exit"),
        ("if a:\n    c = 1\nprint(a)\nreturn c\n", "print(a)\nreturn c", "possibly-unbound"),
        ("if a:\n    c = 1\nprint(a)\nif b:\n    return c\n", "if a:\n    c = 1\nprint(a)", "possibly-unbound"),
        ("c = 1\ntry:\n    c = 2\n    a()\n    b()\nexcept ValueError:\n    print(c)\n", "c = 2\na()", "seen-by-handler"),
        ("c = 1\ntry:\n    c = 2\n    a()\n    b()\nfinally:\n    print(c)\n", "c = 2\na()", "seen-by-handler"),
        ("c = 1\nwith a:\n    c = 2\n    b()\nreturn c\n", "c = 2\nb()", "seen-by-handler"),
        ("c = []\nfor x in a:\n    c.append(lambda: x)\n    b(x)\nreturn c\n", "c.append(lambda: x)\nb(x)", "captured"),
        ("c = lambda: d\nd = a\nprint(b)\nreturn c()\n", "d = a\nprint(b)", "captured"),
        ("c = 1\ndef g():\n    nonlocal c\n    c = 2\ng()\nprint(c)\nreturn b\n", "g()\nprint(c)", "rebound-by-inner"),
        ("def g():\n    return a\nreturn g\n", "def g():\n    return a\nreturn g", "inner-definition"),
        ("global N\nN = a\nreturn b\n", "global N\nN = a", "declaration"),
        ("c = a\ndel c\nprint(b)\ntry:\n    return c\nfinally:\n    pass\n", "del c\nprint(b)", "deletes"),
        ("print(a)\nw.warn('x', stacklevel=2)\nreturn b\n", "w.warn('x', stacklevel=2)", "frame-depth"),
        ("guard = a()\nprint(b)\nreturn 1\n", "guard = a()\nprint(b)", "object-lifetime"),
        ("d = TemporaryDirectory()\nn = d.name\nreturn n\n", "d = TemporaryDirectory()\nn = d.name", "object-lifetime"),
        ("yield a\ntry:\n    yield b\nexcept BaseException:\n    pass\nprint(a)\n",
         "try:\n    yield b\nexcept BaseException:\n    pass", "suspended"),
        ("yield a\ntry:\n    yield b\nfinally:\n    yield a\nprint(a)\n",
         "try:\n    yield b\nfinally:\n    yield a", "suspended"),
        ("try:\n    yield a\n    yield b\nexcept StopIteration:\n    pass\n", "yield a\nyield b", "suspended"),
        ("return a\nprint(b)\nprint(a)\n", "print(b)\nprint(a)", "never-reached"),
    ],
)  # fmt: skip
def test_what_cannot_be_proved_is_refused(lines: str, statements: str, why: str) -> None:
    refused(body(lines), statements, why)


@pytest.mark.parametrize(
    ("statements", "why"),
    [("super().g()\nprint(a)", "class-cell"), ("self.__x = a\nprint(a)", "private-name")],
)
def test_what_only_a_method_has_does_not_leave_it(statements: str, why: str) -> None:
    lines = indent(statements, "        ")
    source = f"class A(B):\n    def f(self, a):\n{lines}\n        return a\n"
    refused(source, statements, why, "A.f")


def test_names_that_go_away_inside_a_known_with_are_not_lost() -> None:
    trusted = body("with open(a) as file:\n    c = file.read()\n    b(c)\nreturn c\n")
    moved(trusted, "c = file.read()\nb(c)", "        c = _piece(b, file)\n")
    refused("def open(x):\n    return x\n\n\n" + trusted, "c = file.read()\nb(c)", "seen-by-handler")


def test_a_generator_expression_that_is_used_up_at_once_holds_nothing() -> None:
    loop = "for x in a:\n    c = any(x == y for y in b)\n    print(c)\nreturn b\n"
    moved(body(loop), "c = any(x == y for y in b)\nprint(c)", "        _piece(b, x)\n")
    refused(body(loop.replace("any(", "keep(")), "c = keep(x == y for y in b)\nprint(c)", "captured")
    shadowed = "def any(x):\n    return x\n\n\n" + body(loop)
    refused(shadowed, "c = any(x == y for y in b)\nprint(c)", "captured")


def test_a_call_of_what_counts_frames_above_its_caller_stays() -> None:
    warn = "def old():\n    warn('old', stacklevel={})\n\n\ndef calls():\n    old()\n\n\n"
    lines = body("calls()\nprint(a)\nreturn b\n")
    moved(warn.format(2) + lines, "calls()\nprint(a)", "    _piece(a)\n")
    refused(warn.format(3) + lines, "calls()\nprint(a)", "frame-depth")
