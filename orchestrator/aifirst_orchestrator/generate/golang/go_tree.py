"""What stands at the top of a file of Go: its definitions and its imports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.languages.code_tree import CodeTree, parse_code

if TYPE_CHECKING:
    import tree_sitter

_SPECS = {
    "type_declaration": ("type_spec", "type_alias"),
    "const_declaration": ("const_spec",),
    "var_declaration": ("var_spec",),
}


class Definition(NamedTuple):
    """A name that a file gives a meaning; of a method with its receiver's type, as in `Cart.Add`."""

    name: str
    node: tree_sitter.Node
    statement: tree_sitter.Node


class Import(NamedTuple):
    """A package that a file imports; `alias` is "" where it goes by its own name."""

    path: str
    alias: str
    line: int

    @property
    def local(self) -> str:
        """What the file calls it."""
        return self.alias or self.path.rpartition("/")[2]

    def told(self) -> str:
        """As a line of a list of imports."""
        return f'{self.alias} "{self.path}"'.strip()


def parse_go(code: str) -> CodeTree | Flaw:
    """The tree of code that may have no package clause."""
    return parse_code("go", "Go", code)


def definitions(tree: CodeTree) -> Iterator[Definition]:
    """The definitions of a file in their order."""
    for statement in tree.root.named_children:
        if statement.type == "function_declaration":
            yield Definition(tree.field(statement, "name"), statement, statement)
        elif statement.type == "method_declaration":
            yield Definition(
                f"{receiver_of(tree, statement)}.{tree.field(statement, 'name')}", statement, statement
            )
        elif statement.type in _SPECS:
            names = (
                (spec, name) for spec in _specs(statement) for name in spec.children_by_field_name("name")
            )
            yield from (Definition(tree.text(name), spec, statement) for spec, name in names if name.is_named)


def _specs(statement: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """What a declaration declares: alone, or in brackets."""
    wanted = _SPECS[statement.type]
    for child in statement.named_children:
        if child.type in wanted:
            yield child
        elif child.type == "var_spec_list":
            yield from child.named_children


def receiver_of(tree: CodeTree, method: tree_sitter.Node) -> str:
    """The name of the type that a method is of."""
    stack = [method.child_by_field_name("receiver")]
    while stack:
        node = stack.pop()
        if node is None:
            continue
        if node.type == "type_identifier":
            return tree.text(node)
        stack.extend(reversed(node.named_children))
    return ""


def imports(tree: CodeTree) -> Iterator[Import]:
    """The packages that a file imports."""
    for statement in tree.root.named_children:
        if statement.type != "import_declaration":
            continue
        for child in statement.named_children:
            for spec in child.named_children if child.type == "import_spec_list" else [child]:
                if spec.type == "import_spec":
                    path = tree.field(spec, "path").strip('"`')
                    yield Import(path, tree.field(spec, "name"), tree.first_line(spec))
