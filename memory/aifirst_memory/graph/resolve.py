"""What the names of a file mean in the project.

Python's order is the model: the scopes around a unit, the file's own names, what it imports (followed through
re-exports), shared names of the folder or package, the members of a class along its bases. What is unknown
stays unknown: a name that is bound to something of no known class means nothing here. What was looked up on the way
is noted and remembered by `shared_results`.
"""

from __future__ import annotations

from typing import cast

from aifirst_memory.graph.common_names import COMMON_NAMES
from aifirst_memory.graph.entity import (
    IMPORTED,
    INHERITED,
    ONE,
    OWN,
    SHARED,
    THREE,
    TWO,
    TYPED_AS,
    Entity,
    less_sure,
)
from aifirst_memory.graph.keys import BASES, shared_key, shared_place, short_key
from aifirst_memory.graph.modules import find_module
from aifirst_memory.graph.modules.packages import find_shared
from aifirst_memory.graph.modules.python import find_at
from aifirst_memory.graph.part import BOUND, MADE, TYPED, Import
from aifirst_memory.graph.scope import Scope
from aifirst_memory.graph.shared_results import SharedResults, Tables

_LONGEST_VALUE = 4
"""Variables followed one into the other."""
_MOST_BASES = 60
_CANDIDATES = (ONE, TWO, THREE)
UNKNOWN = Entity("foreign", None, 0, OWN)
"""A name that is bound, to nobody knows what."""


_Ancestry = tuple[tuple[Scope, int], ...]


