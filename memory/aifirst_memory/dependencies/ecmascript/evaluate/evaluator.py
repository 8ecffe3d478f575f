"""The evaluator: what an expression, a name or a type of a chunk may be, each worked out once for a resolving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aifirst_memory.dependencies.ecmascript.evaluate.values import (
    NO_NAMES,
    NO_VALUES,
    ClassValue,
    Env,
    FunctionValue,
    Instance,
    Namespace,
    Vals,
    Value,
    Values,
    scaled,
    union,
)
from aifirst_memory.dependencies.ecmascript.facts import NONE, Binding, ClassOf, Expr, Fn
from aifirst_memory.dependencies.ecmascript.files import Files, Place, Target

IMPORTED: Final = 0.95
ASSIGNED: Final = 0.9
FLOWN: Final = 0.8
MAY_RUN: Final = 0.6
_MAX_DEPTH: Final = 50
_MAX_SOURCES: Final = 40

Key = tuple[Place, int, Env]


@dataclass
class Evaluator:
    """Answers what expressions may be. Cycles and what lies too deep have no value."""

    files: Files
    handlers: dict[type, Callable[[Evaluator, Place, int, Expr, Env], Vals]]
    values: Values = field(default_factory=Values)
    steps: int = 0
    limit: int = 400_000
    depth: int = 0
    open_calls: int = 0
    mixing: int = 0
    _known: dict[Key, Vals] = field(default_factory=dict[Key, Vals])
    _open: set[Key] = field(default_factory=set[Key])
    _names: dict[tuple[str, str], Vals] = field(default_factory=dict[tuple[str, str], Vals])
    _open_names: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    _open_members: set[tuple[Value, str | None]] = field(default_factory=set[tuple[Value, str | None]])
    subclasses: dict[tuple[Place, int], list[ClassValue]] = field(
        default_factory=dict[tuple[Place, int], list[ClassValue]]
    )
    calls: dict[tuple[Place, int], int] = field(default_factory=dict[tuple[Place, int], int])

    def value(self, place: Place, at: int, env: Env = NO_NAMES) -> Vals:
        """What an expression or a type may be; of a type, an instance."""
        if at == NONE:
            return NO_VALUES
        key = place, at, env
        known = self._known.get(key)
        if known is not None:
            return known
        self.steps += 1
        if key in self._open or self.depth > _MAX_DEPTH or self.steps > self.limit:
            return NO_VALUES
        expr = place.chunk.exprs[at]
        handler = self.handlers.get(type(expr))
        if handler is None:
            return NO_VALUES
        self._open.add(key)
        self.depth += 1
        try:
            found = handler(self, place, at, expr, env)
        finally:
            self.depth -= 1
            self._open.discard(key)
        if self.steps <= self.limit:
            self._known[key] = found
        return found

    def name(self, place: Place, name: str, env: Env) -> Vals:
        """What a name may be: bound by the call, local, or of the file's top level."""
        binding = place.chunk.locals.get(name)
        bound = env.names.get(name)
        if bound is not None:
            if binding is None:
                return union(bound, self.top(place.path, name)) if ":" not in name else bound
            return union(bound, self.value(place, binding.type, env))
        if binding is not None:
            found = self.binding(place, binding, env)
            return self._held(place, name, found, env) if binding.props else found
        return self.top(place.path, name)

    def _held(self, place: Place, name: str, found: Vals, env: Env) -> Vals:
        """Functions that were made elsewhere, with the name whose properties are written to here."""
        return {
            self.values.function(v.place, v.at, v.env, v.this, v.signatures, (place, name, env))
            if isinstance(v, FunctionValue) and v.held is None and ("f", v.at) not in v.place.props else v: sure
            for v, sure in found.items()
        }  # fmt: skip

    def binding(self, place: Place, binding: Binding, env: Env) -> Vals:
        """What is put into a name, or what it is declared to be."""
        declared = scaled(self.value(place, binding.type, env), IMPORTED)
        if declared and any(isinstance(value, Instance) for value in declared):
            return declared
        found = [declared]
        exprs, functions = place.chunk.exprs, place.chunk.functions
        overloads: list[int] = []
        for at in binding.sources[:_MAX_SOURCES]:
            expr = exprs[at]
            if isinstance(expr, Fn) and not functions[expr.at].body:
                overloads.append(expr.at)
                continue
            vals = self.value(place, at, env)
            found.append(vals if isinstance(expr, (Fn, ClassOf)) else scaled(vals, ASSIGNED))
        return union(*self._overloaded(place, overloads, found, env))

    def _overloaded(self, place: Place, signatures: list[int], found: list[Vals], env: Env) -> list[Vals]:
        """Functions with their overloads: one value, the function with a body, or the first where none has one."""
        if not signatures:
            return found
        for at, vals in enumerate(found):
            for value, sure in vals.items():
                if isinstance(value, FunctionValue) and value.place is place:
                    joined = self.values.function(place, value.at, value.env, value.this, tuple(signatures))
                    return [*found[:at], {joined: sure}, *found[at + 1 :]]
        first, *rest = signatures
        return [*found, {self.values.function(place, first, env, None, tuple(rest)): 1.0}]

    def top(self, path: str, name: str) -> Vals:
        """What a name of a file's top level may be, wherever it is declared."""
        key = path, name
        known = self._names.get(key)
        if known is not None:
            return known
        if key in self._open_names or self.depth > _MAX_DEPTH:
            return NO_VALUES
        self._open_names.add(key)
        self.depth += 1
        try:
            target = self.files.resolve(path, name)
            if target is None:
                found: Vals = {self.values.native(None, name): 1.0} if name else NO_VALUES
            else:
                found = self.target(target)
                if target.path != path:
                    found = scaled(found, IMPORTED)
        finally:
            self.depth -= 1
            self._open_names.discard(key)
        if self.steps <= self.limit:
            self._names[key] = found
        return found

    def target(self, target: Target) -> Vals:
        """What that which a name means may be."""
        if target.package:
            return NO_VALUES
        if target.chunk is None:
            found: Vals = {self.values.namespace(target.path): 1.0}
        else:
            found = self.chunk(target.path, target.chunk)
        for name in target.rest:
            found = self.member(found, name)
        return found

    def chunk(self, path: str, name: str) -> Vals:
        """What a chunk's name may be."""
        place = self.files.place(path, name)
        if place is None:
            return NO_VALUES
        main = self.binding(place, place.chunk.main, NO_NAMES)
        found = [self._held(place, name, main, NO_NAMES) if place.chunk.main.props else main]
        for writer in place.chunk.writers[:_MAX_SOURCES]:
            writing = self.files.place(path, writer)
            if writing is not None:
                written = writing.chunk.writes.get(name, [])[:_MAX_SOURCES]
                found += [scaled(self.value(writing, at), ASSIGNED) for at in written]
        return union(*found)

    def written(self, place: Place, name: str) -> Vals:
        """What is written to a property of the chunk's own name, here and in other chunks of the file."""
        chunk = place.chunk
        found = [self.value(place, at) for at in chunk.main.props.get(name, [])[:_MAX_SOURCES]]
        for writer in chunk.writers[:_MAX_SOURCES]:
            writing = self.files.place(place.path, writer)
            if writing is not None:
                found += [
                    self.value(writing, at) for at in writing.chunk.writes.get(f"{chunk.name} {name}", [])[:8]
                ]
        return union(*found)

    def export(self, path: str, name: str) -> Vals:
        """What a module exports under a name."""
        target = self.files.resolve_export(path, name)
        return self.target(target) if target is not None else NO_VALUES

    def member(self, of: Vals, name: str) -> Vals:
        """What a property of values may be."""
        found: Vals = NO_VALUES
        for value, sure in of.items():
            found = union(found, scaled(self.within(value, name), sure))
        return found

    def within(self, value: Value, name: str | None) -> Vals:
        """What a property of one value may be, or any of its elements where `name` is None."""
        from aifirst_memory.dependencies.ecmascript.evaluate.members import elements, member_of

        if isinstance(value, Namespace):
            return scaled(self.export(value.path, name), IMPORTED) if name is not None else NO_VALUES
        key = value, name
        if key in self._open_members or self.depth > _MAX_DEPTH:
            return NO_VALUES
        self._open_members.add(key)
        self.depth += 1
        try:
            return elements(self, value) if name is None else member_of(self, value, name)
        finally:
            self.depth -= 1
            self._open_members.discard(key)

    def classes(self, vals: Vals) -> list[ClassValue]:
        """The classes among values, and those that the instances among them are of."""
        found: dict[ClassValue, None] = {}
        for value in vals:
            of = value.of if isinstance(value, Instance) else value
            if isinstance(of, ClassValue):
                found[of] = None
        return list(found)

    def functions(self, vals: Vals) -> list[FunctionValue]:
        """The functions among values."""
        return [value for value in vals if isinstance(value, FunctionValue)]
