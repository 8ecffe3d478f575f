"""What the language's own objects do with functions and values: arrays, promises, maps, `Object`, `Function`."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import FLOWN, Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.values import (
    NO_VALUES,
    ClassValue,
    Container,
    FunctionValue,
    Instance,
    Native,
    Vals,
    Value,
    scaled,
    union,
)

_SAME: Final = frozenset(
    ("filter", "slice", "concat", "reverse", "sort", "splice", "toSorted", "toReversed", "fill", "with", "copyWithin",
     "toSpliced", "flat")
)  # fmt: skip
_ITEM: Final = frozenset(("find", "findLast", "pop", "shift", "at", "next", "values", "get"))
_EACH: Final = frozenset(("forEach", "map", "filter", "find", "findIndex", "findLast", "findLastIndex", "some", "every",
                          "flatMap"))  # fmt: skip
_PAIR: Final = 2
_FOLDS: Final = frozenset(("reduce", "reduceRight"))
_SORTS: Final = frozenset(("sort", "toSorted"))
_COLLECTIONS: Final = {
    "Array": "array",
    "Set": "set",
    "WeakSet": "set",
    "Map": "map",
    "WeakMap": "map",
    "Promise": "promise",
}


def call_native(ev: Evaluator, native: Native, args: list[Vals], types: list[Vals]) -> Vals:
    """What calling a method of the language may give."""
    of, name = native.of, native.name
    if of is None:
        return _construct(ev, name, args, types) if name in _COLLECTIONS else NO_VALUES
    if isinstance(of, Native) and of.of is None:
        return _static(ev, of.name, name, args)
    if isinstance(of, FunctionValue):
        if name == "bind":
            return {of: 1.0}
        from aifirst_memory.dependencies.ecmascript.evaluate.calls import call_result

        return (
            call_result(ev, of, args[1:] if name == "call" else [], [])
            if name in ("call", "apply")
            else NO_VALUES
        )
    if isinstance(of, Container):
        return _promise(ev, of, name, args) if of.kind == "promise" else _collection(ev, of, name, args)
    return NO_VALUES


def _construct(ev: Evaluator, name: str, args: list[Vals], types: list[Vals]) -> Vals:
    kind = _COLLECTIONS[name]
    given = (
        union(*(iterated(ev, value) for vals in args for value in vals)) if kind != "promise" else NO_VALUES
    )
    if kind == "map":
        keys, values = types[:2] if len(types) == 2 else _entries(given)
        return {ev.values.container("map", values, (keys, values)): FLOWN}
    if kind == "promise" and not types:
        return NO_VALUES
    return {ev.values.container(kind, types[0] if types else given): FLOWN}


def _entries(items: Vals) -> tuple[Vals, Vals]:
    pairs = [value for value in items if isinstance(value, Container) and len(value.parts) == 2]
    return union(*(pair.parts[0] for pair in pairs)), union(*(pair.parts[1] for pair in pairs))


def _static(ev: Evaluator, owner: str, name: str, args: list[Vals]) -> Vals:
    first = args[0] if args else NO_VALUES
    if owner == "Object":
        return _of_object(ev, name, first, args)
    if owner == "Array" and name == "of":
        return _box(ev, "array", union(*args))
    if owner == "Array" and name == "from":
        items = union(*(iterated(ev, value) for value in first))
        return _box(ev, "array", results(ev, args[1], [items]) if len(args) > 1 else items)
    if owner == "Promise" and name == "resolve":
        return _box(ev, "promise", awaited(first))
    if owner == "Promise" and name in ("all", "race", "any"):
        return _all(ev, first, name)
    return NO_VALUES


def _of_object(ev: Evaluator, name: str, first: Vals, args: list[Vals]) -> Vals:
    from aifirst_memory.dependencies.ecmascript.evaluate.members import elements_of

    if name == "values":
        return _box(ev, "array", elements_of(ev, first))
    if name == "entries":
        pair: Value = ev.values.container("tuple", NO_VALUES, (NO_VALUES, elements_of(ev, first)))
        return _box(ev, "array", {pair: FLOWN})
    if name in ("assign", "freeze", "seal"):
        return union(*args[:3])
    return first if name == "create" else NO_VALUES


def _all(ev: Evaluator, first: Vals, name: str) -> Vals:
    found: list[Vals] = []
    for value in first:
        if isinstance(value, Container) and value.kind == "tuple" and name == "all":
            parts = tuple(awaited(part) for part in value.parts)
            found.append({ev.values.container("tuple", NO_VALUES, parts): FLOWN})
        else:
            found.append(_box(ev, "array", awaited(iterated(ev, value))))
    joined = union(*found)
    if name != "all":
        joined = union(*(iterated(ev, value) for value in joined))
    return _box(ev, "promise", joined)


def _box(ev: Evaluator, kind: str, items: Vals) -> Vals:
    return {ev.values.container(kind, scaled(items, FLOWN)): FLOWN} if items else NO_VALUES


def results(ev: Evaluator, functions: Vals, args: list[Vals]) -> Vals:
    """What calling any of some functions gives."""
    from aifirst_memory.dependencies.ecmascript.evaluate.calls import apply

    return union(*(scaled(apply(ev, value, args, [], new=False), sure) for value, sure in functions.items()))


def awaited(vals: Vals) -> Vals:
    """What awaiting values gives."""
    found: Vals = NO_VALUES
    for value, sure in vals.items():
        found = union(
            found, value.items if isinstance(value, Container) and value.kind == "promise" else {value: sure}
        )
    return found


def _promise(ev: Evaluator, of: Container, name: str, args: list[Vals]) -> Vals:
    if name == "then" and args:
        return _box(ev, "promise", awaited(results(ev, args[0], [of.items])))
    return {of: 1.0} if name in ("catch", "finally") else NO_VALUES


def _collection(ev: Evaluator, of: Container, name: str, args: list[Vals]) -> Vals:
    items = union(of.items, *of.parts) if of.kind == "tuple" else of.items
    if name in _SAME:
        return {of: 1.0}
    if name in ("values", "keys", "entries"):
        return _views(ev, of, name, items)
    if name in _ITEM:
        return scaled(items, FLOWN) if of.kind != "iterator" else NO_VALUES
    if name == "map" and args:
        return _box(ev, "array", results(ev, args[0], [items]))
    if name == "flatMap" and args:
        found = results(ev, args[0], [items])
        return _box(ev, "array", union(*(iterated(ev, value) for value in found)))
    if name in _FOLDS and args:
        start = args[1] if len(args) > 1 else items
        return union(start, results(ev, args[0], [start, items]))
    return NO_VALUES


def _views(ev: Evaluator, of: Container, name: str, items: Vals) -> Vals:
    keys = of.parts[0] if of.parts and of.kind == "map" else NO_VALUES
    if name == "entries":
        pair: Value = ev.values.container("tuple", NO_VALUES, (keys, items))
        return _box(ev, "iterator", {pair: FLOWN})
    return _box(ev, "iterator", keys if name == "keys" else items)


def passed_to(ev: Evaluator, native: Native, index: int, at: int, args: list[Vals]) -> Vals:
    """What a method of the language passes to parameter `at` of the function that is its argument `index`."""
    of, name = native.of, native.name
    if isinstance(of, Native) and of.name == "Array" and (name, index, at) == ("from", 1, 0) and args:
        return union(*(iterated(ev, value) for value in args[0]))
    if not isinstance(of, Container) or index:
        return NO_VALUES
    if of.kind == "promise":
        return of.items if (name, at) == ("then", 0) else NO_VALUES
    return _passed_item(of, name, at, args)


def _passed_item(of: Container, name: str, at: int, args: list[Vals]) -> Vals:
    items = union(of.items, *of.parts) if of.kind == "tuple" else of.items
    if name in _FOLDS:
        return args[1] if at == 0 and len(args) > 1 else items if at < _PAIR else NO_VALUES
    if name == "forEach" and at == 1 and of.kind == "map":
        return of.parts[0] if of.parts else NO_VALUES
    return items if (name in _EACH and at == 0) or (name in _SORTS and at < _PAIR) else NO_VALUES


def iterated(ev: Evaluator, value: Value) -> Vals:
    """What a loop over a value gives."""
    if isinstance(value, Container):
        if value.kind == "map":
            return {ev.values.container("tuple", NO_VALUES, value.parts): FLOWN} if value.parts else NO_VALUES
        return scaled(union(value.items, *value.parts), FLOWN) if value.kind != "promise" else NO_VALUES
    if isinstance(value, Instance) and isinstance(value.of, ClassValue):
        makers = union(
            *(ev.member({value: 1.0}, name) for name in ("[Symbol.iterator]", "[Symbol.asyncIterator]"))
        )
        made = results(ev, makers, [])
        found = [iterated(ev, one) for one in made if isinstance(one, Container)]
        for one, sure in made.items():
            if not isinstance(one, Container):
                step = awaited(results(ev, ev.member({one: sure}, "next"), []))
                found.append(ev.member(step, "value"))
        return scaled(union(*found), FLOWN)
    return NO_VALUES
