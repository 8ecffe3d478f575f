"""One function for each outside callable that does more with its arguments than give them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aifirst_memory.dependencies.python import values
from aifirst_memory.dependencies.python.operations import FLOWED, Operations
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.session import module_node
from aifirst_memory.dependencies.python.values import EMPTY, NOTHING, Given, Values, joined


def _next(ev: Operations, given: Given, scope: Scope) -> Values:
    first = given.positional[0] if given.positional else NOTHING
    parts = [ev.special(first, ("__next__",), EMPTY, scope)]
    parts.append(ev.elements(tuple(value for value in first if value[0] == values.OBJECT), scope))
    return joined([*parts, *given.positional[1:2]])


def _iter(ev: Operations, given: Given, scope: Scope) -> Values:
    first = given.positional[0] if given.positional else NOTHING
    return joined(
        [ev.special(first, ("__iter__",), EMPTY, scope), tuple(v for v in first if v[0] != values.INSTANCE)]
    )


def _enumerate(ev: Operations, given: Given, scope: Scope) -> Values:
    inner = ev.elements(given.positional[0], scope) if given.positional else NOTHING
    return values.sequence(((values.ROW, (NOTHING, inner)),), "iterator")


def _zip(ev: Operations, given: Given, scope: Scope) -> Values:
    return values.sequence(
        ((values.ROW, tuple(ev.elements(part, scope) for part in given.positional)),), "iterator"
    )


def _reversed(ev: Operations, given: Given, scope: Scope) -> Values:
    first = given.positional[0] if given.positional else NOTHING
    if ev.has_special(first, "__reversed__"):
        return ev.special(first, ("__reversed__",), EMPTY, scope)
    return values.sequence(ev.elements(first, scope))


def _map(ev: Operations, given: Given, scope: Scope) -> Values:
    if not given.positional:
        return NOTHING
    inner = [ev.elements(part, scope) for part in given.positional[1:]]
    return values.sequence(_quiet_call(ev, given.positional[0], Given(tuple(inner), ()), scope), "iterator")


def _quiet_call(ev: Operations, callee: Values, given: Given, scope: Scope) -> Values:
    """The result of a call that outside code makes: that is no edge of ours."""
    emitter, scope.emitter = scope.emitter, None
    try:
        return ev.call(callee, given, scope, FLOWED)
    finally:
        scope.emitter = emitter


def _filter(ev: Operations, given: Given, scope: Scope) -> Values:
    return (
        values.sequence(ev.elements(given.positional[1], scope), "iterator")
        if len(given.positional) > 1
        else NOTHING
    )


def _reduce(_ev: Operations, given: Given, _scope: Scope) -> Values:
    return given.positional[2] if len(given.positional) > 2 else NOTHING


def _partial(_ev: Operations, given: Given, _scope: Scope) -> Values:
    if not given.positional:
        return NOTHING
    return ((values.PARTIAL, given.positional[0], given.positional[1:], given.keywords),)


def _getattr(ev: Operations, given: Given, scope: Scope) -> Values:
    if len(given.positional) < 2:
        return NOTHING
    found = NOTHING
    for value in given.positional[1]:
        if value[0] == values.TEXT:
            found = joined([found, ev.attribute(given.positional[0], value[1], scope)])
    return joined([found, *given.positional[2:3]])


def _setattr(ev: Operations, given: Given, scope: Scope) -> Values:
    if len(given.positional) != 3 or scope.emitter is None:
        return NOTHING
    owners = [owner for owner in given.positional[0] if owner[0] == values.INSTANCE]
    names = [value[1] for value in given.positional[1] if value[0] == values.TEXT]
    for node in [node for owner in owners for name in names for node in ev.setters(owner, name)]:
        scope.emitter.add(node, "calls", FLOWED)
    return NOTHING


def _type(_ev: Operations, given: Given, _scope: Scope) -> Values:
    if len(given.positional) != 1:
        return NOTHING
    return tuple((values.CLASS, *value[1:]) for value in given.positional[0] if value[0] == values.INSTANCE)


def _super(_ev: Operations, given: Given, _scope: Scope) -> Values:
    if len(given.positional) != 2:
        return NOTHING
    return tuple(
        (values.SUPER, receiver, owner[1], owner[2])
        for owner in given.positional[0]
        if owner[0] == values.CLASS
        for receiver in given.positional[1]
        if receiver[0] in (values.INSTANCE, values.CLASS)
    )


def _import_module(ev: Operations, given: Given, scope: Scope) -> Values:
    for value in given.positional[0] if given.positional else ():
        if value[0] == values.TEXT:
            text: str = value[1]
            dotted = text.lstrip(".")
            found = ev.find_module(scope.path, len(text) - len(dotted), dotted)
            node = module_node(found) if found is not None else ""
            if node and scope.emitter is not None:
                scope.emitter.add(node, "imports", 0.9, source=scope.path)
            if found is not None:
                return (found,)
    return NOTHING


def _cast(ev: Operations, given: Given, scope: Scope) -> Values:
    if len(given.positional) != 2:
        return NOTHING
    found = ev.instances(given.positional[0], scope)
    return found if values.matters(found) else given.positional[1] or found


def _new_type(ev: Operations, given: Given, scope: Scope) -> Values:
    if len(given.positional) != 2:
        return NOTHING
    return ((values.TYPE, ev.instances(given.positional[1], scope)),)


def _type_var(ev: Operations, given: Given, scope: Scope) -> Values:
    name = given.positional[0] if given.positional else NOTHING
    if not name or name[0][0] != values.TEXT:
        return NOTHING
    bound = joined([ev.instances(found, scope) for key, found in given.keywords if key == "bound"])
    if not bound:
        bound = joined([ev.instances(found, scope) for found in given.positional[1:]])
    return ((values.VARIABLE, name[0][1], bound),)


def _gather(ev: Operations, given: Given, scope: Scope) -> Values:
    inner = tuple(ev.awaited(part, scope) for part in given.positional)
    if given.spread:
        return ((values.OBJECT, "awaitable", (values.sequence(ev.awaited(given.spread, scope)),)),)
    return ((values.OBJECT, "awaitable", (((values.ROW, inner),),)),)


def _run(ev: Operations, given: Given, scope: Scope) -> Values:
    return ev.awaited(given.positional[0], scope) if given.positional else NOTHING


def _first(_ev: Operations, given: Given, _scope: Scope) -> Values:
    return given.positional[0] if given.positional else NOTHING


def _chain(ev: Operations, given: Given, scope: Scope) -> Values:
    return values.sequence(
        joined(
            [
                *(ev.elements(part, scope) for part in given.positional),
                *([ev.elements(given.spread, scope)] if given.spread else []),
            ]
        )
    )


def _defaultdict(ev: Operations, given: Given, scope: Scope) -> Values:
    factory = given.positional[0] if given.positional else NOTHING
    return ((values.OBJECT, "dict", (NOTHING, _quiet_call(ev, factory, EMPTY, scope))),)


def _dict(_ev: Operations, given: Given, _scope: Scope) -> Values:
    pairs = tuple(((values.TEXT, key), found) for key, found in given.keywords if key)
    first = given.positional[0] if given.positional else NOTHING
    if not pairs and first:
        for value in first:
            if value[0] == values.OBJECT and value[1] in ("list", "iterator") and value[2]:
                rows = [row for row in value[2][0] if row[0] == values.ROW and len(row[1]) == 2]
                if rows:
                    return (
                        (
                            values.OBJECT,
                            "dict",
                            (joined(r[1][0] for r in rows), joined(r[1][1] for r in rows)),
                        ),
                    )
        return first
    return ((values.TABLE, pairs, NOTHING),)


def _vars(_ev: Operations, _given: Given, _scope: Scope) -> Values:
    return NOTHING


def _field(ev: Operations, given: Given, scope: Scope) -> Values:
    for key, found in given.keywords:
        if key == "default_factory":
            return _quiet_call(ev, found, EMPTY, scope)
        if key == "default":
            return found
    return NOTHING


def _property(_ev: Operations, _given: Given, _scope: Scope) -> Values:
    return NOTHING


OUTSIDE: Final[dict[str, Callable[[Operations, Given, Scope], Values]]] = {
    "next": _next, "anext": _next, "iter": _iter, "enumerate": _enumerate, "zip": _zip, "zip_longest": _zip,
    "reversed": _reversed, "map": _map, "starmap": _map, "filter": _filter, "reduce": _reduce, "partial": _partial,
    "partialmethod": _partial, "getattr": _getattr, "setattr": _setattr, "type": _type, "super": _super,
    "import_module": _import_module, "__import__": _import_module, "cast": _cast, "NewType": _new_type,
    "TypeVar": _type_var, "gather": _gather, "run": _run, "create_task": _first, "ensure_future": _first,
    "wait_for": _first, "chain": _chain, "defaultdict": _defaultdict, "dict": _dict, "OrderedDict": _dict,
    "vars": _vars, "field": _field, "property": _property,
}  # fmt: skip
"""By the last part of the name."""
