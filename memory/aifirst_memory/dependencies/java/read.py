"""Reads a Java file into its facts: the names it goes by, what it says to others, its lowered code."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import tree_sitter
from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.java.entries import Body, Entry, FileEntry, Import, SubtypesEntry
from aifirst_memory.dependencies.java.lower import CLASS_NODES
from aifirst_memory.dependencies.java.lower_classes import ClassLowering
from aifirst_memory.dependencies.java.lower_expressions import EXPRESSIONS
from aifirst_memory.dependencies.java.lower_statements import STATEMENTS
from aifirst_memory.dependencies.java.lower_types import line_of, text_of
from aifirst_memory.dependencies.resolver import FileFacts


def read_java(reading: Reading) -> FileFacts:
    """The facts of a Java file."""
    lowering = ClassLowering(reading, {**EXPRESSIONS, **STATEMENTS})
    root = reading.tree.root_node
    package = next((_dotted(part) for part in root.named_children if part.type == "package_declaration"), "")
    imports = tuple(_imports(root))
    types = tuple(
        text_of(part.child_by_field_name("name")) for part in root.named_children if part.type in CLASS_NODES
    )
    forms = lowering.all(root.named_children)
    plain = tuple(Import(one.name, one.static, one.star) for one in imports)
    entries: dict[str, Entry] = {"": FileEntry(package, plain, types)}
    entries |= lowering.entries
    for base, derived in lowering.derived.items():
        entries["<" + base] = SubtypesEntry(tuple(dict.fromkeys(derived)))
    keys = [package_key(package), *(type_key(package, name) for name in types)]
    keys += [f"java.subtype:{base}" for base in lowering.derived]
    packed = {name: msgspec.msgpack.encode(entry) for name, entry in entries.items()}
    return FileFacts(tuple(keys), packed, msgspec.msgpack.encode(Body(package, imports, types, forms)))


def package_key(package: str) -> str:
    """The key of the files of a package."""
    return f"java.package:{package}"


def type_key(package: str, name: str) -> str:
    """The key of the files that declare a class at their top."""
    return f"java.type:{package}.{name}" if package else f"java.type:{name}"


def _dotted(node: tree_sitter.Node) -> str:
    named = next(
        (part for part in node.named_children if part.type in ("scoped_identifier", "identifier")), None
    )
    return "".join(text_of(named).split())


def _imports(root: tree_sitter.Node) -> Iterator[Import]:
    for part in root.named_children:
        if part.type == "import_declaration":
            kinds = {inner.type for inner in part.children}
            name = _dotted(part)
            if name:
                yield Import(name, "static" in kinds, "asterisk" in kinds, line_of(part))
