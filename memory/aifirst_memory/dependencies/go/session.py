"""One resolving of a Go file: the project as it asks for it, and what was found out about other files on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aifirst_memory.dependencies.declared.follow import parts_of
from aifirst_memory.dependencies.declared.form import Form
from aifirst_memory.dependencies.declared.value import Type, TypeValue, Value
from aifirst_memory.dependencies.go.entries import FileEntry, FunctionEntry, TypeEntry, VariableEntry
from aifirst_memory.dependencies.go.members import Members
from aifirst_memory.dependencies.go.project import GoProject
from aifirst_memory.dependencies.resolver import ProjectView

if TYPE_CHECKING:
    from aifirst_memory.dependencies.go.follow import GoFollow

_DEEPEST = 6
"""Definitions that are followed one from the other: more than code that people follow has."""


class Session:
    """What one resolving knows. Everything follows from the answers of the project view."""

    def __init__(self, view: ProjectView, silent: type[GoFollow], asked_by_test: bool) -> None:
        self._silent = silent
        self.asked_by_test = asked_by_test
        self.project = GoProject(view)
        self.members = Members(self)
        self._followers: dict[str, GoFollow] = {}
        self._values: dict[tuple[str, Form], Value] = {}
        self._depth = 0

    def follower(self, path: str) -> GoFollow:
        """A silent follower in the place of a file's top."""
        found = self._followers.get(path)
        if found is None:
            file = self.project.file(path) or FileEntry("", ())
            found = self._followers[path] = self._silent(self, path, file.package, file.imports, None)
        return found

    def silent_value(self, path: str, form: Form) -> Value:
        """What an expression at the top of a file may be."""
        key = (path, form)
        if key in self._values:
            return self._values[key]
        if self._depth >= _DEEPEST:
            return ()
        self._values[key] = ()  # what needs itself says nothing
        self._depth += 1
        found = self._values[key] = self.follower(path).value(form, called=True)
        self._depth -= 1
        return found

    def variable(self, path: str, name: str, entry: VariableEntry) -> Value:
        """What a variable of a package may be."""
        follower = self.follower(path)
        values = [self.silent_value(path, value) for value in entry.values]
        if len(values) == 1 and entry.at:
            values = parts_of(values[0], entry.at + 1)
        value = values[entry.at] if entry.at < len(values) else ()
        return follower.declared_value(follower.type(entry.type, 0), value)

    def type_named(self, path: str, name: str, entry: TypeEntry) -> Type:
        """The type that a declaration makes, or that its alias stands for."""
        if not entry.alias or self._depth >= _DEEPEST:
            return Type(name, path)
        self._depth += 1
        found = self.follower(path).type(entry.type, 0)
        self._depth -= 1
        return found

    def bounds_of(self, folder: str, package: str, owner: str, asking: str) -> tuple[Type, ...]:
        """The bounds of a type's parameters."""
        for path, entry in self.project.declared(folder, package, owner, asking):
            if isinstance(entry, TypeEntry):
                follower = self.follower(path)
                return tuple(follower.type(param.type, 0) for param in entry.type_params)
        return ()

    def declared_type(self, path: str, entry: TypeEntry | FunctionEntry, owner: str = "") -> list[Type]:
        """The types that an entry writes: what a type stands for, or parameters and results of a function."""
        follower = self.follower(path)
        with follower.scope() as names:
            if isinstance(entry, TypeEntry):
                follower.type_params(entry.type_params, names)
                return [follower.type(entry.type, 0)]
            if entry.receiver:
                bounds = self.bounds_of(follower.folder, follower.package, owner, path)
                for at, name in enumerate(entry.receiver):
                    names[name] = (TypeValue(Type(f"${name}", "", bounds[at : at + 1])),)
            follower.type_params(entry.type_params, names)
            sides = [
                Type("()", "", tuple(follower.type(ref, 0) for ref in s))
                for s in (entry.params, entry.results)
            ]
            return [Type("func", "", tuple(sides))]
