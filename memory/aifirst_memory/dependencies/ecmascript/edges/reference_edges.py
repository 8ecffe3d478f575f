"""Edges of names and properties that are referred to: uses, getters and setters, decorators, what is raised."""

from __future__ import annotations

from aifirst_memory.dependencies.ecmascript.edges.found_edges import FoundEdges
from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import IMPORTED, MAY_RUN, Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.members import Found, find_member
from aifirst_memory.dependencies.ecmascript.evaluate.values import (
    NO_NAMES,
    ClassValue,
    FunctionValue,
    Instance,
    Namespace,
    ObjectValue,
    Vals,
    Value,
)
from aifirst_memory.dependencies.ecmascript.facts import (
    FIELD,
    GETTER,
    NONE,
    SETTER,
    ClassOf,
    Fn,
    ImportType,
    Member,
    Name,
    Obj,
    TypeName,
)
from aifirst_memory.dependencies.ecmascript.files import Place, Target
from aifirst_memory.dependencies.model import unit_node


def function_node(value: FunctionValue) -> str:
    """The unit of a function; empty where it is no unit of its own."""
    function = value.function
    return unit_node(value.place.path, function.unit) if function.own else ""


def class_node(value: ClassValue) -> str:
    """The unit of a class; empty where it is none."""
    made = value.made
    return unit_node(value.place.path, made.unit) if made.own and made.unit else ""


def value_node(value: Value) -> str:
    """The unit that a value is; empty for others."""
    if isinstance(value, FunctionValue):
        return function_node(value)
    return class_node(value) if isinstance(value, ClassValue) else ""


def target_units(ev: Evaluator, target: Target) -> list[str]:
    """The units that a name means; none for a variable, a module, or what lies outside."""
    if target.package or (target.chunk is None and not target.rest):
        return []
    if target.chunk is not None and not target.rest:
        place = ev.files.place(target.path, target.chunk)
        if place is None:
            return []
        if place.chunk.unit:
            return [place.node]
        if not target.chunk.startswith(("exports.", "default")):
            return []
        return _direct_units(ev, place)
    return sorted({node for value in ev.target(target) if (node := value_node(value))})


def _direct_units(ev: Evaluator, place: Place) -> list[str]:
    """What `module.exports = …` exports, where that is a unit or a name of one."""
    found: set[str] = set()
    for at in place.chunk.main.sources:
        expr = place.chunk.exprs[at]
        if isinstance(expr, (Fn, ClassOf)):
            found |= {node for value in ev.value(place, at) if (node := value_node(value))}
        elif isinstance(expr, Name):
            target = ev.files.resolve(place.path, expr.name)
            if target is not None and (target.path, target.chunk) != (place.path, place.chunk.name):
                found |= set(target_units(ev, target))
    return sorted(found)


def read_edges(
    ev: Evaluator, edges: FoundEdges, place: Place, at: int, source: str, line: int, *, called: bool = False
) -> None:
    """A name or property that is read; where it is `called`, the unit that it is has its edge already."""
    expr = place.chunk.exprs[at]
    if isinstance(expr, Name):
        _name_edges(ev, edges, place, expr.name, source, line, called=called)
    elif isinstance(expr, (Fn, ClassOf)):
        for value in ev.value(place, at) if not called else ():
            edges.add(source, value_node(value), "uses", line, 1.0)
    elif isinstance(expr, Member):
        for value, sure in ev.value(place, expr.of).items():
            _member_edges(ev, edges, value, expr.name, source, line, sure, called=called)


def _name_edges(
    ev: Evaluator, edges: FoundEdges, place: Place, name: str, source: str, line: int, *, called: bool = False
) -> None:
    binding = place.chunk.locals.get(name)
    if binding is None:
        target = ev.files.resolve(place.path, name)
        if target is not None:
            sure = 1.0 if target.path == place.path else IMPORTED
            _target_edges(ev, edges, target, source, line, sure, called=called)
        return
    for at in binding.sources if not called else ():
        if isinstance(place.chunk.exprs[at], (Fn, ClassOf)):
            for value in ev.value(place, at):
                edges.add(source, value_node(value), "uses", line, 1.0)


