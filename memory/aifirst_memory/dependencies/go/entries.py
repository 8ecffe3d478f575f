"""What one Go file says to others: its package and imports, and an entry for every name that it declares.

An entry holds no line, so that it changes only with what others may depend on. Besides the names as they are written
(`F`, `T`, `T.M`), a file has an entry `` for itself, `~M` for the types that have a method `M`, `=f` for the functions
that it puts into a field `f`, and `!f` for the units that call what such a field holds.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from aifirst_memory.dependencies.declared.form import UNKNOWN, Form, Param, TypeRef


class Import(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An import: the alias that is written (empty, `.`, `_` or a name), the path, the 1-based line."""

    alias: str
    path: str
    line: int = 0


class FileEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="p", tag_field="form"):
    """What the names in a file's types mean."""

    package: str
    imports: tuple[Import, ...]


OF_PACKAGE = "@"
"""The name of the owner of what is kept in a variable of the package, where others are types of structs."""
RECEIVER = 99
"""The position of the receiver among the parameters that a flow speaks of."""


class Flow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter (by its position) that unit `unit` calls, hands to `to` as argument `argument`, or puts into `field`.

    `owner` is the type of the struct that has the field.
    """

    at: int
    unit: str
    to: Form | None = None
    argument: int = 0
    field: str = ""
    owner: TypeRef = UNKNOWN


class FunctionEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="f", tag_field="form"):
    """A function or method: its signature, what becomes of its parameters, the functions it gives back.

    `receiver` names the type parameters of the type whose method it is, as this method calls them.
    """

    unit: str
    type_params: tuple[Param, ...]
    params: tuple[TypeRef, ...]
    results: tuple[TypeRef, ...]
    receiver: tuple[str, ...]
    flows: tuple[Flow, ...] = ()
    returns: tuple[Form, ...] = ()


class TypeEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="t", tag_field="form"):
    """A type: its unit (empty where it is none) and what it stands for."""

    unit: str
    alias: bool
    type_params: tuple[Param, ...]
    type: TypeRef


class VariableEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="v", tag_field="form"):
    """A variable or constant of the package: its declared type, or the values it is made from and its place in them."""

    type: TypeRef
    values: tuple[Form, ...]
    at: int


class MethodsEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="m", tag_field="form"):
    """The types, by entry, that have a method of some name in this file."""

    owners: tuple[str, ...]


class StoresEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="s", tag_field="form"):
    """Functions that the file puts into fields of some name: the type of the struct, and the value."""

    stores: tuple[tuple[TypeRef, Form], ...]


class CallersEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="c", tag_field="form"):
    """Units of the file that call what a field of some name holds: the unit, and the type of the struct."""

    callers: tuple[tuple[str, TypeRef], ...]


Entry = FileEntry | FunctionEntry | TypeEntry | VariableEntry | MethodsEntry | StoresEntry | CallersEntry


class Body(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the resolving of the file itself needs."""

    package: str
    imports: tuple[Import, ...]
    forms: tuple[Form, ...]


_ENTRY = msgspec.msgpack.Decoder(Entry)
_BODY = msgspec.msgpack.Decoder(Body)


@lru_cache(maxsize=50_000)
def read_entry(packed: bytes) -> Entry:
    """An entry as it was packed. What it says follows from the bytes alone."""
    return _ENTRY.decode(packed)


def read_body(packed: bytes) -> Body:
    """A body as it was packed."""
    return _BODY.decode(packed)
