"""`--minify` of Python drops annotations that nobody reads, `pass` among others and `(object)`, and proves it."""

import ast
import textwrap
from typing import cast

import pytest
from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.reading import read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import UNCOUNTED
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompiledFile, CompileOptions
from aifirst_compiler.errors import CompilerBugError
from aifirst_compiler.proof import PythonTrees, prove
from aifirst_compiler.proof.dropped import Dropped, Gone
from aifirst_compiler.run_time_docs import uses_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SMALL = CompileOptions(minify="tokens")


def small(text: str, others: dict[str, str] | None = None, options: CompileOptions = SMALL) -> str:
    """What one file of a project becomes; its output becomes itself, and nothing is a fault of ours."""
    data = textwrap.dedent(text).encode()
    rest = [(path, textwrap.dedent(other).encode()) for path, other in (others or {}).items()]
    made = compile_source(
        decode_source("a.py", data), options, uses=uses_of([("a.py", data), *rest], annotations=True)
    )
    assert not made.copied, made.copied
    assert "compiler-bug" not in [warned.code for warned in made.warnings], made.warnings
    uses = uses_of([("a.py", made.data), *rest], annotations=True)
    assert compile_source(decode_source("a.py", made.data), options, uses=uses).data == made.data
    return made.data.decode().rstrip("\n")


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("def f(a: int, b: str = 'x', *c: int, d: int = 1, **e: str) -> bool: return a",
         "def f(a,b='x',*c,d=1,**e):return a"),
        ("def f(a: (int), b: (\n  str  # why\n) = 1) -> (\n  'a'\n): return a", "def f(a,b=1):return a"),
        ("async def f(a: 'a' = lambda x: x, /) -> None: return a", "async def f(a=lambda x:x,/):return a"),
        ("def f(a: dict[str, int | None]) -> list['int']: return a", "def f(a):return a"),
        ("def f(*a: *tuple[int]): return a", "def f(*a):return a"),
        ("def f():\n x: int = 1; y: int\n y = x\n return y", "def f():x=1;y=x;return y"),
        ("def f():\n x: call() = 1\n return x", "def f():x=1;return x"),
        ("def f(x):\n x: int\n return x", "def f(x):return x"),
        ("def f(x):\n x: int", "def f(x):pass"),
        ("def f(self):\n self.x: int = 1\n self.y: str", "def f(self):self.x=1"),
        ("class A:\n x: int\n y: int = 1", "class A:y=1"),
        ("class A:\n 'why'\n x: int", "class A:pass"),
        ("class A: x: int; y: int", "class A:pass"),
        ("x: int = 1\ny: int", "x=1"),
        ("x: tuple = 1, 2", "x=1,2"),
        ("x: int \\\n = 1", "x=1"),
        ("from a import B\ndef f(x: B, y: B.C[B]): return x", "from a import B\ndef f(x,y):return x"),
        ("try: from a import B\nexcept ImportError: B = None\ndef f(x: B): return x",
         "try:from a import B\nexcept ImportError:B=None\ndef f(x):return x"),
        ("from __future__ import annotations\ndef f(x: call()) -> other: return x",
         "from __future__ import annotations\ndef f(x):return x"),
        ("class A(object): x = 1", "class A:x=1"),
        ("class A( object, ):\n 'why'\n pass", "class A:pass"),
        ("def f():\n pass\n return 1", "def f():return 1"),
        ("def f(): return 1; pass", "def f():return 1"),
        ("if a: pass; b()", "if a:b()"),
        ("try: a()\nexcept E:\n pass\n b()", "try:a()\nexcept E:b()"),
    ],
)  # fmt: skip
def test_what_says_nothing_goes(source: str, output: str) -> None:
    assert small(source) == output


@pytest.mark.parametrize(
    "source",
    [
        "def f(a:call()):return a",
        "def f(a:unbound):return a",
        "def f(a:Later):return a\nclass Later:x=1",
        "if a:from b import C\ndef f(x:C):return x",
        "from a import B\ndel B\ndef f(x:B):return x",
        "from a import *\ndef f(x:B):return x",
        "import a\ndef f(x:(y:=a)):return x",
        "def g():\n T=int\n def f(x:T):return x\n return f(1)",
        "def f(x:1+1):return x",
        "class A:T=int\nclass B(A):x=1\ndef f(x:T):return x",
        "class A:\n T=int\n def m(self):\n  def f(x:T):return x\n  return f(1)",
        # Something reads them.
        "def f(a:int):return a\nrun(f)",
        "def f(a:int):return a\nx={'f':f}",
        "@take\ndef f(a:int):return a",
        "class A(Base):x:int=1",
        "class A(metaclass=M):x:int",
        "@dataclass\nclass A:x:int",
        "class A:\n def m(self,a:int):return a\nrun(A().m)",
        "class A:\n x:int=1\nrun(A)".replace("\n x", "x"),
        "def f(a:int):return a\nfrom inspect import signature\nsignature(f)",
        "import sys\ndef f(a:int):return a\nprint(sys.modules[__name__].__annotations__)",
        # Something is said by it.
        "def f():\n x:int;return x",
        "def f():\n x:int\n def g():x=1;return x\n return g",
        "def f():\n x:int=(yield)\n return x".replace(":int=(yield)", ":(yield)=1"),
        "def f():\n y=1\n class A:y:int;z=y\n return A",
        "class A:\n x:int\n 'what x is'",
        "(x):int=1",
        "def f(a):\n a.b:int;return a",
        "class A:\n pass\n 'documentation'",
        "class A(object,metaclass=M):x=1",
        "object=3\nclass A(object):x=1",
        "from a import *\nclass A(object):x=1",
        "def f(object):\n class A(object):x=1\n return A",
    ],
)
def test_what_is_read_or_does_something_stays(source: str) -> None:
    made = small(source)
    assert ast.dump(ast.parse(made)) == ast.dump(ast.parse(source))


