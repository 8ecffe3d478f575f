"""The signature of a definition: what its callers rely on.

For Python the parameters are read one by one, so that a call can be checked against them; for every other
language the signature is its tokens between the name and the body.

Left out: types of arguments, overloads, and what a decorator does to the signature (a decorated function
is never judged at its call sites).
"""

from __future__ import annotations

from typing import Literal

import msgspec
import tree_sitter
from aifirst_codebase.reading import Reading

ParameterKind = Literal["positional", "any", "keyword", "args", "kwargs"]


class Parameter(msgspec.Struct, frozen=True):
    """One parameter. `default` and `annotation` are their source text, empty where there is none."""

    name: str
    kind: ParameterKind
    default: str = ""
    annotation: str = ""

    @property
    def required(self) -> bool:
        """Whether a call must give it."""
        return not self.default and self.kind not in {"args", "kwargs"}


class Signature(msgspec.Struct, frozen=True):
    """`parameters` is None where the language's parameters are not read one by one.

    `text` are the tokens from the name to the body, without comments.
    """

    text: tuple[str, ...]
    parameters: tuple[Parameter, ...] | None = None
    returns: str = ""
    decorated: bool = False
    asynchronous: bool = False


def definition_node(reading: Reading, index: int) -> tree_sitter.Node | None:
    """The node that holds the name of unit `index` and has a body, or None for the module's own code."""
    unit = reading.units[index]
    if unit.name_end <= unit.name_start:
        return None
    node = reading.tree.root_node.descendant_for_byte_range(unit.name_start, unit.name_end)
    while node is not None and node.start_byte >= unit.code_start and node.end_byte <= unit.code_end + 1:
        if node.child_by_field_name("body") is not None:
            return node
        node = node.parent
    return None


def read_signature(reading: Reading, index: int) -> Signature | None:
    """The signature of unit `index`; None where it has none (module, data) or it did not parse."""
    node = definition_node(reading, index)
    if node is None or (node.has_error and _head_broken(node)):
        return None
    body = node.child_by_field_name("body")
    end = body.start_byte if body is not None else node.end_byte
    text = tuple(
        leaf.decode("utf-8", "replace")
        for leaf in _leaves(reading.data, node, reading.units[index].name_start, end)
    )
    if reading.language.name != "python" or node.type != "function_definition":
        return Signature(text)
    listed = node.child_by_field_name("parameters")
    returns = node.child_by_field_name("return_type")
    return Signature(
        text,
        tuple(_parameters(listed)) if listed is not None else (),
        _text(returns),
        node.parent is not None and node.parent.type == "decorated_definition",
        bool(node.children) and node.children[0].type == "async",
    )


def _head_broken(node: tree_sitter.Node) -> bool:
    body = node.child_by_field_name("body")
    return any(child.has_error for child in node.children if body is None or child.id != body.id)


def _leaves(data: bytes, node: tree_sitter.Node, start: int, end: int) -> list[bytes]:
    found: list[bytes] = []
    stack = [node]
    while stack:
        item = stack.pop()
        if item.end_byte <= start or item.start_byte >= end or item.type == "comment":
            continue
        if not item.child_count:
            token = data[item.start_byte : item.end_byte].strip()
            if token in {b")", b"]"} and found and found[-1] == b",":
                found.pop()
            if token:
                found.append(token)
        else:
            stack.extend(reversed(item.children))
    return found


def _parameters(listed: tree_sitter.Node) -> list[Parameter]:
    found: list[Parameter] = []
    kind: ParameterKind = "any"
    for child in listed.named_children:
        if child.type == "positional_separator":
            found = [msgspec.structs.replace(one, kind="positional") for one in found]
        elif child.type == "keyword_separator":
            kind = "keyword"
        elif child.type != "comment":
            one = _parameter(child, kind)
            if one.kind == "args":
                kind = "keyword"
            found.append(one)
    return found


def _parameter(node: tree_sitter.Node, kind: ParameterKind) -> Parameter:
    named = node.child_by_field_name("name")
    if named is None and node.named_children and node.type in {
        "typed_parameter", "list_splat_pattern", "dictionary_splat_pattern",
    }:  # fmt: skip
        named = node.named_children[0]
    named = named or node
    splat = next((one for one in (node, named) if one.type.endswith("splat_pattern")), None)
    if splat is not None:
        kind = "kwargs" if splat.type.startswith("dictionary") else "args"
        named = splat.named_children[0] if splat.named_children else splat
    return Parameter(
        _text(named), kind, _text(node.child_by_field_name("value")), _text(node.child_by_field_name("type"))
    )


def _text(node: tree_sitter.Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
