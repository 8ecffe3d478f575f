"""Runs `aifirst expand`: a document in, its files out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aifirst_cli.compile_run import compile_errors, tell
from aifirst_cli.failure import Failure
from aifirst_cli.output import write_output

if TYPE_CHECKING:
    from aifirst_compiler.aiccl.notation.document import Map

_BY_UNITS: Final = ("outline", "low", "medium", "changes")
"""Ids of blocks that tell of files and hold none."""
_WITH_MACROS: Final = ("c", "cpp")
"""Languages in which much that compiles does not parse by the grammar alone."""
_LARGEST: Final = 64_000_000
"""Bytes of a document that are read."""


def run(document: str, output: str | None, maps: tuple[str, ...], *, overwrite: bool, shape: str) -> int:
    """Expand; the exit code."""
    from aifirst_compiler.aiccl.expand import expand, write_files

    with compile_errors():
        files = expand(document_text(document), [outer_map(path) for path in maps])
        if not files:
            raise Failure(
                "there is no code in it that could be expanded. Outlines and diagrams name files only."
            )
        if len(files) == 1 and files[0][0] in _BY_UNITS:
            raise Failure(
                f"it is of the resolution {files[0][0]}, which does not hold all of the code. "
                "To make edits of it in the code, give the document as it was with --merge."
            )
        _tell_cut(*files[-1])
        if output is not None:
            written = write_files(files, Path(output), overwrite=overwrite)
            click.echo(f"{len(written):,} {'file' if len(written) == 1 else 'files'} written to {output}")
        elif shape == "json":
            import msgspec

            fields = {"version": 1, "files": [{"path": path, "text": text} for path, text in files]}
            write_output(msgspec.json.encode(fields).decode() + "\n", None, for_programs=True)
        elif len(files) == 1:
            write_output(files[0][1], None, for_programs=True)
        else:
            write_output(
                "".join(f"==> {path} <==\n{text}\n" for path, text in files), None, for_programs=True
            )
    return 0


def _tell_cut(path: str, text: str) -> None:
    """Say that the last file does not parse: its block has no end of its own, so a document may have been cut there."""
    from aifirst_codebase.languages.registry import language_of

    data = text.encode("utf-8", "surrogatepass")
    language = language_of(path, data)
    if language is None or language.kind != "code" or language.name in _WITH_MACROS:
        return
    tree = language.parse(data)
    if tree is None or not tree.root_node.has_error:
        return
    if language.name != "python" or not _is_python(data):
        tell(f"Warning: {path}, the last file, does not parse: see whether the document was cut short")


def _is_python(data: bytes) -> bool:
    """Whether Python itself takes it, where the grammar for trees errs, as on `def f()->None:a[:]=[1]`."""
    import ast
    import warnings

    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def document_text(document: str) -> str:
    """The text of a document, `-` for standard input; raises `Failure`."""
    try:
        if document == "-":
            raw = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with Path(document).open("rb") as file:
                raw = file.read(_LARGEST + 1)
        if len(raw) > _LARGEST:
            raise Failure(f"{document} is larger than 64 MB. Give a smaller part of it.")
        return raw.decode("utf-8")
    except OSError as error:
        raise Failure(
            f"{document} cannot be read: {error.strerror or error}. Give a document of aifirst compress."
        ) from error
    except UnicodeDecodeError as error:
        raise Failure(f"{document} is not UTF-8, so no document. Give one of aifirst compress.") from error


def outer_map(path: str) -> Map:
    """The map in a file; raises `Failure` where there is none."""
    from aifirst_compiler.aiccl.maps.project_map import load_project_map

    found = load_project_map(Path(path))
    if found is None:
        raise Failure(f"{path} is not there. Give the map that the document was written with.")
    return found
