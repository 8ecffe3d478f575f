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
from aifirst_memory.search.file_role import is_test_path

_KINDS = {CALL: CALLS, INHERIT: INHERITS, DECORATE: DECORATES, RAISE: RAISES}
_BUILT_IN = frozenset(
    {"bytes", "dict", "float", "frozenset", "int", "list", "object", "set", "str", "tuple", "type"}
)
_TEST_CLASS = re.compile(r"Tests?(?:Cases?)?$|^Test(?=[A-Z])")
_TEST_FUNCTION = re.compile(r"^[Tt]est_?(?=.)")

Found = dict[tuple[int, int, int | str], list[int]]
"""[line, count, way] of each edge: source unit (its index), kind, and the target's id, or the name of a package that
is no part of the project.
"""
_Ends = tuple[tuple[int | str, int], ...]
"""(target, way) of what a path means."""
_FILE, _CLASS, _UNIT = range(3)
"""How far a path means the same: in the whole file, in all methods of a class, in one unit."""


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
        self._ends: dict[tuple[int, str], _Ends] = {}
        self._reaches: dict[str, int] = {}
        self._used: dict[tuple[str, int], Scope] = {}

    def _add(self, source: int, kind: int, entity: Entity, line: int) -> None:
        if kind == USES and entity.scope is not None and (entity.scope, entity.unit) != (self._scope, source):
            self._used[entity.scope.path, entity.unit] = entity.scope
        for target, way in _ends_of(entity):
            self._add_end(source, kind, target, way, line, 1)

    def _add_end(self, source: int, kind: int, target: int | str, way: int, line: int, count: int) -> None:
        if target == self._scope.first + source:
            return
        edge = self._found.get((source, kind, target))
        if edge is None:
            self._found[source, kind, target] = [line, count, way]
        else:
            edge[0] = min(edge[0], line)
            edge[1] += count
            edge[2] = min(edge[2], way)

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
        scope, reaches, ends = self._scope, self._reaches, self._ends
        for unit, kind, path, line, count in references:
            if kind == MENTION:
                entity = self._mentioned(path)
                if entity is not None:
                    for target, way in _ends_of(entity):
                        self._add_end(unit, DOCUMENTS, target, way, line, count)
                continue
            # Bases and decorators are read where the definition stands, not inside it.
            within = max(scope.parents[unit], 0) if kind in (INHERIT, DECORATE) else unit
            reach = reaches.get(path)
            if reach is None:
                reach = reaches[path] = self._reach(path)
            place = within if reach == _UNIT else scope.class_around(within) if reach == _CLASS else 0
            known = ends.get((place, path))
            if known is None:
                # What means the same in the whole file is bound in no unit, so it is looked up at the top.
                at = 0 if reach == _FILE else within
                known = ends[place, path] = self._resolved(at, path, called=kind == CALL)
            for target, way in known:
                self._add_end(unit, _KINDS[kind], target, way, line, count)

    def _reach(self, path: str) -> int:
        """How far the path means the same."""
        head = path.partition(".")[0]
        family = self._scope.family
        if head in family.selves:
            return _CLASS
        if head in family.supers or family.implicit_self:
            return _UNIT
        return _UNIT if head.removesuffix("()") in self._scope.inner_names else _FILE

    def _resolved(self, unit: int, path: str, *, called: bool) -> _Ends:
        resolver, scope = self._resolver, self._scope
        head, _, rest = path.partition(".")
        entity = resolver.resolve(scope, unit, path)
        if entity is not None and entity.kind == "file":
            entity = resolver.default_export(entity)
        if entity is not None and entity is not UNKNOWN:
            return _ends_of(entity) if entity.kind == "unit" else ()
        is_member = bool(rest) or path.startswith(".")
        if not (called and is_member) or head in BUILT_IN or head in scope.family.supers:
            return ()
        if head in scope.family.selves and "." not in rest and self._may_be_inherited(unit):
            return ()
        guessed = resolver.guess(scope, path.rpartition(".")[2].removesuffix("()"))
        return tuple([end for entity in guessed for end in _ends_of(entity)])

    def _may_be_inherited(self, unit: int) -> bool:
        """Whether the class around a unit has a base that nobody knows, which may have what the class has not."""
        owner = self._scope.class_around(unit)
        return bool(owner) and not self._resolver.bases_known(self._scope, owner)

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
        for (_, unit), other in sorted(self._used.items(), key=lambda item: item[0]):
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


def _ends_of(entity: Entity) -> _Ends:
    """Where an edge to the entity ends, if anywhere."""
    if entity.scope is None or entity.kind == "foreign":
        return ((entity.place, entity.way),) if entity.place and entity.kind == "foreign" else ()
    return ((entity.scope.first + entity.unit, entity.way),)
