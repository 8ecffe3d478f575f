"""How each kind of expression is evaluated: one handler a form, found by the form's number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.narrow import narrow, pattern_names
from aifirst_memory.dependencies.python.scopes import OverlayScope, Scope
from aifirst_memory.dependencies.python.values import EMPTY, NOTHING, Given, Value, Values, bounded, joined

if TYPE_CHECKING:
    from aifirst_memory.dependencies.python.interpreter import Interpreter

_COMPARE: Final = {
    "==": ("__eq__",),
    "!=": ("__ne__", "__eq__"),
    "<": ("__lt__",),
    ">": ("__gt__",),
    "<=": ("__le__",),
    ">=": ("__ge__",),
}
_REFLECTED: Final = {"<": "__gt__", ">": "__lt__", "<=": "__ge__", ">=": "__le__"}
_UNARY: Final = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}


def _name(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    return ev.name(form, scope)


def _attribute(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    return ev.read_attribute(form, scope)


def _call(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    callee = form[1]
    if callee[0] == forms.NAME and callee[1] == "super" and not form[2]:
        return ev.super_of(scope)
    found, confidence = ev.callee(callee, scope)
    if scope.emitter is None:
        if not found:
            return NOTHING
        return ev.call(
            found, ev.arguments(form, scope) if ev.asks_arguments(found) else EMPTY, scope, confidence
        )
    if not found or not ev.takes_arguments(found):
        ev.look_at_arguments(form, scope)
        return ev.call(found, EMPTY, scope, confidence) if found else NOTHING
    return ev.call(found, ev.arguments(form, scope), scope, confidence)


def _subscript(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    found = ev.evaluate(form[1], scope)
    types = tuple(value for value in found if value[0] in (values.CLASS, values.TYPE, values.OUTSIDE))
    index_form = form[2]
    if types and not any(
        v[0] == values.CLASS and (ev.is_enum(v[1], v[2]) or ev.metaclass_item(v)) for v in types
    ):
        index = ev.evaluate(index_form, scope) if scope.emitter is not None else NOTHING
        arguments = index_form[1] if index_form is not None and index_form[0] == forms.TUPLE else [index_form]
        result = ev.subscripted(types, arguments, scope)
        if len(types) == len(found):
            return result
        return joined([result, ev.item(found, index, scope)])
    index = ev.evaluate(index_form, scope)
    return ev.item(found, index, scope)


def _row(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    parts: list[Values] = []
    spread = False
    for element in form[1]:
        if element is not None and element[0] == forms.STAR:
            spread = True
            parts.append(ev.elements(ev.evaluate(element[1], scope), scope))
        else:
            parts.append(ev.evaluate(element, scope))
    if spread or len(parts) > 12:
        return values.sequence(joined(parts))
    return ((values.ROW, tuple(parts)),)


def _list(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    parts: list[Values] = []
    for element in form[1]:
        if element is not None and element[0] == forms.STAR:
            parts.append(ev.elements(ev.evaluate(element[1], scope), scope))
        else:
            parts.append(ev.evaluate(element, scope))
    return values.sequence(joined(parts))


def _dict(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    known: list[tuple[Value, Values]] = []
    rest: list[Values] = []
    for key_form, value_form in form[1]:
        if key_form is False:
            for value in ev.evaluate(value_form, scope):
                if value[0] == values.TABLE:
                    known.extend(value[1])
                    rest.append(value[2])
                elif value[0] == values.OBJECT and value[1] == "dict" and len(value[2]) > 1:
                    rest.append(value[2][1])
            continue
        key = ev.evaluate(key_form, scope)
        held = bounded(ev.evaluate(value_form, scope))
        if len(key) == 1 and len(known) < 24:
            known.append((key[0], held))
        else:
            rest.append(held)
    return ((values.TABLE, tuple(known), joined(rest)),)


def _comprehension(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    names: dict[str, Values] = {}
    inner = OverlayScope(scope, names)
    for target, iterable, conditions, is_async in form[3]:
        found = ev.elements(ev.evaluate(iterable, inner), inner, is_async=is_async)
        ev.assign_names(target, found, names, inner)
        for condition in conditions:
            if scope.emitter is not None:
                ev.evaluate(condition, inner)
            names.update(narrow(ev, condition, inner, True))
    element = ev.evaluate(form[2], inner)
    if form[1] == "dict":
        return ((values.OBJECT, "dict", (element, ev.evaluate(form[4], inner))),)
    return values.sequence(element, "iterator" if form[1] == "generator" else "list")


def _lambda(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    if scope.emitter is not None:
        names = {parameter[0]: NOTHING for parameter in form[1]}
        for _, _, _, default in form[1]:
            ev.evaluate(default, scope)
        ev.evaluate(form[2], OverlayScope(scope, names))
    return ((values.LAMBDA, ev.kept(form), scope),)


def _conditional(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    if scope.emitter is not None:
        ev.evaluate(form[1], scope)
    then = OverlayScope(scope, narrow(ev, form[1], scope, True))
    other = OverlayScope(scope, narrow(ev, form[1], scope, False))
    return joined([ev.evaluate(form[2], then), ev.evaluate(form[3], other)])


def _boolean(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    left = ev.evaluate(form[2], scope)
    names = narrow(ev, form[2], scope, form[1] == "and")
    right = ev.evaluate(form[3], OverlayScope(scope, names) if names else scope)
    return right if form[1] == "and" and not left else joined([left, right])


def _binary(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    left, right = ev.evaluate(form[2], scope), ev.evaluate(form[3], scope)
    if form[1] == "|" and any(value[0] in (values.CLASS, values.TYPE) for value in (*left, *right)):
        return ((values.TYPE, joined([ev.instances(left, scope), ev.instances(right, scope)])),)
    return ev.operate(form[1], left, right, scope)


def _sent(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    return ev.operate(form[1], ev.evaluate(form[2], scope), ev.evaluate(form[3], scope), scope)


def _unary(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    found = ev.evaluate(form[2], scope)
    name = _UNARY.get(form[1])
    return ev.special(found, (name,), EMPTY, scope) if name and found else NOTHING


def _compare(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    if scope.emitter is None:
        return NOTHING
    operands = [ev.evaluate(operand, scope) for operand in form[2]]
    for index, operator in enumerate(form[1][: len(operands) - 1]):
        left, right = operands[index], operands[index + 1]
        if operator in ("in", "not in"):
            if ev.has_special(right, "__contains__"):
                ev.special(right, ("__contains__",), Given((left,), ()), scope)
            elif any(value[0] == values.INSTANCE for value in right):
                ev.elements(right, scope)
        elif operator in _COMPARE:
            names = _COMPARE[operator]
            if any(ev.has_special(left, name) for name in names):
                ev.special(left, names, Given((right,), ()), scope)
            elif not any(value[0] == values.INSTANCE for value in left):
                ev.special(right, (_REFLECTED.get(operator, "__eq__"),), Given((left,), ()), scope)
    return NOTHING


def _await(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    return ev.awaited(ev.evaluate(form[1], scope), scope)


def _yield(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    found = ev.evaluate(form[1], scope) if scope.emitter is not None else NOTHING
    if form[0] == forms.YIELD_FROM and scope.emitter is not None:
        ev.elements(found, scope)
    facts = scope.function()
    if form[0] != forms.YIELD or facts is None or facts.returns is None:
        return NOTHING
    declared = ev.declared(facts.returns, ev.scope_of(scope.path, facts.name).around)
    return joined(value[2][1] for value in declared if value[0] == values.OBJECT and len(value[2]) > 1)


def _walrus(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    found = ev.evaluate(form[2], scope)
    scope.bind(form[1], found)
    return found


def _star(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    return ev.elements(ev.evaluate(form[1], scope), scope)


def _text(_ev: Interpreter, form: list[Any], _scope: Scope) -> Values:
    return ((values.TEXT, form[1]),)


def _number(_ev: Interpreter, form: list[Any], _scope: Scope) -> Values:
    return ((values.TEXT, str(form[1])),)


def _many(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    if scope.emitter is not None:
        for part in form[1]:
            ev.look_at(part, scope)
    return NOTHING


def _format(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    if scope.emitter is not None:
        for part in form[1]:
            ev.special(ev.evaluate(part, scope), ("__format__", "__str__", "__repr__"), EMPTY, scope)
    return NOTHING


def _line(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    emitter = scope.emitter
    if emitter is None:
        return ev.evaluate(form[2], scope)
    before, emitter.offset = emitter.offset, form[1]
    found = ev.evaluate(form[2], scope)
    emitter.offset = before
    return found


def _iterated(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    return ev.elements(ev.evaluate(form[1], scope), scope, is_async=form[2])


def _entered(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    return ev.entered(ev.evaluate(form[1], scope), scope, is_async=form[2])


def _picked(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    return ev.picked(ev.evaluate(form[1], scope), form[2], scope)


def _caught(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    return ev.caught(ev.evaluate(form[1], scope), scope)


def _matched(ev: Interpreter, form: list[Any], scope: Scope) -> Values:
    subject = ev.evaluate(form[1], scope)
    position = form[3] if len(form) > 3 else -1
    return pattern_names(ev, form[2], subject, scope, position)


def dotted_key(form: list[Any]) -> str:
    """`self.x` for such a form, empty for others."""
    owner = form[1]
    if owner is not None and owner[0] == forms.NAME:
        return f"{owner[1]}.{form[2]}"
    return ""


HANDLERS: Final = (
    _name, _attribute, _call, _subscript, _row, _list, _list, _dict, _comprehension, _lambda, _conditional, _boolean,
    _binary, _unary, _compare, _await, _yield, _yield, _walrus, _star, _text, _many, _format, _line, _number, _iterated,
    _entered, _picked, _caught, _matched, _sent,
)  # fmt: skip
"""By the form's first item."""
