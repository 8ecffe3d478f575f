"""One JavaScript or TypeScript file made small by oxc and esbuild, whichever makes less of what is counted.

Before: a script in any of the languages. After: JavaScript (JSX stays JSX) that its grammar reads without an error.
Names of properties stay, and so do top-level names of a script that is no module, directives, the shebang, and
comments marked as legal (`/*!`, `@license`). Limits: declaration files and files that no tool reads are not touched;
so is a file with decorators whose types are asked for at run time (`emitDecoratorMetadata`), which the tools cannot
keep. Names of functions and classes (`f.name`) change unless they are asked to be kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Literal

import msgspec
import tree_sitter
from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.tokens import get_counter

from aifirst_compiler.compiled import Minify
from aifirst_compiler.errors import CompileError
from aifirst_compiler.script_tools.node_process import Answer, Made, NodeProcess
from aifirst_compiler.script_tools.tool_map import joined_map

ScriptKind = Literal["module", "commonjs", "script"]

_OUTPUTS = {".ts": ".js", ".mts": ".mjs", ".cts": ".cjs", ".tsx": ".jsx"}
_JAVASCRIPT = frozenset({".js", ".mjs", ".cjs"})
_DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
_LANGUAGES = {".jsx": "jsx", ".ts": "ts", ".mts": "ts", ".cts": "ts", ".tsx": "tsx"}
_MODULE_PARTS = frozenset({"import_statement", "export_statement"})
_COMMONJS = re.compile(rb"\b(?:require\s*\(|module\.exports\b|exports\s*[.\[])")
_IMPORT_META = re.compile(rb"\bimport\s*\.\s*meta\b")
_DECORATOR = re.compile(rb"(?:^|[\s(])@[A-Za-z_$]")


class ScriptNotMinifiedError(CompileError):
    """A script that no tool could make smaller, or that may not be; the message says why."""


class ScriptOptions(msgspec.Struct, frozen=True):
    """How scripts are made small. `compiler_options` are those of the project's `tsconfig.json`."""

    minify: Minify = "tokens"
    maps: bool = False
    keep_names: bool = False
    """Keep what functions and classes are called at run time."""
    tool: str = ""
    """The tool whose output is taken where it has one, for outputs that are alike; else the smallest is."""
    compiler_options: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


class MinifiedScript(msgspec.Struct, frozen=True):
    """The output, under which path it belongs, which tool made it, and that tool's source map."""

    path: str
    data: bytes
    tool: str
    map: dict[str, object] | None = None


def minify_script(
    path: str, data: bytes, options: ScriptOptions, process: NodeProcess | None = None
) -> MinifiedScript:
    """The file (UTF-8) made small; raises `ScriptNotMinifiedError` with the reason where it is not.

    Raises `ToolsMissingError` where Node or the tools are not there.
    """
    stem, suffix = _split(path)
    if path.endswith(_DECLARATIONS):
        raise ScriptNotMinifiedError(f"{path} declares types and holds no code", "copy it")
    if (
        options.compiler_options.get("emitDecoratorMetadata")
        and suffix in _OUTPUTS
        and has_decorators(data, suffix)
    ):
        raise ScriptNotMinifiedError(
            f"{path} has decorators that read types at run time (emitDecoratorMetadata), which are lost",
            "compile it with tsc first",
        )
    language = _LANGUAGES.get(suffix, "js")
    request: dict[str, object] = {
        "path": path,
        "code": data.decode("utf-8"),
        "lang": language,
        "kind": _kind(data, suffix),
        "keepNames": options.keep_names,
        "map": options.maps,
        "tsconfig": options.compiler_options,
    }
    answer = (process or _shared_process()).ask(request)
    made = _smallest(answer, language, options)
    if made is None:
        raise ScriptNotMinifiedError(
            f"{path} could not be made smaller: {'; '.join(answer.errors) or 'its output does not parse'}",
            "correct its syntax, or report this with the file",
        )
    output = f"{stem}{_OUTPUTS.get(suffix, suffix)}"
    made_map = joined_map(made, output.rpartition("/")[2], [path])
    return MinifiedScript(output, made.code.encode("utf-8"), made.tool, made_map)


@cache
def _shared_process() -> NodeProcess:
    return NodeProcess()


def is_script(path: str) -> bool:
    """Whether the tools may be asked to make the file small, by its name."""
    suffix = _split(path)[1]
    return suffix in _JAVASCRIPT or (suffix in _LANGUAGES and not path.endswith(_DECLARATIONS))


def minified_path(path: str) -> str:
    """Where the output of a script belongs: TypeScript becomes JavaScript, and its name says so."""
    stem, suffix = _split(path)
    return path if path.endswith(_DECLARATIONS) else f"{stem}{_OUTPUTS.get(suffix, suffix)}"


def _split(path: str) -> tuple[str, str]:
    stem, dot, suffix = path.rpartition(".")
    return (stem, dot + suffix.lower()) if dot else (path, "")


def _kind(data: bytes, suffix: str) -> ScriptKind:
    """What the file is to Node: a module by its extension or its imports, CommonJS by what it requires and exports."""
    if suffix in {".mjs", ".mts"}:
        return "module"
    if suffix in {".cjs", ".cts"}:
        return "commonjs"
    tree = _parse(data, suffix)
    parts = tree.root_node.children if tree is not None else []
    if any(part.type in _MODULE_PARTS for part in parts) or _IMPORT_META.search(data):
        return "module"
    return "commonjs" if _COMMONJS.search(data) else "script"


def _parse(data: bytes, suffix: str) -> tree_sitter.Tree | None:
    return language_named("tsx" if suffix in {".tsx", ".jsx"} else "typescript").parse(data)


def has_exports(path: str, data: bytes) -> bool:
    """Whether a script is a module that exports something."""
    tree = _parse(data, _split(path)[1])
    return tree is not None and any(part.type == "export_statement" for part in tree.root_node.children)


def has_decorators(data: bytes, suffix: str) -> bool:
    """Whether TypeScript of this extension has decorators."""
    tree = _parse(data, suffix) if _DECORATOR.search(data) else None
    if tree is None:
        return False
    query = tree_sitter.Query(tree.language, "(decorator) @found")
    return bool(tree_sitter.QueryCursor(query).captures(tree.root_node))


def _smallest(answer: Answer, language: str, options: ScriptOptions) -> Made | None:
    """The result that parses and is by the wanted tool, or the smallest by the unit; the first of equal ones."""
    size: Callable[[str], int] = len if options.minify == "bytes" else get_counter().count
    for made in sorted(answer.results, key=lambda result: (result.tool != options.tool, size(result.code))):
        tree = language_named("tsx" if language in {"jsx", "tsx"} else "javascript").parse(made.code.encode())
        if tree is None or not tree.root_node.has_error:
            return made
    return None
