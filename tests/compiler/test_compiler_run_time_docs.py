"""A docstring that is read when the program runs stays, object by object, over all files of a project."""

import textwrap

import pytest
from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.reading import read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import UNCOUNTED
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.run_time_docs import annotations_read, uses_of


def kept(files: dict[str, str], path: str = "a.py", options: CompileOptions | None = None) -> list[str]:
    """The first words of the docstrings and comments that are left in one file of a project, in order."""
    texts = {name: textwrap.dedent(text).encode() for name, text in files.items()}
    uses = uses_of(texts.items())
    result = compile_source(decode_source(path, texts[path]), options or CompileOptions(), uses=uses)
    assert not result.copied, result.copied
    return [
        line.strip().strip('"')
        for line in result.data.decode().splitlines()
        if line.strip().startswith('"""')
    ]


ALL = '''
"""MODULE."""
import click
def f(x=1):
    """F."""
    return x
def g():
    """G."""
class A:
    """A."""
    def m(self):
        """M."""
class B(A):
    """B."""
'''


@pytest.mark.parametrize(
    ("reads", "stays"),
    [
        ("", []),
        ("print(__doc__)", ["MODULE."]),
        ("print(f.__doc__)", ["F."]),
        ("h = f\nprint(h.__doc__)", ["F."]),
        ("print(getattr(g, '__doc__', ''))", ["G."]),
        ("import inspect\nprint(inspect.getdoc(A))", ["A."]),
        ("from inspect import getdoc as d\nprint(d(A.m))", ["M."]),
        ("help(g)", ["G."]),
        ("for one in (f, g):\n    print(one.__doc__)", ["F.", "G."]),
        ("print([one.__doc__ for one in [f]])", ["F."]),
        ("TABLE = {'f': f}\nprint(TABLE['f'].__doc__)", ["F."]),
        ("LIST = []\nLIST.append(g)\nfor one in LIST:\n    print(one.__doc__)", ["G."]),
        ("def show(what):\n    print(what.__doc__)\nshow(f)", ["F."]),
        ("def outer(what):\n    show(what)\ndef show(what):\n    print(what.__doc__)\nouter(g)", ["G."]),
        ("def show(what=f):\n    print(what.__doc__)", ["F."]),
        ("print(type(B()).__doc__)", ["B."]),
        ("print('{0.x} {f.__doc__}'.format(f=f))", ["F."]),
        ("print('{class.__doc__} {f.x.__doc__}'.format(1))", []),
        ("for one in vars(A).values():\n    print(one.__doc__)", ["M."]),
        ("for one in globals().values():\n    print(one.__doc__)", ["MODULE.", "F.", "G.", "A.", "M.", "B."]),
        ("f.__doc__ = 'other'", []),
        ("def k(): ...\nk.__doc__ = f.__doc__", []),
        ("def k(): ...\nk.__doc__ = f.__doc__\nprint(k.__doc__)", ["F."]),
        ("# f.__doc__ is not read here", []),
        ("x = '__doc__'", []),
    ],
)
def test_docstring_stays_where_its_object_is_read(reads: str, stays: list[str]) -> None:
    assert kept({"a.py": ALL + reads + "\n"}) == stays


def test_object_read_by_another_file_keeps_its_docstring() -> None:
    files = {"pkg/a.py": ALL, "pkg/b.py": "from pkg.a import f as other\nprint(other.__doc__)\n"}
    assert kept(files, "pkg/a.py") == ["F."]
    assert kept(
        {"pkg/a.py": ALL, "pkg/b.py": "import pkg.a as m\nprint(m.g.__doc__, m.__doc__)\n"}, "pkg/a.py"
    ) == [
        "MODULE.",
        "G.",
    ]


def test_decorator_that_reads_keeps_what_it_decorates() -> None:
    text = '''
    COMMANDS = {}
    def command(name):
        def inner(func):
            COMMANDS[name] = func
            return func
        return inner
    @command("f")
    def f():
        """F."""
    def g():
        """G."""
    for one in COMMANDS.values():
        print(one.__doc__)
    '''
    assert kept({"a.py": text}) == ["F."]


def test_class_that_reads_its_own_documentation_keeps_that_of_its_children() -> None:
    base = "class Base:\n    def help(self):\n        return self.__doc__\n"
    child = 'from base import Base\nclass Child(Base):\n    """C."""\nclass Other:\n    """O."""\n'
    assert kept({"base.py": base, "a.py": child}) == ["C."]


def test_methods_asked_for_by_a_prefix_stay() -> None:
    text = '''
    class Shell:
        def do_run(self):
            """RUN."""
        def other(self):
            """OTHER."""
        def help(self, name):
            return getattr(self, "do_" + name).__doc__
    '''
    assert kept({"a.py": text}) == ["RUN."]


@pytest.mark.parametrize(
    ("test", "stays"),
    [
        ("name.startswith('do_')", ["DO."]), ("name[:3] == 'do_'", ["DO."]), ("name[:2] == 'do_'", ["DO.", "OTHER."]),
        ("'do_' in name", ["DO.", "OTHER."]), ("name.startswith('do_') or True", ["DO.", "OTHER."]),
    ],
)  # fmt: skip
def test_methods_whose_name_was_tested_for_a_prefix_stay_alone(test: str, stays: list[str]) -> None:
    text = """
        class Shell:
            def do_it(self):
                '''DO.'''
                return 1
            def other(self):
                '''OTHER.'''
                return 1
            def help(self):
                for name in dir(self):
                    if %s:
                        print(getattr(self, name).__doc__)
    """.replace("'''", '"' * 3)
    assert kept({"a.py": text % test}) == stays
    again = text.replace("print(", "name = input()\n                        print(")
    assert kept({"a.py": again % test}) == ["DO.", "OTHER."]


