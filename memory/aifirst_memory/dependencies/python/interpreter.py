"""The whole interpreter: expressions, and on top of them targets, operators, `super()` and what built-ins do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.calls import EMPTY
from aifirst_memory.dependencies.python.evaluate import FLOWED, Evaluator, table_item
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.session import module_node
from aifirst_memory.dependencies.python.values import NOTHING, Given, Value, Values, joined

_OPERATORS: Final = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_FIRST: Final = frozenset(
    {"copy", "deepcopy", "cast", "replace", "shield", "wraps", "update_wrapper", "unwrap", "proxy", "asdict", "enter_context",
     "final", "no_type_check", "lru_cache", "cache", "staticmethod", "classmethod", "singledispatch", "total_ordering",
     "runtime_checkable", "dataclass", "coroutine", "property", "override", "contextmanager", "asynccontextmanager"}
)  # fmt: skip
"""Outside functions that give back what they were given (or something that behaves like it)."""
_LISTS: Final = frozenset({"list", "tuple", "set", "frozenset", "sorted", "deque", "iter", "islice", "cycle", "takewhile",
                           "dropwhile", "filterfalse", "as_completed"})  # fmt: skip
_CONSUMERS: Final = frozenset({"sum", "any", "all", "join", "min", "max", "Counter"})
_HOOKS: Final[dict[str, tuple[str, ...]]] = {
    "len": ("__len__",), "str": ("__str__", "__repr__"), "repr": ("__repr__",), "bool": ("__bool__", "__len__"),
    "int": ("__int__", "__index__"), "float": ("__float__",), "hash": ("__hash__",), "abs": ("__abs__",),
    "bytes": ("__bytes__",), "format": ("__format__", "__str__"), "round": ("__round__",), "dir": ("__dir__",),
    "complex": ("__complex__",), "divmod": ("__divmod__",), "fspath": ("__fspath__",), "print": ("__str__", "__repr__"),
    "index": ("__index__",),
}  # fmt: skip


class Interpreter(Evaluator):
    """Adds to expressions what they need of targets, operators and built-ins."""

    def super_of(self, scope: Scope) -> Values:
        """`super()` in a method: its object, looked at from behind the method's class."""
        facts = scope.function()
        while facts is not None and not facts.in_class:
            outer = self.function(scope.path, facts.parent)
            facts = outer
        if facts is None or not facts.parameters:
            return NOTHING
        found: list[Value] = []
        for value in self.receiver_values(facts, scope.path) if scope.emitter is not None else scope.lookup(facts.parameters[0].name):
            if value[0] in (values.INSTANCE, values.CLASS):
                found.append((values.SUPER, value, scope.path, facts.parent))
        return tuple(found)

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
            return joined(tuple(v for v in side if v[0] in (values.OBJECT, values.ROW, values.TABLE)) for side in (left, right))
        return NOTHING

    def picked(self, found: Values, index: int, scope: Scope) -> Values:
        """What unpacking gives to the target at an index, or to the starred one."""
        parts: list[Values] = []
        for value in found:
            if value[0] == values.ROW and 0 <= index:
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

    def outside_call(self, name: str, given: Given, scope: Scope) -> Values:
        """What calling something outside the project gives."""
        last = name.rpartition(".")[2]
        hooks = _HOOKS.get(last)
        if hooks is not None and (name.startswith("builtins.") or last in ("fspath", "index")):
            for found in given.positional if last == "print" else given.positional[:1]:
                self.special(found, hooks, EMPTY, scope)
            return NOTHING
        handler = _OUTSIDE.get(last)
        if handler is not None:
            return handler(self, given, scope)
        first = given.positional[0] if given.positional else NOTHING
        if last in _LISTS:
            return values.sequence(self.elements(first, scope), "iterator" if last == "iter" else "list") if first else NOTHING
        if last in _CONSUMERS and name.startswith(("builtins.", "collections.")):
            inner = self.elements(first, scope)
            return (inner if len(given.positional) == 1 else joined(given.positional)) if last in ("min", "max") else NOTHING
        if last in _FIRST:
            return given.positional[1] if last == "cast" and False else first
        return NOTHING

    def method_call(self, receiver: Value, name: str, given: Given, scope: Scope) -> Values:
        """What calling a method of an outside object gives."""
        first = given.positional[0] if given.positional else NOTHING
        if receiver[0] == values.TABLE or (receiver[0] == values.OBJECT and receiver[1] == "dict"):
            return self._dict_method(receiver, name, given)
        element = self.elements((receiver,), scope)
        if name in ("pop", "popleft", "__next__", "get", "get_nowait", "__anext__", "send", "__getitem__"):
            return element
        if name in ("copy", "union", "intersection", "difference", "__iter__", "__aiter__", "__enter__", "__aenter__"):
            if receiver[0] == values.OBJECT and receiver[1] == "context":
                return receiver[2][0] if receiver[2] else NOTHING
            return (receiver,)
        if name == "result" and receiver[0] == values.OBJECT and receiver[1] == "awaitable" and receiver[2]:
            return receiver[2][0]
        if name in ("enter_context", "enter_async_context"):
            return self.entered(first, scope, is_async=name == "enter_async_context")
        if name in ("submit", "run_in_executor"):
            return NOTHING
        if name == "create_task":
            return first
        if name == "extend" or name == "update":
            self.elements(first, scope)
        return NOTHING

    def _dict_method(self, receiver: Value, name: str, given: Given) -> Values:
        if receiver[0] == values.TABLE:
            key = tuple(key for key, _ in receiver[1])
            held = joined([*(inner for _, inner in receiver[1]), receiver[2]])
        else:
            parts: tuple[Values, ...] = receiver[2]
            key = parts[0] if parts else NOTHING
            held = parts[1] if len(parts) > 1 else NOTHING
        if name in ("get", "pop", "setdefault", "__getitem__"):
            index = given.positional[0] if given.positional else NOTHING
            default = given.positional[1] if len(given.positional) > 1 else NOTHING
            return joined([table_item(receiver, index) if receiver[0] == values.TABLE else held, default])
        if name == "values":
            return values.sequence(held)
        if name == "keys":
            return values.sequence(key)
        if name == "items":
            return values.sequence(((values.ROW, (key, held)),))
        if name == "popitem":
            return ((values.ROW, (key, held)),)
        if name == "copy":
            return (receiver,)
        return NOTHING


