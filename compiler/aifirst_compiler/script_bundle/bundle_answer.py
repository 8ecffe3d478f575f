"""What the process under Node answers to a request for a bundle, and how its complaints are told."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from aifirst_compiler.compiled import Warned
from aifirst_compiler.errors import CompileError
from aifirst_compiler.script_bundle.entry import ScriptEntry
from aifirst_compiler.script_tools.find_tools import ToolsMissingError
from aifirst_compiler.script_tools.node_process import Made

_MOST = 20
_INSTALL = "run `aifirst compile --install-tools`"
_NEXT_STEPS = (
    ("lies outside the project", "move it into the project, or leave it an import with --external NAME"),
    ("No loader is configured", "leave such files out with --external '*.ending'"),
    ("Top-level await", "ask for --script-format esm"),
    (
        "Could not resolve",
        "correct the path, install the package, or leave it an import with --external NAME",
    ),
)
_UNKNOWN = "only running it would tell, so that is not in the bundle"
_SHIP = "ship those files beside it"
_CAUTIONS = {
    "direct-eval": (
        "eval may name what is called otherwise in the bundle",
        "pass what it needs to new Function",
    ),
    "indirect-require": (
        f"hands require on, or asks whether there is one: in the bundle there is, and what it is asked for {_UNKNOWN}",
        "name it in a plain require",
    ),
    "require-resolve-not-external": (
        "asks where a file lies that is inside the bundle",
        "name it with --external",
    ),
    "unsupported-dynamic-import": (f"imports what {_UNKNOWN}", _SHIP),
    "unsupported-require-call": (f"requires what {_UNKNOWN}", _SHIP),
    "empty-import-meta": ("reads import.meta, which CommonJS does not have", "ask for --script-format esm"),
}


class Said(msgspec.Struct, frozen=True):
    """A complaint of esbuild, or of our check of where files lie; `file` from the package's folder, lines from 1."""

    id: str = ""
    text: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


class BundledInput(msgspec.Struct, frozen=True):
    """A file in the bundle: its path from the package's folder, its bytes, and how many of the bundle come of it.

    `format` is `esm` for a module, `cjs` for CommonJS, empty for what is neither.
    """

    path: str
    size: int
    kept: int
    format: str = ""


class BundleAnswer(msgspec.Struct, frozen=True):
    """What each tool made, or the errors; `external` are the names of what stays an import."""

    results: tuple[Made, ...] = ()
    errors: tuple[Said, ...] = ()
    warnings: tuple[Said, ...] = ()
    styles: str = ""
    inputs: tuple[BundledInput, ...] = ()
    external: tuple[str, ...] = ()


def refuse_errors(entry: ScriptEntry, errors: Iterable[Said]) -> None:
    """Raise `CompileError` with every error by file and line, and what to do about the first."""
    told = sorted({_line_of(entry, one) for one in errors})
    if not told:
        return
    if any(one.id == "no-esbuild" for one in errors):
        raise ToolsMissingError("bundles of scripts need esbuild, which is not installed", _INSTALL)
    more = [f"and {len(told) - _MOST:,} more"] if len(told) > _MOST else []
    head = ["no bundle could be made:"] if len(told) > 1 else []
    text = "\n  ".join([*head, *told[:_MOST], *more])
    step = next((step for part, step in _NEXT_STEPS if part in text), "correct these places")
    raise CompileError(text, step)


def _line_of(entry: ScriptEntry, one: Said) -> str:
    text = f"{one.text} lies outside the project {entry.root}" if one.id == "outside" else one.text
    return f"{path_of(entry, one.file)}:{one.line}:{one.column + 1}: {text}" if one.file else text


def cautions_of(entry: ScriptEntry, warnings: Iterable[Said]) -> list[Warned]:
    """What the bundle may do otherwise than its sources, by place."""
    found: list[Warned] = []
    for one in warnings:
        message, step = _CAUTIONS.get(one.id, (one.text, ""))
        path = path_of(entry, one.file) if one.file else entry.file.relative_to(entry.root).as_posix()
        found.append(Warned(one.id or "script-bundle", path, one.line or 1, message, step))
    return found


def path_of(entry: ScriptEntry, file: str) -> str:
    """The path from the project's root of a file that esbuild names from the package's folder."""
    place = Path(entry.folder, file).resolve()
    return place.relative_to(entry.root).as_posix() if place.is_relative_to(entry.root) else file