def test_instances_of_a_class_are_told_from_the_rest_of_a_module() -> None:
    package = {
        "pkg/__init__.py": "from .core import *\n",
        "pkg/core.py": '''
            class curry:
                """CURRY."""
                def __init__(self, func):
                    self.__doc__ = func.__doc__
            @curry
            def curried():
                """CURRIED."""
            def plain():
                """PLAIN."""
            ''',
        "test_it.py": (
            "import pkg\nfor name, one in vars(pkg).items():\n    if isinstance(one, pkg.curry):\n"
            "        print(one.__doc__)\n"
        ),
    }
    assert kept(package, "pkg/core.py") == ["CURRY.", "CURRIED."]


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        (
            'import cmd\nclass S(cmd.Cmd):\n    """S."""\n    def do_x(self, line):\n        """X."""\n'
            '    def y(self):\n        """Y."""\n',
            ["X."],
        ),
        ('import click\n@click.command()\ndef f():\n    """F."""\ndef g():\n    """G."""\n', ["F."]),
        ('import typer\ndef f():\n    """F."""\ndef g():\n    """G."""\ntyper.run(f)\n', ["F."]),
        ('import argparse\n"""no"""\n', None),
        ('"""D."""\nimport argparse\nargparse.ArgumentParser(description=__doc__)\n', ["D."]),
        ('@app.get("/")\ndef f():\n    """F."""\n', ["F."]),
        (
            'class M(BaseModel):\n    """M."""\nclass N(M):\n    """N."""\nclass O:\n    """O."""\n',
            ["M.", "N."],
        ),
        ('import ply.yacc as yacc\ndef p_expression(p):\n    """E."""\ndef other():\n    """O."""\n', ["E."]),
        ('import dataclasses\n@dataclasses.dataclass\nclass D:\n    """D."""\n    x: int\n', []),
    ],
)
def test_frameworks_that_publish(text: str, stays: list[str] | None) -> None:
    assert kept({"a.py": text}) == (["no"] if stays is None else stays)


def test_objects_named_in_the_options_keep_theirs() -> None:
    assert kept({"a.py": ALL}, options=CompileOptions(keep=("A.m",))) == ["M."]
    assert kept({"a.py": ALL}, options=CompileOptions(keep=("a.py::f", "b.py::g"))) == ["F."]
    assert kept({"a.py": ALL}, options=CompileOptions(keep=("*.m", "B"))) == ["M.", "B."]
    assert len(kept({"a.py": ALL}, options=CompileOptions(keep_docstrings=True))) == 6


def test_examples_stay_where_they_are_run() -> None:
    text = 'def f():\n    """F.\n\n    >>> f()\n    """\ndef g():\n    """G."""\n'
    assert kept({"a.py": text}) == []
    assert kept({"a.py": text}, options=CompileOptions(doctests=True))[0] == "F."


def test_read_of_what_cannot_be_told_is_warned_of() -> None:
    text = "import other\nfor one in other.find():\n    print(one.__doc__)\n"
    result = compile_source(decode_source("a.py", text.encode()), CompileOptions())
    assert [(warned.code, warned.line) for warned in result.warnings] == [("unknown-documentation-read", 2)]


def stretches(text: str, others: dict[str, str] | None = None) -> list[str]:
    """The first lines of the stretches in which annotations stay."""
    data = textwrap.dedent(text).encode()
    files = [("a.py", data), *((path, other.encode()) for path, other in (others or {}).items())]
    reading = read(decode_source("a.py", data), language_named("python"), UNCOUNTED)
    found = annotations_read(reading, uses_of(files, annotations=True))
    return [data[start:end].decode().partition("\n")[0] for start, end in found]


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("def f(x: int) -> int:\n    y: int = x\n    return y\n", []),
        ("class P:\n    z: int = 3\n    def m(self, q: str): ...\n", []),
        ("@dataclass\nclass D:\n    x: int\n", ["class D:"]),
        ("@attr.s(auto_attribs=True)\nclass D:\n    x: int\n", ["class D:"]),
        ("class N(NamedTuple):\n    x: int\n", ["class N(NamedTuple):"]),
        ("class T(TypedDict, total=False):\n    x: int\n", ["class T(TypedDict, total=False):"]),
        ("class M(BaseModel):\n    x: int\n", ["class M(BaseModel):"]),
        ("@app.get('/')\ndef f(x: int): ...\n", ["def f(x: int): ..."]),
        ("@fun.register\ndef _(x: int): ...\n", ["def _(x: int): ..."]),
        ("@staticmethod\ndef f(x: int): ...\n", []),
        ("def f(x: int): ...\nDepends(f)\n", ["def f(x: int): ..."]),
        ("def f(x: int): ...\nf(1)\n", []),
        ("def f(x: int): ...\nprint(f.__annotations__)\n", ["def f(x: int): ..."]),
        ("x: int = 1\n", []),
        ("x: int = 1\nprint(__annotations__)\n", ["x: int = 1"]),
        ("class A: ...\nclass B(A):\n    x: int\n", []),
        ("from o import A\nclass B(A):\n    x: int\n", ["class B(A):"]),
    ],
)
def test_annotations_stay_where_something_may_read_them(text: str, stays: list[str]) -> None:
    assert stretches(text) == stays


def test_function_handed_over_in_another_file_keeps_its_annotations() -> None:
    assert stretches("def f(x: int): ...\n", {"b.py": "import a\nrun(a.f)\n"}) == ["def f(x: int): ..."]
    assert stretches("def f(x: int): ...\n", {"b.py": "from a import f\nf(2)\n"}) == []
