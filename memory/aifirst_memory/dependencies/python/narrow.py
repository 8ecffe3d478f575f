"""What a test or a pattern tells of names: `isinstance`, `is None`, `case A():`."""

from __future__ import annotations

from typing import Any

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.attributes import Attributes
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.values import NOTHING, Value, Values, joined


def narrow(ev: Attributes, test: Form, scope: Scope, holds: bool) -> dict[str, Values]:
    """What names hold where a test holds, or where it does not."""
    if test is None:
        return {}
    op = test[0]
    if op == forms.AT_LINE:
        return narrow(ev, test[2], scope, holds)
    if op == forms.UNARY and test[1] == "not":
        return narrow(ev, test[2], scope, not holds)
    if op == forms.BOOLEAN:
        if (test[1] == "and") == holds:
            return {**narrow(ev, test[2], scope, holds), **narrow(ev, test[3], scope, holds)}
        return _either(narrow(ev, test[2], scope, holds), narrow(ev, test[3], scope, holds))
    if op == forms.CALL and test[1] == [forms.NAME, "isinstance"] and len(test[2]) == 2:
        return _by_class(ev, test[2][0], test[2][1], scope, holds, of_class=False)
    if op == forms.CALL and test[1] == [forms.NAME, "issubclass"] and len(test[2]) == 2:
        return _by_class(ev, test[2][0], test[2][1], scope, holds, of_class=True)
    if op == forms.COMPARE and len(test[2]) == 2 and test[1] and test[1][0] in ("is", "==") and holds:
        return _by_type(ev, test[2][0], test[2][1], scope)
    return {}


def _either(one: dict[str, Values], other: dict[str, Values]) -> dict[str, Values]:
    return {key: joined([found, other[key]]) for key, found in one.items() if key in other}


def _key_of(form: Form) -> str:
    if form is None:
        return ""
    if form[0] == forms.AT_LINE:
        return _key_of(form[2])
    if form[0] == forms.NAME or form[0] == forms.WALRUS:
        return form[1]
    if form[0] == forms.ATTRIBUTE and form[1] is not None and form[1][0] == forms.NAME:
        return f"{form[1][1]}.{form[2]}"
    return ""


def _quiet(ev: Attributes, form: Form, scope: Scope) -> Values:
    emitter, scope.emitter = scope.emitter, None
    try:
        return ev.evaluate(form, scope)
    finally:
        scope.emitter = emitter


def _classes(ev: Attributes, found: Values) -> list[Value]:
    parts: list[Value] = []
    for value in found:
        if value[0] in (values.CLASS, values.OUTSIDE):
            parts.append(value[:4])
        elif value[0] == values.ROW:
            for inner in value[1]:
                parts.extend(_classes(ev, inner))
        elif value[0] == values.TYPE:
            parts.extend((values.CLASS, *inner[1:4]) for inner in value[1] if inner[0] == values.INSTANCE)
    return parts


def _by_class(
    ev: Attributes, subject: Form, classes: Form, scope: Scope, holds: bool, *, of_class: bool
) -> dict[str, Values]:
    key = _key_of(subject)
    if not key:
        return {}
    before = _quiet(ev, subject, scope)
    wanted = _classes(ev, _quiet(ev, classes, scope))
    if not wanted:
        return {}
    if of_class:
        if not holds:
            return {}
        return {key: tuple(value for value in wanted if value[0] == values.CLASS)}
    found = narrowed_to(ev, before, wanted) if holds else narrowed_from(ev, before, wanted)
    return {key: found}


def narrowed_to(ev: Attributes, before: Values, wanted: list[Value]) -> Values:
    """Of the values those that are of one of the classes; the classes' instances where nothing better is known."""
    found: list[Value] = []
    for value in wanted:
        if value[0] != values.CLASS:
            continue
        target = (value[1], value[2])
        inside = [
            other for other in before
            if other[0] == values.INSTANCE and target in ev.order(other[1], other[2])
        ]  # fmt: skip
        found.extend(other for other in inside or [(values.INSTANCE, *value[1:])] if other not in found)
    names = {value[1].rpartition(".")[2] for value in wanted if value[0] == values.OUTSIDE}
    found.extend(other for other in before if names and other not in found and _is_outside(ev, other, names))
    return tuple(found[: values.MAX_VALUES])


def _is_outside(ev: Attributes, value: Value, names: set[str]) -> bool:
    """Whether a value may be of an outside class with one of the names."""
    if value[0] == values.INSTANCE:
        return not names.isdisjoint(name.rpartition(".")[2] for name in ev.outside_bases(value[1], value[2]))
    return value[0] in (values.OBJECT, values.ROW, values.TABLE)


def narrowed_from(ev: Attributes, before: Values, excluded: list[Value]) -> Values:
    """The values without those of the classes."""
    targets = {(value[1], value[2]) for value in excluded if value[0] == values.CLASS}
    return tuple(
        value
        for value in before
        if value[0] != values.INSTANCE or targets.isdisjoint(ev.order(value[1], value[2]))
    )


def _by_type(ev: Attributes, left: Form, right: Form, scope: Scope) -> dict[str, Values]:
    """`type(x) is A` and `x.__class__ is A`."""
    if left is None:
        return {}
    subject: Form = None
    if left[0] == forms.CALL and left[1] == [forms.NAME, "type"] and len(left[2]) == 1:
        subject = left[2][0]
    elif left[0] == forms.ATTRIBUTE and left[2] == "__class__":
        subject = left[1]
    key = _key_of(subject)
    if not key:
        return {}
    wanted = _classes(ev, _quiet(ev, right, scope))
    return {key: narrowed_to(ev, _quiet(ev, subject, scope), wanted)} if wanted else {}


def pattern_names(ev: Attributes, pattern: Form, subject: Values, scope: Scope, position: int) -> Values:
    """What a pattern leaves of its subject; with a position, what the class pattern's part there gets."""
    if pattern is None:
        return subject
    if pattern[0] == "class":
        wanted = _classes(ev, ev.evaluate(pattern[1], scope))
        if not wanted:
            return NOTHING
        found = narrowed_to(ev, subject, wanted)
        if position < 0:
            return found
        return joined([part_at(ev, value, position, scope) for value in found])
    if pattern[0] == "or":
        return joined([pattern_names(ev, part, subject, scope, -1) for part in pattern[1]])
    if pattern[0] == "as":
        return pattern_names(ev, pattern[1], subject, scope, -1)
    if pattern[0] == "value":
        return subject
    return subject


def part_at(ev: Attributes, value: Value, position: int, scope: Scope) -> Values:
    """The attribute that a class pattern's part at a position matches: by `__match_args__` or the fields in order."""
    if value[0] != values.INSTANCE:
        return NOTHING
    owned = ev.find_member(value[1], value[2], "__match_args__")
    names: list[str] = []
    if owned is not None:
        told: Any = owned[2][-1][1]
        if told and told[0] == forms.LIST:
            names = [part[1] for part in told[1]]
    elif ev.is_dataclass(value[1], value[2]):
        names = [name for name, _, _ in ev.fields(value[1], value[2])]
    if position >= len(names) or not names[position]:
        return NOTHING
    return ev.attribute((value,), names[position], scope)
