"""What is expected where a function or object literal stands: what its parameters will be given."""

from __future__ import annotations

from aifirst_memory.dependencies.ecmascript.evaluate.calls import bind_call, construct
from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import FLOWN, IMPORTED, Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.members import find_member
from aifirst_memory.dependencies.ecmascript.evaluate.natives import passed_to
from aifirst_memory.dependencies.ecmascript.evaluate.values import (
    NO_VALUES,
    ClassValue,
    Env,
    FunctionValue,
    Instance,
    Native,
    Vals,
    scaled,
    union,
)
from aifirst_memory.dependencies.ecmascript.facts import NONE, Call, Context, Expected, Function, Name
from aifirst_memory.dependencies.ecmascript.files import Place


def context_value(ev: Evaluator, place: Place, expr: Context, env: Env) -> Vals:
    """What the callee of a call declares its argument to be."""
    call = place.chunk.exprs[expr.call] if expr.call != NONE else None
    if not isinstance(call, Call):
        return NO_VALUES
    found: list[Vals] = []
    for value, sure in ev.value(place, call.callee, env).items():
        for function, around in _called(ev, place, call, value, env):
            param = _param(function.function, expr.at)
            if param is not None:
                found.append(scaled(ev.value(function.place, param, around), min(sure, IMPORTED)))
    return union(*found)


def _called(
    ev: Evaluator, place: Place, call: Call, value: object, env: Env
) -> list[tuple[FunctionValue, Env]]:
    """The functions that a callee is, each with the types that follow from the other arguments."""
    args = [_plain(ev, place, at, env) for at in call.args]
    types = [ev.value(place, at, env) for at in call.types]
    if isinstance(value, FunctionValue):
        ways = [value.at, *value.signatures]
        functions = [ev.values.function(value.place, at, value.env, value.this) for at in ways]
        return [(one, bind_call(ev, one, args, types)) for one in functions]
    if isinstance(value, ClassValue) and call.new:
        return [(one, one.env) for one in _members(ev, construct(ev, value, args, types), "constructor")]
    if isinstance(value, Instance) and isinstance(value.of, ClassValue):
        return [(one, bind_call(ev, one, args, types)) for one in _members(ev, value.of, "()")]
    return []


def _members(ev: Evaluator, cls: ClassValue, name: str) -> list[FunctionValue]:
    found = find_member(ev, cls, name, static=False)
    if found is None:
        return []
    owner = found.owner
    functions = [member.function for member in found.members if member.function != NONE]
    return [ev.values.function(owner.place, at, owner.env) for at in functions]


def _plain(ev: Evaluator, place: Place, at: int, env: Env) -> Vals:
    """The value of an argument that does not itself wait for what is expected of it."""
    from aifirst_memory.dependencies.ecmascript.facts import Fn, Obj

    return (
        NO_VALUES if at == NONE or isinstance(place.chunk.exprs[at], (Fn, Obj)) else ev.value(place, at, env)
    )


def _param(function: Function, at: int) -> int | None:
    params = function.params
    if at < len(params) and not params[at].rest:
        return params[at].type if params[at].type != NONE else None
    return None


def expected_value(ev: Evaluator, place: Place, expr: Expected, env: Env) -> Vals:
    """What the function that stands here will be given as one of its parameters."""
    found: list[Vals] = []
    for value, sure in ev.value(place, expr.of, env).items():
        found.append(scaled(_parameter(ev, value, expr.at), sure))
    context = place.chunk.exprs[expr.of]
    if isinstance(context, Context) and not any(found):
        found.append(_given(ev, place, context, expr.at, env))
    return union(*found)


def _parameter(ev: Evaluator, value: object, at: int) -> Vals:
    """What a function type declares one of its parameters to be."""
    if isinstance(value, Instance) and isinstance(value.of, ClassValue):
        found = find_member(ev, value.of, "()", static=False)
        if found is None or not found.members:
            return NO_VALUES
        value = ev.values.function(found.owner.place, found.members[0].function, found.owner.env)
    if not isinstance(value, FunctionValue):
        return NO_VALUES
    params = value.function.params
    return ev.value(value.place, params[at].type, value.env) if at < len(params) else NO_VALUES


def _given(ev: Evaluator, place: Place, context: Context, at: int, env: Env) -> Vals:
    """What is passed to the function, by a method of the language or by calls in the body of the callee."""
    call = place.chunk.exprs[context.call]
    if not isinstance(call, Call):
        return NO_VALUES
    found: list[Vals] = []
    for value, sure in ev.value(place, call.callee, env).items():
        if isinstance(value, Native):
            args = [_plain(ev, place, arg, env) for arg in call.args]
            found.append(scaled(passed_to(ev, value, context.at, at, args), min(sure, FLOWN)))
        elif isinstance(value, FunctionValue):
            found.append(_passed_by(ev, value, context.at, at))
    return union(*found)


def _passed_by(ev: Evaluator, value: FunctionValue, index: int, at: int) -> Vals:
    """What a function passes as argument `at` where it calls its parameter `index`."""
    function, chunk = value.function, value.place.chunk
    if index >= len(function.params):
        return NO_VALUES
    name = function.params[index].name
    found: list[Vals] = []
    first, last = function.flows
    for call_at, _ in chunk.flows[first:last][:60]:
        call = chunk.exprs[call_at] if call_at != NONE else None
        callee = chunk.exprs[call.callee] if isinstance(call, Call) and call.callee != NONE else None
        if (
            isinstance(call, Call)
            and isinstance(callee, Name)
            and callee.name == name
            and at < len(call.args)
        ):
            found.append(ev.value(value.place, call.args[at], value.env))
    return scaled(union(*found), FLOWN)
