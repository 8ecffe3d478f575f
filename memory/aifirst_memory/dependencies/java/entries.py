"""What one Java file says to others: its package and imports, its classes, their methods and fields.

An entry holds no line and no call, so that it changes only with what others may depend on. The names: `` for the
file, `C` for a class (by its unit), `C.m()` for all methods of a name (`C.<>()` for constructors), `C#f` for a
field, `<N` for the classes that name an `N` among those they derive from.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from aifirst_memory.dependencies.declared.form import Form, Param, TypeRef

ClassKind = Literal["class", "interface", "enum", "record", "annotation", "nameless"]
CONSTRUCTOR = "<>"


class Import(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An import of a name, of everything (`star`), of static members; the 1-based line."""

    name: str
    static: bool
    star: bool
    line: int = 0


class FileEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="p", tag_field="form"):
    """What the names in a file's types mean. `types` are its classes at the top."""

    package: str
    imports: tuple[Import, ...]
    types: tuple[str, ...]


class ClassEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="c", tag_field="form"):
    """A class. `outer` is the entry of the class around it; `bases` what it derives from, its superclass first."""

    unit: str
    kind: ClassKind
    outer: str
    type_params: tuple[Param, ...]
    bases: tuple[TypeRef, ...]
    components: tuple[Param, ...] = ()


class Flow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter (by its position) whose method unit `unit` calls."""

    at: int
    unit: str


class Method(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A method or constructor."""

    unit: str
    type_params: tuple[Param, ...]
    params: tuple[TypeRef, ...]
    result: TypeRef
    static: bool
    abstract: bool
    flows: tuple[Flow, ...] = ()
    returns: tuple[Form, ...] = ()


class MethodsEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="m", tag_field="form"):
    """The methods of a class that have one name, in order."""

    methods: tuple[Method, ...]


class FieldEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="f", tag_field="form"):
    """A field: its declared type, and what it is bound to where that is a function."""

    type: TypeRef
    value: Form | None = None
    constant: bool = False
    """Of an enum."""


class SubtypesEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="s", tag_field="form"):
    """Entries of classes."""

    entries: tuple[str, ...]


Entry = FileEntry | ClassEntry | MethodsEntry | FieldEntry | SubtypesEntry


class Body(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the resolving of the file itself needs."""

    package: str
    imports: tuple[Import, ...]
    types: tuple[str, ...]
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
