"""The facts of a file as others are given them: one entry a name, holding no more than others can see of it.

`d:name` is a chunk, `x:name` an export, `x:*` the modules all of whose exports are exported, `i:name` an import,
`s:name` the classes that derive from something of a name.
"""

from __future__ import annotations

import msgspec

from aifirst_memory.dependencies.ecmascript.expr_parts import parts, renumbered
from aifirst_memory.dependencies.ecmascript.facts import (
    NONE,
    Binding,
    Chunk,
    Class,
    ClassMember,
    ClassOf,
    Expr,
    FileBody,
    Fn,
    Function,
    FunctionType,
    Member,
    Name,
    ObjectType,
    Param,
    This,
    TypeName,
)
from aifirst_memory.dependencies.resolver import FileFacts

_ENCODER = msgspec.msgpack.Encoder()


def pack_facts(body: FileBody) -> FileFacts:
    """The facts of a file."""
    entries: dict[str, bytes] = {}
    subclasses: dict[str, list[tuple[str, int]]] = {}
    for name, chunk in body.chunks.items():
        if (
            name
            and (
                chunk.main.sources
                or chunk.main.type != NONE
                or chunk.declared
                or chunk.writers
                or chunk.main.props
            )
        ) or chunk.writes:
            entries[f"d:{name}"] = _ENCODER.encode(_Pruned(chunk).chunk)
        _note_bases(body, chunk, subclasses)
    entries |= {f"x:{name}": _ENCODER.encode(export) for name, export in body.exports.items()}
    if body.stars:
        entries["x:*"] = _ENCODER.encode(body.stars)
    entries |= {f"i:{name}": _ENCODER.encode(imported) for name, imported in body.names.items()}
    entries |= {f"s:{name}": _ENCODER.encode(found) for name, found in sorted(subclasses.items())}
    keys = tuple(f"s:{name}" for name in sorted(subclasses))
    return FileFacts(keys, entries, _ENCODER.encode(body))


def _note_bases(body: FileBody, chunk: Chunk, into: dict[str, list[tuple[str, int]]]) -> None:
    for at, made in enumerate(chunk.classes):
        for base in (*made.bases, *made.implements) if made.kind in ("class", "interface") else ():
            expr = chunk.exprs[base]
            name = ""
            if isinstance(expr, Member):
                name = expr.name
            elif isinstance(expr, TypeName):
                name = expr.rest[-1] if expr.rest else _original(body, expr.name)
            elif isinstance(expr, Name):
                name = _original(body, expr.name)
            if name:
                into.setdefault(name, []).append((chunk.name, at))


def _original(body: FileBody, name: str) -> str:
    imported = body.names.get(name)
    if imported is not None:
        return imported.rest[-1] if imported.rest else imported.name
    return name.rpartition(":")[2]


