"""The files of a project as the evaluator sees them: chunks, exports and imports, each decoded once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

import msgspec

from aifirst_memory.dependencies.ecmascript.expr_parts import parts
from aifirst_memory.dependencies.ecmascript.facts import (
    NONE,
    Arr,
    Chunk,
    ClassOf,
    Export,
    FileBody,
    Fn,
    Imported,
    Member,
    Name,
    Obj,
    Super,
    This,
)
from aifirst_memory.dependencies.ecmascript.find_module import ModuleFinder
from aifirst_memory.dependencies.model import PACKAGE, unit_node
from aifirst_memory.dependencies.resolver import ProjectView

_CHUNK: Final = msgspec.msgpack.Decoder(Chunk)
_EXPORT: Final = msgspec.msgpack.Decoder(Export)
_IMPORTED: Final = msgspec.msgpack.Decoder(Imported)
_STARS: Final = msgspec.msgpack.Decoder(list[str])
_SUBCLASSES: Final = msgspec.msgpack.Decoder(list[tuple[str, int]])
_MAX_SOURCES: Final = 20
_MAX_HOPS: Final = 40
"""Modules that a name is followed through."""


@lru_cache(maxsize=1024)
def _decoded(raw: bytes) -> Chunk:
    """A chunk, which nobody changes; many files ask for the same ones."""
    return _CHUNK.decode(raw)


@dataclass(eq=False)
class Place:
    """A chunk of a file."""

    path: str
    chunk: Chunk
    _names_in: dict[int, frozenset[str]] = field(default_factory=dict[int, frozenset[str]])

    @property
    def node(self) -> str:
        """The node that a reference to the chunk's name means: its unit, or the file for a variable."""
        return unit_node(self.path, self.chunk.unit)

    def names_in(self, at: int) -> frozenset[str]:
        """The local names that an expression depends on, directly or by what they are bound to; `this` for `this`."""
        known = self._names_in.get(at)
        if known is not None or at == NONE:
            return known or frozenset()
        self._names_in[at] = frozenset()  # where it depends on itself
        expr = self.chunk.exprs[at]
        found: set[str] = {"this"} if isinstance(expr, (This, Super)) else set()
        if isinstance(expr, Name):
            found.add(expr.name)
            binding = self.chunk.locals.get(expr.name)
            for source in binding.sources[:_MAX_SOURCES] if binding is not None else ():
                found |= self.names_in(source)
        else:
            for part in parts(expr):
                found |= self.names_in(part)
            if isinstance(expr, Member) and self.is_this(expr.of):
                found.add(f"this.{expr.name}")
        self._names_in[at] = frozenset(found)
        return self._names_in[at]

    def is_this(self, at: int) -> bool:
        """Whether an expression is `this`, or a local name for it (`var self = this`)."""
        expr = self.chunk.exprs[at] if at != NONE else None
        if isinstance(expr, Name):
            binding = self.chunk.locals.get(expr.name)
            sources = binding.sources if binding is not None else ()
            return bool(sources) and all(isinstance(self.chunk.exprs[source], This) for source in sources)
        return isinstance(expr, This)

    @cached_property
    def owners(self) -> dict[tuple[str, int], tuple[str, bool]]:
        """Of the functions and objects put into a property: whose it is, and whether it is on a prototype."""
        found: dict[tuple[str, int], tuple[str, bool]] = {}
        chunk = self.chunk
        for name, binding in ((chunk.name, chunk.main), *chunk.locals.items()):
            for prop, sources in binding.props.items():
                self._note_owned(name, prop, sources, found)
        for written, sources in chunk.writes.items():
            name, _, prop = written.partition(" ")
            if prop:
                self._note_owned(name, prop, sources, found)
        return found

    def _note_owned(
        self, name: str, prop: str, sources: list[int], into: dict[tuple[str, int], tuple[str, bool]]
    ) -> None:
        on_prototype = prop == "prototype" or prop.startswith("prototype.")
        for at in sources:
            expr = self.chunk.exprs[at]
            if isinstance(expr, Fn):
                into.setdefault(("f", expr.at), (name, on_prototype))
            elif isinstance(expr, Obj) and on_prototype:
                into.setdefault(("o", at), (name, True))
            elif isinstance(expr, Arr):
                self._note_owned(name, prop, [item for item in expr.items if item != NONE][:1], into)

    @cached_property
    def methods(self) -> dict[str, list[int]]:
        """The functions that hang on the prototype of a name, by that name."""
        found: dict[str, list[int]] = {}
        for (kind, at), (name, on_prototype) in self.owners.items():
            if kind == "f" and on_prototype:
                found.setdefault(name, []).append(at)
        return found

    @cached_property
    def makers(self) -> dict[int, list[str]]:
        """The names with methods on their prototype that a function goes by, by the function's index."""
        found: dict[int, list[str]] = {}
        for name in self.methods:
            binding = self.chunk.main if name == self.chunk.name else self.chunk.locals.get(name)
            for at in binding.sources if binding is not None else ():
                expr = self.chunk.exprs[at]
                if isinstance(expr, Fn):
                    found.setdefault(expr.at, []).append(name)
        return found

    @cached_property
    def props(self) -> dict[tuple[str, int], dict[str, list[int]]]:
        """What is written to the properties of functions and object literals, by their index."""
        found: dict[tuple[str, int], dict[str, list[int]]] = {}
        for binding in (self.chunk.main, *self.chunk.locals.values()):
            for at in binding.sources if binding.props else ():
                expr = self.chunk.exprs[at]
                if isinstance(expr, Fn):
                    found["f", expr.at] = binding.props
                elif isinstance(expr, ClassOf):
                    found["c", expr.at] = binding.props
                elif isinstance(expr, Obj):
                    found["o", at] = binding.props
        return found


