"""Calls and imports of one Python module, and whether a call fits a signature.

Only what is certain without types: calls of a plain name that the module imports or defines itself, with no
second meaning in that file.

Left out: methods, calls through other names, calls with `*args` or `**kwargs` (the unpacked part is not
judged), and imports inside `try`, which are there to fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import tree_sitter
from aifirst_codebase.reading import Reading

from aifirst_validator.changes.signature import Parameter


class Call(msgspec.Struct, frozen=True):
    """One call; `keywords` are the named arguments, `open` says that arguments are unpacked into it."""

    line: int
    positional: int
    keywords: tuple[str, ...]
    open: bool


class Import(msgspec.Struct, frozen=True):
    """`from module import name as alias`; `module` keeps its leading dots, `line` counts from 1."""

    module: str
    name: str
    alias: str
    line: int
    guarded: bool


def find_calls(identifiers: Iterable[tree_sitter.Node]) -> list[Call]:
    """The calls of a plain name, of whose nodes these are all; none where it has a second meaning."""
    calls: list[Call] = []
    meanings = 0
    for node in identifiers:
        parent = node.parent
        if parent is None:
            continue
        if parent.type == "call" and _is(parent.child_by_field_name("function"), node):
            calls.append(_call(parent))
        elif (
            parent.type in {"function_definition", "class_definition"}
            and _is(parent.child_by_field_name("name"), node)
        ) or parent.type in {"aliased_import", "dotted_name"}:
            meanings += 1
        elif _binds(node, parent):
            return []
    return calls if meanings <= 1 else []


def misfit(call: Call, parameters: Sequence[Parameter]) -> str:
    """Why the call fails on a function with these parameters; empty where it may be right."""
    by_place = [one for one in parameters if one.kind in {"positional", "any"}]
    if call.positional > len(by_place) and not any(one.kind == "args" for one in parameters):
        return f"{call.positional} positional arguments, {len(by_place)} taken"
    taken = by_place[: call.positional]
    said = _wrong_keyword(call, taken, parameters)
    if said or call.open:
        return said
    given = {one.name for one in taken} | set(call.keywords)
    missing = [one.name for one in parameters if one.required and one.name not in given]
    return f"{missing[0]} is not given" if missing else ""


def _wrong_keyword(call: Call, taken: Sequence[Parameter], parameters: Sequence[Parameter]) -> str:
    """What is wrong with the named arguments; `taken` are the parameters that were given by place."""
    named = {one.name for one in parameters if one.kind in {"any", "keyword"}}
    unknown = [word for word in call.keywords if word not in named]
    if unknown and not any(one.kind == "kwargs" for one in parameters):
        return f"no parameter {unknown[0]}"
    twice = [one.name for one in taken if one.name in call.keywords and one.kind == "any"]
    return f"{twice[0]} given twice" if twice else ""


def find_imports(reading: Reading) -> list[Import]:
    """Every `from … import …` of the file, in order."""
    found: list[Import] = []
    stack = [reading.tree.root_node]
    while stack:
        node = stack.pop()
        if node.type == "import_from_statement":
            found.extend(_imports(node))
        elif node.type not in {"expression_statement", "return_statement"}:
            stack.extend(node.named_children)
    return sorted(found, key=lambda one: (one.line, one.name))


def _imports(node: tree_sitter.Node) -> Iterator[Import]:
    module = _text(node.child_by_field_name("module_name"))
    guarded = _inside_try(node)
    for child in node.children_by_field_name("name"):
        name, alias = child, None
        if child.type == "aliased_import":
            name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
        yield Import(module, _text(name), _text(alias) or _text(name), child.start_point[0] + 1, guarded)


def _inside_try(node: tree_sitter.Node) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.type in {"try_statement", "if_statement", "with_statement"}:
            return True
        parent = parent.parent
    return False


def _call(node: tree_sitter.Node) -> Call:
    positional, opened = 0, False
    keywords: list[str] = []
    arguments = node.child_by_field_name("arguments")
    if arguments is None or arguments.type != "argument_list" or arguments.has_error:
        return Call(node.start_point[0] + 1, 0, (), True)
    for child in arguments.named_children:
        if child.type == "keyword_argument":
            keywords.append(_text(child.child_by_field_name("name")))
        elif child.type in {"list_splat", "dictionary_splat"}:
            opened = True
        elif child.type != "comment":
            positional += 1
    return Call(node.start_point[0] + 1, positional, tuple(keywords), opened)


def _binds(node: tree_sitter.Node, parent: tree_sitter.Node) -> bool:
    """Whether the identifier is given another meaning here: a parameter, an assignment, a loop variable."""
    if parent.type in {"parameters", "lambda_parameters", "typed_parameter", "as_pattern_target", "global_statement",
                       "pattern_list", "tuple_pattern", "list_pattern", "nonlocal_statement", "delete_statement",
                       "list_splat_pattern", "dictionary_splat_pattern"}:  # fmt: skip
        return True
    if parent.type in {"default_parameter", "typed_default_parameter", "named_expression"}:
        return _is(parent.child_by_field_name("name"), node)
    if parent.type in {"assignment", "augmented_assignment", "for_statement", "for_in_clause"}:
        return _is(parent.child_by_field_name("left"), node)
    return False


def _is(node: tree_sitter.Node | None, other: tree_sitter.Node) -> bool:
    return node is not None and node.id == other.id


def _text(node: tree_sitter.Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
