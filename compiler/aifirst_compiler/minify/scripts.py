"""Files that tools of their own make small: JavaScript and TypeScript.

What those leave is taken only where it is smaller than the source; what they cannot do is told, and the caller takes
the file's glue away instead.
"""

from __future__ import annotations

from collections.abc import Mapping

from aifirst_codebase.reading import Reading
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import TokenCounter

from aifirst_compiler.compiled import CompiledFile, CompileOptions, Warned
from aifirst_compiler.errors import CompileError

SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
"""Languages whose files are made small by tools of their own."""


def minify_reading(
    source: SourceFile,
    reading: Reading,
    options: CompileOptions,
    counter: TokenCounter | None,
    settings: Mapping[str, object],
) -> CompiledFile | Warned:
    """The file made small, or why it is not; `settings` are the compiler options of its `tsconfig.json`."""
    from aifirst_compiler.script_tools import ScriptOptions, minify_script

    asked = ScriptOptions(minify=options.minify, maps=options.maps, compiler_options=settings)
    try:
        made = minify_script(source.path, source.data, asked)
    except CompileError as error:
        return Warned("script-not-minified", source.path, 1, str(error), error.next_step)
    if len(made.data) > len(source.data):
        return Warned(
            "script-not-minified", source.path, 1, "the tools make it larger, so they were not used"
        )
    tokens = counter.count(made.data.decode("utf-8")) if counter is not None else 0
    return CompiledFile(made.path, made.data, (), "", (), reading.tokens, tokens, made.map)
