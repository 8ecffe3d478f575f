"""Imports and exports: of ES modules, of CommonJS, and TypeScript's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aifirst_memory.dependencies.ecmascript.facts import NONE, Name
from aifirst_memory.dependencies.ecmascript.lower.classes import declare_class
from aifirst_memory.dependencies.ecmascript.lower.expressions import string_text
from aifirst_memory.dependencies.ecmascript.lower.functions import named_value
from aifirst_memory.dependencies.ecmascript.lower.lowering import Handler, Lowering, Node

_CLASSES: Final = ("class_declaration", "abstract_class_declaration", "class")


def _source(low: Lowering, node: Node) -> str:
    source = node.child_by_field_name("source")
    return string_text(low, source) if source is not None else ""


def _import(low: Lowering, node: Node) -> int:
    module = _source(low, node)
    names: list[str] = []
    for clause in node.named_children:
        if clause.type == "import_require_clause":
            module = _source(low, clause)
            low.import_name(low.text(clause.named_children[0]), module, "=")
            names.append("=")
        if clause.type != "import_clause":
            continue
        for child in clause.named_children:
            names += _import_clause(low, child, module)
    if module:
        low.import_site(module, tuple(names), node)
    return NONE


def _import_clause(low: Lowering, child: Node, module: str) -> list[str]:
    if child.type == "identifier":
        low.import_name(low.text(child), module, "default")
        return ["default"]
    if child.type == "namespace_import" and child.named_child_count:
        low.import_name(low.text(child.named_children[0]), module, "*")
        return []
    found: list[str] = []
    for specifier in child.named_children if child.type == "named_imports" else ():
        name, alias = specifier.child_by_field_name("name"), specifier.child_by_field_name("alias")
        if name is not None:
            imported = low.text(name).strip("\"'")
            low.import_name(low.text(alias or name), module, imported)
            found.append(imported)
    return found


def _import_alias(low: Lowering, node: Node) -> int:
    """`import a = b.c`."""
    if node.named_child_count < 2:
        return NONE
    local, target = low.text(node.named_children[0]), low.text(node.named_children[1]).split(".")
    known = low.body.names.get(target[0])
    if known is not None and low.at_top:
        name, rest = (
            (target[1], target[2:]) if known.name == "*" and len(target) > 1 else (known.name, target[1:])
        )
        low.import_name(local, known.module, name, (*known.rest, *rest))
        return NONE
    unique = low.declare(local)
    with low.in_chunk(low.chunk_of(unique) if low.at_top else low.chunk):
        low.bind(unique, _dotted(low, target))
    return NONE


def _dotted(low: Lowering, parts: list[str]) -> int:
    from aifirst_memory.dependencies.ecmascript.facts import Member

    at = low.name(parts[0])
    for part in parts[1:8]:
        at = low.add(Member(at, part))
    return at


def _export(low: Lowering, node: Node) -> int:
    module = _source(low, node)
    if module:
        _export_from(low, node, module)
        return NONE
    declaration = node.child_by_field_name("declaration")
    default = any(child.type == "default" for child in node.children)
    decorators = [child for child in node.children if child.type == "decorator"]
    if declaration is not None:
        if default:
            _export_default_declaration(low, node, declaration, decorators)
        else:
            _export_declaration(low, declaration, decorators)
        return NONE
    value = node.child_by_field_name("value")
    if default and value is not None:
        _export_default(low, node, value)
        return NONE
    for child in node.named_children:
        if child.type == "export_clause":
            _export_clause(low, child)
        elif child.type == "identifier" and any(part.type == "=" for part in node.children):
            low.export("=", low.text(child))
    return NONE


def _export_from(low: Lowering, node: Node, module: str) -> None:
    names: list[str] = []
    for child in node.named_children:
        if child.type == "namespace_export" and child.named_child_count:
            low.export(low.text(child.named_children[0]).strip("\"'"), module=module, imported="*")
        elif child.type == "export_clause":
            for specifier in child.named_children:
                name, alias = specifier.child_by_field_name("name"), specifier.child_by_field_name("alias")
                if name is not None:
                    imported = low.text(name).strip("\"'")
                    low.export(low.text(alias or name).strip("\"'"), module=module, imported=imported)
                    names.append(imported)
    if any(child.type == "*" for child in node.children):
        low.body.stars.append(module)
    low.import_site(module, tuple(names), node)


def _export_clause(low: Lowering, clause: Node) -> None:
    for specifier in clause.named_children:
        name, alias = specifier.child_by_field_name("name"), specifier.child_by_field_name("alias")
        if name is not None:
            low.export(low.text(alias or name).strip("\"'"), chunk=low.text(name))


def _export_declaration(low: Lowering, declaration: Node, decorators: list[Node]) -> None:
    before = None if low.at_top else set(low.scopes[-1].names)
    names = {name for name, chunk in low.body.chunks.items() if chunk.declared}
    exported_before = dict.fromkeys(low.body.names)
    if declaration.type in _CLASSES:
        declare_class(low, declaration, decorators)
    else:
        low.walk(declaration)
    if before is not None:
        return
    named = declared_names(low, declaration)
    for name, chunk in low.body.chunks.items():
        if chunk.declared and (name not in names or name in named):
            low.export(name, name)
    for name in low.body.names:
        if name not in exported_before:
            low.export(name, name)


def declared_names(low: Lowering, declaration: Node) -> set[str]:
    """The names that a declaration makes, where they may be there already."""
    name = declaration.child_by_field_name("name")
    found = {low.text(name).partition(".")[0]} if name is not None else set[str]()
    for child in declaration.named_children:
        if child.type == "variable_declarator":
            inner = child.child_by_field_name("name")
            if inner is not None and inner.type == "identifier":
                found.add(low.text(inner))
    return found


def _export_default_declaration(low: Lowering, node: Node, declaration: Node, decorators: list[Node]) -> None:
    name = declaration.child_by_field_name("name")
    if name is None:
        _export_default(low, node, declaration)
        return
    if declaration.type in _CLASSES:
        declare_class(low, declaration, decorators)
    else:
        low.walk(declaration)
    if low.at_top:
        low.export("default", low.text(name))


def _export_default(low: Lowering, node: Node, value: Node) -> None:
    if value.type == "identifier":
        low.export("default", low.text(value))
        low.walk(value)
        return
    keyword = next((child for child in node.children if child.type == "default"), None)
    chunk = low.chunk_of("default")
    with low.in_chunk(chunk):
        unit = low.unit_of(keyword)
        own = value.child_by_field_name("name") if value.type in ("class", "function_expression") else None
        chunk.unit = low.units[low.unit_of(own) if unit == low.unit else unit] or chunk.unit
        named = keyword if own is None or unit != low.unit else own
        low.bind("default", named_value(low, named, value))
    low.export("default", "default")


def export_assignment(low: Lowering, left: Node, right: Node) -> int | None:
    """`module.exports = …` or `exports.x = …`: what is exported; None for another assignment."""
    name = exported_name(low, left)
    if name is None:
        return None
    if right.type == "identifier":
        low.export(name, low.text(right)) if not any(
            low.text(right) in s.names for s in low.scopes[1:]
        ) else None
    around = low.chunk
    chunk = low.chunk_of(f"exports.{name}") if low.at_top else around
    with low.in_chunk(chunk):
        source = named_value(low, left, right)
        unit = low.unit_of(left)
        if low.at_top:
            low.bind(chunk.name, source)
            if unit != low.unit and not chunk.unit:
                chunk.unit = low.units[unit]
        else:
            low.write(f"exports.{name}", "", source)
    if right.type != "identifier" or name not in low.body.exports:
        low.export(name, f"exports.{name}")
    return source if chunk is around else low.add(Name(chunk.name))


def exported_chain(low: Lowering, value: Node | None) -> tuple[list[str], Node, Node] | None:
    """`exports = module.exports = {…}` as a value: what it is exported as, the node of that, and the value itself."""
    names: list[str] = []
    named: Node | None = None
    while value is not None and value.named_child_count:
        if value.type == "parenthesized_expression":
            value = value.named_children[0]
            continue
        left = value.child_by_field_name("left") if value.type == "assignment_expression" else None
        if left is None:
            break
        name = exported_name(low, left)
        if name is None and low.text(left) != "exports":
            return None
        if name is not None:
            names.append(name)
            named = left
        value = value.child_by_field_name("right")
    return (names, named, value) if named is not None and value is not None else None


def exported_name(low: Lowering, left: Node) -> str | None:
    """The name that an assignment exports: `=` for all of `module.exports`."""
    text = low.text(left)
    if len(text) > 200 or any(
        "exports" in scope.names or "module" in scope.names for scope in low.scopes[1:2]
    ):
        return None
    if text in ("module.exports", "exports"):
        return "=" if text != "exports" else None
    for prefix in ("module.exports.", "exports."):
        rest = text.removeprefix(prefix)
        if rest != text and rest.isidentifier():
            return rest
    return None


def _ambient(low: Lowering, node: Node) -> int:
    low.walk_children(node)
    return NONE


MODULES: Final[Mapping[str, Handler]] = {
    "import_statement": _import,
    "import_alias": _import_alias,
    "export_statement": _export,
    "ambient_declaration": _ambient,
}