def test_class_that_is_derived_from_keeps_what_is_read_of_what_derives() -> None:
    text = "class A:\n x:int=1\n y:int=2\n"
    assert small(text, {"b.py": "from a import A\nclass B(A): pass\nB()\n"}) == "class A:x=1;y=2"
    assert ":int" in small(text, {"b.py": "from a import A\n@dataclass\nclass B(A): pass\n"})
    assert ":int" in small(
        text, {"b.py": "from a import A\nfrom other import Model\nclass B(A, Model): pass\n"}
    )
    assert ":int" in small(text, {"b.py": "from a import A as C\nrun(C)\n"})
    assert ":int" in small(text, {"b.py": "@inject\ndef f(a: A): ...\n"})
    assert ":int" in small(text, {"b.py": "__all__ = ['A']\n"})


def test_file_that_is_looked_at_alone_keeps_what_another_could_import() -> None:
    text = b"x:int=1\nclass A:\n def m(self,a:int):y:int=a;return y\ndef _f(a:int):return a\n"
    made = compile_source(decode_source("a.py", text), SMALL)
    assert made.data == b"x:int=1\nclass A:\n def m(self,a:int):y=a;return y\ndef _f(a):return a\n"


def test_annotations_stay_where_they_are_asked_for() -> None:
    text = "class A:\n def m(self,a:int):return a\n def n(self,a:int):return a"
    keep_all = CompileOptions(minify="tokens", keep_annotations=True)
    assert small(text, options=keep_all) == text
    kept = small(text, options=CompileOptions(minify="tokens", keep=("A.m",)))
    assert kept == text.replace("n(self,a:int)", "n(self,a)")


def test_comment_that_stays_keeps_the_annotation_it_is_in() -> None:
    assert "# type: ignore" in small("def f(a: (\n  int  # type: ignore\n)) -> int:\n  return a")


def test_layout_alone_changes_no_syntax_tree() -> None:
    text = "class A(object):\n x:int=1\n pass\n"
    made = compile_source(
        decode_source("a.py", text.encode()), CompileOptions(minify="tokens", layout_only=True)
    )
    assert ast.dump(ast.parse(made.data)) == ast.dump(ast.parse(text))


def test_names_stay_right_where_locals_are_renamed_too() -> None:
    text = "def calculate(first: int) -> int:\n  intermediate: int = first + 1\n  return intermediate * intermediate"
    made = small(text, options=CompileOptions(minify="bytes", rename=True))
    assert made == "def calculate(first):a=first+1;return a*a"
    space: dict[str, object] = {}
    exec(made, space)  # noqa: S102 - the output of the line above
    assert eval("calculate(2)", space) == 9  # noqa: S307 - as above


@pytest.mark.parametrize(
    ("source", "output", "told"),
    [
        ("def f(a: int): pass\n", "def f(a): pass\n", "other"),
        ("x = 1\ny = 2\n", "y = 2\n", "a statement is gone"),
        ("pass\n'text'\n", "'text'\n", "a string became documentation"),
        ("pass\n", "", "a block lost all its statements"),
        ("class A(B): x = 1\n", "class A: x = 1\n", "a class lost a base"),
        ("object = 1\nclass A(object): x = 1\n", "object = 1\nclass A: x = 1\n", "may be another"),
    ],
)
def test_proof_refuses_what_does_not_say_nothing(source: str, output: str, told: str) -> None:
    reading = read(decode_source("a.py", source.encode()), language_named("python"), UNCOUNTED)
    tree = ast.parse(source)
    last = tree.body[-1]
    dropped = Dropped()
    if isinstance(last, ast.ClassDef):
        dropped = Dropped(bases=(last,))
    elif not isinstance(last, ast.FunctionDef):
        dropped = Dropped(statements=(Gone(tree.body, tree.body[0], passes=False),))
    with pytest.raises(CompilerBugError, match=told if told != "other" else "became"):
        prove(reading, output.encode(), [], PythonTrees(tree, (), dropped))


