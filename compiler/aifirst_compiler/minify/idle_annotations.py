"""The annotations of a Python file that nobody reads and whose evaluation does nothing: those that may go.

An annotation is evaluated where it stands, unless the file imports `annotations` from `__future__` or it is a local
variable's. What is evaluated goes only where it is made of names that are surely bound there, attributes and elements
of them, constants, tuples and `|`: a call may do something, and an unbound name raises. `x: int` without a value makes
`x` a local variable, so it goes only where something else binds the name as well.

Limits: what an attribute or `[...]` of a name does when it is asked for counts as nothing. Imports stay, also where
only annotations used them: what is imported is run.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aifirst_compiler.minify.needless import Body, Function, bodies_of
from aifirst_compiler.proof.dropped import Annotated, is_text
from aifirst_compiler.python_scopes import names_bound_by, parameters_of, scope_of
from aifirst_compiler.run_time_docs import AnnotationReads

_BUILTINS = frozenset(dir(builtins))
_BINDS_OR_SUSPENDS = (
    ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Await, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp,
)  # fmt: skip
Known = frozenset[str]


class IdleAnnotations(NamedTuple):
    """Nodes whose annotations may go (of a function that of what it returns), and statements that are nothing else."""

    nodes: list[Annotated]
    statements: list[tuple[Body, ast.stmt]]


def idle_annotations(tree: ast.Module, reads: AnnotationReads) -> IdleAnnotations:
    """The annotations of a file that may go."""
    finding = _Finding(tree, reads)
    if not reads.everything:
        place = _Place("module", variables_read=reads.module, locals_read=reads.locals)
        finding.run(tree.body, place, finding.known)
    return IdleAnnotations(finding.nodes, finding.statements)


class _Place(NamedTuple):
    """What statements are in, and whose annotations are read there.

    `bound` are the names that a function, or a class in one, binds besides bare annotations; `seen` those that functions
    in a class see of what is around it.
    """

    kind: str
    variables_read: bool = False
    definitions_read: bool = False
    locals_read: bool = False
    in_function: bool = False
    bound: Known | None = None
    seen: Known = frozenset()


class _Finding:
    """Walks the statements of one file in the order in which they are executed."""

    def __init__(self, tree: ast.Module, reads: AnnotationReads) -> None:
        self.nodes: list[Annotated] = []
        self.statements: list[tuple[Body, ast.stmt]] = []
        self._reads = reads
        self._lazy = _has_lazy_annotations(tree)
        self._deleted = frozenset(_deleted_names(tree))
        self.known = _BUILTINS - self._deleted

    def run(self, body: Body, place: _Place, known: Known) -> Known | None:
        """Look at statements; the names that are surely bound behind them, None where nothing goes on behind them."""
        after: Known | None = known
        for index, node in enumerate(body):
            before = known if after is None else after
            if isinstance(node, ast.AnnAssign):
                self._variable(body, index, place, before)
            elif isinstance(node, Function):
                self._function(node, place, before)
            elif isinstance(node, ast.ClassDef):
                self._class(node, place, before)
            bound = self._behind(node, place, before)
            if after is not None:
                after = None if bound is None else bound - self._deleted
        return after

    def _behind(self, node: ast.stmt, place: _Place, known: Known) -> Known | None:
        """The names that are surely bound behind one statement, what is in it looked at."""
        match node:
            case ast.If():
                return _either([self.run(node.body, place, known), self.run(node.orelse, place, known)])
            case ast.Try() | ast.TryStar():
                return self._behind_try(node, place, known)
            case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
                return None
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return known if place.kind == "function" else known | {node.name}
            case _ if bodies := bodies_of(node):
                # Loops may run never, and what is raised in a `with` may be swallowed half way.
                for body in bodies:
                    self.run(body, place, known)
                return known
            case _:
                return known if place.kind == "function" else known | _bound_by(node)

    def _behind_try(self, node: ast.Try | ast.TryStar, place: _Place, known: Known) -> Known | None:
        tried = self.run(node.body, place, known)
        ways = [self.run(handler.body, place, known) for handler in node.handlers]
        ways.append(None if tried is None else self.run(node.orelse, place, tried))
        last = self.run(node.finalbody, place, known)
        after = _either(ways)
        return None if after is None or last is None else after | last

    def _function(self, node: Function, place: _Place, known: Known) -> None:
        is_read = place.definitions_read or self._reads.is_read(node, in_class=place.kind == "class")
        parameters = parameters_of(node.args)
        if not is_read:
            annotations = [*((one, one.annotation) for one in parameters), (node, node.returns)]
            self.nodes += [
                one
                for one, annotation in annotations
                if annotation is not None and (self._lazy or _does_nothing(annotation, known))
            ]
        if not _holds_any(node.body):
            return
        bare = _bare_targets(node.body)
        bound = scope_of("function", node.body, but=bare).bound | {one.arg for one in parameters}
        inner = _Place(
            "function",
            definitions_read=is_read,
            locals_read=place.locals_read or self._reads.reads_locals(node),
            in_function=True,
            bound=frozenset(bound),
        )
        outside = place.seen if place.kind == "class" else known
        self.run(node.body, inner, outside - bound - {name.id for name in bare})

    def _class(self, node: ast.ClassDef, place: _Place, known: Known) -> None:
        is_read = place.definitions_read or self._reads.is_read(node, in_class=place.kind == "class")
        bare = _bare_targets(node.body)
        inner = place._replace(
            kind="class",
            variables_read=is_read,
            definitions_read=is_read,
            bound=frozenset(scope_of("class", node.body, but=bare).bound) if place.in_function else None,
            seen=place.seen if place.kind == "class" else known,
        )
        self.run(node.body, inner, known)

    def _variable(self, body: Body, index: int, place: _Place, known: Known) -> None:
        node = body[index]
        if not isinstance(node, ast.AnnAssign) or (isinstance(node.target, ast.Name) and not node.simple):
            return
        if place.kind == "function":
            goes = not place.locals_read and not _binds_or_suspends(node.annotation)
        else:
            goes = not place.variables_read and (self._lazy or _does_nothing(node.annotation, known))
        if not goes:
            return
        if node.value is not None:
            self.nodes.append(node)
        elif _is_droppable(node.target, place) and not any(map(is_text, body[index + 1 : index + 2])):
            self.statements.append((body, node))


def _is_droppable(target: ast.expr, place: _Place) -> bool:
    """Whether nothing changes where a variable is not named with an annotation alone."""
    match target:
        case ast.Name(id=name):
            return place.bound is None or name in place.bound
        case ast.Attribute(value=ast.Name(id="self")):
            return place.kind == "function" and "self" in (place.bound or ())
        case _:
            return False


def _either(ways: Sequence[Known | None]) -> Known | None:
    """What is bound whichever way was taken; None where none goes on."""
    after: Known | None = None
    for way in ways:
        after = way if after is None else after if way is None else after & way
    return after


def _bound_by(node: ast.stmt) -> set[str]:
    """The names that a simple statement binds."""
    match node:
        case ast.Import() | ast.ImportFrom():
            return set(names_bound_by(node))
        case ast.Assign():
            targets = [part for target in node.targets for part in ast.walk(target)]
            return {
                part.id for part in targets if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
            }
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return {name}
        case _:
            return set()


def _does_nothing(annotation: ast.expr, known: Known) -> bool:
    """Whether evaluating an annotation only looks up what is there."""
    stack = [annotation]
    while stack:
        match stack.pop():
            case ast.Name(id=name):
                if name not in known:
                    return False
            case ast.Constant():
                pass
            case ast.Attribute(value=value) | ast.Starred(value=value):
                stack.append(value)
            case ast.Subscript(value=value, slice=part):
                stack += (value, part)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                stack += parts
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                stack += (left, right)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                pass
            case _:
                return False
    return True


def _binds_or_suspends(annotation: ast.expr) -> bool:
    """Whether an annotation that is not evaluated says something about the function all the same."""
    return any(isinstance(node, _BINDS_OR_SUSPENDS) for node in ast.walk(annotation))


def _has_lazy_annotations(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )


def _deleted_names(tree: ast.Module) -> Iterator[str]:
    """Names that are unbound somewhere: by `del`, and at the end of an `except`."""
    stack: list[Body] = [tree.body]
    while stack:
        for node in stack.pop():
            if isinstance(node, ast.Delete):
                parts = (part for target in node.targets for part in ast.walk(target))
                yield from (part.id for part in parts if isinstance(part, ast.Name))
            elif isinstance(node, ast.Try | ast.TryStar):
                yield from (handler.name for handler in node.handlers if handler.name)
            stack += bodies_of(node)


def _holds_any(body: Body) -> bool:
    """Whether statements hold a definition or an annotated variable."""
    stack = [body]
    while stack:
        for node in stack.pop():
            if isinstance(node, Function | ast.ClassDef | ast.AnnAssign):
                return True
            stack += bodies_of(node)
    return False


def _bare_targets(body: Body) -> set[ast.Name]:
    """The names that statements of one scope annotate and give no value."""
    found: set[ast.Name] = set()
    stack = [body]
    while stack:
        for node in stack.pop():
            if isinstance(node, ast.AnnAssign) and node.value is None and isinstance(node.target, ast.Name):
                found.add(node.target)
            elif not isinstance(node, Function | ast.ClassDef):
                stack += bodies_of(node)
    return found
