"""What a project's `tsconfig.json` says about the code that comes out of TypeScript.

Read as data: comments and trailing commas are allowed, `extends` is followed inside the project's root only.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

KEYS = frozenset(
    {
        "alwaysStrict",
        "emitDecoratorMetadata",
        "experimentalDecorators",
        "importsNotUsedAsValues",
        "jsx",
        "preserveValueImports",
        "strict",
        "target",
        "useDefineForClassFields",
        "verbatimModuleSyntax",
    }
)
"""The settings that change what the output does."""
_MOST_EXTENDED = 16
_NOT_JSON = re.compile(rb'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)


class _Config(msgspec.Struct):
    extends: str | list[str] = ""
    compilerOptions: dict[str, object] = {}  # noqa: N815 - the file's own name


def compiler_options(folder: Path, root: Path) -> dict[str, object]:
    """The settings in force in `folder`, of the nearest `tsconfig.json` up to `root`; empty where there is none."""
    root, folder = root.resolve(), folder.resolve()
    for place in (folder, *folder.parents):
        if not place.is_relative_to(root):
            break
        if (place / "tsconfig.json").is_file():
            return _read(place / "tsconfig.json", root, _MOST_EXTENDED)
    return {}


def _read(path: Path, root: Path, depth: int) -> dict[str, object]:
    try:
        config = msgspec.json.decode(_without_comments(path.read_bytes()), type=_Config)
    except (OSError, msgspec.DecodeError):
        return {}
    found: dict[str, object] = {}
    extended = [config.extends] if isinstance(config.extends, str) else config.extends
    for name in extended if depth else ():
        if name.startswith("."):
            base = (path.parent / (name if name.endswith(".json") else f"{name}.json")).resolve()
            if base.is_relative_to(root):
                found.update(_read(base, root, depth - 1))
    found.update({key: value for key, value in config.compilerOptions.items() if key in KEYS})
    return found


def _without_comments(data: bytes) -> bytes:
    data = _NOT_JSON.sub(lambda found: found[1] or (b"" if found[0] == b"," else b" "), data)
    return _NOT_JSON.sub(lambda found: found[1] or b"", data)
