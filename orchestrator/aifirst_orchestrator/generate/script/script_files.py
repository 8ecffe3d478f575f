"""Puts pieces of TypeScript or JavaScript together: one file, each import once, units imported from where they stand."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from aifirst_orchestrator.generate.languages.code_tree import CodeTree, documentation_above, tree_of
from aifirst_orchestrator.generate.languages.generated_language import Head
from aifirst_orchestrator.generate.script.script_tree import CALLABLE, Import, definitions, imports
from aifirst_orchestrator.generate.script.script_unit import read_script_signature
from aifirst_orchestrator.spec.units import SpecUnit

if TYPE_CHECKING:
    import tree_sitter


def compose_script(
    language: str, path: str, head: Head, codes: Sequence[str], units: Sequence[SpecUnit], own: Sequence[str]
) -> str:
    """The file; units of the plan are imported from their own paths, whatever path a piece says."""
    trees = [tree_of(language, code) for code in codes]
    named = {unit.name: unit for unit in units}
    taken = [one for tree in trees for one in imports(tree)]
    wanted = [_placed(one, named, path) for one in taken if not (_is_own(one) and one.imported in own)]
    title, origin = (told.replace("*/", "* /") for told in head)
    comment = f"/**\n * {title}\n *\n * {origin}\n */"
    lines = "\n".join(_import_lines(wanted))
    return "\n\n".join(filter(None, [comment, lines, *(_body(tree) for tree in trees)])) + "\n"


def relative_path(user: str, path: str) -> str:
    """How an import of the file `user` names another one."""
    way = posixpath.relpath(path, posixpath.dirname(user) or ".")
    return way if way.startswith(".") else f"./{way}"


def outline_script(language: str, code: str, name: str) -> str:
    """The definition with its documentation, the bodies of its functions left out."""
    tree = tree_of(language, code)
    for one in definitions(tree):
        if one.name == name and one.node.type != "function_signature":
            return documentation_above(tree, one.statement) + _bodiless(tree, one.statement)
    return ""


def _is_own(one: Import) -> bool:
    return one.source.startswith(".")


def _placed(one: Import, named: dict[str, SpecUnit], path: str) -> Import:
    """The import of a unit from where it stands; of a type as a type, which is not there when the program runs."""
    unit = named.get(one.imported)
    if unit is None or not _is_own(one):
        return one
    read = read_script_signature(unit)
    is_type = unit.language == "typescript" and read is not None and read[1].is_type
    return one._replace(source=relative_path(path, unit.path), of_type=one.of_type or is_type)


def _import_lines(wanted: Sequence[Import]) -> Iterator[str]:
    """Each import once: modules of Node first, names of one module together."""
    values = {one[:3] for one in wanted if not one.of_type}
    kept = {one._replace(line=0) for one in wanted if not one.of_type or one[:3] not in values}
    groups = sorted(kept, key=lambda one: (one.source.startswith("."), one.source, not one.of_type, one[:3]))
    for (source, of_type), those in groupby(groups, key=lambda one: (one.source, one.of_type)):
        names: list[str] = []
        for one in those:
            if one.local and one.imported not in ("default", "*"):
                names.append(one.named())
            else:
                yield one.told()
        if names:
            yield f'import {"type " if of_type else ""}{{ {", ".join(names)} }} from "{source}";'


def _body(tree: CodeTree) -> str:
    """The piece without its imports."""
    kept = bytearray()
    at = 0
    for statement in tree.root.named_children:
        if statement.type == "import_statement":
            kept += tree.data[at : statement.start_byte]
            at = statement.end_byte
            if tree.data[at : at + 1] == b"\n":
                at += 1
    kept += tree.data[at:]
    return kept.decode("utf-8", "replace").strip("\n")


def _bodiless(tree: CodeTree, statement: tree_sitter.Node) -> str:
    kept = bytearray()
    at = statement.start_byte
    stack = [statement]
    while stack:
        node = stack.pop()
        if node.type == "statement_block" and node.parent is not None and (
            node.parent.type in (*CALLABLE, "method_definition")
        ):  # fmt: skip
            kept += tree.data[at : node.start_byte] + b"{ \xe2\x80\xa6 }"
            at = node.end_byte
        else:
            stack.extend(reversed(node.children))
    kept += tree.data[at : statement.end_byte]
    return kept.decode("utf-8", "replace")
