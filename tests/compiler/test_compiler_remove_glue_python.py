"""Glue leaves Python source and nothing else does: every place where taking a comment or docstring away is a trap."""

import ast
import textwrap

import pytest
from aifirst_codebase.source import decode_source
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompiledFile, CompileOptions, Mode


def compiled(text: str | bytes, mode: Mode = "clean", path: str = "a.py") -> CompiledFile:
    raw = text.encode() if isinstance(text, str) else text
    return compile_source(decode_source(path, raw), CompileOptions(mode=mode))


def check(before: str, after: str, mode: Mode = "clean") -> None:
    """The output is `after`, was proved, and compiles to itself."""
    before, after = textwrap.dedent(before), textwrap.dedent(after)
    result = compiled(before, mode)
    assert result.data.decode() == after
    assert not result.copied, result.copied
    assert compiled(after, mode).data.decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('def f():\n    """Doc."""\n', "def f():\n    pass\n"),
        ('def f():\n    """Doc."""\n    # why\n', "def f():\n    pass\n"),
        ('def f(): "doc"\n', "def f(): pass\n"),
        ('def f(): "doc"; return 1\n', "def f(): return 1\n"),
        ('def f():\n    "doc"; return 1\n', "def f():\n    return 1\n"),
        ('def f():\n    "doc" ;  # why\n    return 1\n', "def f():\n    return 1\n"),
        ('def f():\n    "doc";\n', "def f():\n    pass;\n"),
        ('class A:\n    """Doc."""\n\n    # fields\n\n    x = 1\n', "class A:\n    x = 1\n"),
        ('class A:\n    "doc"\n    # only this\n\n\nx = 1\n', "class A:\n    pass\n\n\nx = 1\n"),
        ('class A: """doc"""\n', "class A: pass\n"),
        ('"doc"; x = 1\n', "x = 1\n"),
        ('"""Doc."""\n', ""),
        ('"""Doc."""', ""),
        ("# only a comment", ""),
        ('async def f():\n\t"""Doc."""\n\treturn 1\n', "async def f():\n\treturn 1\n"),
        ('def f():\n    ("""Doc."""\n     "more")\n    return 1\n', "def f():\n    return 1\n"),
        ('def f():\n    "doc" "more"\n', "def f():\n    pass\n"),
        ('def f(): \\\n    "doc"\n', "def f(): \\\n    pass\n"),
    ],
)  # fmt: skip
def test_docstring_goes_and_its_body_stays_one(before: str, after: str) -> None:
    check(before, after)


def test_string_below_a_docstring_does_not_become_the_docstring() -> None:
    check(
        'def f():\n    "doc"\n    "no doc"\n    return 1\n',
        'def f():\n    pass\n    "no doc"\n    return 1\n',
    )
    made: dict[str, object] = {}
    exec(compiled('class A:\n    "doc"\n    "no doc"\n').data, made)  # noqa: S102 - our own output
    assert getattr(made["A"], "__doc__", "missing") is None


def test_docstring_stays_above_a_string_and_a_future_import() -> None:
    text = '"doc"\n"other"\nfrom __future__ import annotations\nx = 1\n'
    assert compiled(text).data.decode() == text


def test_docstring_goes_above_a_future_import() -> None:
    check('"""Doc."""\nfrom __future__ import annotations\n', "from __future__ import annotations\n")


@pytest.mark.parametrize("literal", ['f"no doc {1}"', 'b"no doc"', '"%s" % 1', '"a".upper()'])
def test_what_is_no_docstring_stays(literal: str) -> None:
    text = f"def f():\n    {literal}\n"
    assert compiled(text).data.decode() == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  # why\n", "x = 1\n"),
        ("x = 1  # why", "x = 1"),
        ("x = 1\n# end", "x = 1\n"),
        ("x = (  # why\n    1,  # one\n    # two\n    2,\n)\n", "x = (\n    1,\n    2,\n)\n"),
        ("@a\n# why\n@b\ndef f(): ...\n", "@a\n@b\ndef f(): ...\n"),
        ("x = 1 \\\n    # why\ny = 2\n", "x = 1\ny = 2\n"),
        ("x = 1 \\\n# why", "x = 1"),
        (
            "if x:\n    # why\n    y = 1\n    # end\nelse:\n    z = 1\n",
            "if x:\n    y = 1\nelse:\n    z = 1\n",
        ),
        ("# drawn \\\n# line \\\nx = 1\n", "x = 1\n"),
        ("x = '# no comment'  # comment\n", "x = '# no comment'\n"),
        ('x = """\n# no comment\n"""\n', 'x = """\n# no comment\n"""\n'),
        ("x = 1\n\f\n# page\ny = 2\n", "x = 1\n\f\ny = 2\n"),
        ("if x:\n\t# tab\n\ty = 1\n", "if x:\n\ty = 1\n"),
    ],
)
def test_comment_goes_and_the_line_around_it_stays(before: str, after: str) -> None:
    check(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1\n\n\n# a\n\ny = 2\n", "x = 1\n\n\ny = 2\n"),
        ("x = 1\n\n# a\n# b\n\n# c\ny = 2\n", "x = 1\n\ny = 2\n"),
        ("x = 1\n# a\ny = 2\n", "x = 1\ny = 2\n"),
        ("# a\n\n\nx = 1\n", "x = 1\n"),
        ("x = 1\n\n\n# a\n\n\n", "x = 1\n"),
        ("def f():\n\n    # a\n\n    x = 1\n", "def f():\n    x = 1\n"),
        ("x = [\n\n    # a\n\n    1,\n    # b\n\n]\n", "x = [\n    1,\n]\n"),
        ("x = 1\n   \n# a\n\t\ny = 2\n", "x = 1\n   \ny = 2\n"),
    ],
)
def test_blank_lines_around_a_comment_become_no_more_than_there_were(before: str, after: str) -> None:
    check(before, after)


