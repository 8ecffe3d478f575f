"""Which part of a unit's own code is data: imports and literal tables, not a thing to be understood.

Works on any grammar by the names of its nodes: an import, or a literal collection or string that holds no
call, function or comprehension. Only asked for units that look too large, so it may walk the tree.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

import tree_sitter

from aifirst_codebase.units.unit import Span, Unit

_IMPORTS = frozenset({
    "import_statement", "import_from_statement", "future_import_statement", "import_declaration", "import_list",
    "use_declaration", "extern_crate_declaration", "preproc_include", "using_directive", "using_declaration",
    "namespace_use_declaration", "import_header", "package_clause", "package_declaration", "import",
})  # fmt: skip
_LITERALS = frozenset({
    "dictionary", "list", "tuple", "set", "object", "array", "composite_literal", "array_initializer",
    "initializer_list", "array_expression", "hash", "array_creation_expression", "initializer_expression",
    "string", "concatenated_string", "template_string", "raw_string_literal", "string_literal",
    "interpreted_string_literal", "heredoc_body", "nowdoc_body", "string_array", "symbol_array",
    "preproc_def", "enum_body", "enumerator_list", "expression_list",
})  # fmt: skip
_ASSIGNMENTS = frozenset({
    "assignment", "assignment_expression", "variable_declarator", "const_spec", "var_spec", "const_item",
    "static_item", "init_declarator", "const_element", "property_declaration", "short_var_declaration",
})  # fmt: skip
_CODE = ("call", "lambda", "comprehension", "function", "invocation", "arrow", "generator", "closure", "new_")
_MAY_BE_CODE = re.compile(rb"[A-Za-z0-9_\])}]\(|=>|\blambda\b|\bfor\b[^\n]*\bin\b|\bfunction\b|\bnew [A-Z]")
_MAX_DEPTH = 12


def data_spans(root: tree_sitter.Node, data: bytes, unit: Unit) -> list[Span]:
    """The stretches of the unit's own bytes that are imports or literal data, in order."""
    starts = [start for start, _ in unit.spans]
    found: list[Span] = []
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        first, last = node.start_byte, node.end_byte
        index = bisect_right(starts, first) - 1
        start, end = unit.spans[index] if index >= 0 else (0, 0)
        if first >= start and last <= end:
            if node.type in _IMPORTS or (_may_be_data(node) and not _holds_code(node, data)):
                found.append((first, last))
                continue
        elif first >= end and (index + 1 == len(starts) or starts[index + 1] >= last):
            continue
        if depth < _MAX_DEPTH:
            stack.extend((child, depth + 1) for child in reversed(node.named_children))
    return found


def _may_be_data(node: tree_sitter.Node) -> bool:
    return node.type in _LITERALS or node.type in _ASSIGNMENTS


def _holds_code(node: tree_sitter.Node, data: bytes) -> bool:
    """Whether something in the node is computed; the text rules most tables out without a walk."""
    if _MAY_BE_CODE.search(data, node.start_byte, node.end_byte) is None:
        return False
    stack = list(node.named_children)
    while stack:
        child = stack.pop()
        if _is_code(child.type):
            return True
        stack.extend(child.named_children)
    return False


@cache
def _is_code(node_type: str) -> bool:
    return any(part in node_type for part in _CODE)
