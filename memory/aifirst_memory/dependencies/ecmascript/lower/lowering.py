"""The state of the walk over one file: the chunk, scope, function and unit that it is in, and how it goes down.

What is done for each kind of node stands in tables (`expressions`, `statements`, `types`) of the modules beside this
one. The walk is as deep as people write; what lies deeper gives names only.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import tree_sitter
from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.ecmascript.facts import (
    NONE,
    READ,
    Binding,
    Chunk,
    Either,
    Export,
    Expr,
    FileBody,
    Function,
    Imported,
    ImportSite,
    Name,
    Site,
    This,
    TypeName,
)

Node = tree_sitter.Node
Handler = Callable[["Lowering", Node], int]
_MAX_DEPTH = 160
"""Levels of the walk, each of some three frames."""
_MAX_SITES = 400_000
"""Places of one file beyond which nothing is noted: more than 5 MB of code have."""


@dataclass(slots=True)
class Scope:
    """The names of a block or function, and those used in it that are not resolved yet."""

    function: bool
    names: dict[str, str] = field(default_factory=dict[str, str])
    pending: list[Name | TypeName] = field(default_factory=list[Name | TypeName])
    narrowed: set[str] = field(default_factory=set[str])
    writes: list[tuple[str, str, int]] = field(default_factory=list[tuple[str, str, int]])


@dataclass(frozen=True, slots=True)
class Handlers:
    """What is done for each kind of node."""

    expressions: Mapping[str, Handler]
    statements: Mapping[str, Handler]
    types: Mapping[str, Handler]


class Lowering:
    """The walk over one file. Handlers move it, and add to the chunk it is in."""

    def __init__(self, reading: Reading, handlers: Handlers) -> None:
        self.data = reading.data
        self.handlers = handlers
        self.units = [unit.name for unit in reading.units]
        self._unit_at = {unit.name_start: at for at, unit in enumerate(reading.units) if at}
        lines = [reading.lines.line_of(unit.name_start) + 1 for unit in reading.units]
        self.body = FileBody(self.units, [], {}, {}, [], {}, {}, lines)
        self.unit = 0
        self.chunk = self.chunk_of("")
        self.scopes: list[Scope] = [Scope(function=True)]
        self.function: Function | None = None
        self.function_at = NONE
        self.this: This | None = None
        self.prototypes: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._depth = 0
        self._sites = 0

    # Text and units

    def text(self, node: Node) -> str:
        """The text of a node."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def unit_of(self, name: Node | None) -> int:
        """The unit whose name stands at a node, the one around where none does."""
        return self.unit if name is None else self._unit_at.get(name.start_byte, self.unit)

    @contextmanager
    def in_unit(self, unit: int) -> Generator[None]:
        """While the code of another unit is walked."""
        before, self.unit = self.unit, unit
        try:
            yield
        finally:
            self.unit = before

    # Chunks and expressions

    def chunk_of(self, name: str) -> Chunk:
        """The chunk of a name of the top level, made where it is not there."""
        found = self.body.chunks.get(name)
        if found is None:
            found = self.body.chunks[name] = Chunk(name)
            self.body.sites[name] = []
        return found

    @property
    def at_top(self) -> bool:
        """Whether names declared here are names of the file."""
        return len(self.scopes) == 1

    @contextmanager
    def in_chunk(self, chunk: Chunk) -> Generator[None]:
        """While what belongs to another chunk is walked; only at the top level."""
        before, self.chunk = self.chunk, chunk
        try:
            yield
        finally:
            self.chunk = before

    def add(self, expr: Expr) -> int:
        """The index of a new expression of the chunk."""
        self.chunk.exprs.append(expr)
        return len(self.chunk.exprs) - 1

    def either(self, of: list[int]) -> int:
        """One of several expressions, without those that have no value."""
        known = [at for at in of if at != NONE]
        return known[0] if len(known) == 1 else self.add(Either(known)) if known else NONE

    def site(self, role: int, at: int, node: Node) -> None:
        """Note a place."""
        if at == NONE or self._sites > _MAX_SITES:
            return
        self._sites += 1
        self.body.sites[self.chunk.name].append(Site(role, at, self.unit, node.start_point[0] + 1))

    # Names

    def name(self, text: str) -> int:
        """An expression for a name that is looked up when its scope ends."""
        found = Name(text)
        self.scopes[-1].pending.append(found)
        return self.add(found)

    def outer_name(self, text: str) -> int:
        """As `name`, looked up around this scope."""
        found = Name(text)
        if len(self.scopes) > 1:
            self.scopes[-2].pending.append(found)
        return self.add(found)

    def narrow_name(self, text: str, source: int) -> None:
        """Let a name be what a condition found, within this scope; what is written to it reaches further."""
        self.scopes[-1].narrowed.add(text)
        self.bind(self.declare(text), source)

    def type_name(self, text: str, rest: list[str], args: list[int]) -> int:
        """As `name`, for a type."""
        found = TypeName(text, rest, args)
        self.scopes[-1].pending.append(found)
        return self.add(found)

    def declare(self, text: str, *, hoisted: bool = False) -> str:
        """Declare a name in this scope, or in the function around it; what it is called in the chunk."""
        scopes = self.scopes
        depth = len(scopes) - 1
        if hoisted:
            while not scopes[depth].function:
                depth -= 1
        if depth == 0:
            self.chunk_of(text).declared = True
            return text
        names = scopes[depth].names
        if text not in names:
            number = self._numbers.get(self.chunk.name, 0) + 1
            self._numbers[self.chunk.name] = number
            names[text] = f"{number}:{text}"
            self.chunk.locals[names[text]] = Binding()
        return names[text]

    def binding(self, name: str) -> Binding:
        """The binding of a declared name by what it is called in the chunk."""
        local = self.chunk.locals.get(name)
        return self.chunk_of(name).main if local is None else local

    def bind(self, name: str, source: int) -> None:
        """Let a declared name be what an expression of this chunk says."""
        if source == NONE:
            return
        local = self.chunk.locals.get(name)
        if local is not None:
            local.sources.append(source)
        elif name == self.chunk.name:
            self.chunk.main.sources.append(source)
        else:
            self._write_top(name, "", source)

    def write(self, text: str, prop: str, source: int) -> None:
        """An assignment to a name, or to a property of it, resolved when the scope ends."""
        if source == NONE:
            return
        if self.at_top:
            self._write_top(text, prop, source)
        else:
            self.scopes[-1].writes.append((text, prop, source))

    def _write_top(self, name: str, prop: str, source: int) -> None:
        if name == self.chunk.name:
            main = self.chunk.main
            (main.props.setdefault(prop, []) if prop else main.sources).append(source)
            return
        self.chunk.writes.setdefault(f"{name} {prop}" if prop else name, []).append(source)
        writers = self.chunk_of(name).writers
        if self.chunk.name not in writers:
            writers.append(self.chunk.name)

    @contextmanager
    def in_scope(self, *, function: bool = False) -> Generator[None]:
        """While a block or function is walked."""
        self.scopes.append(Scope(function))
        try:
            yield
        finally:
            self.close_scope()

    def close_scope(self) -> None:
        """Leave a scope: what it declares is found, the rest may be declared around it."""
        scope = self.scopes.pop()
        around = self.scopes[-1] if self.scopes else None
        for expr in scope.pending:
            known = scope.names.get(expr.name)
            if known is not None:
                expr.name = known
            elif around is not None:
                around.pending.append(expr)
        for text, prop, source in scope.writes:
            known = scope.names.get(text)
            if known is not None:
                local = self.chunk.locals[known]
                (local.props.setdefault(prop, []) if prop else local.sources).append(source)
            if known is not None and text not in scope.narrowed:
                continue
            if around is not None and len(self.scopes) > 1:
                around.writes.append((text, prop, source))
            else:
                self._write_top(text, prop, source)

    # Going down

    def expr(self, node: Node | None) -> int:
        """The value of an expression; its places are noted."""
        if node is None:
            return NONE
        handler = self.handlers.expressions.get(node.type)
        if handler is None:
            self.walk_children(node)
            return NONE
        if self._depth > _MAX_DEPTH:
            self._names_only(node)
            return NONE
        self._depth += 1
        try:
            return handler(self, node)
        finally:
            self._depth -= 1

    def type(self, node: Node | None) -> int:
        """What a type says; the types it names are noted."""
        if node is None:
            return NONE
        handler = self.handlers.types.get(node.type)
        if handler is None or self._depth > _MAX_DEPTH:
            return NONE
        self._depth += 1
        try:
            return handler(self, node)
        finally:
            self._depth -= 1

    def walk(self, node: Node | None) -> None:
        """Walk code that has no value."""
        if node is not None:
            self._walk([node])

    def walk_children(self, node: Node) -> None:
        """Walk all that stands in a node."""
        self._walk(node.named_children[::-1])

    def _walk(self, stack: list[Node]) -> None:
        statements, expressions, types = (
            self.handlers.statements, self.handlers.expressions, self.handlers.types,
        )  # fmt: skip
        if self._depth > _MAX_DEPTH:
            for node in stack:
                self._names_only(node)
            return
        self._depth += 1
        try:
            while stack:
                node = stack.pop()
                kind = node.type
                handler = statements.get(kind) or expressions.get(kind) or types.get(kind)
                if handler is not None:
                    handler(self, node)
                else:
                    stack.extend(node.named_children[::-1])
        finally:
            self._depth -= 1

    def _names_only(self, node: Node) -> None:
        stack = [node]
        while stack:
            found = stack.pop()
            if found.type == "identifier":
                self.site(READ, self.name(self.text(found)), found)
            else:
                stack.extend(found.named_children[::-1])

    # Imports and exports

    def import_name(self, local: str, module: str, name: str, rest: tuple[str, ...] = ()) -> None:
        """A name of the top level that stands for one of another module."""
        self.body.names[local] = Imported(module, name, rest)

    def import_site(self, module: str, names: tuple[str, ...], node: Node) -> None:
        """A place that loads a module."""
        self.body.imports.append(ImportSite(module, names, node.start_point[0] + 1))

    def export(self, name: str, chunk: str = "", module: str = "", imported: str = "") -> None:
        """Export a chunk, or a name of another module."""
        self.body.exports[name] = Export(chunk, module, imported)
