"""Puts pieces of Go together: one file of a package, each import once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from aifirst_orchestrator.generate.golang.go_tree import definitions, imports
from aifirst_orchestrator.generate.languages.code_tree import CodeTree, documentation_above, tree_of
from aifirst_orchestrator.generate.languages.generated_language import Head


def package_name(path: str, module: str) -> str:
    """The name of the package that a file is of: its folder's, or the module's for one at the root."""
    folder = str(PurePosixPath(path).parent)
    name = module if folder == "." else folder
    bare = re.sub(r"\W+", "_", name.rpartition("/")[2]).strip("_")
    return bare if bare[:1].isalpha() else f"p{bare}"


def compose_go(package: str, head: Head, codes: Sequence[str]) -> str:
    """The file. What the pieces say of their package is not asked."""
    trees = [tree_of("go", code) for code in codes]
    lines = sorted({(one.path, one.told()) for tree in trees for one in imports(tree)})
    told = [told for _, told in lines]
    block = (
        f"import {told[0]}" if len(told) == 1 else "import (\n" + "".join(f"\t{one}\n" for one in told) + ")"
    )
    comment = "\n".join(f"// {line}".rstrip() for line in (head.title, "", head.origin))
    # A line is left free, so that the comment is not taken for the documentation of the package.
    parts = [comment, f"package {package}", block if told else "", *(_body(tree) for tree in trees)]
    return "\n\n".join(filter(None, parts)) + "\n"


def outline_go(code: str, name: str) -> str:
    """The definition with its documentation; of a type also its methods; no bodies."""
    tree = tree_of("go", code)
    shown: list[str] = []
    for one in definitions(tree):
        if one.name == name or (
            one.name.startswith(f"{name}.") and one.name.rpartition(".")[2][:1].isupper()
        ):
            body = one.node.child_by_field_name("body") if one.statement.type != "type_declaration" else None
            end = body.start_byte if body is not None else one.statement.end_byte
            text = tree.data[one.statement.start_byte : end].decode("utf-8", "replace").rstrip()
            shown.append(documentation_above(tree, one.statement) + text)
    return "\n\n".join(shown)


def _body(tree: CodeTree) -> str:
    """The piece without its package clause, what stands above that, and its imports."""
    kept = bytearray()
    at = 0
    for statement in tree.root.named_children:
        if statement.type == "package_clause":
            at = statement.end_byte
        elif statement.type == "import_declaration":
            kept += tree.data[at : statement.start_byte]
            at = statement.end_byte
    kept += tree.data[at:]
    return re.sub(r"\n{3,}", "\n\n", kept.decode("utf-8", "replace")).strip("\n")
