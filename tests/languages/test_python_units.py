"""Units and complexity of Python files."""

from language_checks import check_complexity, check_units


def test_a_function_takes_the_decorators_and_comments_directly_above_it() -> None:
    check_units(
        "python",
        """\
import os

# Not attached.

# Why f
# is here.
@cache
# between
@other(lambda: 1)
def f():
    pass
""",
        "5-11 function f",
    )


def test_a_comment_at_another_depth_belongs_to_what_is_above() -> None:
    check_units(
        "python",
        """\
def f():
    pass
    # about f still
# about g
def g(): pass  # trailing
""",
        """\
1-3 function f
4-5 function g
""",
    )


def test_qualified_names_leave_locals_out() -> None:
    check_units(
        "python",
        """\
class A(Base):
    x = 1

    class B:
        async def m(self):
            def inner(): return 1
            return inner
    if x:
        def m2(self): pass

def f():
    class C:
        def g(self): pass
""",
        """\
1-9 class A
4-7 class A.B
5-7 function A.B.m
6-6 function A.B.m.inner
9-9 function A.m2
11-13 function f
12-13 class f.C
13-13 function f.C.g
""",
    )


def test_a_second_definition_of_a_name_is_numbered() -> None:
    check_units(
        "python",
        """\
@property
def x(self): return 1
@x.setter
def x(self, v): pass
try:
    def y(): pass
except E:
    def y(): pass
""",
        """\
1-2 function x
3-4 function x#2
6-6 function y
8-8 function y#2
""",
    )


def test_definitions_on_one_line_and_in_broken_code_are_still_units() -> None:
    check_units(
        "python",
        """\
def f(): pass
def g(: return
class A: x = 1
def h():
    return (1
""",
        """\
1-1 function f
2-2 function g
3-3 class A
4-5 function h
""",
    )


def test_every_kind_of_line_end_keeps_the_lines() -> None:
    check_units(
        "python", b"# c\r\ndef f():\r\n    pass\r\n\r\n\r\ndef g(): pass", "1-3 function f\n6-6 function g"
    )
    check_units(
        "python", b"\x0cdef f():\n    pass\n\x0c\ndef g():\n    pass\n", "1-2 function f\n4-5 function g"
    )


def test_complexity_counts_branches_of_the_unit_alone() -> None:
    check_complexity(
        "python",
        """\
def f(a):
    if a and b or c:
        for x in [i for i in a if i]:
            while x:
                pass
    elif d:
        pass
    else:
        pass
    def inner():
        return 1 if a else 2
    try:
        with a:
            pass
    except E:
        pass
    finally:
        pass

def g(a):
    match a:
        case 1 | 2:
            pass
        case [x] if x:
            pass
        case _:
            pass

async def h():
    return {k: v async for k, v in a}
""",
        """\
10 3 f
2 0 f.inner
4 1 g
2 0 h
""",
    )


def test_branches_outside_definitions_are_the_modules() -> None:
    check_complexity("python", "if a:\n    def f():\n        if b: pass\n", "2 1\n2 1 f")
