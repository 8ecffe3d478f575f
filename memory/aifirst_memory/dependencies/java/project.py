"""Where Java's names lead within a project: packages, source roots, classes and those inside them."""

from __future__ import annotations

from collections.abc import Sequence

from aifirst_memory.dependencies.declared.value import Type
from aifirst_memory.dependencies.java.entries import ClassEntry, Entry, FileEntry, read_entry
from aifirst_memory.dependencies.java.read import type_key
from aifirst_memory.dependencies.resolver import ProjectView


class JavaProject:
    """The classes of a project, as one resolving asks for them."""

    def __init__(self, view: ProjectView, asking: str) -> None:
        self.view = view
        self._asking = asking
        self._types: dict[tuple[str, str], Type | None] = {}

    def entry(self, path: str, name: str) -> Entry | None:
        """What a file says of a name."""
        packed = self.view.entry(path, name)
        return None if packed is None else read_entry(packed)

    def file(self, path: str) -> FileEntry:
        """What a file says of itself."""
        entry = self.entry(path, "")
        return entry if isinstance(entry, FileEntry) else FileEntry("", (), ())

    def class_of(self, type_: Type) -> ClassEntry | None:
        """The class that a type of the project is."""
        entry = self.entry(type_.path, type_.name) if type_.path else None
        return entry if isinstance(entry, ClassEntry) else None

    def in_package(self, package: str, name: str) -> Type | None:
        """A class at the top of some file of a package."""
        key = (package, name)
        if key not in self._types:
            paths = self.view.find(type_key(package, name))
            self._types[key] = Type(name, self.nearest(paths)) if paths else None
        return self._types[key]

    def by_full_name(self, name: str) -> Type | None:
        """A class by its full name, also one inside others."""
        parts = name.split(".")
        for at in range(len(parts) - 1, -1, -1):
            found = self.in_package(".".join(parts[:at]), parts[at])
            if found is not None:
                entry = ".".join(parts[at:])
                inner = found._replace(name=entry)
                return inner if self.class_of(inner) is not None else None
        return None

    def nearest(self, paths: Sequence[str]) -> str:
        """Of files that declare the same name that which shares most of its path with the asking one."""
        if len(paths) == 1:
            return paths[0]
        here = self._asking.split("/")
        return max(paths, key=lambda path: _shared(path.split("/"), here))


def _shared(one: list[str], other: list[str]) -> int:
    """How many folders two paths have in common."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def package_of(name: str) -> str:
    """The package in a full name of something outside: what stands before its first class."""
    parts = name.split(".")
    at = next((index for index, part in enumerate(parts) if part[:1].isupper()), len(parts))
    return ".".join(parts[:at]) or name
