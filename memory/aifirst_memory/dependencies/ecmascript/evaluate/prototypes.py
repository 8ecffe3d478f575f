"""Properties of functions and of what they make with `new`: prototypes, mixed-in objects, exports beside a value."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import ASSIGNED, FLOWN, IMPORTED, Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.members import elements_of, receiver_env
from aifirst_memory.dependencies.ecmascript.evaluate.values import (
    NO_VALUES,
    ClassValue,
    FunctionValue,
    Instance,
    Native,
    Vals,
    Value,
    scaled,
    union,
)
from aifirst_memory.dependencies.ecmascript.facts import Fn

MIXED: Final = "*"
"""The property that holds the objects mixed into another one."""
_OF_ALL: Final = frozenset(("call", "apply", "bind"))
_MAX_OBJECTS: Final = 20
_MAX_MIXINS: Final = 6
_MAX_MIXED: Final = 4
"""Objects mixed into one, and levels of such, that are looked through."""


def without_natives(vals: Vals) -> Vals:
    """Values without the methods of the language that any object may have."""
    return {value: sure for value, sure in vals.items() if not isinstance(value, Native)}


def mixed_member(ev: Evaluator, objects: Vals, name: str) -> Vals:
    """What a property is in the objects that are mixed into another one; those in turn may be mixed."""
    if ev.mixing >= _MAX_MIXED or not objects:
        return NO_VALUES
    ev.mixing += 1
    try:
        return without_natives(ev.member(dict(list(objects.items())[:_MAX_MIXINS]), name))
    finally:
        ev.mixing -= 1


def function_member(ev: Evaluator, value: FunctionValue, name: str) -> Vals:
    """What a property of a function may be."""
    if name == "prototype":
        return {ev.values.instance(value, exact=True): IMPORTED}
    if name in _OF_ALL:
        return {ev.values.native(value, name): 1.0}
    found = _own(ev, value, name)
    if not found:
        found = mixed_member(ev, _own(ev, value, MIXED), name) or exported_beside(ev, value, name)
    return scaled(found, ASSIGNED) or {ev.values.native(value, name): 1.0}


def _own(ev: Evaluator, value: FunctionValue, name: str) -> Vals:
    """What is written to a property of a function, or of the name that it was returned under."""
    place = value.place
    props = place.props.get(("f", value.at), {})
    found = [ev.value(place, at, value.env) for at in props.get(name, ())]
    if _is_main(value):
        found.append(ev.written(place, name))
    if value.held is not None:
        holder, local, env = value.held
        binding = holder.chunk.locals.get(local)
        written = binding.props.get(name, ()) if binding is not None else ()
        found += [ev.value(holder, at, env) for at in written[:_MAX_OBJECTS]]
        if binding is None:
            found.append(ev.written(holder, name))
    return union(*found)


def _is_main(value: FunctionValue) -> bool:
    chunk = value.place.chunk
    return any(isinstance(expr := chunk.exprs[at], Fn) and expr.at == value.at for at in chunk.main.sources)


def exported_beside(ev: Evaluator, value: Value, name: str) -> Vals:
    """What `exports.name` is, of a value that is itself all that its module exports."""
    place = getattr(value, "place", None)
    if place is None or ev.files.exported(place.path, name) is None:
        return NO_VALUES
    if ev.files.exported(place.path, "=") is None or value not in ev.export(place.path, "="):
        return NO_VALUES
    return ev.export(place.path, name)


def prototype_member(ev: Evaluator, receiver: Instance, maker: FunctionValue, name: str) -> Vals:
    """What a property may be of what a function makes."""
    place = maker.place
    env = receiver_env(ev, maker.env, receiver)
    props = place.props.get(("f", maker.at), {})
    main = _is_main(maker)

    def hung(prop: str) -> Vals:
        found = [ev.value(place, at, env) for at in props.get(prop, ())[:_MAX_OBJECTS]]
        return union(*found, ev.written(place, prop) if main else NO_VALUES)

    found = hung(f"prototype.{name}") or without_natives(ev.member(hung("prototype"), name))
    found = bound(ev, found, receiver)
    if not found:
        functions = [place.chunk.functions[at] for at in methods_made_by(maker)]
        assigned = [at for function in functions for at in function.assigned.get(name, ())]
        found = union(*(scaled(ev.value(place, at, maker.env), ASSIGNED) for at in assigned[:_MAX_OBJECTS]))
    if not found and name != "constructor":
        found = bound(ev, scaled(elements_of(ev, hung("prototype.")), FLOWN), receiver)
    return scaled(found, IMPORTED)


def methods_made_by(maker: FunctionValue) -> list[int]:
    """A function that makes instances, and the functions that hang on its prototype, by their index."""
    place = maker.place
    return [maker.at, *(at for name in place.makers.get(maker.at, ()) for at in place.methods[name])]


def added_to_prototype(ev: Evaluator, cls: ClassValue, name: str) -> Vals:
    """What was put on the prototype of a class that a chunk names."""
    found = ev.written(cls.place, f"prototype.{name}")
    found = found or without_natives(ev.member(ev.written(cls.place, "prototype"), name))
    return found or elements_of(ev, ev.written(cls.place, "prototype."))


def bound(ev: Evaluator, vals: Vals, receiver: Value) -> Vals:
    """Functions among values as methods of a receiver."""
    return {
        ev.values.function(v.place, v.at, receiver_env(ev, v.env, receiver), receiver, v.signatures)
        if isinstance(v, FunctionValue) else v: sure
        for v, sure in vals.items()
    }  # fmt: skip
