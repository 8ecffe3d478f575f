"""Whether a piece of TypeScript or JavaScript is the unit that a ticket asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.languages.code_tree import CodeTree, parse_code, walk
from aifirst_orchestrator.generate.script.node_modules import is_built_in, is_for_tests
from aifirst_orchestrator.generate.script.script_effects import script_effects
from aifirst_orchestrator.generate.script.script_tree import Definition, Import, definitions, imports
from aifirst_orchestrator.spec.units import SpecUnit

if TYPE_CHECKING:
    import tree_sitter


def check_script_unit(tree: CodeTree, unit: SpecUnit) -> Iterator[Flaw]:
    """Where the code is not the unit: its name, its signature, more than it, or code that runs at import."""
    found = [one for one in definitions(tree) if one.node.type != "function_signature"]
    named = [one for one in found if one.name == unit.name]
    if not named:
        yield Flaw("unit", f"it does not define {unit.name}", f"define {unit.name} as the ticket says")
    for one in named[1:]:
        line = tree.first_line(one.statement)
        yield Flaw("unit", f"{unit.name} is defined twice", "keep one definition", line)
    if named and not named[0].exported:
        line = tree.first_line(named[0].statement)
        yield Flaw("unit", f"{unit.name} is not exported", f"write export before {unit.name}", line)
    yield from _exports(tree, found, unit)
    yield from check_imports(tree, unit.needs, of_tests=False)
    yield from script_effects(tree, unit.needs)
    if named and unit.signature:
        yield from _check_signature(tree, named[0], unit)


def check_imports(tree: CodeTree, units: tuple[str, ...], *, of_tests: bool) -> Iterator[Flaw]:
    """Imports of what is not there: only modules of Node and units that may be used are."""
    for one in imports(tree):
        if not one.local:
            hint = "import the names that are used"
            yield Flaw("unit", f"{one.source} is imported for its effect alone", hint, one.line)
        elif one.source.startswith("."):
            if one.imported not in units:
                yield _no_unit(one, units)
        elif not is_built_in(one.source):
            hint = "use modules of Node (node:…) and the units of the ticket"
            yield Flaw("unit", f"{one.source} is not there", hint, one.line)
        elif not of_tests and is_for_tests(one.source):
            yield Flaw("unit", f"a unit has no use for {one.source}", "leave it to the tests", one.line)
    for node in walk(tree.root):
        if node.type == "call_expression" and tree.field(node, "function") in ("import", "require"):
            hint = "write an import at the top"
            yield Flaw("unit", "this imports while it runs", hint, tree.first_line(node))


def _no_unit(one: Import, units: tuple[str, ...]) -> Flaw:
    there = ", ".join(units) or "none"
    return Flaw(
        "unit", f"{one.imported} of {one.source} is no unit that it may use", f"there are {there}", one.line
    )


def _exports(tree: CodeTree, found: list[Definition], unit: SpecUnit) -> Iterator[Flaw]:
    for one in found:
        if one.exported and one.name != unit.name:
            line = tree.first_line(one.statement)
            yield Flaw("unit", f"{one.name} is not what the ticket asks for", "leave its export out", line)
    for statement in tree.root.named_children:
        is_default = any(child.type == "default" for child in statement.children)
        if statement.type == "export_statement" and (
            is_default or statement.child_by_field_name("declaration") is None
        ):
            hint = f"write export before the definition of {unit.name} alone"
            yield Flaw("unit", "this exports what no ticket asks for", hint, tree.first_line(statement))


def _check_signature(tree: CodeTree, one: Definition, unit: SpecUnit) -> Iterator[Flaw]:
    """Where parameters, types or members are not those of the ticket."""
    read = read_script_signature(unit)
    if read is None:
        return
    told, wanted = read
    line = tree.first_line(one.statement)
    if _kind(one) != _kind(wanted):
        hint = "write it as the ticket does"
        yield Flaw("unit", f"{unit.name} has to be {_kind(wanted)}", hint, line)
    elif wanted.is_callable:
        yield from _check_callable(tree, one.node, told, wanted.node, unit)
    elif wanted.node.type == "type_alias_declaration":
        if tree.words(one.node.child_by_field_name("value")) != told.words(
            wanted.node.child_by_field_name("value")
        ):
            yield Flaw(
                "unit", f"{unit.name} is another type than the ticket says", "write that of the ticket", line
            )
    else:
        missing = _members(told, wanted.node) - _members(tree, one.node)
        if missing:
            names = ", ".join(sorted(missing))
            yield Flaw("unit", f"{unit.name} lacks {names}", "the ticket has them", line)


def _check_callable(
    tree: CodeTree, node: tree_sitter.Node, told: CodeTree, wanted: tree_sitter.Node, unit: SpecUnit
) -> Iterator[Flaw]:
    line = tree.first_line(node)
    parts = ("type_parameters", "parameters")
    own, asked = (
        " ".join(filter(None, (one.words(where.child_by_field_name(part)) for part in parts)))
        for one, where in ((tree, node), (told, wanted))
    )
    if own != asked:
        message = f"{unit.name} takes {own}, the ticket says {asked}"
        yield Flaw("unit", message, "write the signature of the ticket", line)
    returns = wanted.child_by_field_name("return_type")
    if returns is not None:
        if tree.words(node.child_by_field_name("return_type")) != told.words(returns):
            hint = f"write {told.words(returns)}"
            yield Flaw("unit", f"{unit.name} does not say what it returns as the ticket does", hint, line)
    elif _is_async(node) != _is_async(wanted):
        word = "async" if _is_async(wanted) else "a function that is not async"
        yield Flaw("unit", f"{unit.name} has to be {word}", "write it as the ticket does", line)
    if node.type.startswith("generator") != wanted.type.startswith("generator"):
        word = "a generator (function*)" if wanted.type.startswith("generator") else "no generator"
        yield Flaw("unit", f"{unit.name} has to be {word}", "write it as the ticket does", line)


def read_script_signature(unit: SpecUnit) -> tuple[CodeTree, Definition] | None:
    """The definition that a signature is of, with its tree; None where it is none."""
    written = unit.signature.strip()
    bare = written.rstrip(";")
    # A signature of a list stands without its keyword, one of a block perhaps without its body.
    for text in (written, f"{bare} {{}}", f"function {bare}", f"function {bare} {{}}"):
        tree = parse_code(unit.language, unit.language, text)
        if isinstance(tree, Flaw):
            continue
        found = [one for one in definitions(tree) if one.name == unit.name]
        if found:
            return tree, found[-1]
    return None


def _kind(one: Definition) -> str:
    if one.is_callable:
        return "a function"
    if one.is_class:
        return "a class"
    kinds = {"interface_declaration": "an interface", "type_alias_declaration": "a type"}
    return kinds.get(one.node.type, "a value")


def _is_async(node: tree_sitter.Node) -> bool:
    return any(child.type == "async" for child in node.children)


def _members(tree: CodeTree, node: tree_sitter.Node) -> set[str]:
    body = node.child_by_field_name("body")
    names: set[str] = set()
    for member in body.named_children if body is not None else ():
        name = tree.field(member, "name") or tree.field(member, "property")
        if name:
            names.add(name)
    return names