class _Pruned:
    """A chunk without what nobody outside can see: code that neither returns, nor stores, nor passes on what it gets."""

    def __init__(self, chunk: Chunk) -> None:
        self._chunk = chunk
        self._number: dict[int, int] = {}
        self._order: list[int] = []
        self._names: dict[str, None] = {}
        self._functions: set[int] = set()
        self._classes: set[int] = set()
        self._stack: list[int] = []
        self._see_binding(chunk.main)
        for sources in chunk.writes.values():
            self._see(*sources)
        self._run()
        self.chunk = self._copy()

    def _see(self, *found: int) -> None:
        for at in found:
            if at != NONE and at not in self._number:
                self._number[at] = len(self._order)
                self._order.append(at)
                self._stack.append(at)

    def _see_binding(self, binding: Binding) -> None:
        self._see(binding.type, *binding.sources)
        for sources in binding.props.values():
            self._see(*sources)

    def _run(self) -> None:
        exprs, chunk = self._chunk.exprs, self._chunk
        while self._stack:
            expr = exprs[self._stack.pop()]
            self._see(*parts(expr))
            if isinstance(expr, (Name, TypeName)):
                if expr.name not in self._names and expr.name in chunk.locals:
                    self._names[expr.name] = None
                    self._see_binding(chunk.locals[expr.name])
            elif isinstance(expr, (Fn, FunctionType)):
                self._see_function(expr.at)
            elif isinstance(expr, (ClassOf, ObjectType)):
                self._see_class(expr.at)
            elif isinstance(expr, This):
                if expr.kind in "is":
                    self._see_class(expr.at)
                elif expr.kind == "f":
                    self._see_function(expr.at)

    def _see_function(self, at: int) -> None:
        if at in self._functions or at == NONE:
            return
        self._functions.add(at)
        function = self._chunk.functions[at]
        self._see(function.type, function.guard, *function.returns, *function.yields)
        self._see_params(function.params)
        self._see_params(function.type_params)
        first, last = function.flows
        self._see(*(call for call, _ in self._chunk.flows[first:last]))
        for sources in function.assigned.values():
            self._see(*sources)

    def _see_params(self, params: list[Param]) -> None:
        for param in params:
            self._see(param.type)
            if param.name not in self._names and param.name in self._chunk.locals:
                self._names[param.name] = None
                self._see_binding(self._chunk.locals[param.name])

    def _see_class(self, at: int) -> None:
        if at in self._classes:
            return
        self._classes.add(at)
        made = self._chunk.classes[at]
        self._see(*made.bases, *made.base_types, *made.implements)
        self._see_params(made.type_params)
        for members in made.members.values():
            for member in members:
                self._see(member.value, member.type)
                self._see_function(member.function)
        for sources in made.assigned.values():
            self._see(*sources)

    def _copy(self) -> Chunk:
        chunk, number = self._chunk, self._at
        exprs: list[Expr] = [renumbered(chunk.exprs[at], number) for at in self._order]
        flows = [(self._at(at), unit) if at in self._number else (NONE, "") for at, unit in chunk.flows]
        return Chunk(
            chunk.name, chunk.unit, chunk.declared, self._binding(chunk.main), exprs,
            {name: self._binding(chunk.locals[name]) for name in self._names},
            [self._function(at, function) for at, function in enumerate(chunk.functions)],
            [self._class(at, made) for at, made in enumerate(chunk.classes)],
            flows, self._lists(chunk.writes), chunk.writers,
        )  # fmt: skip

    def _at(self, at: int) -> int:
        return NONE if at == NONE else self._number[at]

    def _list(self, found: list[int]) -> list[int]:
        return [self._at(at) for at in found]

    def _lists(self, found: dict[str, list[int]]) -> dict[str, list[int]]:
        return {name: self._list(sources) for name, sources in found.items()}

    def _binding(self, binding: Binding) -> Binding:
        return Binding(
            self._at(binding.type), self._list(binding.sources), self._lists(binding.props), binding.param
        )

    def _params(self, params: list[Param]) -> list[Param]:
        return [Param(param.name, self._at(param.type), param.rest, param.field) for param in params]

    def _function(self, at: int, function: Function) -> Function:
        if at not in self._functions:
            return Function("", False)
        return Function(
            function.unit, function.own, function.flags, self._params(function.params), self._list(function.returns),
            self._list(function.yields), self._at(function.type), function.body, self._params(function.type_params),
            function.flows, self._at(function.guard), self._lists(function.assigned),
        )  # fmt: skip

    def _class(self, at: int, made: Class) -> Class:
        if at not in self._classes:
            return Class("", made.kind)
        members = {
            name: [ClassMember(m.flags, m.function, self._at(m.value), self._at(m.type)) for m in found]
            for name, found in made.members.items()
        }
        return Class(
            made.unit, made.kind, made.own, self._list(made.bases), self._list(made.base_types),
            self._list(made.implements), members, self._lists(made.assigned), self._params(made.type_params),
            made.abstract,
        )  # fmt: skip