@pytest.mark.parametrize(
    "line",
    [
        "#!/usr/bin/env python3", "# -*- coding: utf-8 -*-", "# Copyright 2020 Somebody", "x = 1  # noqa: E501",
        "x = 1  # type: ignore[attr-defined]", "x = []  # type: list[int]", "x = 1  # pragma: no cover",
        "# pylint: disable=all", "# fmt: off", "# mypy: strict",
    ],
)  # fmt: skip
def test_what_tools_read_stays(line: str) -> None:
    text = f"{line}\ny = 1\n"
    assert compiled(text).data.decode() == text


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_stay_what_they_are(newline: str) -> None:
    text = 'def f():\n    """Doc.\n\n    More.\n    """\n    # why\n    return 1  # one\n'.replace(
        "\n", newline
    )
    result = compiled(text)
    assert result.data.decode() == f"def f():{newline}    return 1{newline}"
    assert not result.copied


def test_editors_hint_that_would_declare_the_encoding_goes() -> None:
    check("# one\n# two\n# vim: set fileencoding=latin-1 :\nx = 'é'\n", "x = 'é'\n")
    check("x = 1\n# one\n# vim: set fileencoding=latin-1 :\n", "x = 1\n# vim: set fileencoding=latin-1 :\n")


def test_other_encoding_and_mark_come_back() -> None:
    source = decode_source("a.py", "# coding: latin-1\nx = 'é'  # ü\n".encode("latin-1"))
    result = compile_source(source, CompileOptions())
    assert source.encode_back(result.data) == "# coding: latin-1\nx = 'é'\n".encode("latin-1")
    marked = decode_source("a.py", b"\xef\xbb\xbf# why\nx = 1\n")
    assert marked.encode_back(compile_source(marked, CompileOptions()).data) == b"\xef\xbb\xbfx = 1\n"


def test_file_that_does_not_parse_is_copied_and_told() -> None:
    result = compiled("# why\ndef f(:\n    pass\n")
    assert result.copied == "it does not parse"
    assert result.data == b"# why\ndef f(:\n    pass\n"
    assert [(warned.code, warned.line) for warned in result.warnings] == [("does-not-parse", 2)]


def test_output_is_never_larger() -> None:
    result = compiled('def f(): ""\n')
    assert result.data == b'def f(): ""\n'
    assert result.copied == "it would be larger"


def test_text_of_another_python_is_proved_by_its_tokens() -> None:
    result = compiled('# why\nprint "x"  # two\nexec "y" in z\n')
    assert result.data == b'print "x"\nexec "y" in z\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('def f():\n    """Do it.\n\n    At length.\n    """\n', 'def f():\n    """Do it."""\n'),
        ('def f():\n    """\n    Do it.\n    """\n', 'def f():\n    """Do it."""\n'),
        ('def f():\n    """Say "x"\n    more."""\n', 'def f():\n    """Say "x" """\n'),
        ('def f():\n    r"""A \\d.\n    more."""\n', 'def f():\n    r"""A \\d."""\n'),
        ("# What follows reads files.\n# In detail.\nx = 1\n", "# What follows reads files.\nx = 1\n"),
        ("# WHY: it is so\nx = 1\n", "x = 1\n"),
        ("# STEP 1: do it now\nx = 1  # trailing words here\n", "x = 1\n"),
        ("def f():\n    # Some words inside.\n    return 1\n", "def f():\n    return 1\n"),
        ("# x = compute(1)\ny = 1\n", "y = 1\n"),
        ("# ====================\n# Title of it all\nx = 1\n", "x = 1\n"),
    ],
)
def test_documented_leaves_first_lines(before: str, after: str) -> None:
    check(before, after, "documented")


def test_structural_leaves_assembly_lines_and_no_other_comment() -> None:
    check(
        """\
        # WHY: because
        # @assembly:search @order:1 @depends_on:a,b
        def f():
            # @param x: it
            return 1
        """,
        """\
        # @assembly:search @order:1 @depends_on:a,b
        def f():
            return 1
        """,
        "structural",
    )


def test_own_modules_compile_to_equal_trees() -> None:
    import aifirst_compiler.remove_glue.widen as module

    assert module.__file__ is not None
    with open(module.__file__, encoding="utf-8") as file:  # noqa: PTH123 - a text as it stands
        text = file.read()
    output = compiled(text).data.decode()
    assert "#" not in output.replace("[", "") or "# " not in output
    assert len(ast.parse(output).body) == len(ast.parse(text).body) - 1


def test_a_comment_without_end_is_no_high_level_comment() -> None:
    text = f"# {'z' * 300_000}\nx = 1\n\n# {'of a ' * 40_000}\ny = 2\n\n# Of the two\nz = 3\n"
    check(text, "x = 1\n\ny = 2\n\n# Of the two\nz = 3\n", "documented")
