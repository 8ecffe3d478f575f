"""Finds the modules that a bundle is made of, from an entry point or a package's folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from aifirst_compiler.bundle.modules import Module, imports_of, parents_and
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
        raise CompileError(
            f"{entry} is neither Python nor a script",
            "give a file of Python, JavaScript or TypeScript, or a package",
        )
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
    """What an entry point reaches by imports that name it."""
    top = _import_root(entry)
    name = ".".join(entry.relative_to(top).with_suffix("").parts)
    root = _OnDemand(top, read).get(name) or Module(name, entry.name, read(entry))
    try:
        return reached_from(root, top, read)
    except SyntaxError as error:
        raise CompileError(f"{entry} does not parse: {error}", "mend it first") from error


def reached_from(root: Module, top: Path, read: Read) -> Found:
    """The modules that are imported from a root on, found below the folder `top`. Raises SyntaxError for the root's."""
    known = _reached(root, _OnDemand(top, read))
    packages = {top.joinpath(*one.split(".")) for one in known if known[one].is_package}
    return Found(root, known, False, tuple(sorted(path for folder in packages for path in _data_in(folder))))


def _reached(root: Module, there: Mapping[str, Module]) -> dict[str, Module]:
    """All modules that are imported from a root on. Raises SyntaxError where the root does not parse."""
    known = {root.name: root}
    waiting = [*parents_and(root.name), *(site.module for site in imports_of(root, there))]
    while waiting:
        name = waiting.pop()
        module = there.get(name) if name not in known else None
        if module is None:
            continue
        known[name] = module
        waiting += parents_and(name)
        with contextlib.suppress(SyntaxError):
            waiting += [site.module for site in imports_of(module, there) if site.place != "typing"]
    return known


def _data_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and path.suffix not in (".py", ".pyc"):
            yield path


class _OnDemand(Mapping[str, Module]):
    """The modules below a folder, each found when it is asked for by name: the folder may be a large one."""

    def __init__(self, top: Path, read: Read) -> None:
        self._top = top
        self._read = read
        self._found: dict[str, Module | None] = {}

    def __getitem__(self, name: str) -> Module:
        if name not in self._found:
            self._found[name] = self._look(name)
        found = self._found[name]
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name, found in self._found.items() if found is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _look(self, name: str) -> Module | None:
        parts = name.split(".")
        if not all(part and "/" not in part and "\0" not in part for part in parts):
            return None  # others need not be identifiers: `import_module` takes any
        place = self._top.joinpath(*parts)
        relative = "/".join(parts)
        if (place / "__init__.py").is_file():
            return _Lazy(name, f"{relative}/__init__.py", place / "__init__.py", self._read)
        if place.with_name(f"{parts[-1]}.py").is_file():
            return _Lazy(name, f"{relative}.py", place.with_name(f"{parts[-1]}.py"), self._read)
        if place.is_dir() and any(place.glob("*.py")):
            return Module(name, f"{relative}/__init__.py", b"")
        return None


def _import_root(file: Path) -> Path:
    """The folder that the packages around a file are imported from."""
    folder = file.parent
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        folder = folder.parent
    return folder


def modules_of_folder(
    folder: Path, read: Read, *, without: Path | None = None
) -> tuple[Path, dict[str, Module]]:
    """All modules below a folder, and the folder that they are imported from. What `without` holds is left out."""
    top = _import_root(folder / "__init__.py") if (folder / "__init__.py").is_file() else folder
    return top, _modules_below(top, folder, read, without)


def _modules_below(top: Path, folder: Path, read: Read, without: Path | None = None) -> dict[str, Module]:
    """All modules of a package by their names; folders without `__init__.py` are packages too (PEP 420)."""
    there = _OnDemand(top, read)
    found: dict[str, Module] = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(top).with_suffix("").parts
        if any(part.startswith(".") for part in parts) or (
            without is not None and path.is_relative_to(without)
        ):
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.update((part, there[part]) for part in parents_and(name) if part in there)
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
