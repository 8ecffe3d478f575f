"""Which names of a module are its globals, where each stands, and what forbids to rename them."""

from __future__ import annotations

import ast
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Final, Literal, NamedTuple

from aifirst_compiler.python_positions import Positions
from aifirst_compiler.python_scopes import (
    COMPREHENSIONS,
    Scope,
    bound_by_alias,
    defaults_of,
    parameters_of,
    scope_of,
    where_bound,
)

SiteKind = Literal["read", "bind", "define", "import", "delete", "declare"]
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_BINDING: Final = frozenset({"bind", "define", "import"})


class Site(NamedTuple):
    """One place where a global stands. Of a definition it is the whole statement, of an import the alias."""

    start: int
    end: int
    kind: SiteKind
    top: bool
    """Whether it stands in the module's own code, not in a function or class."""
    node: ast.AST


class GlobalNames:
    """The globals of one module.

    `sites` has the places by name, in order of the text. `unclear` are names that a class body both binds and reads, or
    that are written in another form than the parser reads: they cannot be renamed. `words` are all identifiers, `texts`
    the annotations that are strings, `fields` all those in classes: they are strings, too, where annotations are not
    evaluated, and read in the namespace of the module that the class names.
    """

    def __init__(self, tree: ast.Module, positions: Positions) -> None:
        self.sites: dict[str, list[Site]] = {}
        self.unclear: set[str] = set()
        self.words: set[str] = set()
        self.texts: list[str] = []
        self.fields: list[str] = []
        self._positions = positions
        self._stack = [scope_of("module", tree.body)]
        self._visit_all(tree.body)
        for sites in self.sites.values():
            sites.sort(key=lambda site: (site.start, site.end))

    @property
    def bound(self) -> set[str]:
        """The names that the module binds as globals, wherever it does."""
        return {name for name, sites in self.sites.items() if any(site.kind in _BINDING for site in sites)}

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node)

    def _visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name):
            kind: SiteKind = "read"
            if not isinstance(node.ctx, ast.Load):
                kind = "bind" if isinstance(node.ctx, ast.Store) else "delete"
            self._place(node.id, (self._positions.start(node), self._positions.end(node)), kind, node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            self._function(node)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, COMPREHENSIONS):
            self._comprehension(node)
        else:
            self._places_of_texts(node)
            self._visit_all(ast.iter_child_nodes(node))

    # Scopes

    @contextmanager
    def _inside(self, scope: Scope) -> Generator[None]:
        self._stack.append(scope)
        yield
        self._stack.pop()

    def _type_parameters(self, node: ast.AST) -> Scope:
        """The scope of type parameters around what may name them (PEP 695, Python 3.12)."""
        parameters: list[ast.AST] = getattr(node, "type_params", [])
        return Scope("function", {str(getattr(parameter, "name", "")) for parameter in parameters}, set())

    def _function(self, node: _Function) -> None:
        parameters = parameters_of(node.args)
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
        scope = scope_of("function", body)
        scope.bound.update({one.arg for one in parameters} - scope.declared)
        if not isinstance(node, ast.Lambda):
            self._define(node)
            self._visit_all(node.decorator_list)
        self._visit_all(defaults_of(node.args))
        with self._inside(self._type_parameters(node)):
            self._visit_all(getattr(node, "type_params", []))
            for annotation in [*(one.annotation for one in parameters), getattr(node, "returns", None)]:
                self._annotation(annotation)
            self.words.update(scope.bound)
            with self._inside(scope):
                self._visit_all(body)

    def _class(self, node: ast.ClassDef) -> None:
        self._define(node)
        self._visit_all(node.decorator_list)
        with self._inside(self._type_parameters(node)):
            self._visit_all([*getattr(node, "type_params", []), *node.bases, *node.keywords])
            with self._inside(scope_of("class", node.body)):
                self._visit_all(node.body)

    def _comprehension(self, node: _Comprehension) -> None:
        first = node.generators[0]
        self._visit(first.iter)
        bound = {
            name.id
            for generator in node.generators
            for name in ast.walk(generator.target)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
        with self._inside(Scope("function", bound, set())):
            for generator in node.generators:
                self._visit_all(
                    [generator.target, *generator.ifs, None if generator is first else generator.iter]
                )
            self._visit_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])

    # Places

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        first = min(map(self._positions.start, (node, *node.decorator_list)))
        self._place(node.name, (first, self._positions.end(node)), "define", node)

    def _place(self, name: str, span: tuple[int, int], kind: SiteKind, node: ast.AST) -> None:
        self.words.add(name)
        scope = where_bound(self._stack, name)
        if scope.kind == "class" and kind == "read":
            self.unclear.add(name)
        if scope is not self._stack[0]:
            return
        if kind in ("read", "bind", "delete") and self._positions.data[slice(*span)] != name.encode():
            self.unclear.add(name)
        self.sites.setdefault(name, []).append(Site(*span, kind, len(self._stack) == 1, node))

    def _annotation(self, node: ast.expr | None) -> None:
        if node is not None:
            self._note_texts(node)
            self._visit(node)

    def _note_texts(self, annotation: ast.expr) -> None:
        constants = (part.value for part in ast.walk(annotation) if isinstance(part, ast.Constant))
        self.texts += [value for value in constants if isinstance(value, str)]

    def _places_of_texts(self, node: ast.AST) -> None:
        """Places of the names that are no nodes of their own."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                span = self._positions.start(alias), self._positions.end(alias)
                self._place(bound_by_alias(alias), span, "import", node)
        elif isinstance(node, ast.Global):
            for name in node.names:
                self._named(node, name, rb"\bglobal\b[^\n]*?")
        elif isinstance(node, ast.ExceptHandler) and node.name:
            self._named(node, node.name, rb"\bas\s+")
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            end = self._positions.end(node)
            self._place(node.name, (end - len(node.name.encode()), end), "bind", node)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            self._named(node, node.rest, rb"\*\*\s*")
        elif isinstance(node, ast.AnnAssign):
            self._note_texts(node.annotation)
            if self._stack[-1].kind == "class":
                self.fields.append(ast.unparse(node.annotation))
        else:
            self.words |= _words_of(node)

    def _named(
        self, node: ast.Global | ast.ExceptHandler | ast.MatchMapping, name: str, before: bytes
    ) -> None:
        kind: SiteKind = "declare" if isinstance(node, ast.Global) else "bind"
        try:
            start = self._positions.name_after(node, name, before)
        except ValueError:
            self.words.add(name)
            self.unclear.add(name)
            return
        self._place(name, (start, start + len(name.encode())), kind, node)


def _words_of(node: ast.AST) -> set[str]:
    """An identifier that is neither a name nor bound: an attribute's, or of an argument by keyword."""
    word = (
        node.attr if isinstance(node, ast.Attribute) else node.arg if isinstance(node, ast.keyword) else None
    )
    return {word} if word else set()
