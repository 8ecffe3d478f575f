"""The kinds of code that compiling may disturb, by language: what they look like and what to do about them.

A pattern's first group is the place that is told. Limits: what is called under another name is not found.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Caution(msgspec.Struct, frozen=True):
    """One kind. One of `words` stands in every file that `pattern` is found in; `bundles` alone are disturbed by some."""

    code: str
    words: tuple[bytes, ...]
    pattern: str
    message: str
    next_step: str
    bundles: bool = False


_KEEP = "check what it needs, and name the objects in compile.keep or leave the file out"
_AS_IT_IS = "exclude the file from the compile, so that it is copied as it is"

_BY_NAME = "import what it finds by name, in a file that the program imports, and bundle again"
_LITERAL = r"""[rRbBuU]{0,2}(?:"[^"\n]*"|'[^'\n]*')\s*[,)]"""

_IN_BUNDLES: Final = (
    Caution(
        "lists-modules", (b"iter_modules", b"walk_packages", b"__path__"),
        r"\b((?:pkgutil\s*\.\s*)?(?:iter_modules|walk_packages))\s*\("
        r"|\b(?:listdir|scandir|walk|glob|iglob|iterdir|Path)\s*\([^()\n]*?\b(__path__)\b",
        "lists the modules of a package when it runs: a bundle holds those alone that an import names", _BY_NAME, True,
    ),
    Caution(
        "imports-by-made-up-name", (b"import_module", b"__import__"),
        rf"(?<![\w.])((?:importlib\s*\.\s*)?import_module|__import__)\s*\(\s*(?!{_LITERAL})",
        "imports a module by a name that it makes up: a bundle holds those alone that an import names", _BY_NAME, True,
    ),
    Caution(
        "loads-entry-points", (b"entry_point", b"EntryPoint"), r"\b((?:iter_)?entry_points|EntryPoint)\s*\(",
        "loads what installed packages register: a bundle is none, and registers nothing",
        "import the plug-ins by name, or ship it installed", True,
    ),
    Caution(
        "reads-package-files", (b"resources", b"get_data", b"resource_"),
        r"\b((?:importlib_)?resources\s*\.\s*(?:files|path|as_file|contents|is_resource|open_\w+|read_\w+)"
        r"|pkgutil\s*\.\s*get_data|pkg_resources\s*\.\s*resource_\w+)\s*\("
        r"|\bfrom[ \t]+(importlib\.resources|importlib_resources)[ \t]+import\b",
        "reads files that lie in a package: one module has none beside it",
        "make an archive (--bundle archive), which takes them along", True,
    ),
)  # fmt: skip
_PYTHON: Final = (
    Caution(
        "runs-text", (b"exec", b"eval"), r"(e(?<![\w.]e)(?:xec|val))\s*\(",
        "runs text as code: names and docstrings that only the text uses are not seen",
        "name what the text reads in compile.keep",
    ),
    Caution(
        "reads-source", (b"getsource", b"findsource", b"getcomments", b"getblock"),
        r"\b(getsource|getsourcelines|getcomments|getblock|findsource)\s*\(",
        "reads the source of what it is given, which has no comments and other lines after compiling", _KEEP,
    ),
    Caution(
        "reads-source-lines", (b"linecache",), r"\b(linecache\.(?:getline|getlines))\s*\(",
        "reads lines of source files by their number, which change", _KEEP,
    ),
    Caution(
        "reads-own-file", (b"__file__",),
        r"\b(?:open|ast\.parse|tokenize\.open|read_text|read_bytes|Path)\s*\(\s*(__file__)\s*[,)](?!\s*\.(?:parent|resolve"
        r"|with_name|absolute|stem|name|parents|exists|is_file|expanduser)\b)",
        "reads its own file, whose text is another one after compiling", _AS_IT_IS,
    ),
    Caution(
        "compiled-from-source", (b"jit", b"triton", b"taichi", b"tvm", b"cuda"),
        r"^\s*@\s*((?:numba|nb|triton|torch\.jit|ti|taichi|tvm\.script|cuda)\.\w+|njit|jitclass|script_method)",
        "is decorated by a library that reads the source of the function: comments may be directives to it",
        "run its tests on the output (--verify), or exclude the file",
    ),
    Caution(
        "macro-library",
        (b"macropy", b"pyximport", b"birdseye", b"snoop", b"executing", b"sorcery", b"varname", b"icecream"),
        r"^[ \t]*(?:import|from)[ \t]+(macropy|birdseye|snoop|executing|sorcery|varname|icecream|pyximport)\b",
        "imports a library that reads source text while the program runs", "run its tests on the output (--verify)",
    ),
    Caution(
        "runs-doctests", (b"doctest",),
        r"\b(doctest\.(?:testmod|DocTestSuite|run_docstring_examples|DocTestFinder)|DocTestSuite|testmod)\s*\(",
        "runs examples in docstrings, which are gone after compiling", "keep them with --doctests",
    ),
    Caution(
        "warns-by-line", (b"co_firstlineno", b"f_lineno", b"tb_lineno", b"currentframe"),
        r"\b(co_firstlineno|f_lineno|tb_lineno)\b",
        "uses line numbers of the source, which change",
        "look lines up through the source map (aifirst trace), or exclude the file",
    ),
)  # fmt: skip

