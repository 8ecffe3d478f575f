"""Types and values as the resolver of a language with declared types sees them while it follows code.

A value is what a careful reader knows of it: the types it may have, the functions it may be. Nothing known is `()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

MOST: Final = 12
"""Alternatives of one value: more than code that people follow has, and a bound on what generated code costs."""


class Type(NamedTuple):
    """A type. `path` is empty for one that the project does not define; otherwise `name` is its entry there.

    Forms (`[]`, `map`, `chan`, `func`, `()`, `struct`, `interface`, `|`) are as in `TypeRef`. A type parameter has
    a `$` before its name and its bound as argument. What lies outside goes by its full name.
    """

    name: str
    path: str = ""
    args: tuple[Type, ...] = ()
    names: tuple[str, ...] = ()


NOTHING: Final = Type("")


class Instance(msgspec.Struct, frozen=True, gc=False):
    """Some value of a type."""

    type: Type


class TypeValue(msgspec.Struct, frozen=True, gc=False):
    """The type itself, as an expression."""

    type: Type


class Code(msgspec.Struct, frozen=True, gc=False):
    """A function or method of the project as a value. `of` is the type of what it was found on.

    `certain` is the confidence with which it is this one.
    """

    path: str
    unit: str
    entry: str
    of: Type = NOTHING
    certain: float = 0.95

    def at_most(self, certain: float) -> Code:
        """The same, known less surely."""
        return self if self.certain <= certain else Code(self.path, self.unit, self.entry, self.of, certain)


class Abstract(msgspec.Struct, frozen=True, gc=False):
    """A method of an interface that is no unit: whatever implements it may run."""

    of: Type
    name: str
    signature: Type


class Package(msgspec.Struct, frozen=True, gc=False):
    """A package named in an expression."""

    name: str


class Held(msgspec.Struct, frozen=True, gc=False):
    """A container of known values."""

    values: tuple[Thing, ...]


class Record(msgspec.Struct, frozen=True, gc=False):
    """What is known of the fields of a struct where it is made: names, and the functions that they hold."""

    fields: tuple[tuple[str, Value], ...]


class Passed(msgspec.Struct, frozen=True, gc=False):
    """A parameter of the function at hand, by its position."""

    at: int


class Builtin(msgspec.Struct, frozen=True, gc=False):
    """A function of the language itself."""

    name: str


Thing = Instance | TypeValue | Code | Abstract | Package | Held | Record | Passed | Builtin
Value = tuple[Thing, ...]


def joined(*values: Value) -> Value:
    """All alternatives of some values, each once, in order, as many as are followed at most."""
    if len(values) == 1:
        return values[0][:MOST]
    return tuple(dict.fromkeys(thing for value in values for thing in value))[:MOST]


def substitute(type_: Type, given: Mapping[str, Type], depth: int = 8) -> Type:
    """A type with what is given put in the place of its parameters (by name with the `$`)."""
    if not given or not depth:
        return type_
    if type_.name.startswith("$"):
        return given.get(type_.name, type_)
    if not type_.args:
        return type_
    return type_._replace(args=tuple(substitute(arg, given, depth - 1) for arg in type_.args))


def infer(wanted: Type, given: Type, found: dict[str, Type], depth: int = 8) -> None:
    """Note in `found` what the parameters of a wanted type have to be for a given one."""
    if not depth or not given.name:
        return
    if wanted.name.startswith("$"):
        found.setdefault(wanted.name, given)
        return
    if wanted.name == given.name and wanted.path == given.path:
        for inner, other in zip(wanted.args, given.args, strict=False):
            infer(inner, other, found, depth - 1)


def instances(value: Value) -> list[Type]:
    """The types that a value is known to have, in order."""
    return [thing.type for thing in value if isinstance(thing, Instance)]
