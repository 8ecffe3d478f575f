"""What compiling a folder is asked for, and whether the folders named can be used."""

from __future__ import annotations

from pathlib import Path

import msgspec
from aifirst_codebase.config.settings import Settings

from aifirst_compiler.compiled import CompileOptions, Minify
from aifirst_compiler.errors import CompileError
from aifirst_compiler.project.manifest import MANIFEST


class ProjectRequest(msgspec.Struct, frozen=True):
    """Compile `source`, a folder at or below `root`, into the folder `out`; paths in messages are from `root`.

    `jobs` is the number of processes, 0 one a processor. `check` writes nothing and says what would change. `tokens`
    counts them. `adopt` takes a folder that holds files of somebody else's for the output.
    """

    root: Path
    source: Path
    out: Path
    options: CompileOptions = CompileOptions()
    jobs: int = 0
    check: bool = False
    tokens: bool = False
    adopt: bool = False


def options_of(settings: Settings, *, minify: Minify = "", doctests: bool | None = None) -> CompileOptions:
    """The options that a project's settings ask for."""
    chosen = settings.compile
    return CompileOptions(
        mode=chosen.mode, minify=minify, keep_docstrings=chosen.keep_docstrings,
        keep_annotations=chosen.keep_annotations, keep=chosen.keep,
        doctests=settings.glue.doctests if doctests is None else doctests,
    )  # fmt: skip


def resolved(request: ProjectRequest) -> ProjectRequest:
    """The request with real, absolute paths. Raises `CompileError` where its folders cannot be used."""
    try:
        root, source, out = (path.resolve() for path in (request.root, request.source, request.out))
    except (OSError, RuntimeError) as error:
        raise CompileError(
            f"a folder cannot be followed: {error}", "remove the link that leads to itself"
        ) from error
    if not source.is_dir():
        raise CompileError(f"{request.source} is no folder", "name the folder to compile")
    if not source.is_relative_to(root):
        raise CompileError(f"{source} lies outside the project {root}", "run in the folder that holds it")
    if out == source:
        raise CompileError("the output folder is the source folder", "choose another folder with -o")
    if source.is_relative_to(out):
        raise CompileError(
            f"the source lies inside the output folder {request.out}, whose files would be replaced",
            "choose an output folder beside the source",
        )
    if out.exists() and not out.is_dir():
        raise CompileError(f"{request.out} is a file", "choose a folder with -o")
    if not request.check and not request.adopt and is_foreign(out):
        raise CompileError(
            f"{request.out} holds files that no compile of this project has made",
            "choose an empty folder, or say that it may be used (--adopt)",
        )
    return msgspec.structs.replace(request, root=root, source=source, out=out)


def is_foreign(out: Path) -> bool:
    """Whether a folder holds something, and nothing says that we made it."""
    try:
        return out.is_dir() and not (out / MANIFEST).is_file() and any(out.iterdir())
    except OSError as error:
        raise CompileError(f"{out} cannot be read: {error.strerror}", "change its permissions") from error
