"""Expressions: what each form stands for, and the edges of what it runs and refers to.

In a scope with an emitter every part of an expression is looked at once and its edges noted; without one only what
the value needs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.calls import EMPTY, Calls
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.narrow import narrow, pattern_names
from aifirst_memory.dependencies.python.scopes import OverlayScope, Scope
from aifirst_memory.dependencies.python.values import NOTHING, Given, Value, Values, joined
from aifirst_memory.dependencies.resolver import ProjectView

_MAX_DEPTH: Final = 90
_BINARY: Final = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_COMPARE: Final = {"==": ("__eq__",), "!=": ("__ne__", "__eq__"), "<": ("__lt__",), ">": ("__gt__",), "<=": ("__le__",), ">=": ("__ge__",)}
_REFLECTED: Final = {"<": "__gt__", ">": "__lt__", "<=": "__ge__", ">=": "__le__"}
_UNARY: Final = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}
DIRECT: Final = 1.0
NEAR: Final = 0.95
FLOWED: Final = 0.9
FAR: Final = 0.8


class KeptForm:
    """A form that is compared by being the same one."""

    __slots__ = ("form",)

    def __init__(self, form: list[Any]) -> None:
        self.form = form


class Evaluator(Calls):
    """Evaluates forms."""

    def __init__(self, project: ProjectView) -> None:
        super().__init__(project)
        self._kept: dict[int, KeptForm] = {}

    def evaluate(self, form: Form, scope: Scope) -> Values:
        """The values of an expression; their edges are noted where the scope has an emitter."""
        if form is None:
            return NOTHING
        if self.depth >= _MAX_DEPTH:
            return NOTHING
        if scope.emitter is None:
            self.budget -= 1
            if self.budget <= 0:
                return NOTHING
            if form[0] == forms.NAME:
                return scope.lookup(form[1])
        self.depth += 1
        found = _HANDLERS[form[0]](self, form, scope)
        self.depth -= 1
        return found

    def name(self, form: list[Any], scope: Scope, *, called: bool = False) -> Values:
        """A name that is read."""
        name = form[1]
        emitter = scope.emitter
        if emitter is not None:
            for target, is_unit in scope.references(name):
                if not (is_unit and called):
                    emitter.add(target, "uses", DIRECT if target.startswith(scope.path) else NEAR)
        return scope.lookup(name)

    def callee(self, form: Form, scope: Scope) -> tuple[Values, float]:
        """The values of what is called, and how sure it is that they run."""
        if form is None:
            return NOTHING, FAR
        if form[0] == forms.NAME:
            found = self.name(form, scope, called=True)
            references = scope.references(form[1])
            if not any(is_unit for _, is_unit in references):
                return found, FLOWED
            return found, DIRECT if all(node.startswith(f"{scope.path}::") for node, _ in references) else NEAR
        if form[0] == forms.ATTRIBUTE:
            return self.read_attribute(form, scope, called=True), NEAR if _is_plain(form[1]) else FLOWED
        if form[0] == forms.AT_LINE:
            return self._at_line(form, scope, lambda inner: self.callee(inner, scope))
        return self.evaluate(form, scope), FAR

    def _at_line(self, form: list[Any], scope: Scope, then: Callable[[Form], Any]) -> Any:
        emitter = scope.emitter
        if emitter is None:
            return then(form[2])
        before, emitter.offset = emitter.offset, form[1]
        found = then(form[2])
        emitter.offset = before
        return found

    def read_attribute(self, form: list[Any], scope: Scope, *, called: bool = False) -> Values:
        """An attribute that is read."""
        owner = form[1]
        found = self.evaluate(owner, scope)
        if found:
            result = self.attribute(found, form[2], scope, called=called)
        elif scope.emitter is None:
            return NOTHING
        else:
            result = NOTHING
        key = dotted_key(form)
        if key:
            narrowed = scope.narrowed(key)
            if narrowed is not None:
                return narrowed
        return result

    def arguments(self, form: list[Any], scope: Scope) -> Given:
        """The values of a call's arguments."""
        positional: list[Values] = []
        spread = NOTHING
        for argument in form[2]:
            if argument is not None and argument[0] == forms.STAR:
                found = self.evaluate(argument[1], scope)
                rows = [value for value in found if value[0] == values.ROW]
                if len(rows) == 1 == len(found) and not spread:
                    positional.extend(rows[0][1])
                else:
                    spread = joined([spread, self.elements(found, scope)])
            elif spread:
                spread = joined([spread, self.evaluate(argument, scope)])
            else:
                positional.append(self.evaluate(argument, scope))
        keywords = tuple((name, self.evaluate(value, scope)) for name, value in form[3])
        return Given(tuple(positional), keywords, spread)

    def special(self, found: Values, names: tuple[str, ...], given: Given, scope: Scope) -> Values:
        """What the first special method that a value has gives."""
        parts: list[Values] = []
        for value in found:
            if value[0] == values.VARIABLE:
                parts.append(self.special(value[2], names, given, scope))
                continue
            holder = value if value[0] == values.INSTANCE else None
            if value[0] == values.CLASS:
                holder = self.metaclass(value[1], value[2])
            if holder is None:
                continue
            for name in names:
                owned = self.find_member(holder[1], holder[2], name)
                if owned is not None:
                    methods = self.member_values(owned, name, value, holder, scope, True)
                    parts.append(self.call(methods, given, scope, FLOWED))
                    break
        return joined(parts)

    def has_special(self, found: Values, name: str) -> bool:
        """Whether one of the values has a special method in the project."""
        return any(v[0] == values.INSTANCE and self.find_member(v[1], v[2], name) is not None for v in found)

    def elements(self, found: Values, scope: Scope, *, is_async: bool = False) -> Values:
        """What iterating gives; running `__iter__` and `__next__`."""
        parts: list[Values] = []
        for value in found:
            sort = value[0]
            if sort == values.OBJECT:
                if value[1] in ("list", "iterator", "dict") and value[2]:
                    parts.append(value[2][0])
            elif sort == values.ROW:
                parts.extend(value[1])
            elif sort == values.TABLE:
                parts.append(tuple(key for key, _ in value[1]))
            elif sort == values.INSTANCE:
                parts.append(self._iterated(value, scope, is_async))
            elif sort == values.CLASS:
                if self.is_enum(value[1], value[2]):
                    parts.append(((values.INSTANCE, value[1], value[2], ()),))
                else:
                    inner = self.special((value,), ("__iter__",), EMPTY, scope)
                    parts.append(self.elements(inner, scope))
            elif sort == values.VARIABLE:
                parts.append(self.elements(value[2], scope, is_async=is_async))
        return joined(parts)

    def _iterated(self, value: Value, scope: Scope, is_async: bool) -> Values:
        first, following = ("__aiter__", "__anext__") if is_async else ("__iter__", "__next__")
        if self.find_member(value[1], value[2], first) is None:
            if not is_async and self.has_special((value,), "__getitem__"):
                return self.special((value,), ("__getitem__",), EMPTY, scope)
            return self.outside_element(value)
        iterators = self.special((value,), (first,), EMPTY, scope)
        parts: list[Values] = []
        for iterator in iterators:
            if iterator[0] == values.INSTANCE:
                given = self.special((iterator,), (following,), EMPTY, scope)
                parts.append(self.awaited(given, scope) if is_async else given)
            elif iterator[0] == values.OBJECT and iterator[1] == "awaitable":
                parts.append(self.elements(self.awaited((iterator,), scope), scope))
            elif iterator[0] != values.CLASS:
                parts.append(self.elements((iterator,), scope))
        return joined(parts)

    def outside_element(self, value: Value) -> Values:
        """The elements that an outside base with arguments (`class Items(list[A])`) tells."""
        for owner_path, owner in self.order(value[1], value[2]):
            for base in self.bases(owner_path, owner) if owner_path else ():
                if base[0] == values.TYPE:
                    for inner in base[1]:
                        if inner[0] == values.OBJECT and inner[2]:
                            return inner[2][0]
        if self.is_named_tuple(value[1], value[2]):
            found = self.fields(value[1], value[2])
            return joined(self.declared(binding[2], self.scope_of(path, binding[3])) for _, path, binding in found)
        return NOTHING

    def awaited(self, found: Values, scope: Scope) -> Values:
        """What `await` gives; running `__await__`."""
        parts: list[Values] = []
        for value in found:
            if value[0] == values.OBJECT and value[1] == "awaitable" and value[2]:
                parts.append(value[2][0])
            elif value[0] == values.INSTANCE:
                parts.append(self.special((value,), ("__await__",), EMPTY, scope))
        return joined(parts)

    def entered(self, found: Values, scope: Scope, *, is_async: bool) -> Values:
        """What `with` binds; running `__enter__` and `__exit__`."""
        enter, leave = ("__aenter__", "__aexit__") if is_async else ("__enter__", "__exit__")
        parts: list[Values] = []
        for value in found:
            if value[0] == values.OBJECT and value[1] == "context" and value[2]:
                parts.append(value[2][0])
            elif value[0] == values.OBJECT and value[1] != "context":
                parts.append((value,))
            elif value[0] == values.INSTANCE:
                inner = self.special((value,), (enter,), EMPTY, scope)
                parts.append(self.awaited(inner, scope) if is_async else inner)
                self.special((value,), (leave,), EMPTY, scope)
                if not self.has_special((value,), enter):
                    parts.append((value,))
        return joined(parts)

    def item(self, found: Values, index: Values, scope: Scope) -> Values:
        """What a subscript gives; running `__getitem__`."""
        parts: list[Values] = []
        for value in found:
            sort = value[0]
            if sort == values.OBJECT:
                if value[1] == "dict":
                    parts.append(value[2][1] if len(value[2]) > 1 else NOTHING)
                elif value[1] in ("list", "iterator") and value[2]:
                    parts.append(value[2][0])
            elif sort == values.ROW:
                parts.append(_row_item(value, index))
            elif sort == values.TABLE:
                parts.append(table_item(value, index))
            elif sort == values.INSTANCE:
                if self.has_special((value,), "__getitem__"):
                    parts.append(self.special((value,), ("__getitem__",), Given((index,), ()), scope))
                elif self.is_named_tuple(value[1], value[2]) or self.outside_bases(value[1], value[2]):
                    parts.append(self._outside_item(value))
            elif sort == values.CLASS and self.is_enum(value[1], value[2]):
                parts.append(((values.INSTANCE, value[1], value[2], ()),))
            elif sort == values.VARIABLE:
                parts.append(self.item(value[2], index, scope))
        return joined(parts)

    def _outside_item(self, value: Value) -> Values:
        for owner_path, owner in self.order(value[1], value[2]):
            for base in self.bases(owner_path, owner) if owner_path else ():
                for inner in base[1] if base[0] == values.TYPE else ():
                    if inner[0] == values.OBJECT and inner[2]:
                        return inner[2][-1]
        return NOTHING

    def kept(self, form: list[Any]) -> KeptForm:
        """The form as something that can be compared."""
        known = self._kept.get(id(form))
        if known is None:
            known = self._kept[id(form)] = KeptForm(form)
        return known


