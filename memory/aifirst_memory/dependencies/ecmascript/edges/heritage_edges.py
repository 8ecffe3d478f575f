"""What classes inherit from, which methods override which, and who derives from a class."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.ecmascript.edges.found_edges import FoundEdges
from aifirst_memory.dependencies.ecmascript.edges.reference_edges import class_node, function_node
from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import IMPORTED, Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.members import bases, chain
from aifirst_memory.dependencies.ecmascript.evaluate.values import (
    NO_NAMES,
    ClassValue,
    FunctionValue,
    Instance,
)
from aifirst_memory.dependencies.ecmascript.facts import GETTER, NONE, SETTER, STATIC, ClassMember, FileBody
from aifirst_memory.dependencies.ecmascript.files import Place
from aifirst_memory.dependencies.model import unit_node

_MAX_SUBCLASSES: Final = 60
_KINDS: Final = GETTER | SETTER | STATIC


def heritage_edges(ev: Evaluator, edges: FoundEdges, place: Place, at: int, source: str, line: int) -> None:
    """A base of the class `source`."""
    for value, sure in ev.value(place, at).items():
        base = value.of if isinstance(value, Instance) else value
        if isinstance(base, ClassValue):
            edges.add(source, class_node(base), "inherits", line, sure)
        elif isinstance(base, FunctionValue):
            edges.add(source, function_node(base), "inherits", line, sure)


def class_edges(ev: Evaluator, edges: FoundEdges, place: Place, at: int, body: FileBody) -> None:
    """The methods of a class that override one of a base."""
    cls = ev.values.class_of(place, at, NO_NAMES)
    functions = place.chunk.functions
    lines = dict(zip(body.units, body.unit_lines, strict=True))
    above = [*chain(ev, cls)[1:], *implemented(ev, cls)]
    for name, members in cls.made.members.items() if above else ():
        for member in members if name != "constructor" else ():
            if member.function == NONE or not functions[member.function].own:
                continue
            unit = functions[member.function].unit
            target = _overridden(above, name, member)
            edges.add(unit_node(place.path, unit), target, "overrides", lines.get(unit, 1), IMPORTED)


def _overridden(above: list[ClassValue], name: str, member: ClassMember) -> str:
    for base in above:
        functions = base.place.chunk.functions
        found = [
            other for other in base.made.members.get(name, ())
            if other.function != NONE and functions[other.function].own and other.flags & _KINDS == member.flags & _KINDS
        ]  # fmt: skip
        if found:
            best = next((other for other in found if functions[other.function].body), found[0])
            return unit_node(base.place.path, functions[best.function].unit)
    return ""


def implemented(ev: Evaluator, cls: ClassValue) -> list[ClassValue]:
    """The interfaces and classes that a class and its bases implement."""
    found: dict[tuple[object, int], ClassValue] = {}
    for one in chain(ev, cls):
        for at in one.made.implements:
            for base in ev.classes(ev.value(one.place, at, one.env)):
                for above in chain(ev, base):
                    found[above.place, above.at] = above
    return list(found.values())


def known_subclasses(ev: Evaluator, cls: ClassValue) -> list[ClassValue]:
    """As `subclasses`, looked up once for a class."""
    found = ev.subclasses.get((cls.place, cls.at))
    if found is None:
        found = ev.subclasses[cls.place, cls.at] = subclasses(ev, cls)
    return found


def subclasses(ev: Evaluator, cls: ClassValue) -> list[ClassValue]:
    """The classes of the project that derive from a class or implement an interface, at any distance."""
    found: dict[tuple[Place, int], ClassValue] = {}
    stack = [cls]
    while stack and len(found) < _MAX_SUBCLASSES:
        one = stack.pop()
        name = one.made.unit.rpartition(".")[2]
        for path, chunk, at in [*ev.files.subclasses(name), *ev.files.subclasses("default")] if name else ():
            place = ev.files.place(path, chunk)
            if place is None or (place, at) in found or at >= len(place.chunk.classes):
                continue
            candidate = ev.values.class_of(place, at, NO_NAMES)
            direct = [*bases(ev, candidate), *_implements(ev, candidate)]
            if any((base.place, base.at) == (one.place, one.at) for base in direct):
                found[place, at] = candidate
                stack.append(candidate)
    return [found[key] for key in sorted(found, key=lambda key: (key[0].path, key[0].chunk.name, key[1]))]


def _implements(ev: Evaluator, cls: ClassValue) -> list[ClassValue]:
    return [base for at in cls.made.implements for base in ev.classes(ev.value(cls.place, at, cls.env))]
