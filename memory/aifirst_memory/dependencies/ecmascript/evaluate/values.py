"""Values that expressions may have. There is one object for each value, so that they compare by identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aifirst_memory.dependencies.ecmascript.facts import Class, Function
from aifirst_memory.dependencies.ecmascript.files import Place


@dataclass(eq=False)
class Value:
    """Any value."""


@dataclass(eq=False)
class Env:
    """What parameters and type parameters are bound to in a call or an instance, by their unique names."""

    names: Mapping[str, Vals]


Vals = Mapping[Value, float]
"""Values with how sure each is."""
NO_VALUES: Final[Vals] = {}
NO_NAMES: Final = Env({})
MAX_VALUES: Final = 24


@dataclass(eq=False)
class FunctionValue(Value):
    """A function with what it has captured. `signatures` are overloads that say what it returns.

    `held` is a name that it was put into and whose properties are written to.
    """

    place: Place
    at: int
    env: Env
    this: Value | None = None
    signatures: tuple[int, ...] = ()
    held: tuple[Place, str, Env] | None = None

    @property
    def function(self) -> Function:
        """The function."""
        return self.place.chunk.functions[self.at]


@dataclass(eq=False)
class ClassValue(Value):
    """A class, interface, enum, namespace, alias, or nameless object type."""

    place: Place
    at: int
    env: Env

    @property
    def made(self) -> Class:
        """The class."""
        return self.place.chunk.classes[self.at]


@dataclass(eq=False)
class Instance(Value):
    """What `new` of a class, or of a function, gives (`exact`); also anything declared to be of a type."""

    of: ClassValue | FunctionValue
    exact: bool = False


@dataclass(eq=False)
class ObjectValue(Value):
    """An object literal."""

    place: Place
    at: int
    env: Env


@dataclass(eq=False)
class Container(Value):
    """A collection of the language: `array`, `promise`, `map`, `set`, `iterator`, `tuple`, `record`.

    A tuple has its places in `parts`; so has a map, whose keys come first.
    """

    kind: str
    items: Vals
    parts: tuple[Vals, ...] = ()


@dataclass(eq=False)
class Namespace(Value):
    """All that a module exports."""

    path: str


@dataclass(eq=False)
class Native(Value):
    """A method of the language on a value (`xs.map`), or a global object of it (`of` is None)."""

    of: Value | None
    name: str


@dataclass(eq=False)
class Text(Value):
    """A constant string."""

    text: str


@dataclass
class Values:
    """Makes values, one object for each."""

    _known: dict[tuple[object, ...], Value] = field(default_factory=dict[tuple[object, ...], Value])
    _envs: dict[tuple[object, ...], Env] = field(default_factory=dict[tuple[object, ...], Env])

    def function(
        self,
        place: Place,
        at: int,
        env: Env,
        this: Value | None = None,
        signatures: tuple[int, ...] = (),
        held: tuple[Place, str, Env] | None = None,
    ) -> FunctionValue:
        """A function."""
        key = ("f", place, at, env, this, signatures, held)
        found = self._known.get(key)
        if not isinstance(found, FunctionValue):
            found = self._known[key] = FunctionValue(place, at, env, this, signatures, held)
        return found

    def class_of(self, place: Place, at: int, env: Env) -> ClassValue:
        """A class."""
        key = ("c", place, at, env)
        found = self._known.get(key)
        if not isinstance(found, ClassValue):
            found = self._known[key] = ClassValue(place, at, env)
        return found

    def instance(self, of: ClassValue | FunctionValue, *, exact: bool = False) -> Instance:
        """An instance."""
        key = ("i", of, exact)
        found = self._known.get(key)
        if not isinstance(found, Instance):
            found = self._known[key] = Instance(of, exact)
        return found

    def object(self, place: Place, at: int, env: Env) -> ObjectValue:
        """An object literal."""
        key = ("o", place, at, env)
        found = self._known.get(key)
        if not isinstance(found, ObjectValue):
            found = self._known[key] = ObjectValue(place, at, env)
        return found

    def container(self, kind: str, items: Vals, parts: tuple[Vals, ...] = ()) -> Container:
        """A collection."""
        key = ("k", kind, *items.items(), *(("part", *part.items()) for part in parts))
        found = self._known.get(key)
        if not isinstance(found, Container):
            found = self._known[key] = Container(kind, items, parts)
        return found

    def namespace(self, path: str) -> Namespace:
        """A module."""
        found = self._known.get(("n", path))
        if not isinstance(found, Namespace):
            found = self._known["n", path] = Namespace(path)
        return found

    def native(self, of: Value | None, name: str) -> Native:
        """A method of the language."""
        found = self._known.get(("v", of, name))
        if not isinstance(found, Native):
            found = self._known["v", of, name] = Native(of, name)
        return found

    def text(self, text: str) -> Text:
        """A constant string."""
        found = self._known.get(("t", text))
        if not isinstance(found, Text):
            found = self._known["t", text] = Text(text)
        return found

    def env(self, around: Env, names: Mapping[str, Vals]) -> Env:
        """An environment with more names bound."""
        if not names:
            return around
        joined = {**around.names, **names}
        key = tuple((name, *vals.items()) for name, vals in sorted(joined.items()))
        found = self._envs.get(key)
        if found is None:
            found = self._envs[key] = Env(joined)
        return found


def scaled(vals: Vals, limit: float) -> Vals:
    """The same values, none surer than `limit`."""
    return {value: min(sure, limit) for value, sure in vals.items()} if vals else NO_VALUES


def union(*many: Vals) -> Vals:
    """The values of all, each as sure as it is anywhere; the first ones where they are too many."""
    known = [vals for vals in many if vals]
    if len(known) < 2:
        return known[0] if known else NO_VALUES
    found: dict[Value, float] = {}
    for vals in known:
        for value, sure in vals.items():
            if value in found:
                found[value] = max(found[value], sure)
            elif len(found) < MAX_VALUES:
                found[value] = sure
    return found
