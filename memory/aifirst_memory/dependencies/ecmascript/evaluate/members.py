"""Properties of values: methods and fields by the order of bases, statics, object literals, enums, prototypes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import ASSIGNED, FLOWN, IMPORTED, Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.values import (
    NO_VALUES,
    ClassValue,
    Container,
    Env,
    FunctionValue,
    Instance,
    Native,
    ObjectValue,
    Text,
    Vals,
    Value,
    scaled,
    union,
)
from aifirst_memory.dependencies.ecmascript.facts import (
    GETTER,
    NONE,
    SETTER,
    STATIC,
    ClassMember,
    ClassOf,
    Obj,
)

_MAX_CHAIN: Final = 40
_MAX_TABLE: Final = 16
"""Properties of an object beyond which an unknown key says nothing."""
_CLASS_SIDE: Final = frozenset(("enum", "namespace"))


@dataclass(frozen=True, slots=True)
class Found:
    """Where a member is declared: the class, and its members of that name. `assigned` are values put into `this`."""

    owner: ClassValue
    members: tuple[ClassMember, ...] = ()
    assigned: tuple[int, ...] = ()


def chain(ev: Evaluator, cls: ClassValue) -> list[ClassValue]:
    """A class and its bases, in the order in which members are looked for; declarations of one name count as one."""
    found: dict[tuple[object, int], ClassValue] = {}
    stack = [cls]
    while stack and len(found) < _MAX_CHAIN:
        one = stack.pop()
        key = one.place, one.at
        if key in found:
            continue
        found[key] = one
        stack += reversed([*merged(ev, one), *bases(ev, one)])
    return list(found.values())


def merged(ev: Evaluator, cls: ClassValue) -> list[ClassValue]:
    """The other declarations of the same name in the same file."""
    chunk = cls.place.chunk
    if len(chunk.main.sources) < 2:
        return []
    others = [expr.at for at in chunk.main.sources if isinstance(expr := chunk.exprs[at], ClassOf)]
    if cls.at not in others:
        return []
    return [ev.values.class_of(cls.place, at, cls.env) for at in others if at != cls.at]


def bases(ev: Evaluator, cls: ClassValue) -> list[ClassValue]:
    """The direct bases of a class (interfaces that it implements are none) or of an interface or alias."""
    made = cls.made
    found: list[ClassValue] = []
    for at in made.bases:
        for value in ev.value(cls.place, at, cls.env):
            base = value.of if isinstance(value, Instance) else value
            if not isinstance(base, ClassValue):
                continue
            if made.base_types and base.made.type_params:
                base = with_types(
                    ev, base, [ev.value(cls.place, given, cls.env) for given in made.base_types]
                )
            found.append(base)
    return found


def with_types(ev: Evaluator, cls: ClassValue, given: list[Vals]) -> ClassValue:
    """A generic class with its type parameters bound."""
    names = {param.name: vals for param, vals in zip(cls.made.type_params, given, strict=False) if vals}
    return ev.values.class_of(cls.place, cls.at, ev.values.env(cls.env, names))


def find_member(
    ev: Evaluator, cls: ClassValue, name: str, *, static: bool, after: ClassValue | None = None
) -> Found | None:
    """The member that a class or its first base that has it declares; only those behind `after` where it is given."""
    classes = chain(ev, cls)
    if after is not None:
        at = next((i for i, one in enumerate(classes) if (one.place, one.at) == (after.place, after.at)), -1)
        classes = classes[at + 1 :]
    for one in classes:
        made = one.made
        side = static or made.kind in _CLASS_SIDE
        members = tuple(m for m in made.members.get(name, ()) if bool(m.flags & STATIC) == side)
        assigned = tuple(made.assigned.get(f"static {name}" if static else name, ()))
        if members or assigned:
            return Found(one, members, assigned)
    return None


def member_of(ev: Evaluator, value: Value, name: str) -> Vals:
    """What a property of one value may be."""
    from aifirst_memory.dependencies.ecmascript.evaluate.prototypes import (
        exported_beside,
        function_member,
        prototype_member,
    )

    if isinstance(value, Instance):
        if isinstance(value.of, ClassValue):
            return _class_member(ev, value.of, name, value, static=False)
        return prototype_member(ev, value, value.of, name)
    if isinstance(value, ClassValue):
        found = _class_member(ev, value, name, value, static=True)
        if not found and name == "prototype":
            return {ev.values.instance(value, exact=True): IMPORTED}
        return found or exported_beside(ev, value, name)
    if isinstance(value, ObjectValue):
        return object_member(ev, value, name) or exported_beside(ev, value, name)
    if isinstance(value, FunctionValue):
        return function_member(ev, value, name)
    if isinstance(value, Container) and value.kind == "record":
        return scaled(value.items, FLOWN)
    if isinstance(value, (Container, Native, Text)):
        return {ev.values.native(value, name): 1.0}
    return NO_VALUES


def _class_member(ev: Evaluator, cls: ClassValue, name: str, receiver: Value, *, static: bool) -> Vals:
    found = find_member(ev, cls, name, static=static)
    if found is None:
        indexed = None if static else find_member(ev, cls, "[]", static=False)
        if indexed is not None:
            return ev.value(indexed.owner.place, indexed.members[0].type, indexed.owner.env)
        return _added_member(ev, cls, name, receiver, static=static)
    same = (found.owner.place, found.owner.at) == (cls.place, cls.at)
    return scaled(found_value(ev, found, receiver), 1.0 if same else IMPORTED)


def _added_member(ev: Evaluator, cls: ClassValue, name: str, receiver: Value, *, static: bool) -> Vals:
    """A member that was put on a class, or on its prototype, after it was made; own ones go first."""
    from aifirst_memory.dependencies.ecmascript.evaluate.prototypes import added_to_prototype, bound

    for one in chain(ev, cls):
        if not one.place.chunk.main.props and not one.place.chunk.writers:
            continue
        if _is_main(one):
            found = ev.written(one.place, name) if static else added_to_prototype(ev, one, name)
            if found:
                return bound(ev, scaled(found, ASSIGNED), receiver) if not static else scaled(found, ASSIGNED)
    return NO_VALUES


def _is_main(cls: ClassValue) -> bool:
    chunk = cls.place.chunk
    return any(chunk.exprs[at] == ClassOf(cls.at) for at in chunk.main.sources)


def found_value(ev: Evaluator, found: Found, receiver: Value) -> Vals:
    """What a member that was found may be on a receiver."""
    from aifirst_memory.dependencies.ecmascript.evaluate.calls import call_result

    owner, place = found.owner, found.owner.place
    env = receiver_env(ev, owner.env, receiver)
    if owner.made.kind == "enum":
        return {ev.values.instance(owner): 1.0}
    results = [_method(ev, found, env, receiver)]
    for member in found.members:
        if member.flags & GETTER and member.function != NONE:
            getter = ev.values.function(place, member.function, env, receiver)
            results.append(scaled(call_result(ev, getter, [], []), IMPORTED))
        elif member.function == NONE:
            results.append(_field_value(ev, owner, member, env))
    if not any(results) or not any(_is_nominal(vals) for vals in results):
        results += [scaled(ev.value(place, at, env), ASSIGNED) for at in found.assigned[:20]]
    return union(*results)


def _method(ev: Evaluator, found: Found, env: Env, receiver: Value) -> Vals:
    """A method with its overloads: the one with a body, or the first where none has one."""
    place = found.owner.place
    methods = [m.function for m in found.members if m.function != NONE and not m.flags & (GETTER | SETTER)]
    if not methods:
        return NO_VALUES
    functions = place.chunk.functions
    own = next((at for at in methods if functions[at].body), methods[0])
    signatures = tuple(at for at in methods if at != own and not functions[at].body)
    return {ev.values.function(place, own, env, receiver, signatures): 1.0}


def _is_nominal(vals: Vals) -> bool:
    return any(isinstance(value, Instance) for value in vals)


def _field_value(ev: Evaluator, owner: ClassValue, member: ClassMember, env: Env) -> Vals:
    declared = scaled(ev.value(owner.place, member.type, env), IMPORTED)
    if _is_nominal(declared):
        return declared
    return union(declared, scaled(ev.value(owner.place, member.value, env), ASSIGNED))


def receiver_env(ev: Evaluator, env: Env, receiver: Value) -> Env:
    """The environment of a method that is called on a receiver: `this` is known better than its class says."""
    return ev.values.env(env, {"this": {receiver: 1.0}})


def object_member(ev: Evaluator, value: ObjectValue, name: str) -> Vals:
    """What a property of an object literal may be."""
    expr = value.place.chunk.exprs[value.at]
    if not isinstance(expr, Obj):
        return NO_VALUES
    found = [
        ev.value(value.place, at, value.env)
        for key, at in zip(expr.names, expr.values, strict=True)
        if key == name
    ]
    if name in expr.getters:
        from aifirst_memory.dependencies.ecmascript.evaluate.calls import call_result

        found = [union(*(call_result(ev, f, [], []) for f in ev.functions(vals))) for vals in found]
    return scaled(
        union(*found) if found else _spread(ev, value, expr, name) or _object_props(ev, value, name), ASSIGNED
    )


def _spread(ev: Evaluator, value: ObjectValue, expr: Obj, name: str) -> Vals:
    """The property of the last object that is spread into a literal and has it."""
    for at in reversed(expr.spread):
        vals = ev.member(ev.value(value.place, at, value.env), name)
        kept = {v: sure for v, sure in vals.items() if not isinstance(v, Native)}
        if kept:
            return kept
    return NO_VALUES


def _object_props(ev: Evaluator, value: ObjectValue, name: str) -> Vals:
    """What is written to a property of an object after it was made."""
    from aifirst_memory.dependencies.ecmascript.evaluate.prototypes import MIXED, mixed_member

    place = value.place
    if value.at in place.chunk.main.sources:
        found = ev.written(place, name)
        return found or mixed_member(ev, ev.written(place, MIXED), name)
    props = place.props.get(("o", value.at), {})
    found = union(*(ev.value(place, at, value.env) for at in props.get(name, ())))
    mixed = [ev.value(place, at, value.env) for at in props.get(MIXED, ())]
    return found or mixed_member(ev, union(*mixed), name)


def elements(ev: Evaluator, value: Value) -> Vals:
    """What an unknown key of a value may hold."""
    if isinstance(value, Container):
        return union(value.items, *value.parts)
    if isinstance(value, ObjectValue):
        expr = value.place.chunk.exprs[value.at]
        if isinstance(expr, Obj) and len(expr.values) <= _MAX_TABLE:
            found = [ev.value(value.place, at, value.env) for at in expr.values]
            found += [elements_of(ev, ev.value(value.place, at, value.env)) for at in expr.spread[:8]]
            written = ev.member({value: 1.0}, "")
            return scaled(union(*found, elements_of(ev, written)), FLOWN)
    if isinstance(value, Instance) and isinstance(value.of, ClassValue):
        found = find_member(ev, value.of, "[]", static=False)
        if found is not None and found.members:
            return ev.value(found.owner.place, found.members[0].type, found.owner.env)
    return NO_VALUES


def elements_of(ev: Evaluator, vals: Vals) -> Vals:
    """As `elements`, of all of some values."""
    return union(*(scaled(ev.within(value, None), min(sure, FLOWN)) for value, sure in vals.items()))