def _target_edges(
    ev: Evaluator,
    edges: FoundEdges,
    target: Target,
    source: str,
    line: int,
    sure: float,
    *,
    called: bool = False,
) -> None:
    if target.package or (target.chunk is None and not target.rest):
        return
    units = [] if _is_module_object(ev, target) else target_units(ev, target)
    for node in units if not called else ():
        edges.add(source, node, "uses", line, sure)
    if not units and target.chunk not in (None, "exports.=") and not target.rest:
        edges.add(source, target.path, "uses", line, sure)


def _is_module_object(ev: Evaluator, target: Target) -> bool:
    """Whether a name means the object that `module.exports` is set to: it stands for its module."""
    if target.chunk != "exports.=" or target.rest:
        return False
    return all(isinstance(value, ObjectValue) for value in ev.target(target))


def _member_edges(
    ev: Evaluator,
    edges: FoundEdges,
    value: Value,
    name: str,
    source: str,
    line: int,
    sure: float,
    *,
    called: bool = False,
) -> None:
    if isinstance(value, Namespace):
        target = ev.files.resolve_export(value.path, name)
        if target is not None:
            _target_edges(ev, edges, target, source, line, min(sure, IMPORTED), called=called)
        return
    found = declared(ev, value, name)
    if found is not None:
        _declared_edges(edges, found, source, line, sure, called=called)
        if any(member.flags & GETTER for member in found.members):
            _overriding_accessors(ev, edges, value, name, GETTER, source, line)
    elif isinstance(value, ObjectValue) and name in _literal(value).getters:
        _accessor_edges(ev, edges, value, name, source, line, sure)
    elif not called and (isinstance(value, (ObjectValue, FunctionValue)) or _is_made_by_function(value)):
        for held in ev.member({value: 1.0}, name):
            if isinstance(held, (FunctionValue, ClassValue)):
                edges.add(source, value_node(held), "uses", line, sure)


def _literal(value: ObjectValue) -> Obj:
    expr = value.place.chunk.exprs[value.at]
    return expr if isinstance(expr, Obj) else Obj([], [])


def _accessor_edges(
    ev: Evaluator, edges: FoundEdges, value: ObjectValue, name: str, source: str, line: int, sure: float
) -> None:
    """The getter or setter (`set name`) of an object literal runs."""
    literal = _literal(value)
    for key, at in zip(literal.names, literal.values, strict=True):
        for held in ev.value(value.place, at) if key == name else ():
            edges.add(source, value_node(held), "calls", line, min(sure, IMPORTED))


def _is_made_by_function(value: Value) -> bool:
    return isinstance(value, Instance) and isinstance(value.of, FunctionValue)


def declared(ev: Evaluator, value: Value, name: str) -> Found | None:
    """Where the class of a value declares a member."""
    if isinstance(value, Instance) and isinstance(value.of, ClassValue):
        return find_member(ev, value.of, name, static=False)
    return find_member(ev, value, name, static=True) if isinstance(value, ClassValue) else None


def _declared_edges(
    edges: FoundEdges, found: Found, source: str, line: int, sure: float, *, called: bool
) -> None:
    owner, path = found.owner, found.owner.place.path
    functions = owner.place.chunk.functions
    for member in found.members:
        if member.function != NONE and functions[member.function].own:
            getter = bool(member.flags & GETTER)
            if getter or not (called or member.flags & SETTER):
                node = unit_node(path, functions[member.function].unit)
                edges.add(source, node, "calls" if getter else "uses", line, min(sure, IMPORTED))
        elif (member.flags & FIELD and owner.made.kind != "object") or (
            owner.made.kind == "namespace" and not called
        ):
            edges.add(source, class_node(owner), "uses", line, min(sure, IMPORTED))


