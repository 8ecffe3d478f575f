"""What may be missing in an output besides glue, and the source's tree without it.

The proof compares an output with this tree. What goes is named node by node by the pass that takes it away; here is
checked that it is of a kind that says nothing: an annotation, a `pass` or a bare annotation beside other statements, an
`object` to derive from. Whether an annotation is read by the program was decided before.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import NamedTuple, cast

from aifirst_codebase.reading import Reading

from aifirst_compiler.python_scopes import names_bound_by

Annotated = ast.arg | ast.FunctionDef | ast.AsyncFunctionDef | ast.AnnAssign
Body = list[ast.stmt]
_OBJECT = re.compile(rb"object\b")
_STAR = re.compile(rb"import[ \t]*\*")
_HEADER = re.compile(rb"\bclass[ \t]+[\w\x80-\xff]+[ \t]*\([ \t]*\Z")
_NAME = re.compile(rb"[\w.\x80-\xff]")
_TEXTS = frozenset({"comment", "string_content", "string", "string_start", "string_end", "escape_sequence"})
_READING = frozenset({
    "argument_list", "attribute", "boolean_operator", "call", "comparison_operator", "conditional_expression",
    "dictionary", "keyword_argument", "not_operator", "return_statement", "subscript", "type",
})  # fmt: skip
"""What a name stands right below, in the grammar, where it is only read."""
_VALUES = {
    "assignment": "right",
    "default_parameter": "value",
    "typed_default_parameter": "value",
    "pair": "value",
}
"""Where one field of several is read."""
_LOOKS = 80
"""Bytes around the name that are looked at; where they do not tell, the tree does."""
_HARMLESS = frozenset(
    {ast.Load, ast.Store, ast.Constant, ast.Attribute, ast.Call, ast.Expr, ast.Return, ast.arguments}
)


class Gone(NamedTuple):
    """A statement that is gone; `passes` says that a `pass` stands in its place."""

    body: Body
    statement: ast.stmt
    passes: bool


class Dropped(NamedTuple):
    """What is gone: annotations (of a function that of what it returns), statements, and bases of classes."""

    annotations: tuple[Annotated, ...] = ()
    statements: tuple[Gone, ...] = ()
    bases: tuple[ast.ClassDef, ...] = ()


def drop(reading: Reading, tree: ast.Module, dropped: Dropped) -> str:
    """Take from a tree what is gone; what of it is none that may go, empty where all is."""
    if dropped.bases and rebinds_object(reading, tree):
        return "`object` may be another one"
    for node in dropped.bases:
        match node:
            case ast.ClassDef(bases=[ast.Name(id="object")], keywords=[]):
                node.bases = []
            case _:
                return f"line {node.lineno}: a class lost a base"
    for gone in dropped.statements:
        what = _remove(gone)
        if what:
            return f"line {gone.statement.lineno}: {what}"
    assigned = {id(node) for node in dropped.annotations if isinstance(node, ast.AnnAssign)}
    for node in dropped.annotations:
        if isinstance(node, ast.arg):
            node.annotation = None
        elif not isinstance(node, ast.AnnAssign):
            node.returns = None
    if assigned:
        _assign(tree, assigned)
    return ""


def _remove(gone: Gone) -> str:
    """Take a statement from its block; why it must not go, empty where it may."""
    body = gone.body
    if not _says_nothing(gone.statement):
        return "a statement is gone"
    at = next(index for index, one in enumerate(body) if one is gone.statement)
    if gone.passes:
        body[at] = ast.copy_location(ast.Pass(), gone.statement)
        return ""
    del body[at]
    if not body:
        return "a block lost all its statements"
    if at < len(body) and is_text(body[at]) and all(map(is_text, body[:at])):
        return "a string became documentation"
    return ""


def _says_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.AnnAssign(target=ast.Name(), value=None, simple=1):
            return True
        case ast.AnnAssign(target=ast.Attribute(value=ast.Name()), value=None):
            return True
        case _:
            return False


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a string and nothing else."""
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case _:
            return False


def _assign(tree: ast.Module, assigned: set[int]) -> None:
    """Make assignments of those that lost their annotation."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                block = cast("list[ast.AST]", body)
                block[:] = [_plain(one) if id(one) in assigned else one for one in block]
                stack += block


def _plain(node: ast.AST) -> ast.AST:
    if not isinstance(node, ast.AnnAssign) or node.value is None:
        return node
    return ast.copy_location(ast.Assign([node.target], node.value, type_comment=None), node)


def _may_bind(reading: Reading) -> bool:
    """Whether the code of a file may give the name another meaning.

    That is where it is neither called, asked for an attribute, nor all that a class derives from.
    """
    data = reading.data
    if reading.broken or any(not _is_text(reading, *found.span()) for found in _STAR.finditer(data)):
        return True
    for found in _OBJECT.finditer(data):
        start, end = found.span()
        if start and _NAME.match(data, start - 1):
            continue
        before = data[max(0, start - _LOOKS) : start]
        after = data[end : end + _LOOKS].lstrip()[:1]
        is_defined = before.rstrip(b" \t").endswith((b"def", b"class"))
        is_used = after in (b".", b"(") or (after == b")" and _HEADER.search(before) is not None)
        if is_used and not is_defined:
            continue
        if not _is_text(reading, start, end) and not _is_only_read(reading, start, end):
            return True
    return False


def _is_text(reading: Reading, start: int, end: int) -> bool:
    """Whether a stretch stands in a comment or a string."""
    node = reading.tree.root_node.descendant_for_byte_range(start, end)
    return node is not None and node.type in _TEXTS


def _is_only_read(reading: Reading, start: int, end: int) -> bool:
    """Whether a name stands where it can be given no meaning: as an argument, a base, a result, an annotation."""
    node = reading.tree.root_node.descendant_for_byte_range(start, end)
    parent = node.parent if node is not None else None
    if node is None or parent is None or node.type != "identifier":
        return False
    field = _VALUES.get(parent.type)
    return parent.type in _READING if field is None else parent.child_by_field_name(field) == node


def rebinds_object(reading: Reading, tree: ast.Module) -> bool:
    """Whether the name `object` may stand for something else somewhere in a file."""
    if not _may_bind(reading):
        return False
    for node in ast.walk(tree):
        if node.__class__ is ast.arg:
            names: Iterable[str] = (cast("ast.arg", node).arg,)
        elif node.__class__ in _HARMLESS:
            continue
        else:
            names = names_bound_by(node)
        if any(name in ("object", "*") for name in names):
            return True
    return False
