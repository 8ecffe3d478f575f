"""The smallest text of a file that is the same program: without glue, in the smallest layout its language allows.

Left out: new names. Who reads the document has to find the file's own.
"""

from __future__ import annotations

from aifirst_codebase.source import SourceFile

from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions

_OPTIONS = CompileOptions(mode="clean", minify="tokens")


def smallest_text(path: str, text: str) -> str:
    """The file's compiled text, proved; the text itself where there is none that is smaller."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    try:
        data = text.removeprefix(mark).encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate: no file holds one
        return text
    compiled = compile_source(SourceFile(path, data, "utf-8", ""), _OPTIONS)
    return text if compiled.copied else mark + compiled.data.decode("utf-8")
