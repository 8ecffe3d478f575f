"""The edges that start in one file.

References become edges where they can be resolved; imports lead to files and packages, and to the names that
they take; tests lead to what they are named after; pages to the files and names they mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from aifirst_memory.graph.common_names import BUILT_IN
from aifirst_memory.graph.edges import (
    CALLS,
    DECORATES,
    DOCUMENTS,
    IMPORTS,
    INHERITS,
    RAISES,
    TESTS,
    USES,
)
from aifirst_memory.graph.entity import IMPORTED, LINKED, NAMED, OWN, Entity, less_sure
from aifirst_memory.graph.keys import short_key
from aifirst_memory.graph.modules.by_path import find_folder
from aifirst_memory.graph.part import CALL, DECORATE, INHERIT, MENTION, RAISE, Import
from aifirst_memory.graph.references import ReferenceRow
from aifirst_memory.graph.resolve import UNKNOWN, Resolver
from aifirst_memory.graph.scope import Scope

_KINDS = {CALL: CALLS, INHERIT: INHERITS, DECORATE: DECORATES, RAISE: RAISES}
_BUILT_IN = frozenset(
    {"bytes", "dict", "float", "frozenset", "int", "list", "object", "set", "str", "tuple", "type"}
)
_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|specs)/|(?:^|/)test_|[._-](?:test|spec)\.\w+$|_test\.\w+$|Tests?\.\w+$"
)
_TEST_CLASS = re.compile(r"Tests?(?:Cases?)?$|^Test(?=[A-Z])")
_TEST_FUNCTION = re.compile(r"^[Tt]est_?(?=.)")

Target = Scope | str
"""A file of the project, or the name of a package that is none of it."""
FoundEdge = tuple[int, int, Target, int]
"""(source unit, kind, target, target unit)"""
Found = dict[FoundEdge, list[int]]
"""[line, count, way] of each edge."""


def is_test_path(path: str) -> bool:
    """Whether a file holds tests, as far as its path tells."""
    return _TEST_PATH.search(path) is not None


def find_edges(
    resolver: Resolver, scope: Scope, references: Iterable[ReferenceRow]
) -> tuple[Found, set[int]]:
    """The edges of a file with these references, and the keys (32 bits) whose answers they depend on."""
    resolver.begin(scope)
    found: Found = {}
    file_edges = _FileEdges(resolver, scope, found)
    for imported in scope.part.imports:
        file_edges.add_import(imported)
    file_edges.add_references(references)
    if is_test_path(scope.path):
        file_edges.add_tests()
    own = scope.seed
    return found, {key & 0xFFFF_FFFF for key in resolver.demands if key >> 32 != own}


class _FileEdges:
    """The edges of one file while they are found."""

    def __init__(self, resolver: Resolver, scope: Scope, found: Found) -> None:
        self._resolver = resolver
        self._scope = scope
        self._found = found
        self._places: dict[tuple[int, str], tuple[Entity, ...]] = {}

    def _add(self, source: int, kind: int, entity: Entity, line: int, count: int = 1) -> None:
        target: Target
        if entity.kind == "foreign" or entity.scope is None:
            if not entity.place or entity.kind != "foreign":
                return
            target, unit = entity.place, 0
        else:
            target, unit = entity.scope, entity.unit
            if target is self._scope and unit == source:
                return
        edge = self._found.get((source, kind, target, unit))
        if edge is None:
            self._found[source, kind, target, unit] = [line, count, entity.way]
        else:
            edge[0] = min(edge[0], line)
            edge[1] += count
            edge[2] = min(edge[2], entity.way)

    def add_import(self, imported: Import) -> None:
        """The edge to the file or package, and to the name taken from it."""
        scope, resolver = self._scope, self._resolver
        module = imported.module
        if not module:
            return
        entity = resolver.module(scope, module)
        if entity is None:
            return
        if entity.kind == "group":
            for other in self._files_of(entity):
                self._add(0, IMPORTS, Entity("file", other, 0, IMPORTED), imported.line)
        elif entity.kind == "unit" and entity.scope is not None:
            self._add(0, IMPORTS, Entity("file", entity.scope, 0, IMPORTED), imported.line)
            self._add(imported.unit, USES, entity, imported.line)
        else:
            self._add(0, IMPORTS, entity, imported.line)
        if imported.name in ("", "*") or entity.kind in ("foreign", "unit"):
            return
        taken = resolver.attribute(entity, imported.name)
        if taken is None or taken.kind == "foreign":
            return
        if taken.kind == "file":
            self._add(0, IMPORTS, taken, imported.line)
        elif taken.kind == "unit":
            self._add(imported.unit, USES, taken, imported.line)

    def _files_of(self, group: Entity) -> list[Scope]:
        from aifirst_memory.graph.keys import folder_key

        if self._scope.family.name != "go":
            return []
        files = self._resolver.files(folder_key(group.place))
        return [f for f in files if f.folder == group.place and f.family is self._scope.family]

    def add_references(self, references: Iterable[ReferenceRow]) -> None:
        """The edges of everything that the file's units refer to."""
        for unit, kind, path, line, count in references:
            if kind == MENTION:
                entity = self._mentioned(path)
                if entity is not None:
                    self._add(unit, DOCUMENTS, entity, line, count)
                continue
            # Bases and decorators are read where the definition stands, not inside it.
            within = max(self._scope.parents[unit], 0) if kind in (INHERIT, DECORATE) else unit
            for entity in self._targets(within, path, called=kind == CALL):
                self._add(unit, _KINDS[kind], entity, line, count)

    def _targets(self, unit: int, path: str, *, called: bool) -> tuple[Entity, ...]:
        head, _, rest = path.partition(".")
        scope = self._scope
        family = scope.family
        # Paths on the object itself mean the same in all methods of a class, most others in the whole file.
        place = unit
        if head in family.selves:
            place = scope.class_around(unit)
        elif head.removesuffix("()") not in scope.inner_names and not family.implicit_self:
            place = 0 if head not in family.supers else unit
        known = self._places.get((place, path))
        if known is None:
            known = self._places[place, path] = self._resolved(unit, path, head, rest, called=called)
        return known

    def _resolved(self, unit: int, path: str, head: str, rest: str, *, called: bool) -> tuple[Entity, ...]:
        resolver, scope = self._resolver, self._scope
        entity = resolver.resolve(scope, unit, path)
        if entity is not None and entity.kind == "file":
            entity = resolver.default_export(entity)
        if entity is not None and entity is not UNKNOWN:
            return (entity,) if entity.kind == "unit" else ()
        if not called or not (rest or path.startswith(".")) or head in BUILT_IN:
            return ()
        if head in scope.family.supers:
            return ()
        if head in scope.family.selves and "." not in rest:
            owner = scope.class_around(unit)
            if owner and not resolver.bases_known(scope, owner):
                return ()
        return tuple(resolver.guess(scope, path.rpartition(".")[2].removesuffix("()")))

    def add_tests(self) -> None:
        """Edges from tests to what they are named after, among what the file imports and its namesake."""
        scope = self._scope
        named: dict[str, Entity] = {}
        for name, entity in self._within_reach():
            known = named.setdefault(name.lower().replace("_", ""), entity)
            if (known.scope, known.unit) != (entity.scope, entity.unit) and entity.way < known.way:
                named[name.lower().replace("_", "")] = entity
        for unit, name in enumerate(scope.names):
            if not unit:
                continue
            short = name.rpartition(".")[2].partition("#")[0]
            pattern = _TEST_CLASS if scope.is_class(unit) else _TEST_FUNCTION
            tested = pattern.sub("", short)
            entity = named.get(tested.lower().replace("_", "")) if tested and tested != short else None
            if entity is not None and entity.scope is not scope:
                self._add(unit, TESTS, less_sure(entity, NAMED), 1)

    def _within_reach(self) -> Iterator[tuple[str, Entity]]:
        """The names that the file takes from elsewhere in the project."""
        used = {(t.path, u): t for _, kind, t, u in self._found if isinstance(t, Scope) and kind == USES}
        for (_, unit), other in sorted(used.items(), key=lambda item: item[0]):
            yield other.names[unit].rpartition(".")[2], Entity("unit", other, unit, OWN)

    def _mentioned(self, path: str) -> Entity | None:
        """What a page means by a path or a name."""
        resolver, scope = self._resolver, self._scope
        tentative = path.startswith(":")
        text = path.lstrip(":")
        if tentative or "/" in text or "." in text:
            found = resolver.module(scope, text)
            if found is not None:
                return less_sure(found, LINKED)
            if "/" in text or not tentative:
                folder = find_folder(resolver, scope, text)
                return None if folder is None else Entity("file", folder, 0, LINKED)
        name = text.rpartition(".")[2]
        found_units: list[Entity] = []
        for family in ("python", "ecmascript", "go", "jvm", "csharp", "php", "c", "ruby", "rust"):
            for other in resolver.files(short_key(family, name)):
                for unit in other.by_short_name.get(name, ()):
                    full = other.names[unit]
                    if f".{full}".endswith(f".{text}") or f".{text}".endswith(f".{full}"):
                        found_units.append(Entity("unit", other, unit, NAMED))
        return found_units[0] if len(found_units) == 1 else None
