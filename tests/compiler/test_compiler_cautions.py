"""Code that compiling may disturb is told, at its first line, with what to do; what only looks like it is not."""

import pytest
from aifirst_codebase.source import decode_source
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions


def told(path: str, text: str, *, bundled: bool = False) -> list[tuple[str, int]]:
    result = compile_source(decode_source(path, text.encode()), CompileOptions(bundled=bundled))
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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("for one in pkgutil.iter_modules(pkg.__path__): x()", "lists-modules"),
        ("x = list(walk_packages(path))", "lists-modules"),
        ("x = os.listdir(pkg.__path__[0])", "lists-modules"),
        ("x = importlib.import_module(name)", "imports-by-made-up-name"),
        ("x = import_module(f'a.{name}')", "imports-by-made-up-name"),
        ("x = import_module('a.' + name)", "imports-by-made-up-name"),
        ("x = __import__(name)", "imports-by-made-up-name"),
        ("x = entry_points(group='a')", "loads-entry-points"),
        ("x = pkg_resources.iter_entry_points('a')", "loads-entry-points"),
        ("x = importlib.resources.files('a')", "reads-package-files"),
        ("from importlib.resources import files", "reads-package-files"),
        ("x = pkgutil.get_data('a', 'b.txt')", "reads-package-files"),
    ],
)
def test_what_a_bundle_lacks_is_told_where_one_is_made(text: str, code: str) -> None:
    assert told("a.py", f"\n{text}\n", bundled=True) == [(code, 2)]
    assert told("a.py", f"\n{text}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "import_module('a.b')",
        "importlib.import_module('.b', __package__)",
        "__import__('a', globals())",
        "self.import_module(name)",
        "__path__ = []",
        "__path__ = extend_path(__path__, __name__)",
        "# pkgutil.iter_modules(x)",
        "get_data(x)",
    ],
)
def test_what_a_bundle_has_is_not_told(text: str) -> None:
    assert told("a.py", f"{text}\n", bundled=True) == []
