"""Files that nobody writes by hand: vendored, generated, minified, lock files.

They are read like any other file, but judging them helps nobody: what is wrong with them is changed
elsewhere. Decided from the path and the text alone, in microseconds. A file is generated where its name
or the comment it begins with says so; Django's migrations say so. A string or a comment further down
that speaks of generated code says nothing. When in doubt a file is written by hand: `vendor` is a folder
of other people's code only where such folders stand, because it is also a word of trade.

Left out: what git or the configuration ignores (`discovery`), and data, which is no one's code.
"""

from __future__ import annotations

import re

_VENDORED = frozenset({
    "node_modules", "bower_components", "jspm_packages", "web_modules", "site-packages", "dist-packages", "third_party",
    "third-party", "thirdparty", "_vendor", "vendored", "Pods", "Carthage", "Godeps", ".yarn", ".venv", "venv",
})  # fmt: skip
_VENDOR = re.compile(
    r"^vendor/|(?:^|/)vendor/(?:[\w-]+\.[\w.-]+|composer)/"
    r"|(?:^|/)(?:static|assets|public|libs?|javascripts?|stylesheets|js|css|www|htdocs|media|resources|contrib)/vendors?/"
)
_LOCKS = frozenset({
    "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "packages.lock.json", "go.sum", "bun.lock", "bun.lockb",
    "yarn.lock", "composer.lock", "Gemfile.lock", "Cargo.lock", "poetry.lock", "uv.lock", "pdm.lock", "pixi.lock",
    "Pipfile.lock", "deno.lock", "flake.lock", "mix.lock", "pubspec.lock", "Podfile.lock", "conda-lock.yml",
})  # fmt: skip
_MINIFIED = (
    ".min.js",
    "-min.js",
    ".min.mjs",
    ".min.cjs",
    ".min.css",
    "-min.css",
    ".bundle.js",
    ".chunk.js",
    ".pack.js",
)
_GENERATED = (
    "_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_pb2_grpc.pyi", ".pb.go", ".pb.gw.go", ".pb.validate.go",
    ".pb.cc", ".pb.h", ".pb.c", "_pb.js", "_pb.ts", "_pb.d.ts", "_pb.rb", "_grpc_pb.js", ".designer.cs",
    ".Designer.cs", ".designer.vb", ".Designer.vb", ".g.cs", ".g.i.cs", ".g.h", ".g.cpp", ".g.dart",
    ".gen.go", "_gen.go", ".gen.ts", ".gen.tsx", ".gen.js", ".gen.rs", "_generated.h", ".tab.c",
    ".tab.h", ".tab.cc", ".tab.cpp", ".tab.hpp", ".yy.c", ".yy.cc", ".yy.cpp",
)  # fmt: skip
_GENERATED_STEMS = ("zz_generated", "moc_", "qrc_", "TemporaryGeneratedFile_")
_PARSER_TABLES = frozenset({"parsetab.py", "lextab.py", "yacctab.py"})

_HEAD = 2048
# What has to be there before the expressions below are worth asking.
_WORDS = (b"generated", b"amalgam", b" dump", b"made by gnu")
# All a file begins with before its code: comments, a docstring, directives, the lines that open a file.
_PREAMBLE = re.compile(
    rb"""(?xs)
    (?: \s++ | \xef\xbb\xbf | (?: \# | // | -- | ; | % ) [^\n]*+ | /\* .*? (?: \*/ | \Z ) | <!-- .*? (?: --> | \Z )
      | ["']{3} .*? (?: ["']{3} | \Z ) | <\?php | <[?!%] [^>\n]*+ >
      | ['"] use\ strict ['"] ;? | @echo\ off | package\ [^\n]*+
      | \(\* .*? (?: \*\) | \Z )
    )*+
    """
)
_AUTO = rb"(?:auto(?:matically)?[- ]?|machine[- ]?)?generated\b"
_MARKED = re.compile(
    rb"(?i)"
    # The field's own markers: `@generated`, Go's, .NET's.
    rb"(?<![\w.`'\"-])@generated\b(?![`'\"(])|\bcode generated [^\n]*do not edit|<auto-?generated"
    # The file speaks of itself. What `rspec --init` writes is a beginning, to be gone on with.
    rb"|\b(?:this|the following) (?:[\w.-]+ )?(?:file|code|source|module|class|script|header|document) "
    rb"(?:is|was|has been|were) (?:an? )?(?:file )?" + _AUTO + rb"(?! by the `rspec)"
    rb"|\bthis is an? " + _AUTO + rb" (?:file|source|code|header)"
    rb"|\bthis file is an amalgamation|\bmade by GNU Bison"
    # It tells people to keep their hands off.
    rb"|\bgenerated\b[^\n\"`]*\n?[^\n\"`]*\b(?:do not|don't|must not be|never) (?:hand[- ])?(?:edit|modif)"
    rb"|\b(?:do not|don't) (?:hand[- ])?(?:edit|modify)[^\n\"`]*\n?[^\n\"`]*\bgenerated\b"
    # A comment that begins with it.
    rb"|^[ \t]*(?:[#;%*!'\"-]|//|/\*|<!--)[^\w\n]*(?:"
    rb"(?-i:Auto(?:matically)?|AUTO)[- ]?generated\b|auto(?:matically)?[- ]?generated (?:by|from|with|using)\b"
    rb"|(?-i:Generated|GENERATED) (?:by|from|with|using|automatically by)\b|[\w ]{0,20}(?:database|SQL) dump\b)",
    re.MULTILINE,
)
_WEB = (".js", ".mjs", ".cjs", ".css", ".jsx")
_SCRIPTS = (".js", ".mjs", ".cjs", ".css")
_LONG_LINE = 500
_LONG_AVERAGE = 300


def generated_reason(path: str, data: bytes) -> str:
    """Why nobody writes this file by hand, in a word or two; empty where somebody does.

    `path` is relative to the project's root, with slashes; `data` is the text as UTF-8.
    """
    folders = path.split("/")
    name = folders.pop()
    if folders and (not _VENDORED.isdisjoint(folders) or ("vendor" in path and _is_vendor(path))):
        return "vendored"
    if name in _LOCKS:
        return "lock file"
    if name.endswith(".map"):
        return "source map"
    if name.endswith(_MINIFIED):
        return "minified"
    if (
        name.endswith(_GENERATED)
        or name.startswith(_GENERATED_STEMS)
        or name in _PARSER_TABLES
        or ".generated." in name
    ):
        return "generated"
    if _says_generated(data):
        return "generated"
    if name.endswith(_WEB):
        if "dist" in folders and name.endswith(_SCRIPTS):
            return "build output"
        if _is_minified(data):
            return "minified"
    return ""


def _is_vendor(path: str) -> bool:
    return not path.endswith((".py", ".pyi")) and _VENDOR.search(path) is not None


def _says_generated(data: bytes) -> bool:
    head = data[:_HEAD]
    low = head.lower()
    if not any(word in low for word in _WORDS):
        return False
    preamble = _PREAMBLE.match(head)
    return preamble is not None and _MARKED.search(head, 0, preamble.end()) is not None


def _is_minified(data: bytes) -> bool:
    """Whether nearly all of the text is in lines that no person would write."""
    if len(data) < _HEAD or len(data) < _LONG_AVERAGE * (data.count(b"\n") + 1):
        return False
    written = sum(len(line) for line in data.split(b"\n") if len(line) <= _LONG_LINE)
    return written * 5 < len(data)