def _overriding_accessors(
    ev: Evaluator, edges: FoundEdges, of: Value, name: str, kind: int, source: str, line: int
) -> None:
    """The getters or setters of subclasses that may run instead of the one that the class of a value has."""
    from aifirst_memory.dependencies.ecmascript.edges.heritage_edges import known_subclasses

    if not isinstance(of, Instance) or of.exact or not isinstance(of.of, ClassValue):
        return
    for sub in known_subclasses(ev, of.of):
        functions = sub.place.chunk.functions
        for member in sub.made.members.get(name, ()):
            if member.flags & kind and member.function != NONE and functions[member.function].own:
                node = unit_node(sub.place.path, functions[member.function].unit)
                edges.add(source, node, "calls", line, MAY_RUN)


def write_edges(ev: Evaluator, edges: FoundEdges, place: Place, at: int, source: str, line: int) -> None:
    """A name or property that is written to: setters run, others are referred to."""
    expr = place.chunk.exprs[at]
    if isinstance(expr, Name):
        if ":" not in expr.name:
            _name_edges(ev, edges, place, expr.name, source, line)
        return
    if not isinstance(expr, Member):
        return
    for value, sure in ev.value(place, expr.of).items():
        if isinstance(value, ObjectValue):
            _accessor_edges(ev, edges, value, f"set {expr.name}", source, line, sure)
        found = declared(ev, value, expr.name)
        if found is None:
            continue
        functions = found.owner.place.chunk.functions
        for member in found.members:
            if member.flags & SETTER:
                _overriding_accessors(ev, edges, value, expr.name, SETTER, source, line)
            if member.flags & SETTER and functions[member.function].own:
                node = unit_node(found.owner.place.path, functions[member.function].unit)
                edges.add(source, node, "calls", line, min(sure, 0.95))
            elif member.flags & FIELD and found.owner.made.kind != "object":
                edges.add(source, class_node(found.owner), "uses", line, min(sure, 0.95))


def type_edges(ev: Evaluator, edges: FoundEdges, place: Place, at: int, source: str, line: int) -> None:
    """A type that is named."""
    expr = place.chunk.exprs[at]
    if isinstance(expr, ImportType):
        target = ev.files.resolve_import(place.path, expr.module, expr.rest[0]) if expr.rest else None
        if target is not None:
            _target_edges(ev, edges, target, source, line, IMPORTED)
        return
    if not isinstance(expr, TypeName):
        return
    if not expr.rest:
        _name_edges(ev, edges, place, expr.name, source, line)
        return
    vals: Vals = ev.name(place, expr.name, NO_NAMES)
    for name in expr.rest[:-1]:
        vals = ev.member(vals, name)
    for value, sure in vals.items():
        found = declared(ev, value, expr.rest[-1])
        if isinstance(value, Namespace):
            _member_edges(ev, edges, value, expr.rest[-1], source, line, sure)
        elif isinstance(value, ClassValue) and found is not None:
            inner = [one for one in ev.member({value: 1.0}, expr.rest[-1]) if isinstance(one, ClassValue)]
            for one in inner or [value]:
                edges.add(source, class_node(one), "uses", line, min(sure, IMPORTED))


def decorator_edges(ev: Evaluator, edges: FoundEdges, place: Place, at: int, source: str, line: int) -> None:
    """A decorator of the unit `source`."""
    for value, sure in ev.value(place, at).items():
        edges.add(source, value_node(value), "decorates", line, sure)


def raise_edges(ev: Evaluator, edges: FoundEdges, place: Place, at: int, source: str, line: int) -> None:
    """Something that is thrown."""
    for value, sure in ev.value(place, at).items():
        if isinstance(value, Instance):
            node = class_node(value.of) if isinstance(value.of, ClassValue) else function_node(value.of)
            edges.add(source, node, "raises", line, sure)
