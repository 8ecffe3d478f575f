"""What calls of built-in and standard-library things give, as far as values of the project go through them."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.python import values
from aifirst_memory.dependencies.python.operations import Operations, table_item
from aifirst_memory.dependencies.python.outside_functions import OUTSIDE
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.values import EMPTY, NOTHING, Given, Value, Values, joined

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
        if last in _LISTS:
            return (
                values.sequence(self.elements(first, scope), "iterator" if last == "iter" else "list")
                if first
                else NOTHING
            )
        if last in _CONSUMERS and name.startswith(("builtins.", "collections.")):
            inner = self.elements(first, scope)
            return (
                (inner if len(given.positional) == 1 else joined(given.positional))
                if last in ("min", "max")
                else NOTHING
            )
        if last in _FIRST:
            return first
        return NOTHING

    def method_call(self, receiver: Value, name: str, given: Given, scope: Scope) -> Values:
        """What calling a method of an outside object gives."""
        first = given.positional[0] if given.positional else NOTHING
        if receiver[0] == values.TABLE or (receiver[0] == values.OBJECT and receiver[1] == "dict"):
            return self._dict_method(receiver, name, given)
        element = self.elements((receiver,), scope)
        if name in ("pop", "popleft", "__next__", "get", "get_nowait", "__anext__", "send", "__getitem__"):
            return element
        if name in (
            "copy",
            "union",
            "intersection",
            "difference",
            "__iter__",
            "__aiter__",
            "__enter__",
            "__aenter__",
        ):
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