LINES = st.sampled_from([
    "x: int", "x: int = 1", "x: call() = 2", "x: unbound", "x = 1", "pass", "'text'", "'text'; x: int", "x: int; y: str",
    "self.x: int = x", "self.x: int", "y: 'A' = x", "def g(x: int, *y: A, z: unbound = 1) -> int: return x", "del x",
    "from a import A", "from a import B as A", "print(g)", "object = 1", "x: (int) = 1; pass", "pass; x: int", "y = g",
    "if x: y: int", "def h(object): return object",
])  # fmt: skip
OPENERS = st.sampled_from([
    "def f(self, x: int = 1) -> A:", "class A(object):", "class A:", "class B(A):", "@take\nclass B:", "if x:", "with x:",
    "if x:\n  pass\nelse:", "try:\n  x: int\nfinally:", "async def g(x: 'str'):", "for x in y:",
    "class C(object): x: int\nif x:", "try:\n  from a import A\nexcept ImportError:",
])  # fmt: skip


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Lines of Python in blocks that hold what may go beside what keeps it."""
    text: list[str] = []

    def block(depth: int) -> None:
        for _ in range(draw(st.integers(1, 4))):
            indent = "  " * depth
            if depth < 3 and draw(st.booleans()):
                text.extend(indent + line for line in draw(OPENERS).split("\n"))
                block(depth + 1)
            else:
                text.append(indent + draw(LINES))

    block(0)
    return "\n".join(text) + "\n"


@settings(derandomize=True, max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=programs(), alone=st.booleans())
def test_nothing_else_goes_of_any_program(text: str, alone: bool) -> None:
    try:
        before = ast.parse(text)
        compile(text, "a.py", "exec")
    except SyntaxError:
        return

    def made(data: bytes) -> CompiledFile:
        uses = None if alone else uses_of([("a.py", data)], annotations=True)
        return compile_source(decode_source("a.py", data), SMALL, uses=uses)

    first = made(text.encode())
    assert not [warned for warned in first.warnings if warned.code == "compiler-bug"]
    compile(first.data, "a.py", "exec")
    assert spelled(ast.parse(first.data)) == spelled(before)
    assert documentation(ast.parse(first.data)) <= documentation(before)
    assert made(first.data).data == first.data


def documentation(tree: ast.Module) -> set[str | None]:
    """All docstrings of a program."""
    documented = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return {None, *map(ast.get_docstring, documented)}


def spelled(tree: ast.Module) -> str:
    """A program without anything that may go, whether it is read or not: an oracle apart from the product's proof."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        elif isinstance(node, ast.ClassDef) and [ast.unparse(base) for base in node.bases] == ["object"]:
            node.bases = []
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                statements = cast("list[ast.stmt]", body)
                statements[:] = [plain for one in statements for plain in assignments(one)]
    return ast.dump(tree)


def assignments(statement: ast.stmt) -> list[ast.stmt]:
    """A statement without its annotation; none where nothing is left of it, as of `pass` and documentation."""
    if isinstance(statement, ast.AnnAssign):
        return [ast.Assign([statement.target], statement.value)] if statement.value else []
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return [] if is_text or isinstance(statement, ast.Pass) else [statement]


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("class A(object):\n    x = 1\n", False),
        ("class A( object ):\n    x = object()\n    y = object.__new__\n", False),
        ("object = int\nclass A(object):\n    x = 1\n", True),
        ("from m import *\nclass A(object):\n    x = 1\n", True),
        ("class object (int): pass\nclass A(object):\n    x = 1\n", True),
        ("def f(object): return object\nclass A(object):\n    x = 1\n", True),
        ("for object in []: pass\nclass A(object):\n    x = 1\n", True),
        ("s = 'object = 1'\nclass A(object):\n    x = s.object\n", False),
        ("class B(int, object): pass\nclass A(object):\n    x = 1\n", False),
        ("def f(x=object): return object or x[object]\ny = object\nclass A(object):\n    x = 1\n", False),
        ("f(object := int)\nclass A(object):\n    x = 1\n", True),
        ("x = object = int\nclass A(object):\n    x = 1\n", True),
        ("(object, x) = 1, 2\nclass A(object):\n    x = 1\n", True),
        ("object: type = int\nclass A(object):\n    x = 1\n", True),
        ("import m as object\nclass A(object):\n    x = 1\n", True),
        ("f(object for object in [])\nclass A(object):\n    x = 1\n", True),
        ("match 1:\n    case object: pass\nclass A(object):\n    x = 1\n", True),
        ("try: pass\nexcept ValueError as object: pass\nclass A(object):\n    x = 1\n", True),
        ("with f() as object: pass\nclass A(object):\n    x = 1\n", True),
        ("lambda object: 1\nclass A(object):\n    x = 1\n", True),
        ("def f():\n    global object\n    object = 1\nclass A(object):\n    x = 1\n", True),
    ],
)
def test_object_goes_where_nothing_gives_that_name_another_meaning(text: str, stays: bool) -> None:
    assert ("A(object)" in small(text).replace("( ", "(").replace(" )", ")")) == stays
