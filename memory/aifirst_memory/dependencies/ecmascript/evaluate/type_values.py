"""What a value of a declared type may be: an instance of a class, a collection of such, a function of a known result."""

from __future__ import annotations

from typing import Any, Final

from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.members import with_types
from aifirst_memory.dependencies.ecmascript.evaluate.natives import awaited, results
from aifirst_memory.dependencies.ecmascript.evaluate.values import (
    NO_VALUES,
    ClassValue,
    Env,
    FunctionValue,
    Instance,
    Native,
    Vals,
    union,
)
from aifirst_memory.dependencies.ecmascript.facts import (
    ArrayType,
    FunctionType,
    ImportType,
    LookupType,
    ObjectType,
    TupleType,
    TypeName,
)
from aifirst_memory.dependencies.ecmascript.files import Place

_COLLECTIONS: Final = {
    "Array": "array", "ReadonlyArray": "array", "Promise": "promise", "PromiseLike": "promise", "Set": "set",
    "ReadonlySet": "set", "WeakSet": "set", "Iterable": "iterator", "Iterator": "iterator", "Generator": "iterator",
    "IterableIterator": "iterator", "AsyncIterable": "iterator", "AsyncGenerator": "iterator",
    "AsyncIterableIterator": "iterator", "AsyncIterator": "iterator", "ArrayLike": "array",
}  # fmt: skip
_MAPS: Final = frozenset(("Map", "ReadonlyMap", "WeakMap"))
_SAME: Final = frozenset(
    ("Partial", "Required", "Readonly", "NonNullable", "Pick", "Omit", "Exclude", "Extract", "NoInfer", "ThisType",
     "WeakRef")
)  # fmt: skip


def _type_name(ev: Evaluator, place: Place, _at: int, expr: TypeName, env: Env) -> Vals:
    found = ev.name(place, expr.name, env)
    for name in expr.rest:
        found = ev.member(found, name)
    args = [ev.value(place, arg, env) for arg in expr.args]
    if expr.name in env.names or ":" in expr.name:
        parameter = place.chunk.locals.get(expr.name)
        if expr.name in env.names or (parameter is not None and parameter.param):
            return found
    results_of: list[Vals] = []
    for value, sure in found.items():
        if isinstance(value, ClassValue):
            results_of.append(
                {one: min(one_sure, sure) for one, one_sure in instances(ev, value, args).items()}
            )
        elif isinstance(value, Native) and value.of is None:
            results_of.append(_native_type(ev, value.name, args))
        elif (
            isinstance(value, Instance)
            and value.of.place.path
            and isinstance(value.of, ClassValue)
            and value.of.made.kind == "enum"
        ):
            results_of.append({value: sure})
    return union(*results_of)


def instances(ev: Evaluator, cls: ClassValue, args: list[Vals]) -> Vals:
    """What a value of a class, interface or alias with type arguments may be."""
    made = cls.made
    if made.type_params and args:
        cls = with_types(ev, cls, args)
    if made.kind == "alias":
        return union(*(ev.value(cls.place, at, cls.env) for at in made.bases))
    return {ev.values.instance(cls): 1.0} if made.kind != "namespace" else NO_VALUES


def _native_type(ev: Evaluator, name: str, args: list[Vals]) -> Vals:
    first, second = [*args, NO_VALUES, NO_VALUES][:2]
    if name in _COLLECTIONS:
        return {ev.values.container(_COLLECTIONS[name], first): 1.0}
    if name in _MAPS:
        return {ev.values.container("map", second, (first, second)): 1.0}
    if name == "Record":
        return {ev.values.container("record", second): 1.0} if second else NO_VALUES
    return first if name in _SAME else _computed_type(ev, name, first)


def _computed_type(ev: Evaluator, name: str, first: Vals) -> Vals:
    if name == "Awaited":
        return awaited(first)
    if name == "ReturnType":
        return results(ev, {v: s for v, s in first.items() if isinstance(v, (FunctionValue, Instance))}, [])
    if name == "InstanceType":
        return {ev.values.instance(v): s for v, s in first.items() if isinstance(v, ClassValue)}
    return NO_VALUES


def _array(ev: Evaluator, place: Place, _at: int, expr: ArrayType, env: Env) -> Vals:
    return {ev.values.container("array", ev.value(place, expr.of, env)): 1.0}


def _tuple(ev: Evaluator, place: Place, _at: int, expr: TupleType, env: Env) -> Vals:
    parts = tuple(ev.value(place, at, env) for at in expr.items[:20])
    return {ev.values.container("tuple", NO_VALUES, parts): 1.0}


def _function(ev: Evaluator, place: Place, _at: int, expr: FunctionType, env: Env) -> Vals:
    return {ev.values.function(place, expr.at, env): 1.0}


def _object(ev: Evaluator, place: Place, _at: int, expr: ObjectType, env: Env) -> Vals:
    return {ev.values.instance(ev.values.class_of(place, expr.at, env)): 1.0}


def _lookup(ev: Evaluator, place: Place, _at: int, expr: LookupType, env: Env) -> Vals:
    from aifirst_memory.dependencies.ecmascript.evaluate.members import elements_of

    of = ev.value(place, expr.of, env)
    return ev.member(of, expr.key) if expr.key else elements_of(ev, of)


def _import(ev: Evaluator, place: Place, _at: int, expr: ImportType, _env: Env) -> Vals:
    target = ev.files.resolve_import(place.path, expr.module, "*")
    if target is None or target.package:
        return NO_VALUES
    found = ev.target(target)
    for name in expr.rest:
        found = ev.member(found, name)
    if expr.value:
        return found
    return union(*(instances(ev, value, []) for value in found if isinstance(value, ClassValue)))


TYPE_HANDLERS: Final[dict[type, Any]] = {
    TypeName: _type_name, ArrayType: _array, TupleType: _tuple, FunctionType: _function, ObjectType: _object,
    LookupType: _lookup, ImportType: _import,
}  # fmt: skip
