"""Finds the modules that a bundle is made of, from an entry point or a package's folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from aifirst_compiler.bundle.modules import Module, imports_of
from aifirst_compiler.errors import CompileError

Read = Callable[[Path], bytes]
"""Gives a file's UTF-8 text, as it is or compiled."""


class Found(NamedTuple):
    """The modules of a bundle by name; `root` is where it starts, `is_package` whether it stands for a package."""

    root: Module
    known: Mapping[str, Module]
    is_package: bool
    others: tuple[Path, ...]
    """Files in the packages that are no modules: a bundle in one file cannot hold them."""


def find_modules(entry: Path, read: Read) -> Found:
    """The modules reached from a file, or all of a package's folder; one with `__main__.py` alone starts there.

    Raises CompileError for what is no program and no package.
    """
    if entry.is_dir():
        if (entry / "__init__.py").is_file():
            return _of_package(entry, read)
        if not (entry / "__main__.py").is_file():
            raise CompileError(
                f"{entry} is no package and no program: it has no __init__.py and no __main__.py",
                "give the file that the program starts with",
            )
        entry = entry / "__main__.py"
    if entry.suffix not in (".py", ".pyw"):
        raise CompileError(f"{entry} is no Python file", "give a .py file or the folder of a package")
    return _of_entry(entry, read)


def _of_package(folder: Path, read: Read) -> Found:
    top = _import_root(folder / "__init__.py")
    known = _modules_below(top, folder, read)
    root = known[".".join(folder.relative_to(top).parts)]
    if "." in root.name:
        raise CompileError(
            f"{root.name} is a part of a package: a bundle in its place could not import the rest",
            f"bundle {folder.relative_to(top).parts[0]}, or give the file that the program starts with",
        )
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return Found(root, known, True, tuple(path for path in files if path.suffix not in (".py", ".pyc")))


def _of_entry(entry: Path, read: Read) -> Found:
    """What an entry point reaches; of packages all modules, since code may ask for any of them by name."""
    top = _import_root(entry)
    name = ".".join(entry.relative_to(top).with_suffix("").parts)
    every = _modules_below(top, top, read)
    root = every[name] if name in every else Module(name, entry.name, read(entry))
    every[name] = root
    known: dict[str, Module] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one in known or one not in every:
            continue
        known[one] = every[one]
        waiting += _parents(one)
        try:
            waiting += [site.module for site in imports_of(every[one], every) if site.place != "typing"]
        except SyntaxError as error:
            if one == name:
                raise CompileError(f"{entry} does not parse: {error}", "mend it first") from error
    packages = {top.joinpath(*one.split(".")) for one in known if known[one].is_package}
    others = {path for folder in packages if folder.is_dir() for path in folder.iterdir() if path.is_file()}
    return Found(
        root, known, False, tuple(sorted(path for path in others if path.suffix not in (".py", ".pyc")))
    )


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def _import_root(file: Path) -> Path:
    """The folder that the packages around a file are imported from."""
    folder = file.parent
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        folder = folder.parent
    return folder


def _modules_below(top: Path, folder: Path, read: Read) -> dict[str, Module]:
    """All modules in a folder by their names; folders without `__init__.py` are packages too (PEP 420)."""
    found: dict[str, Module] = {}
    for path in sorted(folder.rglob("*.py")):
        relative = PurePosixPath(path.relative_to(top).as_posix())
        parts = relative.with_suffix("").parts
        if any(part.startswith(".") or part == "__pycache__" or not part.isidentifier() for part in parts):
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not name:
            continue
        for parent in _parents(name):
            place = parent.replace(".", "/")
            if not (top / place / "__init__.py").is_file() and (
                folder == top or parent.startswith(folder.name)
            ):
                found.setdefault(parent, Module(parent, f"{place}/__init__.py", b""))
        found[name] = _Lazy(name, str(relative), path, read)
    return found


class _Lazy(Module):
    """A module whose text is read when it is first asked for: most files beside an entry point are never needed."""

    def __init__(self, name: str, path: str, file: Path, read: Read) -> None:
        super().__init__(name, path, b"")
        self._file = file
        self._read = read
        self._text: bytes | None = None

    @property
    def data(self) -> bytes:  # pyright: ignore[reportIncompatibleVariableOverride]  # the same, read late
        """The module's UTF-8 text."""
        if self._text is None:
            self._text = self._read(self._file)
        return self._text

    @data.setter
    def data(self, value: bytes) -> None:
        """Only the class above sets it, to nothing."""