def dotted_key(form: list[Any]) -> str:
    """`self.x` for such a form, empty for others."""
    owner = form[1]
    if owner is not None and owner[0] == forms.NAME:
        return f"{owner[1]}.{form[2]}"
    return ""


def _is_plain(form: Form) -> bool:
    return form is not None and form[0] == forms.NAME


def _row_item(value: Value, index: Values) -> Values:
    row: tuple[Values, ...] = value[1]
    if len(index) == 1 and index[0][0] == values.TEXT:
        number = index[0][1]
        if number.isdecimal():
            return row[int(number)] if int(number) < len(row) else NOTHING
    return joined(row)


def table_item(value: Value, index: Values) -> Values:
    """What a dictionary has under a key; all it has where the key is not known."""
    if len(index) == 1 and index[0][0] == values.TEXT:
        for key, held in value[1]:
            if key == index[0]:
                return held
        return value[2]
    return joined([*(held for _, held in value[1]), value[2]])


def _name(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    return ev.name(form, scope)


def _attribute(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    return ev.read_attribute(form, scope)


def _call(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    callee = form[1]
    if callee[0] == forms.NAME and callee[1] == "super" and not form[2]:
        return ev.super_of(scope)
    found, confidence = ev.callee(callee, scope)
    given = ev.arguments(form, scope)
    if not found:
        return NOTHING
    return ev.call(found, given, scope, confidence)


def _subscript(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    found = ev.evaluate(form[1], scope)
    types = tuple(value for value in found if value[0] in (values.CLASS, values.TYPE, values.OUTSIDE))
    index_form = form[2]
    if types and not any(v[0] == values.CLASS and (ev.is_enum(v[1], v[2]) or ev.metaclass_item(v)) for v in types):
        index = ev.evaluate(index_form, scope) if scope.emitter is not None else NOTHING
        arguments = index_form[1] if index_form is not None and index_form[0] == forms.TUPLE else [index_form]
        result = ev.subscripted(types, arguments, scope)
        if len(types) == len(found):
            return result
        return joined([result, ev.item(found, index, scope)])
    index = ev.evaluate(index_form, scope)
    return ev.item(found, index, scope)


def _row(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
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


def _list(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    parts: list[Values] = []
    for element in form[1]:
        if element is not None and element[0] == forms.STAR:
            parts.append(ev.elements(ev.evaluate(element[1], scope), scope))
        else:
            parts.append(ev.evaluate(element, scope))
    return values.sequence(joined(parts))


def _dict(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
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
        held = ev.evaluate(value_form, scope)
        if len(key) == 1 and len(known) < 24:
            known.append((key[0], held))
        else:
            rest.append(held)
    return ((values.TABLE, tuple(known), joined(rest)),)


def _comprehension(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
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


def _lambda(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    if scope.emitter is not None:
        names = {parameter[0]: NOTHING for parameter in form[1]}
        for _, _, _, default in form[1]:
            ev.evaluate(default, scope)
        ev.evaluate(form[2], OverlayScope(scope, names))
    return ((values.LAMBDA, ev.kept(form), scope),)


def _conditional(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    if scope.emitter is not None:
        ev.evaluate(form[1], scope)
    then = OverlayScope(scope, narrow(ev, form[1], scope, True))
    other = OverlayScope(scope, narrow(ev, form[1], scope, False))
    return joined([ev.evaluate(form[2], then), ev.evaluate(form[3], other)])


def _boolean(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    left = ev.evaluate(form[2], scope)
    names = narrow(ev, form[2], scope, form[1] == "and")
    right = ev.evaluate(form[3], OverlayScope(scope, names) if names else scope)
    return right if form[1] == "and" and not left else joined([left, right])


def _binary(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    left, right = ev.evaluate(form[2], scope), ev.evaluate(form[3], scope)
    if form[1] == "|" and any(value[0] in (values.CLASS, values.TYPE) for value in (*left, *right)):
        return ((values.TYPE, joined([ev.instances(left, scope), ev.instances(right, scope)])),)
    return ev.operate(form[1], left, right, scope)


def _sent(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    return ev.operate(form[1], ev.evaluate(form[2], scope), ev.evaluate(form[3], scope), scope)


def _unary(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    found = ev.evaluate(form[2], scope)
    name = _UNARY.get(form[1])
    return ev.special(found, (name,), EMPTY, scope) if name and found else NOTHING


def _compare(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
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


def _await(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    return ev.awaited(ev.evaluate(form[1], scope), scope)


def _yield(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    found = ev.evaluate(form[1], scope) if scope.emitter is not None else NOTHING
    if form[0] == forms.YIELD_FROM and scope.emitter is not None:
        ev.elements(found, scope)
    return NOTHING


def _walrus(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    found = ev.evaluate(form[2], scope)
    scope.bind(form[1], found)
    return found


def _star(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    return ev.elements(ev.evaluate(form[1], scope), scope)


def _text(_ev: Evaluator, form: list[Any], _scope: Scope) -> Values:
    return ((values.TEXT, form[1]),)


def _number(_ev: Evaluator, form: list[Any], _scope: Scope) -> Values:
    return ((values.TEXT, str(form[1])),)


def _many(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    if scope.emitter is not None:
        for part in form[1]:
            ev.evaluate(part, scope)
    return NOTHING


def _format(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    if scope.emitter is not None:
        for part in form[1]:
            ev.special(ev.evaluate(part, scope), ("__format__", "__str__", "__repr__"), EMPTY, scope)
    return NOTHING


def _line(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    emitter = scope.emitter
    if emitter is None:
        return ev.evaluate(form[2], scope)
    before, emitter.offset = emitter.offset, form[1]
    found = ev.evaluate(form[2], scope)
    emitter.offset = before
    return found


def _iterated(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    return ev.elements(ev.evaluate(form[1], scope), scope, is_async=form[2])


def _entered(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    return ev.entered(ev.evaluate(form[1], scope), scope, is_async=form[2])


def _picked(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    return ev.picked(ev.evaluate(form[1], scope), form[2], scope)


def _caught(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    return ev.caught(ev.evaluate(form[1], scope), scope)


def _matched(ev: Evaluator, form: list[Any], scope: Scope) -> Values:
    subject = ev.evaluate(form[1], scope)
    position = form[3] if len(form) > 3 else -1
    return pattern_names(ev, form[2], subject, scope, position)


_HANDLERS: Final = (
    _name, _attribute, _call, _subscript, _row, _list, _list, _dict, _comprehension, _lambda, _conditional, _boolean,
    _binary, _unary, _compare, _await, _yield, _yield, _walrus, _star, _text, _many, _format, _line, _number, _iterated,
    _entered, _picked, _caught, _matched, _sent,
)  # fmt: skip
"""By the form's first item."""
