"""Names of one Python file and what they stand for, as far as its syntax tells: enough to trace what is read.

Left out: what a name stands for at one moment. All that it is ever given in its scope counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass
class Scope:
    """A function, a class or the file: parameters, and the expressions its names are given or run over."""

    node: ast.AST
    outer: Scope | None
    parameters: list[str] = field(default_factory=list[str])
    given: dict[str, list[ast.expr]] = field(default_factory=dict[str, "list[ast.expr]"])
    ranged: dict[str, list[ast.expr]] = field(default_factory=dict[str, "list[ast.expr]"])
    narrowed: dict[str, str] = field(default_factory=dict[str, str])
    """Names that are instances of a class here, for a test above says so, by the class's name."""
    prefixed: dict[str, str] = field(default_factory=dict[str, str])
    """Names of texts that begin in one way here, for a test above says so."""

    @property
    def name(self) -> str:
        """The name of the function or class; empty for a file and a lambda."""
        return getattr(self.node, "name", "")

    def around(self) -> Iterator[Scope]:
        """The scope and those around it, from the inside."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    @property
    def own_class(self) -> Scope | None:
        """The class around, if there is one."""
        return next((scope for scope in self.around() if isinstance(scope.node, ast.ClassDef)), None)


class Copy(NamedTuple):
    """Documentation of `source` is set on `target`."""

    source: ast.expr
    target: ast.expr
    scope: Scope


@dataclass
class FileScopes:
    """One file. `calls`, `attributes` and `names` are those looked at, each with the scope it stands in."""

    path: str
    tree: ast.Module
    imports: dict[str, str] = field(default_factory=dict[str, str])
    """What is imported, by its local name, with dots."""
    stars: list[str] = field(default_factory=list[str])
    defined: set[str] = field(default_factory=set[str])
    classes: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    calls: list[tuple[ast.Call, Scope]] = field(default_factory=list["tuple[ast.Call, Scope]"])
    by_name: dict[str, list[tuple[ast.Call, Scope]]] = field(
        default_factory=dict[str, "list[tuple[ast.Call, Scope]]"]
    )
    """The calls by the last part of what is called."""
    attributes: list[tuple[ast.Attribute, Scope]] = field(default_factory=list["tuple[ast.Attribute, Scope]"])
    names: list[tuple[ast.Name, Scope]] = field(default_factory=list["tuple[ast.Name, Scope]"])
    subscripts: list[tuple[ast.Subscript, Scope]] = field(default_factory=list["tuple[ast.Subscript, Scope]"])
    decorated: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, Scope]] = field(
        default_factory=list["tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, Scope]"]
    )
    copied: dict[ast.expr, Copy] = field(default_factory=dict["ast.expr", "Copy"])
    """Reads that only set another object's documentation, by the expression that reads."""
    stored: dict[str, list[tuple[ast.expr, Scope]]] = field(
        default_factory=dict[str, "list[tuple[ast.expr, Scope]]"]
    )
    """What is put into containers, by the last part of the container's name."""


def parameters_of(arguments: ast.arguments) -> list[str]:
    """The names of all parameters, in order."""
    parts = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parts += [part for part in (arguments.vararg, arguments.kwarg) if part is not None]
    return [part.arg for part in parts]


def last_part(node: ast.expr) -> str:
    """The last part of a dotted name, of what is called or subscribed; empty for other expressions."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.expr, imports: dict[str, str]) -> str:
    """The full name of a dotted expression, its first part as imported; empty for other expressions."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([imports.get(node.id, node.id), *reversed(parts)])
