"""Object literals, whose functions are methods of a kind."""

from __future__ import annotations

from aifirst_memory.dependencies.ecmascript.facts import NONE, READ, Member, Obj, This
from aifirst_memory.dependencies.ecmascript.lower.functions import FUNCTIONS, lower_function, named_value
from aifirst_memory.dependencies.ecmascript.lower.lowering import Lowering, Node


def lower_object(low: Lowering, node: Node, unit: int, expected: int = NONE) -> int:
    """An object literal, whose code is that of a unit; the expression for it."""
    made = Obj([], [], [], [], low.units[unit] if unit != low.unit else "")
    at = low.add(made)
    with low.in_unit(unit):
        for child in node.named_children:
            _lower_property(low, child, made, at, expected)
    return at


def _lower_property(low: Lowering, child: Node, made: Obj, at: int, expected: int) -> None:
    kind = child.type
    if kind == "pair":
        key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
        name = _key(low, key)
        wanted = low.add(Member(expected, name)) if expected != NONE and name else NONE
        if value is not None and value.type in FUNCTIONS:
            this = None if value.type == "arrow_function" else This("o", at)
            _add(made, name, lower_function(low, value, low.unit_of(key), this=this, expected=wanted))
        else:
            _add(made, name, named_value(low, key, value, wanted))
    elif kind == "method_definition":
        _lower_method(low, child, made, at, expected)
    elif kind in ("shorthand_property_identifier", "identifier"):
        value_at = low.name(low.text(child))
        low.site(READ, value_at, child)
        _add(made, low.text(child), value_at)
    elif kind == "spread_element":
        inner = low.expr(child.named_children[0]) if child.named_child_count else NONE
        if inner != NONE:
            made.spread.append(inner)


def _lower_method(low: Lowering, child: Node, made: Obj, at: int, expected: int) -> None:
    key = child.child_by_field_name("name")
    name = _key(low, key)
    wanted = low.add(Member(expected, name)) if expected != NONE and name else NONE
    marks = {part.type for part in child.children[:3]}
    found = lower_function(low, child, low.unit_of(key), this=This("o", at), expected=wanted)
    _add(made, f"set {name}" if "set" in marks else name, found)
    if "get" in marks:
        made.getters.append(name)


def _add(made: Obj, name: str, value: int) -> None:
    if value != NONE:
        made.names.append(name)
        made.values.append(value)


def _key(low: Lowering, key: Node | None) -> str:
    """The name of a property; empty where it is computed."""
    if key is None:
        return ""
    if key.type == "computed_property_name":
        low.walk_children(key)
        text = low.text(key)
        return text if text.startswith("[Symbol.") else text[2:-2] if text[1:2] in "\"'" else ""
    return low.text(key).strip("\"'")
