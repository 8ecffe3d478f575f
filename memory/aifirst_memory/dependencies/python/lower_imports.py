"""Lowers import statements."""

from __future__ import annotations

from typing import Any

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.lowering import Lowering, Node


def lower_import(low: Lowering, node: Node, _depth: int) -> list[Any]:
    """`import a.b, c as d`."""
    names: list[list[Any]] = []
    for child in node.named_children:
        _add_name(low, child, names)
    return [forms.IMPORT, low.row + 1, names]


def lower_import_from(low: Lowering, node: Node, _depth: int) -> list[Any]:
    """`from .a import b as c, d`, or `from a import *`."""
    level, module = 0, ""
    origin = low.field(node, "module_name")
    if node.type == "future_import_statement":
        module = "__future__"
    elif origin is not None and origin.type == "relative_import":
        for part in origin.named_children:
            if part.type == "import_prefix":
                level = low.text(part).count(".")
            elif part.type == "dotted_name":
                module = low.text(part)
    elif origin is not None:
        module = low.text(origin)
    names: list[list[Any]] | None = []
    for child in node.named_children:
        if child == origin:
            continue
        if child.type == "wildcard_import":
            names = None
            break
        _add_name(low, child, names)
    return [forms.FROM, low.row + 1, level, "".join(module.split()), names]


def _add_name(low: Lowering, node: Node, names: list[list[Any]]) -> None:
    if node.type == "aliased_import":
        dotted, alias = low.field(node, "name"), low.field(node, "alias")
        if dotted is not None and alias is not None:
            names.append([low.text(dotted), low.text(alias)])
    elif node.type == "dotted_name":
        names.append([low.text(node), None])
