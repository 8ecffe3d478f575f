"""One resolving of a Java file: the project as it asks for it, and what was found out about other files on the way."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aifirst_memory.dependencies.declared.form import Form
from aifirst_memory.dependencies.declared.value import Type, TypeValue, Value
from aifirst_memory.dependencies.java.entries import ClassEntry
from aifirst_memory.dependencies.java.hierarchy import Hierarchy
from aifirst_memory.dependencies.java.project import JavaProject
from aifirst_memory.dependencies.resolver import ProjectView

if TYPE_CHECKING:
    from aifirst_memory.dependencies.java.follow import JavaFollow

_DEEPEST = 6
"""Definitions that are followed one from the other: more than code that people follow has."""
BESIDE = ":"
"""The name under which a scope keeps the method that a local class stands in: others may stand there too."""
_OUTER = 12
"""Classes around a class."""


class Session:
    """What one resolving knows. Everything follows from the answers of the project view."""

    def __init__(self, view: ProjectView, path: str, silent: type[JavaFollow]) -> None:
        self.project = JavaProject(view, path)
        self.hierarchy = Hierarchy(self)
        self._silent = silent
        self._followers: dict[str, JavaFollow] = {}
        self._depth = 0

    def follower(self, path: str) -> JavaFollow:
        """A silent follower in the place of a file's top."""
        found = self._followers.get(path)
        if found is None:
            file = self.project.file(path)
            found = self._followers[path] = self._silent(
                self, path, file.package, file.imports, file.types, None
            )
        return found

    @contextmanager
    def inside(self, type_: Type, *, own: bool = True) -> Generator[JavaFollow]:
        """A silent follower in the place of a class's members; with `own` false, of what it derives from."""
        follower = self.follower(type_.path)
        around, follower.scopes = follower.scopes, []
        chain: list[tuple[Type, ClassEntry]] = []
        at: Type | None = type_._replace(args=())
        while at is not None and len(chain) < _OUTER:
            entry = self.project.class_of(at)
            if entry is None:
                break
            chain.append((at, entry))
            at = Type(entry.outer, at.path) if entry.outer else None
        for class_, entry in reversed(chain):
            names: dict[str, Value] = {}
            follower.scopes.append(names)
            follower.class_params(entry.type_params, names)
            around_it = class_.name.rpartition(".")[0]
            if around_it != entry.outer:
                names[BESIDE] = (TypeValue(Type(around_it, class_.path)),)
            if own or class_ != chain[0][0]:
                names[""] = (TypeValue(class_),)
        try:
            yield follower
        finally:
            follower.scopes = around

    def silent_value(self, type_: Type, form: Form) -> Value:
        """What an expression in the place of a class's members may be."""
        if self._depth >= _DEEPEST:
            return ()
        self._depth += 1
        with self.inside(type_) as follower:
            found = follower.value(form)
        self._depth -= 1
        return found
