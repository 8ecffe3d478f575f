"""What a name can mean: a file, a unit, an instance of a class, names that files share, or something foreign.

Its `way` says how it was found, and so how sure that is; along a chain the least sure step counts.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from aifirst_memory.graph.scope import Scope

OWN, IMPORTED, INHERITED, TYPED_AS, SHARED, NAMED, LINKED, ONE, TWO, THREE = range(10)
CONFIDENCE = (0.98, 0.97, 0.95, 0.9, 0.85, 0.7, 0.95, 0.5, 0.25, 0.15)
"""By way: in the same file or class; through imports; from a base class; on a value whose class is known by its
declaration or the call that made it; the only one of its name where names are shared by all files; a test
named after it; a link or path in prose; one of one, two or three methods of that name in the project.
"""

EntityKind = Literal["file", "unit", "instance", "group", "folder", "foreign"]


class Entity(msgspec.Struct, frozen=True, gc=False):
    """A meaning. `place` is the name of what is foreign, or the path of a folder or package of names.

    `unknown` bases of a class are the caller's to look into.
    """

    kind: EntityKind
    scope: Scope | None
    unit: int
    way: int
    place: str = ""


def less_sure(entity: Entity, way: int) -> Entity:
    """The entity, found by no surer way than this."""
    if entity.way >= way:
        return entity
    return Entity(entity.kind, entity.scope, entity.unit, way, entity.place)


def foreign(name: str) -> Entity:
    """Something from outside the project."""
    return Entity("foreign", None, 0, IMPORTED, name)
