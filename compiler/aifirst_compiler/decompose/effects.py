"""What the parts of a statement do to the variables of its function, in the order in which they are evaluated.

Left out: attributes and items. They change objects, which a part of a function that moved still changes all the same.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence, Set
from typing import Final, NamedTuple

from aifirst_compiler.decompose.names_used import NESTED, Nested, outer_parts, used_outside
from aifirst_compiler.python_scopes import bound_by_alias


class Effects(NamedTuple):
    """What a step does: `reads` before it binds the name for certain, `certain` of `writes` where it ends normally.

    `held` are the names that a closure holds which the step makes, `rebound` those such a closure may bind later.
    """

    reads: frozenset[str]
    writes: frozenset[str]
    certain: frozenset[str]
    deletes: frozenset[str]
    held: frozenset[str]
    rebound: frozenset[str]
    may_raise: bool


_CONSUMERS: Final = frozenset(
    {"all", "any", "dict", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple"}
)
"""Builtins that are done with an iterable, and with a `key`, when they return."""
_CALM: Final = (ast.Constant, ast.expr_context, ast.Pass)


class EffectsOf:
    """Finds the effects of nodes; `names` are the variables that count, `shadowed` the names that are no builtins."""

    def __init__(self, names: Set[str], shadowed: Set[str]) -> None:
        self._names = names
        self._consumers = _CONSUMERS - shadowed

    def __call__(
        self, *nodes: ast.AST | None, deleted: Sequence[str] = (), bound: Sequence[str] = ()
    ) -> Effects:
        """The effects of evaluating nodes one after the other; then names are deleted and bound."""
        walk = _Walk(self._names, self._consumers)
        for node in nodes:
            if node is not None:
                walk.visit(node, sure=True)
        for name in bound:
            walk.bind(name, sure=True)
        walk.deletes.update(name for name in deleted if name in self._names)
        frozen = map(
            frozenset, (walk.reads, walk.writes, walk.certain, walk.deletes, walk.held, walk.rebound)
        )
        return Effects(*frozen, may_raise=walk.may_raise)


class _Walk:
    def __init__(self, names: Set[str], consumers: Set[str]) -> None:
        self._names = names
        self._consumers = consumers
        self.reads: set[str] = set()
        self.writes: set[str] = set()
        self.certain: set[str] = set()
        self.deletes: set[str] = set()
        self.held: set[str] = set()
        self.rebound: set[str] = set()
        self.may_raise = False

    def bind(self, name: str, *, sure: bool) -> None:
        if name in self._names:
            self.writes.add(name)
            if sure:
                self.certain.add(name)

    def read(self, names: Set[str]) -> None:
        self.reads |= (names & self._names) - self.certain

    def visit(self, node: ast.AST, *, sure: bool) -> None:
        """Add what a node does; not `sure` where it may be left out."""
        if isinstance(node, ast.Name):
            self._name(node, sure=sure)
            return
        if not isinstance(node, _CALM):
            self.may_raise = self.may_raise or not isinstance(node, ast.Return | ast.Assign | ast.Expr)
        if isinstance(node, ast.NamedExpr):
            self.visit(node.value, sure=sure)
            self.bind(node.target.id, sure=sure)
        elif isinstance(node, NESTED):
            self._nested(node, sure=sure)
        elif isinstance(node, ast.BoolOp | ast.Compare | ast.IfExp):
            self._perhaps(node, sure=sure)
        elif isinstance(node, ast.Call):
            self._call(node, sure=sure)
        else:
            self._other(node, sure=sure)

    def _other(self, node: ast.AST, *, sure: bool) -> None:
        if isinstance(node, ast.Assign):
            parts: list[ast.AST | None] = [node.value, *node.targets]
        elif isinstance(node, ast.AnnAssign):
            declared = node.value is None and isinstance(node.target, ast.Name)
            parts = [node.value, node.annotation, None if declared else node.target]
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.target, ast.Name):
                self.read({node.target.id})
            parts = [node.value, node.target]
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                self.bind(bound_by_alias(alias), sure=sure)
            parts = []
        else:
            parts = list(ast.iter_child_nodes(node))
        for part in parts:
            if part is not None:
                self.visit(part, sure=sure)
        if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            self.bind(node.name, sure=sure)
        if isinstance(node, ast.MatchMapping) and node.rest:
            self.bind(node.rest, sure=sure)

    def _name(self, node: ast.Name, *, sure: bool) -> None:
        name = node.id
        if not isinstance(node.ctx, ast.Store) or name not in self._names:
            self.may_raise = True  # it may have no value
        if name not in self._names:
            return
        if isinstance(node.ctx, ast.Load):
            self.read({name})
        elif isinstance(node.ctx, ast.Store):
            self.bind(name, sure=sure)
        else:
            self.read({name})
            self.deletes.add(name)
            self.certain.discard(name)

    def _perhaps(self, node: ast.BoolOp | ast.Compare | ast.IfExp, *, sure: bool) -> None:
        if isinstance(node, ast.BoolOp):
            first, rest = [node.values[0]], node.values[1:]
        elif isinstance(node, ast.IfExp):
            first, rest = [node.test], [node.body, node.orelse]
        else:
            first, rest = [node.left, node.comparators[0]], node.comparators[1:]
        for part in first:
            self.visit(part, sure=sure)
        for part in rest:
            self.visit(part, sure=False)

    def _nested(self, node: Nested, *, sure: bool) -> None:
        for part in outer_parts(node):
            self.visit(part, sure=sure)
        inside = used_outside(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.read(inside.used)
            self.held |= inside.used & self._names
            self.rebound |= inside.bound & self._names
            self.bind(node.name, sure=sure)
        elif isinstance(node, ast.Lambda | ast.GeneratorExp):
            self.read(inside.used - inside.bound)
            self.held |= inside.used & self._names
            self.rebound |= inside.bound & self._names
            self.writes |= inside.bound & self._names
        else:
            self._at_once(node, inside.used)

    def _at_once(self, node: Nested, used: frozenset[str]) -> None:
        """A comprehension, or what is used up like one: it is over when the step is."""
        walked = [
            part
            for part in ast.walk(node)
            if isinstance(part, ast.Lambda | ast.GeneratorExp) and part is not node
        ]
        for inner in walked:
            found = used_outside(inner)
            self.held |= found.used & used & self._names
            self.rebound |= found.bound & self._names
        bound = {part.target.id for part in ast.walk(node) if isinstance(part, ast.NamedExpr)} & used
        self.read(used - bound)
        self.read(
            bound
            & {
                part.id
                for part in ast.walk(node)
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
            }
        )
        for name in bound:
            self.bind(name, sure=False)

    def _call(self, node: ast.Call, *, sure: bool) -> None:
        called = node.func
        consumes = (isinstance(called, ast.Name) and called.id in self._consumers) or (
            isinstance(called, ast.Attribute)
            and called.attr == "join"
            and isinstance(called.value, ast.Constant)
        )
        self.visit(node.func, sure=sure)
        for argument in node.args:
            if consumes and isinstance(argument, ast.GeneratorExp):
                for part in outer_parts(argument):
                    self.visit(part, sure=sure)
                self._at_once(argument, used_outside(argument).used)
            else:
                self.visit(argument, sure=sure)
        for keyword in node.keywords:
            if consumes and keyword.arg == "key" and isinstance(keyword.value, ast.Lambda):
                for part in outer_parts(keyword.value):
                    self.visit(part, sure=sure)
                self._at_once(keyword.value, used_outside(keyword.value).used)
            else:
                self.visit(keyword.value, sure=sure)
