"""What calls give: what functions return, with what their parameters and type parameters are bound to."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import ASSIGNED, FLOWN, IMPORTED, Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.members import find_member, with_types
from aifirst_memory.dependencies.ecmascript.evaluate.natives import call_native
from aifirst_memory.dependencies.ecmascript.evaluate.values import (
    NO_VALUES,
    ClassValue,
    Container,
    Env,
    FunctionValue,
    Instance,
    Namespace,
    Native,
    ObjectValue,
    Vals,
    scaled,
    union,
)
from aifirst_memory.dependencies.ecmascript.facts import (
    ASYNC,
    GENERATOR,
    NONE,
    ArrayType,
    Call,
    Either,
    Function,
    FunctionType,
    Param,
    TypeName,
)
from aifirst_memory.dependencies.ecmascript.files import Place

_MAX_SAME: Final = 2
_MAX_CALLS: Final = 10
"""Calls within calls whose results are followed."""
_MAX_INFER: Final = 6
_PASSED: Final = (FunctionValue, ClassValue, ObjectValue, Container, Instance, Namespace)


def call_value(ev: Evaluator, place: Place, call: Call, env: Env) -> Vals:
    """What a call may give."""
    callees = ev.value(place, call.callee, env)
    if not callees:
        return NO_VALUES
    args = [ev.value(place, at, env) for at in call.args]
    types = [ev.value(place, at, env) for at in call.types]
    found = [scaled(apply(ev, value, args, types, new=call.new), sure) for value, sure in callees.items()]
    return union(*found)


def apply(ev: Evaluator, value: object, args: list[Vals], types: list[Vals], *, new: bool) -> Vals:
    """What calling or constructing one value may give."""
    if isinstance(value, FunctionValue):
        if new and not value.function.assigned and not value.place.props.get(("f", value.at)):
            return union(
                {ev.values.instance(value, exact=True): ASSIGNED}, call_result(ev, value, args, types)
            )
        return (
            {ev.values.instance(value, exact=True): ASSIGNED} if new else call_result(ev, value, args, types)
        )
    if isinstance(value, ClassValue) and new:
        return {ev.values.instance(construct(ev, value, args, types), exact=True): ASSIGNED}
    if isinstance(value, Instance) and isinstance(value.of, ClassValue):
        found = find_member(ev, value.of, "new" if new else "()", static=False)
        if found is not None and found.members:
            signature = ev.values.function(found.owner.place, found.members[0].function, found.owner.env)
            return call_result(ev, signature, args, types)
    if isinstance(value, Native):
        return call_native(ev, value, args, types)
    return NO_VALUES


def construct(ev: Evaluator, cls: ClassValue, args: list[Vals], types: list[Vals]) -> ClassValue:
    """A class with its type parameters and the parameters of its constructor bound."""
    if types:
        cls = with_types(ev, cls, types)
    found = find_member(ev, cls, "constructor", static=False)
    if found is None or (found.owner.place, found.owner.at) != (cls.place, cls.at):
        return cls
    functions = [cls.place.chunk.functions[m.function] for m in found.members if m.function != NONE]
    for function in sorted(functions, key=lambda one: not one.body)[:1]:
        env = bind(ev, cls.place, function, args, cls.env, [] if types else cls.made.type_params)
        return ev.values.class_of(cls.place, cls.at, env)
    return cls


def call_result(ev: Evaluator, value: FunctionValue, args: list[Vals], types: list[Vals]) -> Vals:
    """What a function may return."""
    key = value.place, value.at
    count = ev.calls.get(key, 0)
    if count >= _MAX_SAME or ev.open_calls > _MAX_CALLS:
        return NO_VALUES
    ev.calls[key] = count + 1
    ev.open_calls += 1
    try:
        return _result(ev, value, args, types)
    finally:
        ev.calls[key] = count
        ev.open_calls -= 1


def _result(ev: Evaluator, value: FunctionValue, args: list[Vals], types: list[Vals]) -> Vals:
    place, function = value.place, value.function
    env = bind_call(ev, value, args, types)
    declared = scaled(ev.value(place, function.type, env), IMPORTED)
    if not declared:
        for at in value.signatures:
            signature = place.chunk.functions[at]
            given = bind(ev, place, signature, args, value.env, signature.type_params)
            declared = union(declared, scaled(ev.value(place, signature.type, given), IMPORTED))
    if any(is_nominal(one) for one in declared):
        return declared
    returned = union(*(ev.value(place, at, env) for at in function.returns[:30]))
    flags = function.flags
    if flags & GENERATOR:
        items = union(*(ev.value(place, at, env) for at in function.yields[:30]))
        returned = _boxed(ev, "iterator", items)
    elif flags & ASYNC and returned:
        inner = union(*(promised(one, sure) for one, sure in returned.items()))
        returned = _boxed(ev, "promise", inner)
    return union(declared, scaled(returned, FLOWN))


def _boxed(ev: Evaluator, kind: str, items: Vals) -> Vals:
    return {ev.values.container(kind, scaled(items, FLOWN)): FLOWN} if items else NO_VALUES


def promised(value: object, sure: float) -> Vals:
    """What awaiting a value gives."""
    from aifirst_memory.dependencies.ecmascript.evaluate.values import Value

    if isinstance(value, Container) and value.kind == "promise":
        return value.items
    return {value: sure} if isinstance(value, Value) else NO_VALUES


def is_nominal(value: object) -> bool:
    """Whether a declared type says all: an instance of a class, or a collection of such."""
    if isinstance(value, Container):
        return any(is_nominal(one) for vals in (value.items, *value.parts) for one in vals)
    return isinstance(value, Instance) and isinstance(value.of, ClassValue) and value.of.made.kind != "object"


def bind_call(ev: Evaluator, value: FunctionValue, args: list[Vals], types: list[Vals]) -> Env:
    """The environment of a call."""
    function = value.function
    env = value.env
    if types and function.type_params:
        names = {param.name: vals for param, vals in zip(function.type_params, types, strict=False) if vals}
        env = ev.values.env(env, names)
        return bind(ev, value.place, function, args, env, [])
    return bind(ev, value.place, function, args, env, function.type_params)


def bind(
    ev: Evaluator, place: Place, function: Function, args: list[Vals], env: Env, infer: list[Param]
) -> Env:
    """Bind the parameters of a function, and the type parameters that follow from what is passed."""
    names: dict[str, Vals] = {}
    inferred: dict[str, Vals] = {}
    wanted = {param.name for param in infer}
    for at, param in enumerate(function.params):
        if param.rest:
            items = union(*args[at:])
            passed: Vals = {ev.values.container("array", scaled(items, FLOWN)): FLOWN} if items else NO_VALUES
        else:
            passed = args[at] if at < len(args) else NO_VALUES
        if not passed:
            continue
        if wanted and param.type != NONE:
            _infer(ev, place, param.type, passed, wanted, inferred, 0)
        kept = _kept(passed, typed=param.type != NONE)
        if kept:
            names[param.name] = scaled(kept, FLOWN)
    return ev.values.env(env, {**names, **inferred}) if names or inferred else env


def _kept(passed: Vals, *, typed: bool) -> Vals:
    """Of what is passed, what says more than the declared type of the parameter does."""
    if typed:
        kinds = (FunctionValue, ObjectValue, ClassValue)
        return {
            v: sure
            for v, sure in passed.items()
            if isinstance(v, kinds) or (isinstance(v, Container) and not is_nominal(v))
        }
    return {v: sure for v, sure in passed.items() if isinstance(v, _PASSED)}


def _infer(
    ev: Evaluator, place: Place, at: int, passed: Vals, wanted: set[str], into: dict[str, Vals], depth: int
) -> None:
    """Bind type parameters by what stands where they are named."""
    if at == NONE or depth > _MAX_INFER or not passed:
        return
    expr = place.chunk.exprs[at]
    if isinstance(expr, TypeName):
        if expr.name in wanted and not expr.rest:
            into[expr.name] = union(into.get(expr.name, NO_VALUES), passed)
            return
        for index, arg in enumerate(expr.args):
            inner = [_argument(value, index, len(expr.args)) for value in passed]
            _infer(ev, place, arg, union(*inner), wanted, into, depth + 1)
    elif isinstance(expr, ArrayType):
        _infer(
            ev,
            place,
            expr.of,
            union(*(_argument(value, 0, 1) for value in passed)),
            wanted,
            into,
            depth + 1,
        )
    elif isinstance(expr, Either):
        for one in expr.of:
            _infer(ev, place, one, passed, wanted, into, depth + 1)
    elif isinstance(expr, FunctionType):
        function = place.chunk.functions[expr.at]
        if _mentions(place, function.type, wanted, 0):
            results = [apply(ev, value, [], [], new=isinstance(value, ClassValue)) for value in passed]
            _infer(ev, place, function.type, union(*results), wanted, into, depth + 1)


def _mentions(place: Place, at: int, wanted: set[str], depth: int) -> bool:
    from aifirst_memory.dependencies.ecmascript.expr_parts import parts

    if at == NONE or depth > _MAX_INFER:
        return False
    expr = place.chunk.exprs[at]
    if isinstance(expr, TypeName) and expr.name in wanted:
        return True
    return any(_mentions(place, part, wanted, depth + 1) for part in parts(expr))


def _argument(value: object, index: int, count: int) -> Vals:
    """What argument `index` of a generic type is in a value of it."""
    if isinstance(value, Container):
        return value.parts[index] if index < len(value.parts) == count else value.items
    if isinstance(value, Instance) and isinstance(value.of, ClassValue):
        params = value.of.made.type_params
        return value.of.env.names.get(params[index].name, NO_VALUES) if index < len(params) else NO_VALUES
    return NO_VALUES
