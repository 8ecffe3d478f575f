"""What each form of expression may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from aifirst_memory.dependencies.ecmascript.evaluate.calls import call_value
from aifirst_memory.dependencies.ecmascript.evaluate.contexts import context_value, expected_value
from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import ASSIGNED, FLOWN, IMPORTED, Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.members import bases, elements_of
from aifirst_memory.dependencies.ecmascript.evaluate.natives import awaited, iterated
from aifirst_memory.dependencies.ecmascript.evaluate.prototypes import MIXED, mixed_member
from aifirst_memory.dependencies.ecmascript.evaluate.type_values import TYPE_HANDLERS
from aifirst_memory.dependencies.ecmascript.evaluate.values import (
    NO_VALUES,
    ClassValue,
    Container,
    Env,
    FunctionValue,
    Instance,
    ObjectValue,
    Text,
    Vals,
    Value,
    scaled,
    union,
)
from aifirst_memory.dependencies.ecmascript.facts import (
    NONE,
    Arr,
    Await,
    Call,
    Cast,
    ClassOf,
    Context,
    Either,
    Element,
    Expected,
    Expr,
    Fn,
    Guarded,
    Iterated,
    Literal,
    Member,
    Module,
    Name,
    Narrowed,
    Obj,
    Super,
    This,
    Without,
)
from aifirst_memory.dependencies.ecmascript.files import Place
from aifirst_memory.dependencies.model import PACKAGE

Handler = Callable[[Evaluator, Place, int, Expr, Env], Vals]


def _name(ev: Evaluator, place: Place, _at: int, expr: Name, env: Env) -> Vals:
    return ev.name(place, expr.name, env)


def _this(ev: Evaluator, place: Place, _at: int, expr: This, env: Env) -> Vals:
    known = env.names.get("this")
    if known:
        return known
    if expr.kind == "i":
        return {ev.values.instance(ev.values.class_of(place, expr.at, env)): 1.0}
    if expr.kind == "s":
        return {ev.values.class_of(place, expr.at, env): 1.0}
    owned = _owner(ev, place, expr, env)
    if owned:
        return owned
    if expr.kind == "o":
        return {ev.values.object(place, expr.at, env): 1.0}
    if place.chunk.functions[expr.at].assigned or place.props.get(("f", expr.at)):
        return {ev.values.instance(ev.values.function(place, expr.at, env)): IMPORTED}
    return NO_VALUES


def _owner(ev: Evaluator, place: Place, expr: This, env: Env) -> Vals:
    """What `this` is in a function that was put into a property, or on a prototype."""
    owner = place.owners.get((expr.kind, expr.at))
    if owner is None:
        return NO_VALUES
    name, on_prototype = owner
    makers = [v for v in ev.name(place, name, env) if isinstance(v, (FunctionValue, ClassValue, ObjectValue))]
    if not on_prototype:
        return dict.fromkeys(makers, IMPORTED)
    return {ev.values.instance(v): IMPORTED for v in makers if not isinstance(v, ObjectValue)}


def _super(ev: Evaluator, place: Place, _at: int, expr: Super, env: Env) -> Vals:
    cls = ev.values.class_of(place, expr.at, env)
    found: Vals = dict.fromkeys(bases(ev, cls), IMPORTED)
    return found


def _member(ev: Evaluator, place: Place, _at: int, expr: Member, env: Env) -> Vals:
    of = place.chunk.exprs[expr.of] if expr.of != NONE else None
    if isinstance(of, Super) and not of.static:
        parents = ev.value(place, expr.of, env)
        return ev.member(
            {ev.values.instance(v): IMPORTED for v in parents if isinstance(v, ClassValue)}, expr.name
        )
    found = ev.member(ev.value(place, expr.of, env), expr.name)
    if isinstance(of, (This, Name)) and place.is_this(expr.of):
        return union(env.names.get(f"this.{expr.name}", NO_VALUES), found)
    if isinstance(of, Name):
        binding = place.chunk.locals.get(of.name)
        if binding is not None and expr.name in binding.props:
            written = [ev.value(place, at, env) for at in binding.props[expr.name][:20]]
            found = union(*written, found)
        elif binding is not None and MIXED in binding.props:
            mixed = [ev.value(place, at, env) for at in binding.props[MIXED][:20]]
            found = union(mixed_member(ev, union(*mixed), expr.name), found)
    return found


def _element(ev: Evaluator, place: Place, _at: int, expr: Element, env: Env) -> Vals:
    of = ev.value(place, expr.of, env)
    keys = [value.text for value in ev.value(place, expr.key, env) if isinstance(value, Text)]
    if keys:
        return union(*(ev.member(of, key) for key in keys))
    found = [scaled(_held(ev, value, expr.at), min(sure, FLOWN)) for value, sure in of.items()]
    named = place.chunk.exprs[expr.of] if expr.of != NONE else None
    if isinstance(named, Name):
        binding = place.chunk.locals.get(named.name)
        if binding is not None:
            found += [elements_of(ev, ev.value(place, at, env)) for at in binding.props.get("", ())]
        owner = ev.files.place(place.path, named.name) if binding is None else None
        if owner is not None:
            found.append(elements_of(ev, ev.written(owner, "")))
    return union(*found)


def _held(ev: Evaluator, value: Value, at: int) -> Vals:
    """What an element of a value may be; of a tuple one that is known by its place."""
    if not isinstance(value, Container):
        return ev.within(value, None) or iterated(ev, value)
    if value.kind == "tuple" and at != NONE:
        return value.parts[at] if at < len(value.parts) else NO_VALUES
    return union(value.items, *value.parts) if value.kind not in ("promise", "map", "set") else NO_VALUES


def _iterated(ev: Evaluator, place: Place, _at: int, expr: Iterated, env: Env) -> Vals:
    vals = ev.value(place, expr.of, env)
    return union(*(scaled(iterated(ev, value), sure) for value, sure in vals.items()))


def _call(ev: Evaluator, place: Place, _at: int, expr: Call, env: Env) -> Vals:
    return call_value(ev, place, expr, env)


def _fn(ev: Evaluator, place: Place, _at: int, expr: Fn, env: Env) -> Vals:
    return {ev.values.function(place, expr.at, env): 1.0}


def _class_of(ev: Evaluator, place: Place, _at: int, expr: ClassOf, env: Env) -> Vals:
    return {ev.values.class_of(place, expr.at, env): 1.0}


def _obj(ev: Evaluator, place: Place, at: int, _expr: Obj, env: Env) -> Vals:
    return {ev.values.object(place, at, env): 1.0}


def _arr(ev: Evaluator, place: Place, _at: int, expr: Arr, env: Env) -> Vals:
    items = [ev.value(place, at, env) for at in expr.items[:60]]
    if any(at != NONE and isinstance(place.chunk.exprs[at], Iterated) for at in expr.items) or len(items) > 8:
        return {ev.values.container("array", scaled(union(*items), ASSIGNED)): 1.0}
    return {ev.values.container("tuple", NO_VALUES, tuple(scaled(vals, ASSIGNED) for vals in items)): 1.0}


def _either(ev: Evaluator, place: Place, _at: int, expr: Either, env: Env) -> Vals:
    return union(*(ev.value(place, at, env) for at in expr.of[:40]))


def _await(ev: Evaluator, place: Place, _at: int, expr: Await, env: Env) -> Vals:
    return awaited(ev.value(place, expr.of, env))


def _module(ev: Evaluator, place: Place, _at: int, expr: Module, _env: Env) -> Vals:
    target = ev.files.resolve_import(place.path, expr.name, "*" if expr.promised else "=")
    if target is None or target.package.startswith(PACKAGE):
        return NO_VALUES
    found = scaled(ev.target(target), IMPORTED)
    return {ev.values.container("promise", found): IMPORTED} if expr.promised else found


def _cast(ev: Evaluator, place: Place, _at: int, expr: Cast, env: Env) -> Vals:
    declared = scaled(ev.value(place, expr.to, env), IMPORTED)
    if any(isinstance(value, Instance) for value in declared):
        return declared
    return union(declared, ev.value(place, expr.of, env))


def _literal(ev: Evaluator, _place: Place, _at: int, expr: Literal, _env: Env) -> Vals:
    return {ev.values.text(expr.text): 1.0}


def _narrowed(ev: Evaluator, place: Place, _at: int, expr: Narrowed, env: Env) -> Vals:
    return {
        ev.values.instance(value): min(sure, IMPORTED)
        for value, sure in ev.value(place, expr.of, env).items()
        if isinstance(value, (ClassValue, FunctionValue))
    }


def _guarded(ev: Evaluator, place: Place, _at: int, expr: Guarded, env: Env) -> Vals:
    callees = ev.functions(ev.value(place, expr.of, env))
    found = union(*(ev.value(one.place, one.function.guard, one.env) for one in callees))
    return scaled(found, IMPORTED) if found else ev.value(place, expr.name, env)


def _without(ev: Evaluator, place: Place, _at: int, expr: Without, env: Env) -> Vals:
    return ev.value(place, expr.of, env)


def _context(ev: Evaluator, place: Place, _at: int, expr: Context, env: Env) -> Vals:
    return context_value(ev, place, expr, env)


def _expected(ev: Evaluator, place: Place, _at: int, expr: Expected, env: Env) -> Vals:
    return expected_value(ev, place, expr, env)


HANDLERS: Final = cast(
    "dict[type, Handler]",
    {
        Name: _name, This: _this, Super: _super, Member: _member, Element: _element, Iterated: _iterated, Call: _call,
        Fn: _fn, ClassOf: _class_of, Obj: _obj, Arr: _arr, Either: _either, Await: _await, Module: _module, Cast: _cast,
        Literal: _literal, Without: _without,
        Narrowed: _narrowed, Guarded: _guarded, Context: _context, Expected: _expected,
        **TYPE_HANDLERS,
    },
)  # fmt: skip
