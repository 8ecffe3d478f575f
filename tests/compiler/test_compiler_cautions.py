"""Code that compiling may disturb is told, at its first line, with what to do; what only looks like it is not."""

import pytest
from aifirst_codebase.source import decode_source
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions


def told(path: str, text: str) -> list[tuple[str, int]]:
    result = compile_source(decode_source(path, text.encode()), CompileOptions())
    assert all(warned.next_step and warned.path == path for warned in result.warnings)
    return [(warned.code, warned.line) for warned in result.warnings]


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("a.py", "\nexec(text)\n", "runs-text"),
        ("a.py", "\nx = eval('1')\n", "runs-text"),
        ("a.py", "import inspect\ninspect.getsource(f)\n", "reads-source"),
        ("a.py", "import linecache\nlinecache.getline(name, 3)\n", "reads-source-lines"),
        ("a.py", "import ast\nast.parse(open(__file__).read())\n", "reads-own-file"),
        ("a.py", "from numba import njit\n@njit\ndef f(): ...\n", "compiled-from-source"),
        ("a.py", "import triton\n@triton.jit\ndef f(): ...\n", "compiled-from-source"),
        ("a.py", "\nimport executing\n", "macro-library"),
        ("a.py", "import doctest\ndoctest.testmod()\n", "runs-doctests"),
        ("a.py", "\nx = sys._getframe().f_lineno\n", "warns-by-line"),
        ("a.js", "\neval(text);\n", "runs-text"),
        ("a.ts", "\nconst f = new Function('a', text);\n", "runs-text"),
        ("a.sh", '\nsed -n "/x/p" "$0"\n', "reads-own-file"),
        ("a.rb", "\nx = File.read(__FILE__)\n", "reads-own-file"),
        ("a.php", "<?php\neval($x);\n", "runs-text"),
        ("a.php", "<?php\n$m->getDocComment();\n", "reads-source"),
    ],
)
def test_what_may_be_disturbed_is_told(path: str, text: str, code: str) -> None:
    line = 3 if "@" in text and path == "a.py" else 2
    assert told(path, text) in ([(code, 2)], [(code, line)])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "# exec(x)\n"),
        ("a.py", "x = 'eval(y)'\n"),
        ("a.py", "model.eval()\nre.compile(x)\nmyexec(1)\n"),
        ("a.py", "from pathlib import Path\nroot = Path(__file__).parent\n"),
        ("a.py", "f.getsources\n"),
        ("a.js", "model.eval(x);\n// eval(x)\n"),
        ("a.sh", 'echo "$0"\n'),
        ("a.php", "<?php\n$x->eval(1);\n"),
    ],
)
def test_what_only_looks_like_it_is_not_told(path: str, text: str) -> None:
    assert told(path, text) == []
