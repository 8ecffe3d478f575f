"""Code in a bundle of scripts that depends on what a bundle does not keep: where its file lay, and types at run time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import tree_sitter
from aifirst_codebase.languages.registry import language_named

from aifirst_compiler.compiled import Warned
from aifirst_compiler.errors import CompileError
from aifirst_compiler.script_bundle.entry import ScriptEntry
from aifirst_compiler.script_tools.minify_script import has_decorators

_SPOKEN = re.compile(rb"\b__(?:dirname|filename)\b|\bmeta\s*\.\s*(?:url|dirname|filename)\b")
_QUERY = """
((identifier) @found (#any-of? @found "__dirname" "__filename"))
(member_expression object: (meta_property) property: (property_identifier) @found
  (#any-of? @found "url" "dirname" "filename"))
"""
_TYPESCRIPT = (".ts", ".mts", ".cts", ".tsx")


def find_place_readers(entry: ScriptEntry, files: Iterable[Path]) -> list[Warned]:
    """A warning for every file that asks where it lies: in a bundle that is where the bundle lies."""
    found: list[Warned] = []
    for file in files:
        data = file.read_bytes() if file.is_file() else b""
        lines = _lines_that_ask(data, file.suffix) if _SPOKEN.search(data) else []
        if lines:
            path = file.resolve().relative_to(entry.root).as_posix()
            what = "asks where its file lies, which is the bundle's place in the bundle"
            found.append(
                Warned("script-place", path, lines[0], what, "ship the files that it looks for beside it")
            )
    return found


def _lines_that_ask(data: bytes, suffix: str) -> list[int]:
    tree = language_named(
        "tsx" if suffix == ".tsx" else "typescript" if suffix in _TYPESCRIPT else "javascript"
    ).parse(data)
    if tree is None:
        return []
    found = tree_sitter.QueryCursor(tree_sitter.Query(tree.language, _QUERY)).captures(tree.root_node)
    return sorted(node.start_point.row + 1 for node in found.get("found", ()))


def refuse_lost_metadata(entry: ScriptEntry, files: Iterable[Path], settings: Mapping[str, object]) -> None:
    """Raise `CompileError` for a file whose decorators read types at run time: esbuild does not keep them."""
    if not settings.get("emitDecoratorMetadata"):
        return
    for file in files:
        if file.suffix in _TYPESCRIPT and has_decorators(file.read_bytes(), file.suffix):
            path = file.resolve().relative_to(entry.root).as_posix()
            raise CompileError(
                f"{path} has decorators that read types at run time (emitDecoratorMetadata), which a bundle loses",
                "compile the project with tsc first, and bundle what that makes",
            )