class Resolver(SharedResults):
    """Resolves paths of any file of one state of the project."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables)
        self._guessed: dict[tuple[str, str], list[Entity]] = {}

    def resolve(self, scope: Scope, unit: int, path: str, depth: int = 0) -> Entity | None:
        """What a path means that is written in a unit of the file; None where that is not known."""
        head, _, rest = path.partition(".")
        if not head:
            return None
        if head in scope.family.selves or head in scope.family.supers:
            entity = self._own_object(scope, unit, head)
            if entity is None and head not in scope.family.supers:
                entity = self._local(scope, unit, head, depth)
        else:
            entity = self._local(scope, unit, head.removesuffix("()"), depth)
            if head.endswith("()"):
                entity = self._called(entity)
        for part in rest.split(".") if rest else ():
            if entity is None:
                return None
            entity = self.attribute(entity, part.removesuffix("()"), depth)
            if part.endswith("()"):
                entity = self._called(entity)
        return entity

    def module(self, scope: Scope, module: str) -> Entity | None:
        """What an import of `module` in the file means."""
        # Files of one folder import alike.
        key = ("", scope.folder, scope.family.name, module)
        found = self._remember(key, find_module, self, scope, module)
        return found if isinstance(found, Entity) else None

    def guess(self, scope: Scope, name: str) -> list[Entity]:
        """The methods of that name in the project, where they are so few that the name tells something."""
        if name in COMMON_NAMES or len(name) < 4 or name.startswith("__"):
            return []
        key = short_key(scope.family.name, name)
        self.demands.add(key)
        found = self._guessed.get((scope.family.name, name))
        if found is None:
            found = self._guessed[scope.family.name, name] = self._methods_named(key, name)
        return found

    def _methods_named(self, key: int, name: str) -> list[Entity]:
        found: list[Entity] = []
        for other in self._tables.files(key):
            found.extend(
                Entity("unit", other, unit, ONE)
                for unit in other.by_short_name.get(name, ())
                if other.is_method(unit)
            )
            if len(found) > len(_CANDIDATES):
                return []
        return [less_sure(entity, _CANDIDATES[len(found) - 1]) for entity in found]

    def _own_object(self, scope: Scope, unit: int, head: str) -> Entity | None:
        owner = self._class_around(scope, unit)
        if not owner:
            return None
        if head in scope.family.supers:
            return Entity("instance", scope, owner, INHERITED, "super")
        return Entity("instance", scope, owner, OWN)

    def _class_around(self, scope: Scope, unit: int) -> int:
        if scope.family.open_classes and (self._active or scope is not self.current):
            self.demands.add(scope.name_key(scope.names[unit].rpartition(".")[0]))
        return scope.class_around(unit)

    def _local(self, scope: Scope, unit: int, name: str, depth: int) -> Entity | None:
        at = unit
        elsewhere = bool(self._active) or scope is not self.current
        while at > 0:
            if elsewhere:
                self.demands.add(scope.inner_key(at))
            if at == unit or not scope.is_class(at):
                inner = scope.index.get(f"{scope.names[at]}.{name}")
                if inner is not None:
                    return Entity("unit", scope, inner, OWN)
                if (at, name) in scope.imports:
                    return self._imported(scope, scope.imports[at, name])
                if (at, name) in scope.bindings:
                    return self._value(scope, at, *scope.bindings[at, name], depth)
            at = scope.parents[at]
        if scope.family.implicit_self:
            owner = self._class_around(scope, unit)
            member = self.member(scope, owner, name, depth) if owner else None
            if member is not None:
                return member
        return self.global_name(scope, name)

    def _value(self, scope: Scope, unit: int, how: int, value: str, depth: int) -> Entity | None:
        if how == BOUND or depth >= _LONGEST_VALUE:
            return UNKNOWN
        entity = self.resolve(scope, unit, value, depth + 1)
        if how == MADE:
            entity = self._called(entity)
        elif how == TYPED and entity is not None:
            entity = self._instance(entity)
        return UNKNOWN if entity is None else entity

    def _called(self, entity: Entity | None) -> Entity | None:
        """What a call gives: an instance of a class; of anything else nobody knows."""
        if entity is not None and entity.kind == "file":
            entity = self.default_export(entity)
        return None if entity is None else self._instance(entity)

    def _instance(self, entity: Entity) -> Entity | None:
        scope = entity.scope
        if entity.kind == "unit" and scope is not None and scope.is_class(entity.unit):
            return Entity("instance", scope, entity.unit, max(entity.way, TYPED_AS))
        return entity if entity.kind == "foreign" else None

    def default_export(self, entity: Entity) -> Entity | None:
        """What a module gives where it is used as a value (`import x from`)."""
        scope = entity.scope
        if scope is None or scope.family.name != "ecmascript":
            return None
        return self.global_name(scope, "default")

    def global_name(self, scope: Scope, name: str) -> Entity | None:
        """What a name means at the top of a file."""
        if self._active or scope is not self.current:
            self.demands.add(scope.name_key(name))
        unit = scope.index.get(name)
        if unit:
            return Entity("unit", scope, unit, OWN)
        given = (0, name) in scope.imports or (0, name) in scope.bindings
        if not given and not scope.stars and scope.family.sharing == "file":
            self.demands.add(scope.name_key("*"))
            return None
        found = self._remember((scope.path, name), self._global_name, scope, name)
        return found if isinstance(found, Entity) else None

    def _global_name(self, scope: Scope, name: str) -> Entity | None:
        self.demands.add(scope.name_key(name))
        if (0, name) in scope.imports:
            return self._imported(scope, scope.imports[0, name])
        if (0, name) in scope.bindings:
            return self._value(scope, 0, *scope.bindings[0, name], 0)
        shared = self._shared(scope, name)
        if shared is not None:
            return shared
        self.demands.add(scope.name_key("*"))
        for star in scope.stars:
            around = self.module(scope, star.module)
            found = None if around is None or around.kind == "foreign" else self.attribute(around, name)
            if found is not None:
                return less_sure(found, IMPORTED)
        return None

    def _shared(self, scope: Scope, name: str) -> Entity | None:
        """A name that other files share with this one without an import."""
        sharing = scope.family.sharing
        place = shared_place(scope)
        if sharing == "file" or place is None:
            return None
        if sharing == "package":
            return find_shared(self, scope, place, name)
        return self._group_name(scope.family.name, place, name)

    def _group_name(self, family: str, place: str, name: str) -> Entity | None:
        found = [
            Entity("unit", f, f.index[name], SHARED if not place and family != "go" else IMPORTED)
            for f in self.files(shared_key(family, place, name))
            if f.family.name == family and name in f.index and shared_place(f) == place
        ]
        return found[0] if len(found) == 1 or (found and family == "go") else None

    def _imported(self, scope: Scope, imported: Import) -> Entity | None:
        """What an import binds."""
        family = scope.family.name
        if not imported.module:
            return None
        if not imported.name:
            module = imported.module
            if family == "python" and not imported.alias:
                module = module.partition(".")[0]
            return self.module(scope, module)
        if family in ("php", "rust"):
            return self.module(scope, f"{imported.module}.{imported.name}")
        around = self.module(scope, imported.module)
        return None if around is None else self.attribute(around, imported.name)

    def attribute(self, entity: Entity, name: str, depth: int = 0) -> Entity | None:
        """What `.name` behind something means."""
        scope, kind = entity.scope, entity.kind
        if kind == "foreign":
            return entity
        if kind == "group":
            return self._group_member(entity, name)
        if kind == "folder":
            return self._submodule(entity.place, name)
        if scope is None:
            return None
        if kind == "file":
            found = self.global_name(scope, name)
            if found is None and scope.family.name == "python" and scope.file_name.startswith("__init__."):
                return self._submodule(scope.folder, name)
            return None if found is None else less_sure(found, IMPORTED)
        if kind == "instance" or scope.is_class(entity.unit):
            found = self.member(scope, entity.unit, name, depth, above=entity.place == "super")
            return None if found is None else less_sure(found, entity.way)
        return None

    def _group_member(self, entity: Entity, name: str) -> Entity | None:
        for family in ("go", "jvm", "csharp", "php"):
            found = self._group_name(family, entity.place, name)
            if found is not None:
                return found
        return None

    def _submodule(self, folder: str, name: str) -> Entity | None:
        found = find_at(self, f"{folder}/{name}" if folder else name)
        return found if found.kind == "file" else None

    def member(
        self, scope: Scope, owner: int, name: str, depth: int = 0, *, above: bool = False
    ) -> Entity | None:
        """A member of a class or of its bases in order; `above` leaves the class itself out."""
        for place, (other, unit) in enumerate(self.ancestry(scope, owner)):
            if above and not place:
                continue
            way = INHERITED if place else OWN
            # A second definition of one name is a part of the first, or stands for it.
            of_class = other.names[unit]
            qualified = f"{of_class.partition('#')[0] if '#' in of_class else of_class}.{name}"
            if self._active or other is not self.current:
                self.demands.add(other.name_key(qualified))
                if "#" in of_class:
                    self.demands.add(other.name_key(f"{of_class}.{name}"))
            found = other.index.get(qualified)
            if found is not None:
                return Entity("unit", other, found, way)
            if (unit, name) in other.fields:
                within, how, value = other.fields[unit, name]
                entity = self._value(other, within, how, value, depth)
                return None if entity is None else less_sure(entity, way)
            if other.family.open_classes:
                place_shared = shared_place(other)
                member = self._group_name(other.family.name, place_shared or "", qualified)
                if member is not None:
                    return less_sure(member, way)
        return None

    def ancestry(self, scope: Scope, owner: int) -> _Ancestry:
        """A class and its known bases, nearest first: depth first, a shared base behind all that derive from it."""
        found = self._remember((scope.path, owner), self._ancestry, scope, owner)
        return cast("_Ancestry", found) if found else ((scope, owner),)

    def _ancestry(self, scope: Scope, owner: int) -> _Ancestry:
        self.demands.add(scope.name_key(scope.names[owner] + BASES))
        above: dict[tuple[str, int], tuple[Scope, int]] = {}
        for base in self.bases(scope, owner):
            for other, unit in self.ancestry(*base):
                above.pop((other.path, unit), None)
                above[other.path, unit] = other, unit
        above.pop((scope.path, owner), None)
        return ((scope, owner), *list(above.values())[:_MOST_BASES])

    def bases(self, scope: Scope, owner: int) -> list[tuple[Scope, int]]:
        """The classes that a class names as its bases, as far as they are known."""
        found: list[tuple[Scope, int]] = []
        for path in scope.bases.get(owner, ()):
            entity = self.resolve(scope, max(scope.parents[owner], 0), path)
            if entity is not None and entity.kind == "file":
                entity = self.default_export(entity)
            if entity is None or entity.kind != "unit" or entity.scope is None:
                continue
            if entity.scope.is_class(entity.unit) and (entity.scope, entity.unit) != (scope, owner):
                found.append((entity.scope, entity.unit))
        return found

    def bases_known(self, scope: Scope, owner: int) -> bool:
        """Whether every base of the class and of its bases is in the project."""
        return all(
            len(self.bases(other, unit)) == len(other.bases.get(unit, ()))
            for other, unit in self.ancestry(scope, owner)
        )