def _next(ev: Interpreter, given: Given, scope: Scope) -> Values:
    first = given.positional[0] if given.positional else NOTHING
    parts = [ev.special(first, ("__next__",), EMPTY, scope)]
    parts.append(ev.elements(tuple(value for value in first if value[0] == values.OBJECT), scope))
    return joined([*parts, *given.positional[1:2]])


def _iter(ev: Interpreter, given: Given, scope: Scope) -> Values:
    first = given.positional[0] if given.positional else NOTHING
    return joined([ev.special(first, ("__iter__",), EMPTY, scope), tuple(v for v in first if v[0] != values.INSTANCE)])


def _enumerate(ev: Interpreter, given: Given, scope: Scope) -> Values:
    inner = ev.elements(given.positional[0], scope) if given.positional else NOTHING
    return values.sequence(((values.ROW, (NOTHING, inner)),), "iterator")


def _zip(ev: Interpreter, given: Given, scope: Scope) -> Values:
    return values.sequence(((values.ROW, tuple(ev.elements(part, scope) for part in given.positional)),), "iterator")


def _reversed(ev: Interpreter, given: Given, scope: Scope) -> Values:
    first = given.positional[0] if given.positional else NOTHING
    if ev.has_special(first, "__reversed__"):
        return ev.special(first, ("__reversed__",), EMPTY, scope)
    return values.sequence(ev.elements(first, scope))


def _map(ev: Interpreter, given: Given, scope: Scope) -> Values:
    if not given.positional:
        return NOTHING
    inner = [ev.elements(part, scope) for part in given.positional[1:]]
    return values.sequence(_quiet_call(ev, given.positional[0], Given(tuple(inner), ()), scope), "iterator")


def _quiet_call(ev: Interpreter, callee: Values, given: Given, scope: Scope) -> Values:
    """The result of a call that outside code makes: that is no edge of ours."""
    emitter, scope.emitter = scope.emitter, None
    found = ev.call(callee, given, scope, FLOWED)
    scope.emitter = emitter
    return found


def _filter(ev: Interpreter, given: Given, scope: Scope) -> Values:
    return values.sequence(ev.elements(given.positional[1], scope), "iterator") if len(given.positional) > 1 else NOTHING


def _reduce(_ev: Interpreter, given: Given, _scope: Scope) -> Values:
    return given.positional[2] if len(given.positional) > 2 else NOTHING


def _partial(_ev: Interpreter, given: Given, _scope: Scope) -> Values:
    if not given.positional:
        return NOTHING
    return ((values.PARTIAL, given.positional[0], given.positional[1:], given.keywords),)


def _getattr(ev: Interpreter, given: Given, scope: Scope) -> Values:
    if len(given.positional) < 2:
        return NOTHING
    found = NOTHING
    for value in given.positional[1]:
        if value[0] == values.TEXT:
            found = joined([found, ev.attribute(given.positional[0], value[1], scope)])
    return joined([found, *given.positional[2:3]])


def _setattr(ev: Interpreter, given: Given, scope: Scope) -> Values:
    if len(given.positional) == 3 and scope.emitter is not None:
        for owner in given.positional[0]:
            for value in given.positional[1]:
                if owner[0] == values.INSTANCE and value[0] == values.TEXT:
                    for node in ev.setters(owner, value[1]):
                        scope.emitter.add(node, "calls", FLOWED)
    return NOTHING


