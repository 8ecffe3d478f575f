"""The smallest text of a file that is the same program: without glue, in the smallest layout its language allows.

Left out, but for scripts where that is asked for: new names. Who reads the document has to find the file's own.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.source import SourceFile

from aifirst_compiler.aiccl.exact.options import ExactOptions
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.minify.scripts import SCRIPTS
from aifirst_compiler.run_time_docs import RunTimeUses, uses_of

_SMALLEST = CompileOptions(mode="clean", minify="tokens", layout_only=True)
_SCANNED = (".py", ".pyw")
_TOOL = "oxc"
"""One tool for all scripts: what it makes is alike from file to file, so a map finds more in it than in a mixture of the
smallest outputs, though these are fewer tokens by themselves (typeorm 5.2x, mixed 4.7x)."""
_AS_LAID_OUT = msgspec.structs.replace(_SMALLEST, minify="")


def smallest_files(files: Sequence[tuple[str, str]], options: ExactOptions) -> list[tuple[str, str]]:
    """The paths and texts that a document of these files holds; what one reads of another's documentation stays.

    Raises `ToolsMissingError` as `smallest_file` does.
    """
    if options.glue == "keep":
        return list(files)
    scanned = [(path, text.encode("utf-8", "replace")) for path, text in files if path.endswith(_SCANNED)]
    uses = uses_of(scanned)
    return [smallest_file(path, text, options, uses) for path, text in files]


def smallest_file(
    path: str, text: str, options: ExactOptions, uses: RunTimeUses | None = None
) -> tuple[str, str]:
    """The path and text that the document holds: the file's compiled text, proved, or the file as it is.

    `uses` say what the files around it read of its documentation; without them it is looked at alone. Raises
    `ToolsMissingError` where scripts are to be minified and there is nothing to do it with.
    """
    if options.glue == "keep":
        return path, text
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    try:
        data = text.removeprefix(mark).encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate: no file holds one
        return path, text
    language = language_of(path, data)
    is_script = language is not None and language.name in SCRIPTS
    if is_script and options.minify_scripts:
        from aifirst_compiler.script_tools import ScriptOptions, minify_script
        from aifirst_compiler.script_tools.minify_script import ScriptNotMinifiedError

        try:
            made = minify_script(path, data, ScriptOptions(minify="tokens", tool=_TOOL))
            return made.path, mark + made.data.decode("utf-8")
        except ScriptNotMinifiedError:
            pass
    source = SourceFile(path, data, "utf-8", "")
    compiled = compile_source(source, _AS_LAID_OUT if is_script else _SMALLEST, uses=uses)
    return path, text if compiled.copied else mark + compiled.data.decode("utf-8")