_SCRIPT: Final = (
    Caution(
        "runs-text", (b"eval(", b"new Function"), r"(e(?<![\w.$]e)val|new\s+Function)\s*\(",
        "runs text as code: names that only the text uses are not seen", "keep the layout (no --minify) for this file",
    ),
    Caution(
        "reads-source", (b".toString",), r"\b(?:function|class|callback|fn)\b[^\n;]*(\.toString)\s*\(\s*\)",
        "may read the text of a function, which has no comments after compiling",
        "run its tests on the output (--verify)",
    ),
)  # fmt: skip

_SHELL: Final = (
    Caution(
        "reads-own-file", (b"$0", b"BASH_SOURCE"),
        r"\b(?:sed|awk|tail|head|grep|cat|source)\b[^\n|;]*?"
        r"(\"?\$(?:0|\{?BASH_SOURCE\b[^}\s]*\}?)\"?)[ \t]*(?:$|[|;&<>)])",
        "reads its own text, which is another one after compiling", _AS_IT_IS,
    ),
)  # fmt: skip

_RUBY: Final = (
    Caution(
        "runs-text", (b"eval",), r"\b((?:instance_|class_|module_)?eval)\s*[\s(]\s*[\"'<]",
        "runs text as code: what only the text uses is not seen", "run its tests on the output (--verify)",
    ),
    Caution(
        "reads-own-file", (b"__FILE__",), r"\bFile\.(?:read|readlines|open|foreach)\s*\(?\s*(__FILE__)",
        "reads its own file, whose text is another one after compiling", _AS_IT_IS,
    ),
)  # fmt: skip

_PHP: Final = (
    Caution(
        "runs-text", (b"eval",), r"(?<![\w>:$])(eval)\s*\(",
        "runs text as code: what only the text uses is not seen", "run its tests on the output (--verify)",
    ),
    Caution(
        "reads-source", (b"getDocComment",), r"(getDocComment)\s*\(",
        "reads documentation comments when it runs", "exclude the files whose comments it reads",
    ),
    Caution(
        "reads-own-file", (b"__FILE__",),
        r"\b(?:file_get_contents|fopen|file|token_get_all|highlight_file)\s*\(\s*(__FILE__)",
        "reads its own file, whose text is another one after compiling", _AS_IT_IS,
    ),
)  # fmt: skip

CAUTIONS: Final[dict[str, tuple[Caution, ...]]] = {
    "python": (*_PYTHON, *_IN_BUNDLES),
    "javascript": _SCRIPT,
    "bash": _SHELL,
    "ruby": _RUBY,
    "php": _PHP,
}
