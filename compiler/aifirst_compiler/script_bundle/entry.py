"""Where a bundle of scripts begins: the file named, or what the `package.json` of a folder names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from aifirst_compiler.errors import CompileError
from aifirst_compiler.script_bundle.package import PACKAGE, Package, beginnings, read_package
from aifirst_compiler.script_tools import is_script

_ENDINGS = (
    "",
    ".js",
    ".cjs",
    ".mjs",
    ".ts",
    ".tsx",
    ".jsx",
    "/index.js",
    "/index.cjs",
    "/index.mjs",
    "/index.ts",
)
_BUILT_FROM = ("src/index", "src/main", "index", "lib/index", "src/cli")
_TYPESCRIPT = (".ts", ".mts", ".cts", ".tsx")


class ScriptEntry(NamedTuple):
    """A bundle's first file. `folder` is its package's, `root` the one that nothing outside of is read of.

    `field` is the one of `package.json` that named the file; empty where a person did.
    """

    file: Path
    folder: Path
    root: Path
    package: Package
    field: str = ""

    @property
    def is_typescript(self) -> bool:
        """Whether the file is TypeScript."""
        return self.file.suffix in _TYPESCRIPT


def is_script_source(source: Path) -> bool:
    """Whether a bundle that begins here is one of scripts: a script, or a folder that is a package of Node's alone."""
    if source.is_dir():
        python = any((source / name).is_file() for name in ("__init__.py", "__main__.py"))
        return (source / PACKAGE).is_file() and not python
    return is_script(source.name) or source.name.endswith((".d.ts", ".d.mts", ".d.cts"))


def find_entry(source: Path, root: Path, *, browser: bool = False) -> ScriptEntry:
    """The entry that a file or a package's folder stands for, in a project below `root`.

    Raises `CompileError` where there is none, or it lies outside.
    """
    source, root = source.resolve(), root.resolve()
    _refuse_outside(source, root)
    folder = _package_folder(source if source.is_dir() else source.parent, root)
    root = folder if root.is_relative_to(folder) else root
    package = read_package(folder) or Package()
    if source.is_dir():
        field, file = _named(package, folder, browser=browser)
    else:
        field, file = "", source
    _refuse_outside(file.resolve(), root)
    if not is_script(file.name):
        what = (
            "declares types and holds no code" if file.suffix == ".ts" else "is no JavaScript or TypeScript"
        )
        raise CompileError(f"{file} {what}", "give the file that the program starts with")
    return ScriptEntry(file.resolve(), folder, root, package, field)


def _refuse_outside(file: Path, root: Path) -> None:
    if not file.is_relative_to(root):
        raise CompileError(f"{file} lies outside the project {root}", "give a file of the project")


def _package_folder(start: Path, root: Path) -> Path:
    """The nearest folder with a `package.json`: up to the root, or above where the root is only where the file lies."""
    above = root.parents if root == start and not (root / ".git").exists() else ()
    for folder in (start, *start.parents):
        if not folder.is_relative_to(root) and folder not in above:
            break
        if (folder / PACKAGE).is_file():
            return folder
    return start


def _named(package: Package, folder: Path, *, browser: bool) -> tuple[str, Path]:
    """The field and the file that a package begins with."""
    named = [*beginnings(package, browser=browser)]
    for field, path in [*named, ("", "index")]:
        for ending in _ENDINGS:
            place = Path(os.path.normpath(folder / f"{path.rstrip('/')}{ending}"))
            if place.is_file():
                return field or "main", place
    sources = (folder / f"{stem}{end}" for stem in _BUILT_FROM for end in (".ts", ".tsx", ".js", ".mjs"))
    source = next((path.relative_to(folder).as_posix() for path in sources if path.is_file()), "")
    such = f", such as {source}" if source else ""
    if not named:
        raise CompileError(f"{folder / PACKAGE} does not say where the package begins", f"give a file{such}")
    field, path = named[0]
    raise CompileError(
        f"{field} of {folder / PACKAGE} is {path}, which does not exist",
        f"build the package first, or give the file that it is made of{such}",
    )
