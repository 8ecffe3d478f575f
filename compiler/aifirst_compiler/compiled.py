"""What compiling one file is asked for, and what it gives."""

from __future__ import annotations

from typing import Literal

import msgspec

from aifirst_compiler.edits import Edit

Mode = Literal["clean", "structural", "documented"]
"""`clean` leaves no glue; `structural` the lines of assembly tags; `documented` a docstring's first line, too."""

Minify = Literal["", "tokens", "bytes"]
"""What `--minify` saves; empty where the layout is kept."""


class CompileOptions(msgspec.Struct, frozen=True):
    """How files are compiled. Equal options and equal bytes give equal output."""

    mode: Mode = "clean"
    minify: Minify = ""
    optimize: Literal[0, 1, 2] = 0
    keep_docstrings: bool = False
    """Keep every docstring."""
    keep_annotations: bool = False
    """Keep every annotation of Python where files are made small."""
    layout_only: bool = False
    """Make files small by their layout alone: the syntax tree stays that of the source minus its glue."""
    keep: tuple[str, ...] = ()
    """Objects whose docstring and annotations stay: `path::Qualified.name` or `Qualified.name`, with `*` for any part."""
    doctests: bool = False
    """Keep docstrings with examples that are run."""
    drop_licences: bool = False
    """Take licence headers away as well; who ships the output has to state them elsewhere."""
    rename: bool = False
    """Give local variables shorter names where the file is made small, and nothing that runs can tell."""
    bundled: bool = False
    """The output becomes a part of a bundle: what a bundle lacks is told, too."""
    maps: bool = False
    """Make source maps; have the tools that make scripts small give theirs, too."""


class Warned(msgspec.Struct, frozen=True):
    """Something in a file that compiling may disturb, or that kept it from being compiled, and what to do about it."""

    code: str
    path: str
    line: int
    message: str
    next_step: str = ""


class CompiledFile(msgspec.Struct, frozen=True):
    """One file's output. `edits` made `data` from the source's UTF-8 text, in order; none where it was copied.

    `path` is the source's, with the extension that the output should have. `map` is the source map of a tool that
    made the output instead of edits.
    """

    path: str
    data: bytes
    edits: tuple[Edit, ...] = ()
    copied: str = ""
    """Why the file was copied as it is; empty where it was compiled."""
    warnings: tuple[Warned, ...] = ()
    source_tokens: int = 0
    tokens: int = 0
    map: dict[str, object] | None = None
