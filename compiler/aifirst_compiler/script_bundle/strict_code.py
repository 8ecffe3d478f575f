"""Whether the code of a bundle is strict, as modules are, or sloppy, as CommonJS is where it does not say "use strict".

A bundle is one or the other. Where all its parts are strict it is told so; where they differ, that is a caution.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from aifirst_compiler.compiled import Warned
from aifirst_compiler.script_bundle.bundle_answer import BundledInput, path_of
from aifirst_compiler.script_bundle.entry import ScriptEntry

_DIRECTIVE = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?(?:\s+|\#![^\n]*|//[^\n]*|/\*.*?\*/|;|(['"])(?!use\ strict)[^'"\n]*\1)*(['"])use\ strict\2""",
    re.DOTALL | re.VERBOSE,
)
_SCRIPTS = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx")
_ALWAYS = (".mjs", ".mts")
BANNER = '"use strict";'


class Strictness(NamedTuple):
    """The banner that makes a bundle strict, empty where none is needed or allowed, and what is to be said."""

    banner: str
    said: tuple[Warned, ...]


def strictness(
    entry: ScriptEntry, inputs: Sequence[BundledInput], bundle_format: str, text: str, always: object
) -> Strictness:
    """What makes a bundle, which is `text` so far, as strict as its parts.

    `always` is `alwaysStrict` or `strict` of `tsconfig.json`.
    """
    code = [one for one in inputs if one.kept and one.path.endswith(_SCRIPTS)]
    sloppy = [one for one in code if not _is_strict(entry, one, bool(always))]
    is_strict = bundle_format == "esm" or _DIRECTIVE.match(text.encode()) is not None
    if not sloppy:
        return Strictness("" if is_strict else BANNER, ())
    if len(sloppy) == len(code) and not is_strict:
        return Strictness("", ())
    count = f" as {len(sloppy):,} files here are" if len(sloppy) > 1 else ""
    became = "it becomes strict" if is_strict else "the strict code beside it becomes sloppy, too"
    message = f"is sloppy code{count}; in the bundle {became}"
    path = path_of(entry, sloppy[0].path)
    return Strictness("", (Warned("script-strictness", path, 1, message, "leave it out with --external"),))


def _is_strict(entry: ScriptEntry, one: BundledInput, always: bool) -> bool:
    if one.format == "esm" or one.path.endswith(_ALWAYS):
        return True
    if always and one.path.endswith((".ts", ".cts", ".tsx")):
        return True
    file = entry.folder / one.path
    return file.is_file() and _DIRECTIVE.match(file.read_bytes()) is not None
