"""What a project's `tsconfig.json` says about the code that comes out of TypeScript.

Read as data: comments and trailing commas are allowed, `extends` is followed inside the project's root only.
"""

from __future__ import annotations

import os
import re
from codecs import BOM_UTF8
from pathlib import Path
from typing import NamedTuple, cast

import msgspec

from aifirst_compiler.compiled import Warned

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
BUNDLE_KEYS = KEYS | {"baseUrl", "jsxFactory", "jsxFragmentFactory", "jsxImportSource", "paths"}
"""Those, and the settings that say where imports lead."""
_MOST_EXTENDED = 16
_NOT_JSON = re.compile(rb'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)


class _Config(msgspec.Struct):
    extends: str | list[str] = ""
    compilerOptions: dict[str, object] = {}  # noqa: N815 - the file's own name


class UnreadSettings(NamedTuple):
    """A file of settings that could not be read, and why."""

    path: Path
    why: str

    def told(self, root: Path, consequence: str, next_step: str) -> Warned:
        """The notice of it; paths are told from the project's root."""
        path = self.path.relative_to(root.resolve()).as_posix()
        return Warned("script-settings", path, 1, f"cannot be read, so {consequence}: {self.why}", next_step)


def compiler_options(
    folder: Path, root: Path, keys: frozenset[str] = KEYS, unread: list[UnreadSettings] | None = None
) -> dict[str, object]:
    """The settings in force in `folder`, of the nearest `tsconfig.json` up to `root`; empty where there is none.

    `baseUrl` and the places in `paths` are absolute where `keys` ask for them. Files that cannot be read count as empty
    and are added to `unread`.
    """
    root, folder = root.resolve(), folder.resolve()
    for place in (folder, *folder.parents):
        if not place.is_relative_to(root):
            break
        if (place / "tsconfig.json").is_file():
            unread = [] if unread is None else unread
            return _read(place / "tsconfig.json", root, _MOST_EXTENDED, keys, unread)
    return {}


def _read(
    path: Path, root: Path, depth: int, keys: frozenset[str], unread: list[UnreadSettings]
) -> dict[str, object]:
    try:
        data = path.read_bytes().removeprefix(BOM_UTF8)
        config = msgspec.json.decode(_without_comments(data) if data.strip() else b"{}", type=_Config)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        unread.append(UnreadSettings(path, str(error)))
        return {}
    found: dict[str, object] = {}
    extended = [config.extends] if isinstance(config.extends, str) else config.extends
    for name in extended if depth else ():
        base = _extended(path.parent, name, root)
        if base is not None:
            found.update(_read(base, root, depth - 1, keys, unread))
    found.update({key: value for key, value in config.compilerOptions.items() if key in keys})
    _make_absolute(found, config.compilerOptions, path.parent)
    return found


def _extended(folder: Path, name: str, root: Path) -> Path | None:
    """The file that `extends` names from a folder: by path, or of a package installed in the project."""
    folders = (
        [folder] if name.startswith(".") else [one / "node_modules" for one in (folder, *folder.parents)]
    )
    names = [name] if name.endswith(".json") else [f"{name}.json", f"{name}/tsconfig.json"]
    for place in ((one / path).resolve() for one in folders for path in names):
        if place.is_relative_to(root) and place.is_file():
            return place
    return None


def _make_absolute(found: dict[str, object], own: dict[str, object], folder: Path) -> None:
    """Make the places that a file's own settings name absolute; they are meant from its folder, or from `baseUrl`."""
    base, paths = own.get("baseUrl"), own.get("paths")
    if "baseUrl" in found and isinstance(base, str):
        found["baseUrl"] = os.path.normpath(folder / base)
    if "paths" in found and isinstance(paths, dict):
        start = Path(str(found["baseUrl"])) if isinstance(found.get("baseUrl"), str) else folder
        named = cast("dict[str, object]", paths)
        found["paths"] = {
            name: [os.path.normpath(start / str(place)) for place in cast("list[object]", places)]
            for name, places in named.items()
            if isinstance(places, list)
        }


def _without_comments(data: bytes) -> bytes:
    data = _NOT_JSON.sub(lambda found: found[1] or (b"" if found[0] == b"," else b" "), data)
    return _NOT_JSON.sub(lambda found: found[1] or b"", data)
