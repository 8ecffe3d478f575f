"""The smallest text of a file that is the same program: without glue, in the smallest layout its language allows.

Left out, but for scripts where that is asked for: new names. Who reads the document has to find the file's own.
"""

from __future__ import annotations

from aifirst_codebase.languages.registry import language_of_name
from aifirst_codebase.source import SourceFile

from aifirst_compiler.aiccl.exact.options import ExactOptions
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.script_tools import ScriptOptions, minify_script
from aifirst_compiler.script_tools.minify_script import ScriptNotMinifiedError

_COMPILED = CompileOptions(mode="clean", minify="tokens")
_SCRIPTS = ("javascript", "typescript", "tsx")


def smallest_file(path: str, text: str, options: ExactOptions) -> tuple[str, str]:
    """The path and text that the document holds: the file's compiled text, proved, or the file as it is."""
    if options.glue == "keep":
        return path, text
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    try:
        data = text.removeprefix(mark).encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate: no file holds one
        return path, text
    if options.minify_scripts and _is_script(path):
        try:
            minified = minify_script(path, data, ScriptOptions(minify="tokens"))
            return minified.path, mark + minified.data.decode("utf-8")
        except ScriptNotMinifiedError:
            pass
    compiled = compile_source(SourceFile(path, data, "utf-8", ""), _COMPILED)
    return path, text if compiled.copied else mark + compiled.data.decode("utf-8")


def _is_script(path: str) -> bool:
    language = language_of_name(path.rpartition("/")[2])
    return language is not None and language.name in _SCRIPTS