def _type(_ev: Interpreter, given: Given, _scope: Scope) -> Values:
    if len(given.positional) != 1:
        return NOTHING
    return tuple((values.CLASS, *value[1:]) for value in given.positional[0] if value[0] == values.INSTANCE)


def _super(_ev: Interpreter, given: Given, _scope: Scope) -> Values:
    if len(given.positional) != 2:
        return NOTHING
    return tuple(
        (values.SUPER, receiver, owner[1], owner[2])
        for owner in given.positional[0]
        if owner[0] == values.CLASS
        for receiver in given.positional[1]
        if receiver[0] in (values.INSTANCE, values.CLASS)
    )


def _import_module(ev: Interpreter, given: Given, scope: Scope) -> Values:
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


def _cast(ev: Interpreter, given: Given, scope: Scope) -> Values:
    if len(given.positional) != 2:
        return NOTHING
    found = ev.instances(given.positional[0], scope)
    return found if values.matters(found) else given.positional[1] or found


def _new_type(ev: Interpreter, given: Given, scope: Scope) -> Values:
    if len(given.positional) != 2:
        return NOTHING
    return ((values.TYPE, ev.instances(given.positional[1], scope)),)


def _type_var(ev: Interpreter, given: Given, scope: Scope) -> Values:
    name = given.positional[0] if given.positional else NOTHING
    if not name or name[0][0] != values.TEXT:
        return NOTHING
    bound = joined([ev.instances(found, scope) for key, found in given.keywords if key == "bound"])
    if not bound:
        bound = joined([ev.instances(found, scope) for found in given.positional[1:]])
    return ((values.VARIABLE, name[0][1], bound),)


def _gather(ev: Interpreter, given: Given, scope: Scope) -> Values:
    inner = tuple(ev.awaited(part, scope) for part in given.positional)
    if given.spread:
        return ((values.OBJECT, "awaitable", (values.sequence(ev.awaited(given.spread, scope)),)),)
    return ((values.OBJECT, "awaitable", (((values.ROW, inner),),)),)


def _run(ev: Interpreter, given: Given, scope: Scope) -> Values:
    return ev.awaited(given.positional[0], scope) if given.positional else NOTHING


def _first(_ev: Interpreter, given: Given, _scope: Scope) -> Values:
    return given.positional[0] if given.positional else NOTHING


def _chain(ev: Interpreter, given: Given, scope: Scope) -> Values:
    return values.sequence(joined([*(ev.elements(part, scope) for part in given.positional), *( [ev.elements(given.spread, scope)] if given.spread else [])]))


def _defaultdict(ev: Interpreter, given: Given, scope: Scope) -> Values:
    factory = given.positional[0] if given.positional else NOTHING
    return ((values.OBJECT, "dict", (NOTHING, _quiet_call(ev, factory, EMPTY, scope))),)


def _dict(_ev: Interpreter, given: Given, _scope: Scope) -> Values:
    pairs = tuple(((values.TEXT, key), found) for key, found in given.keywords if key)
    first = given.positional[0] if given.positional else NOTHING
    if not pairs and first:
        for value in first:
            if value[0] == values.OBJECT and value[1] in ("list", "iterator") and value[2]:
                rows = [row for row in value[2][0] if row[0] == values.ROW and len(row[1]) == 2]
                if rows:
                    return ((values.OBJECT, "dict", (joined(r[1][0] for r in rows), joined(r[1][1] for r in rows))),)
        return first
    return ((values.TABLE, pairs, NOTHING),)


def _vars(_ev: Interpreter, _given: Given, _scope: Scope) -> Values:
    return NOTHING


def _field(ev: Interpreter, given: Given, scope: Scope) -> Values:
    for key, found in given.keywords:
        if key == "default_factory":
            return _quiet_call(ev, found, EMPTY, scope)
        if key == "default":
            return found
    return NOTHING


def _property(_ev: Interpreter, _given: Given, _scope: Scope) -> Values:
    return NOTHING


_OUTSIDE: Final[dict[str, Callable[[Interpreter, Given, Scope], Values]]] = {
    "next": _next, "anext": _next, "iter": _iter, "enumerate": _enumerate, "zip": _zip, "zip_longest": _zip,
    "reversed": _reversed, "map": _map, "starmap": _map, "filter": _filter, "reduce": _reduce, "partial": _partial,
    "partialmethod": _partial, "getattr": _getattr, "setattr": _setattr, "type": _type, "super": _super,
    "import_module": _import_module, "__import__": _import_module, "cast": _cast, "NewType": _new_type,
    "TypeVar": _type_var, "gather": _gather, "run": _run, "create_task": _first, "ensure_future": _first,
    "wait_for": _first, "chain": _chain, "defaultdict": _defaultdict, "dict": _dict, "OrderedDict": _dict,
    "vars": _vars, "field": _field, "property": _property,
}  # fmt: skip
