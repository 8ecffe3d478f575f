"""Laws of compiling: the same program, the same bytes, nothing more to take away, told where it is another program."""

import ast
import io
import sysconfig
import tokenize
from pathlib import Path

import pytest
from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import UNCOUNTED, TokenCounter
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompiledFile, CompileOptions, Mode
from aifirst_compiler.edits import Edit, apply_edits
from aifirst_compiler.errors import CompilerBugError
from aifirst_compiler.proof import PythonTrees, prove
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MODES: tuple[Mode, ...] = ("clean", "structural", "documented")
STANDARD = [
    "abc.py", "copy.py", "dataclasses.py", "enum.py", "heapq.py", "inspect.py", "json/decoder.py", "shelve.py", "this.py",
    "turtle.py", "typing.py", "unittest/case.py",
]  # fmt: skip


def compiled(text: str, path: str = "a.py", mode: Mode = "clean") -> CompiledFile:
    return compile_source(decode_source(path, text.encode()), CompileOptions(mode=mode))


def without_docstrings(text: str) -> str:
    """The program as `ast` spells it, its docstrings gone: the oracle, apart from our own comparison."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:]
            node.body = [part for part in node.body if not isinstance(part, ast.Pass)]
    return ast.dump(tree)


def comments_of(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", STANDARD)
def test_module_of_the_standard_library_is_the_same_program(name: str, mode: Mode) -> None:
    text = (Path(sysconfig.get_paths()["stdlib"]) / name).read_text(encoding="utf-8")
    result = compiled(text, mode=mode)
    output = result.data.decode()
    assert not result.copied, result.copied
    assert without_docstrings(output) == without_docstrings(text)
    assert compiled(output, mode=mode).data == result.data
    assert apply_edits(text.encode(), result.edits) == result.data
    if mode == "clean":
        assert len(comments_of(output)) <= len(comments_of(text)) // 2


LINES = st.sampled_from([
    "", "# why", "x = 1", "x = 1  # one", '"text"', '"""text"""', "@d", "# noqa", "pass", "y = (", "    1,  # in", ")",
    "z = 1 \\", "s = '''", "'''", "'doc'; x = 1", "\f", "return", "# @assembly:a @order:1", "lambda: 0", "if x: 'one'",
])  # fmt: skip
OPENERS = st.sampled_from(
    ["def f():", "class A:", "if x:", "else:", "async def g():  # c", "for x in y:", "try:", "finally:"]
)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Lines of Python in blocks; many parse, and those that do hold every neighbourhood of glue and code."""
    text: list[str] = []

    def block(depth: int) -> None:
        for _ in range(draw(st.integers(1, 4))):
            indent = (
                draw(st.sampled_from(["    " * depth, "    " * depth, "\t" * depth, ""])) if depth else ""
            )
            if depth < 3 and draw(st.booleans()):
                text.append("    " * depth + draw(OPENERS))
                block(depth + 1)
            else:
                text.append(indent + draw(LINES))

    block(0)
    return draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])).join(text) + draw(
        st.sampled_from(["", "\n", "\n\n"])
    )


@settings(derandomize=True, max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=programs(), mode=st.sampled_from(MODES))
def test_no_program_changes_and_none_is_a_fault_of_ours(text: str, mode: Mode) -> None:
    result = compiled(text, mode=mode)
    assert not [warned for warned in result.warnings if warned.code == "compiler-bug"]
    assert len(result.data) <= len(text.encode())
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return
    output = result.data.decode()
    assert without_docstrings(output) == without_docstrings(text)
    assert compiled(output, mode=mode).data == result.data


SCRIPT_PARTS = st.lists(
    st.sampled_from([
        "a", "b", "+", "++", "return", "(", ")", "{", "}", ";", "\n", " ", "/* c */", "/*\n*/", "// c\n", "/re/", "`t`",
        "'s'", "=", "=>", "function f()", "if", "let x", "[", "]", ",", "/**/", "1", ".x",
    ]),
    max_size=14,
)  # fmt: skip


@settings(derandomize=True, max_examples=300, deadline=None)
@given(parts=SCRIPT_PARTS)
def test_script_compiles_to_itself_or_stays(parts: list[str]) -> None:
    text = "".join(parts)
    result = compiled(text, "a.js")
    assert len(result.data) <= len(text.encode())
    if not result.copied:
        assert compiled(result.data.decode(), "a.js").data == result.data


def reading_of(path: str, text: str) -> Reading:
    return read(
        decode_source(path, text.encode()),
        language_named("python" if path.endswith("y") else "javascript"),
        UNCOUNTED,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1", "x = True"), ("x = 1", "x = 1.0"), ("x = 'a'", "x = b'a'"), ("x = u'a'", "x = 'a'"), ("f(a)", "f(b)"),
        ("x: int = 1", "x = 1"), ("def f(): 'd'; return 1", "def f(): return 1"), ("a; b", "a"), ("global x", "global y"),
        ("if a:\n  b\nc", "if a:\n  b\n  c"), ("{1: 2, **a}", "{**a, 1: 2}"), ("f(*, a) if 0 else 1", "f(a) if 0 else 1"),
        ("from . import a", "from .. import a"), ("f'{a!r}'", "f'{a!s}'"), ("def f(a, /): pass", "def f(a): pass"),
        ("async def f(): pass", "def f(): pass"), ("x = ()", "x = []"), ("raise A", "raise A from None"), ("x", ""),
    ],
)  # fmt: skip
def test_another_python_program_is_told(before: str, after: str) -> None:
    reading = reading_of("a.py", before)
    try:
        tree = ast.parse(before)
    except SyntaxError:
        tree = None
    with pytest.raises(CompilerBugError) as told:
        prove(reading, after.encode(), [Edit(0, 0)], PythonTrees(tree))
    assert told.value.path == "a.py"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n++b", "a ++b"), ("a + b", "a - b"), ("return\n1", "return 1"), ("x = 'a b'", "x = 'a  b'"), ("f(a)", "f(a"),
        ("`a\nb`", "`a b`"), ("a\n/b/c", "a + /b/c"), ("{}", "[]"),
    ],
)  # fmt: skip
def test_another_script_is_told(before: str, after: str) -> None:
    before, after = (f"function f() {{\n{text}\n}}\n" for text in (before, after))
    with pytest.raises(CompilerBugError):
        prove(reading_of("a.js", before), after.encode(), [Edit(0, 0)])


def test_fault_of_ours_copies_the_file_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from aifirst_compiler import compile_file

    def cut_too_much(_: Reading, removals: object) -> list[Edit]:
        return [Edit(0, 6)]

    monkeypatch.setattr(compile_file, "widen_removals", cut_too_much)
    result = compiled("x = 1\ny = 2  # two\n")
    assert result.data == b"x = 1\ny = 2  # two\n"
    assert [warned.code for warned in result.warnings] == ["compiler-bug"]
    assert "not the same program" in result.copied


def test_tokens_are_counted_where_a_counter_is_given() -> None:
    counter = TokenCounter("words", lambda text: len(text.split()), False)
    source = decode_source("a.py", b"x = 1  # one two\n")
    assert compile_source(source, CompileOptions(), counter=counter).tokens == 3
    assert compile_source(source, CompileOptions()).tokens == 0
