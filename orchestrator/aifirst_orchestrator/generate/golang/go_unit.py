"""Whether a piece of Go is the unit that a ticket asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.golang.go_effects import PREDECLARED, go_effects
from aifirst_orchestrator.generate.golang.go_tree import (
    Definition,
    definitions,
    imports,
    parse_go,
    receiver_of,
)
from aifirst_orchestrator.generate.languages.code_tree import CodeTree, walk
from aifirst_orchestrator.spec.units import SpecUnit

if TYPE_CHECKING:
    import tree_sitter

_FORBIDDEN = {
    "C": "C is not there",
    "unsafe": "unsafe goes around what Go promises",
    "testing": "a unit has no use for testing",
    "plugin": "plugins are not there",
}
_DIRECTIVE = re.compile(r"//go:\w+|//\s*\+build|//export\b")


def check_go_unit(tree: CodeTree, unit: SpecUnit) -> Iterator[Flaw]:
    """Where the code is not the unit: its name, its signature, more than it, or code that runs at the start."""
    found = list(definitions(tree))
    named = [one for one in found if one.name == unit.name]
    if not named:
        yield Flaw("unit", f"it does not define {unit.name}", f"define {unit.name} as the ticket says")
    for one in named[1:]:
        yield Flaw("unit", f"{unit.name} is defined twice", "keep one definition", tree.first_line(one.node))
    yield from _besides(tree, found, unit)
    yield from check_imports(tree)
    yield from _strangers(tree, unit)
    yield from go_effects(tree, unit.needs)
    if named and unit.signature:
        yield from _check_signature(tree, named[0], unit)


def prefix_of(name: str) -> str:
    """What names beside a unit begin with, so that those of no two files of a package are the same."""
    bare = name.replace(".", "")
    return bare[:1].lower() + bare[1:]


def check_imports(tree: CodeTree, *, of_tests: bool = False) -> Iterator[Flaw]:
    """Imports that no generated file has, and directives to the compiler."""
    for one in imports(tree):
        if one.alias in (".", "_"):
            hint = "import the package by its name"
            yield Flaw("unit", f"{one.path} is imported as {one.alias}", hint, one.line)
        elif one.path in _FORBIDDEN and not (of_tests and one.path == "testing"):
            yield Flaw("unit", _FORBIDDEN[one.path], "do without it", one.line)
    for node in walk(tree.root):
        if node.type == "comment" and _DIRECTIVE.match(tree.text(node)):
            yield Flaw("unit", "this tells the compiler something", "leave it out", tree.first_line(node))


def _strangers(tree: CodeTree, unit: SpecUnit) -> Iterator[Flaw]:
    """Imports of what is not there: only Go's own packages and the project's are."""
    folder = str(PurePosixPath(unit.path).parent)
    module = unit.package.removesuffix(f"/{folder}")
    for one in imports(tree):
        if one.path == unit.package:
            yield Flaw("unit", f"{one.path} is the unit's own package", "leave the import out", one.line)
        elif not _is_standard(one.path) and not f"{one.path}/".startswith(f"{module}/"):
            hint = f"use packages of Go itself and those of {module}"
            yield Flaw("unit", f"{one.path} is not there", hint, one.line)


def _is_standard(path: str) -> bool:
    """Whether a path looks like one of Go's own packages: no domain, and none of their insides."""
    return re.fullmatch(r"[a-z][a-z0-9]*(?:/[a-z0-9]+)*", path) is not None and "internal" not in path.split(
        "/"
    )


def _besides(tree: CodeTree, found: list[Definition], unit: SpecUnit) -> Iterator[Flaw]:
    """Names beside the unit: helpers in small letters that begin as the unit does, methods of its own types."""
    own_types = {one.name for one in found if one.node.type in ("type_spec", "type_alias")}
    prefix = prefix_of(unit.name)
    for one in found:
        line = tree.first_line(one.statement)
        if one.name == unit.name or one.name in ("init", "main", "_"):
            continue
        if one.node.type == "method_declaration" and receiver_of(tree, one.node) in own_types:
            continue
        if one.name in PREDECLARED:
            yield Flaw("unit", f"{one.name} means something else in Go", "give it another name", line)
        elif not one.name.startswith(prefix):
            hint = f"leave it out, or give it a name that begins with {prefix}"
            yield Flaw("unit", f"{one.name} is not what the ticket asks for", hint, line)


def _check_signature(tree: CodeTree, one: Definition, unit: SpecUnit) -> Iterator[Flaw]:
    read = read_go_signature(unit)
    if read is None:
        return
    told, wanted = read
    line = tree.first_line(one.node)
    if one.node.type != wanted.node.type:
        yield Flaw("unit", f"{unit.name} has to be {_kind(wanted.node)}", "write it as the ticket does", line)
    elif wanted.node.type in ("function_declaration", "method_declaration"):
        own, asked = (_shape(where, node) for where, node in ((tree, one.node), (told, wanted.node)))
        if own != asked:
            message = f"{unit.name} is func{own}, the ticket says func{asked}"
            yield Flaw("unit", message, "write the signature of the ticket", line)
    else:
        missing = _members(told, wanted.node) - _members(tree, one.node)
        if missing:
            names = ", ".join(sorted(missing))
            yield Flaw("unit", f"{unit.name} lacks {names}", "the ticket has them", line)


def read_go_signature(unit: SpecUnit) -> tuple[CodeTree, Definition] | None:
    """The definition that a signature is of, with its tree; None where it is none."""
    written = unit.signature.strip()
    for text in (written, f"func {written}", f"type {written}"):
        tree = parse_go(text + "\n")
        if isinstance(tree, Flaw):
            continue
        found = [one for one in definitions(tree) if one.name == unit.name]
        if found:
            return tree, found[-1]
    return None


def _shape(tree: CodeTree, node: tree_sitter.Node) -> str:
    """Receiver, type parameters, parameters and results of a function; a receiver may go by any name."""
    receiver = node.child_by_field_name("receiver")
    of = ""
    if receiver is not None and receiver.named_children:
        of = f" ({tree.words(receiver.named_children[0].child_by_field_name('type'))})"
    rest = (tree.words(node.child_by_field_name(one)) for one in ("type_parameters", "parameters", "result"))
    return of + " ".join(filter(None, rest))


def _kind(node: tree_sitter.Node) -> str:
    kinds = {
        "function_declaration": "a function",
        "method_declaration": "a method",
        "type_alias": "an alias of a type",
    }
    return kinds.get(node.type, "a type")


def _members(tree: CodeTree, node: tree_sitter.Node) -> set[str]:
    """The fields of a struct with their types, the methods of an interface with their shapes, another type whole."""
    inner = node.child_by_field_name("type")
    if inner is None:
        return set()
    fields = next((one for one in inner.named_children if one.type == "field_declaration_list"), None)
    if inner.type not in ("struct_type", "interface_type"):
        return {tree.words(inner)}
    found: set[str] = set()
    for member in (fields or inner).named_children:
        if member.type == "field_declaration":
            names = [tree.text(one) for one in member.children_by_field_name("name")]
            of = tree.words(member.child_by_field_name("type"))
            found.update(f"{name} {of}" for name in names or [""])
        elif member.type in ("method_elem", "type_elem"):
            found.add(tree.words(member))
    return found
