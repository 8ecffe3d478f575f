"""Objects and prototypes that are filled by hand: `Object.assign(X.prototype, {…})`, `util.inherits(A, B)`.

Also names that stand for a prototype (`var proto = X.prototype`), and properties that are defined by a call. Mixed-in
objects are noted as the property `*`, which no source text can have. Left out: own functions that copy properties.
"""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.ecmascript.facts import (
    EXTENDS,
    NONE,
    Call,
    Member,
    Module,
    Obj,
    Site,
)
from aifirst_memory.dependencies.ecmascript.lower.lowering import Lowering, Node

MIXED: Final = "*"
_MIXERS: Final = frozenset(
    f"{owner}.{name}"
    for owner in ("Object", "_", "$", "jQuery", "lodash", "angular", "util", "utils")
    for name in ("assign", "extend", "mixin", "merge", "_extend")
)
_MIXING: Final = frozenset(
    ("merge-descriptors", "utils-merge", "object-assign", "extend", "extend-shallow", "lodash.assign", "lodash.extend",
     "lodash/assign", "lodash/extend", "lodash.merge", "lodash/merge")
)  # fmt: skip
"""Packages that are a function which copies properties to its first argument."""
_INHERITING: Final = frozenset(("inherits", "util.inherits", "Object.setPrototypeOf"))
_DEFINING: Final = "Object.defineProperty"
_MAX_NAME: Final = 60


def prototype_of(low: Lowering, node: Node | None) -> str:
    """The name whose prototype a node stands for, as `X.prototype` or by another name; empty for anything else."""
    if node is None:
        return ""
    if node.type == "identifier":
        return low.prototypes.get(low.text(node), "") if low.prototypes else ""
    if node.type != "member_expression":
        return ""
    of, name = node.child_by_field_name("object"), node.child_by_field_name("property")
    if of is None or name is None or of.type != "identifier" or low.text(name) != "prototype":
        return ""
    return low.text(of)


def filled(low: Lowering, function: Node, given: Node | None) -> tuple[str, str]:
    """What a call fills: the name of its first argument, and a dot where it is the prototype of that name.

    Empty where the call is of no function that fills an object.
    """
    if given is None or given.type != "arguments" or given.named_child_count < 2:
        return "", ""
    if function.end_byte - function.start_byte > _MAX_NAME:
        return "", ""
    name = low.text(function)
    imported = low.body.names.get(name)
    known = imported is not None and (imported.module in _MIXING or imported.module in _INHERITING)
    if name not in _MIXERS and name not in _INHERITING and name != _DEFINING and not known:
        return "", ""
    target = given.named_children[0]
    owner = prototype_of(low, target)
    if owner:
        return owner, "."
    return (low.text(target), "") if target.type == "identifier" else (_exports(low, target), "")


def _exports(low: Lowering, target: Node) -> str:
    return "exports" if low.text(target) == "module.exports" else ""


def note_filled(low: Lowering, call: Node, name: str, args: list[int]) -> None:
    """Write what a call that fills the object `name` puts into it."""
    function, given = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is None or given is None or len(args) < 2:
        return
    nodes = [child for child in given.named_children if child.type != "comment"]
    on_prototype = bool(prototype_of(low, nodes[0]))
    text = low.text(function)
    imported = low.body.names.get(text)
    if text == _DEFINING:
        _note_defined(low, name, "prototype." if on_prototype else "", nodes, args)
    elif text in _INHERITING or (imported is not None and imported.module in _INHERITING):
        _note_base(low, call, name, args[1], plain=not on_prototype and not text.startswith("Object."))
    else:
        _note_mixed(low, name, "prototype" if on_prototype else MIXED, args[1:])


def _note_mixed(low: Lowering, name: str, prop: str, given: list[int]) -> None:
    """`Object.assign(x, …)`; a module that is mixed into `exports` is exported as a whole."""
    for at in given:
        expr = low.chunk.exprs[at] if at != NONE else None
        if name == "exports" and isinstance(expr, Module):
            low.body.stars.append(expr.name)
        low.write(name, prop, at)


def _note_base(low: Lowering, call: Node, name: str, base: int, *, plain: bool) -> None:
    """`inherits(A, B)`: instances of A have what those of B have."""
    if base == NONE:
        return
    held = low.add(Member(base, "prototype")) if plain else base
    low.write(name, "prototype", held)
    unit = low.chunk_of(name).unit if plain and name in low.body.chunks else ""
    if unit:
        line = call.start_point[0] + 1
        low.body.sites[low.chunk.name].append(Site(EXTENDS, base, low.units.index(unit), line))


def _note_defined(low: Lowering, name: str, prefix: str, nodes: list[Node], args: list[int]) -> None:
    """`Object.defineProperty(x, "name", {value})`, or with a getter that gives the value."""
    if len(args) < 3 or nodes[1].type != "string" or args[2] == NONE:
        return
    made = low.chunk.exprs[args[2]]
    prop = low.text(nodes[1])[1:-1]
    if not isinstance(made, Obj) or not prop:
        return
    held = dict(zip(made.names, made.values, strict=True))
    source = held.get("value", NONE)
    if source == NONE and "get" in held:
        source = low.add(Call(held["get"], []))
    if name != "exports":
        low.write(name, prefix + prop, source)
    elif source != NONE:
        low.write(f"exports.{prop}", "", source)
        low.export(prop, f"exports.{prop}")
