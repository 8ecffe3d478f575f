"""What calls of built-in and standard-library things give, as far as values of the project go through them."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.python import values
from aifirst_memory.dependencies.python.operations import Operations, table_item
from aifirst_memory.dependencies.python.outside_functions import OUTSIDE
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.values import EMPTY, NOTHING, Given, Value, Values, joined

_FIRST: Final = frozenset(
    {"copy", "deepcopy", "cast", "replace", "shield", "update_wrapper", "unwrap", "proxy", "asdict",
     "enter_context", "final", "no_type_check", "lru_cache", "cache", "staticmethod", "classmethod",
     "singledispatch", "total_ordering", "runtime_checkable", "dataclass", "coroutine", "property", "override",
     "contextmanager", "asynccontextmanager"}
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


_MAKES: Final = {"wraps": ((values.OUTSIDE, "functools.update_wrapper"),)}
"""Outside functions that give back another one: `wraps(f)(g)` is `g` with the name of `f`, and does not call `f`."""
_ASKING: Final = frozenset({*OUTSIDE, *_FIRST, *_LISTS, *_CONSUMERS})
"""Outside functions whose arguments matter."""
_TAKING: Final = frozenset(
    {"pop", "popleft", "__next__", "get", "get_nowait", "__anext__", "send", "__getitem__"}
)
"""Methods that give an element."""
_SAME: Final = frozenset(
    {"copy", "union", "intersection", "difference", "__iter__", "__aiter__", "__enter__", "__aenter__"}
)
"""Methods that give the object, or one like it."""


class OutsideCalls(Operations):
    """Knows what outside functions and methods do with values."""

    def outside_call(self, name: str, given: Given, scope: Scope) -> Values:
        """What calling something outside the project gives."""
        last = name.rpartition(".")[2]
        hooks = _HOOKS.get(last)
        if hooks is not None and (name.startswith("builtins.") or last in ("fspath", "index")):
            for found in given.positional if last == "print" else given.positional[:1]:
                self.special(found, hooks, EMPTY, scope)
            return NOTHING
        handler = OUTSIDE.get(last)
        if handler is not None:
            return handler(self, given, scope)
        first = given.positional[0] if given.positional else NOTHING
        if last in _LISTS and first:
            return values.sequence(self.elements(first, scope))
        if last in _CONSUMERS and name.startswith(("builtins.", "collections.")):
            inner = self.elements(first, scope)
            if last not in ("min", "max"):
                return NOTHING
            return inner if len(given.positional) == 1 else joined(given.positional)
        return first if last in _FIRST else _MAKES.get(last, NOTHING)

    def asks_arguments(self, found: Values) -> bool:
        """Whether what a call gives depends on its arguments."""
        for value in found:
            sort = value[0]
            if sort == values.BOUND:
                value, sort = value[1], value[1][0]
            if sort == values.FUNCTION:
                facts = self.function(value[1], value[2])
                if facts is not None and (facts.relevant or facts.returns is not None or facts.overloads):
                    return True
            elif sort == values.CLASS:
                if not value[3] and self.variables(value[1], value[2]):
                    return True
            elif sort == values.OUTSIDE:
                if value[1].rpartition(".")[2] in _ASKING:
                    return True
            elif sort != values.CALLABLE:
                return True
        return False

    def takes_arguments(self, found: Values, *, looked_at: bool = True) -> bool:
        """Whether what a call runs, or what it gives where that is looked at, depends on its arguments."""
        for value in found:
            sort = value[0]
            if sort == values.BOUND:
                value, sort = value[1], value[1][0]
            if sort == values.FUNCTION:
                facts = self.function(value[1], value[2])
                if facts is not None and (facts.flows or facts.stores):
                    return True
            elif sort == values.OUTSIDE:
                last = value[1].rpartition(".")[2]
                if last in _ASKING or last in _HOOKS:
                    return True
            elif sort != values.CALLABLE:
                return True
        return looked_at and self.asks_arguments(found)

    def method_call(self, receiver: Value, name: str, given: Given, scope: Scope) -> Values:
        """What calling a method of an outside object gives."""
        first = given.positional[0] if given.positional else NOTHING
        if receiver[0] == values.TABLE or (receiver[0] == values.OBJECT and receiver[1] == "dict"):
            return self._dict_method(receiver, name, given)
        if receiver[0] == values.OBJECT and receiver[1] in ("context", "awaitable"):
            wanted = ("result", "__await__") if receiver[1] == "awaitable" else ("__enter__", "__aenter__")
            return receiver[2][0] if name in wanted and receiver[2] else NOTHING
        if name in _TAKING:
            return self.elements((receiver,), scope)
        if name in _SAME:
            return (receiver,)
        if name in ("enter_context", "enter_async_context"):
            return self.entered(first, scope, is_async=name == "enter_async_context")
        return first if name == "create_task" else NOTHING

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
