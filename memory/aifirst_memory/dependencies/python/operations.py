"""What operations on objects run and give: iteration, `await`, `with`, subscripts, operators, unpacking, `super()`."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.calls import Calls
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.values import EMPTY, NOTHING, Given, Value, Values, joined

_OPERATORS: Final = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
FLOWED: Final = 0.9
"""How sure it is that what a value was assigned runs."""


class Operations(Calls):
    """Follows operations to the special methods behind them."""

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
        arguments = self._outside_arguments(value)
        if arguments:
            return arguments[0]
        if self.is_named_tuple(value[1], value[2]):
            found = self.fields(value[1], value[2])
            return joined(
                self.declared(binding[2], self.scope_of(path, binding[3])) for _, path, binding in found
            )
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
                if scope.emitter is not None:
                    self.special((value,), (leave,), EMPTY, scope)
                if not self.has_special((value,), enter):
                    parts.append((value,))
        return joined(parts)

    def item(self, found: Values, index: Values, scope: Scope) -> Values:
        """What a subscript gives; running `__getitem__`."""
        return joined([self._item(value, index, scope) for value in found])

    def _item(self, value: Value, index: Values, scope: Scope) -> Values:
        sort = value[0]
        if sort == values.OBJECT:
            return _object_item(value)
        if sort == values.ROW:
            return _row_item(value, index)
        if sort == values.TABLE:
            return table_item(value, index)
        if sort == values.INSTANCE:
            if self.has_special((value,), "__getitem__"):
                return self.special((value,), ("__getitem__",), Given((index,), ()), scope)
            arguments = self._outside_arguments(value)
            return arguments[-1] if arguments else NOTHING
        if sort == values.CLASS and self.is_enum(value[1], value[2]):
            return ((values.INSTANCE, value[1], value[2], ()),)
        return self.item(value[2], index, scope) if sort == values.VARIABLE else NOTHING

    def _outside_arguments(self, value: Value) -> tuple[Values, ...]:
        """The type arguments of an outside base (`class Items(list[A])`)."""
        for owner_path, owner in self.order(value[1], value[2]):
            types = (
                [base[1] for base in self.bases(owner_path, owner) if base[0] == values.TYPE]
                if owner_path
                else []
            )
            for inner in [part for found in types for part in found]:
                if inner[0] == values.OBJECT and inner[2]:
                    return inner[2]
        return ()

    def super_of(self, scope: Scope) -> Values:
        """`super()` in a method: its object, looked at from behind the method's class."""
        facts = scope.function()
        while facts is not None and not facts.in_class:
            outer = self.function(scope.path, facts.parent)
            facts = outer
        if facts is None or not facts.parameters:
            return NOTHING
        if scope.emitter is not None:
            receivers = self.receiver_values(facts, scope.path)
        else:
            receivers = scope.lookup(facts.parameters[0].name)
        return tuple(
            (values.SUPER, value, scope.path, facts.parent)
            for value in receivers
            if value[0] in (values.INSTANCE, values.CLASS)
        )

    def metaclass_item(self, value: Value) -> bool:
        """Whether subscribing a class runs something of its metaclass."""
        meta = self.metaclass(value[1], value[2])
        return meta is not None and self.find_member(meta[1], meta[2], "__getitem__") is not None

    def operate(self, operator: str, left: Values, right: Values, scope: Scope) -> Values:
        """What a binary operator gives; running `__add__` or `__radd__`."""
        name = _OPERATORS.get(operator)
        if name is None or not (left or right):
            return NOTHING
        if self.has_special(left, f"__{name}__"):
            return self.special(left, (f"__{name}__",), Given((right,), ()), scope)
        if self.has_special(right, f"__r{name}__"):
            return self.special(right, (f"__r{name}__",), Given((left,), ()), scope)
        if operator in ("+", "|"):
            return joined(
                tuple(v for v in side if v[0] in (values.OBJECT, values.ROW, values.TABLE))
                for side in (left, right)
            )
        return NOTHING

    def picked(self, found: Values, index: int, scope: Scope) -> Values:
        """What unpacking gives to the target at an index, or to the starred one."""
        parts: list[Values] = []
        for value in found:
            if value[0] == values.ROW and index >= 0:
                parts.append(value[1][index] if index < len(value[1]) else NOTHING)
            elif value[0] == values.INSTANCE and index >= 0 and self.is_named_tuple(value[1], value[2]):
                fields = self.fields(value[1], value[2])
                if index < len(fields):
                    _, path, binding = fields[index]
                    parts.append(self.declared(binding[2], self.scope_of(path, binding[3])))
            else:
                parts.append(self.elements((value,), scope))
        inner = joined(parts)
        return values.sequence(inner) if index < 0 else inner

    def caught(self, found: Values, scope: Scope) -> Values:
        """What `except` binds."""
        parts: list[Values] = []
        for value in found:
            if value[0] == values.ROW:
                parts.extend(self.caught(inner, scope) for inner in value[1])
            elif value[0] == values.CLASS:
                parts.append(((values.INSTANCE, *value[1:4]),))
        return joined(parts)

    def assign_names(self, target: Form, found: Values, names: dict[str, Values], scope: Scope) -> None:
        """Bind a target's names to values; attributes and items are left to the walk."""
        if target is None:
            return
        if target[0] == forms.AT_LINE:
            self.assign_names(target[2], found, names, scope)
        elif target[0] == forms.NAME:
            names[target[1]] = found
        elif target[0] == forms.TUPLE:
            for index, part in enumerate(target[1]):
                if part is not None and part[0] == forms.STAR:
                    self.assign_names(part[1], self.picked(found, -1, scope), names, scope)
                else:
                    self.assign_names(part, self.picked(found, index, scope), names, scope)


def _object_item(value: Value) -> Values:
    if value[1] == "dict":
        return value[2][1] if len(value[2]) > 1 else NOTHING
    return value[2][0] if value[1] in ("list", "iterator") and value[2] else NOTHING


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
