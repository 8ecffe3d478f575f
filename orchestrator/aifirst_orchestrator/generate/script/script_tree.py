"""What stands at the top of a module of TypeScript or JavaScript: its definitions and its imports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from aifirst_orchestrator.generate.languages.code_tree import CodeTree

if TYPE_CHECKING:
    import tree_sitter

_FUNCTIONS = ("function_declaration", "generator_function_declaration", "function_signature")
_CLASSES = ("class_declaration", "abstract_class_declaration")
_TYPES = ("interface_declaration", "type_alias_declaration", "enum_declaration")
_VARIABLES = ("lexical_declaration", "variable_declaration")
CALLABLE = ("arrow_function", "function_expression", "generator_function", *_FUNCTIONS)


class Definition(NamedTuple):
    """A name that a module gives a meaning. `node` is what is defined, `statement` all of it, with `export`."""

    name: str
    node: tree_sitter.Node
    statement: tree_sitter.Node
    exported: bool

    @property
    def is_type(self) -> bool:
        """Whether nothing of it is there when the program runs."""
        return self.node.type in ("interface_declaration", "type_alias_declaration")

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return self.node.type in _CLASSES

    @property
    def is_callable(self) -> bool:
        """Whether it is a function, however it is written."""
        return self.node.type in CALLABLE


class Import(NamedTuple):
    """One name that an import brings: `imported` is `default` or `*` where it is no name of the other module."""

    source: str
    imported: str
    local: str
    of_type: bool
    line: int

    def told(self) -> str:
        """The import as a line of its own."""
        word = "import type" if self.of_type else "import"
        if not self.local:
            return f'import "{self.source}";'
        return f'{word} {self.clause()} from "{self.source}";'

    def clause(self) -> str:
        """What stands between `import` and `from`."""
        if self.imported == "*":
            return f"* as {self.local}"
        return self.local if self.imported == "default" else f"{{ {self.named()} }}"

    def named(self) -> str:
        """The name within braces."""
        return self.local if self.local == self.imported else f"{self.imported} as {self.local}"


def definitions(tree: CodeTree) -> Iterator[Definition]:
    """The definitions of a module in their order; a signature that only overloads counts too."""
    for statement in tree.root.named_children:
        exported = statement.type == "export_statement"
        node = statement.child_by_field_name("declaration") if exported else statement
        if node is None:
            continue
        if node.type in (*_FUNCTIONS, *_CLASSES, *_TYPES):
            yield Definition(tree.field(node, "name"), node, statement, exported)
        elif node.type in _VARIABLES:
            for one in node.named_children:
                if one.type == "variable_declarator":
                    value = one.child_by_field_name("value")
                    meant = value if value is not None and value.type in CALLABLE else one
                    yield Definition(tree.field(one, "name"), meant, statement, exported)


def imports(tree: CodeTree) -> Iterator[Import]:
    """The names that a module imports; one without a name where it imports for the effect alone."""
    for statement in tree.root.named_children:
        if statement.type != "import_statement":
            continue
        source = tree.field(statement, "source").strip("\"'`")
        line = tree.first_line(statement)
        of_type = any(child.type == "type" for child in statement.children[:2])
        clause = next((one for one in statement.named_children if one.type == "import_clause"), None)
        if clause is None:
            yield Import(source, "", "", False, line)
            continue
        for part in clause.named_children:
            yield from _of_clause(tree, part, source, of_type, line)


def _of_clause(
    tree: CodeTree, part: tree_sitter.Node, source: str, of_type: bool, line: int
) -> Iterator[Import]:
    if part.type == "identifier":
        yield Import(source, "default", tree.text(part), of_type, line)
    elif part.type == "namespace_import":
        yield Import(source, "*", tree.text(part.named_children[-1]), of_type, line)
    elif part.type == "named_imports":
        for one in part.named_children:
            if one.type == "import_specifier":
                name = tree.field(one, "name").strip("\"'")
                of_this = of_type or one.children[0].type == "type"
                yield Import(source, name, tree.field(one, "alias") or name, of_this, line)