@dataclass(frozen=True)
class Target:
    """What a name means: a chunk of a file, a whole module (`chunk` is None), or a package outside.

    `rest` are the names below it that are still to be looked up.
    """

    path: str = ""
    chunk: str | None = None
    package: str = ""
    rest: tuple[str, ...] = ()


class Files:
    """The file that is resolved, with its whole body, and all others through the view."""

    def __init__(self, path: str, body: FileBody, project: ProjectView) -> None:
        self.path = path
        self.body = body
        self._project = project
        self.modules = ModuleFinder(project)
        self._places: dict[tuple[str, str], Place | None] = {}
        self._exports: dict[tuple[str, str], Export | None] = {}

    def place(self, path: str, chunk: str) -> Place | None:
        """A chunk; None where the file declares nothing of that name."""
        key = path, chunk
        if key not in self._places:
            found: Chunk | None
            if path == self.path:
                found = self.body.chunks.get(chunk)
            else:
                raw = self._project.entry(path, f"d:{chunk}")
                found = _decoded(raw) if raw is not None else None
            self._places[key] = Place(path, found) if found is not None else None
        return self._places[key]

    def places(self, path: str) -> list[Place]:
        """All chunks of a file."""
        if path == self.path:
            names = list(self.body.chunks)
        else:
            names = [name[2:] for name in self._project.names(path) if name.startswith("d:")]
        return [place for name in names if (place := self.place(path, name)) is not None]

    def is_declared(self, path: str, chunk: str) -> bool:
        """Whether a file has something of this name at its top level."""
        place = self.place(path, chunk)
        return place is not None and (place.chunk.declared or chunk.startswith(("exports.", "default", "(")))

    def imported(self, path: str, name: str) -> Imported | None:
        """What an imported name of a file stands for."""
        if path == self.path:
            return self.body.names.get(name)
        raw = self._project.entry(path, f"i:{name}")
        return _IMPORTED.decode(raw) if raw is not None else None

    def exported(self, path: str, name: str) -> Export | None:
        """What a file itself exports under a name."""
        if path == self.path:
            return self.body.exports.get(name)
        key = path, name
        if key not in self._exports:
            raw = self._project.entry(path, f"x:{name}")
            self._exports[key] = _EXPORT.decode(raw) if raw is not None else None
        return self._exports[key]

    def stars(self, path: str) -> list[str]:
        """The modules all of whose exports a file exports."""
        if path == self.path:
            return self.body.stars
        raw = self._project.entry(path, "x:*")
        return _STARS.decode(raw) if raw is not None else []

    def subclasses(self, name: str) -> list[tuple[str, str, int]]:
        """Path, chunk and index of the classes that derive from something of this name."""
        found: list[tuple[str, str, int]] = []
        for path in self._project.find(f"s:{name}")[:100]:
            raw = self._project.entry(path, f"s:{name}")
            for chunk, at in _SUBCLASSES.decode(raw) if raw is not None else ():
                found.append((path, chunk, at))
        return found[:200]

    # What names mean

    def resolve(self, path: str, name: str) -> Target | None:
        """What a name of a file's top level means; None for what is no such name."""
        return self._resolve(path, name, _MAX_HOPS)

    def _resolve(self, path: str, name: str, hops: int) -> Target | None:
        imported = self.imported(path, name)
        if imported is not None and hops:
            target = self._import(path, imported.module, imported.name, hops - 1, set())
            return _below(target, imported.rest)
        return Target(path, name) if self.is_declared(path, name) else None

    def resolve_import(self, path: str, module: str, name: str) -> Target | None:
        """What a name of a module means that the file `path` imports."""
        return self._import(path, module, name, _MAX_HOPS, set())

    def resolve_export(self, path: str, name: str) -> Target | None:
        """What a file exports under a name, wherever it is declared."""
        return self._export(path, name, _MAX_HOPS, set())

    def _import(self, path: str, module: str, name: str, hops: int, seen: set[str]) -> Target | None:
        found = self.modules.find(path, module)
        if found is None:
            return None
        if found.startswith(PACKAGE):
            return Target(package=found)
        if name == "*":
            return Target(found)
        return self._export(found, name, hops, seen)

    def _export(self, path: str, name: str, hops: int, seen: set[str]) -> Target | None:
        export = self.exported(path, name)
        if export is not None and hops:
            if export.module:
                return self._import(path, export.module, export.name, hops - 1, set())
            return self._resolve(path, export.chunk, hops - 1)
        if name == "=":
            return Target(path)
        whole = self.exported(path, "=")
        if whole is not None:
            target = self._export(path, "=", hops - 1, set()) if hops else None
            return target if name == "default" else _below(target, (name,))
        if name == "default":
            return Target(path) if not self.stars(path) and self._is_common(path) else None
        return self._starred(path, name, hops, seen)

    def _is_common(self, path: str) -> bool:
        return path.endswith((".js", ".cjs", ".jsx"))

    def _starred(self, path: str, name: str, hops: int, seen: set[str]) -> Target | None:
        seen.add(path)
        outside: Target | None = None
        for module in self.stars(path):
            found = self.modules.find(path, module)
            if found is None or found in seen or not hops:
                continue
            if found.startswith(PACKAGE):
                outside = outside or Target(package=found)
                continue
            target = self._export(found, name, hops - 1, seen)
            if target is not None and not target.package:
                return target
        return outside


def _below(target: Target | None, rest: tuple[str, ...]) -> Target | None:
    if target is None or not rest:
        return target
    return Target(target.path, target.chunk, target.package, (*target.rest, *rest))
