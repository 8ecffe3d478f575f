"""Which part of a unit's own code is data: imports, tables, declarations, not a thing to be understood at once.

Works on any grammar by the names of its nodes. What counts depends on the unit, because the same table is
the content of a module and a detail of a function:

* everywhere imports, and literal collections and texts that span lines, longer ones also where calls build them;
* in a function also long decorators (the options of a command) and local types;
* in a module or class also fields and names given a literal, constants in capitals whatever they are given,
  and every such collection built by calls (routes, fields); in a module prototypes without a body;
* in a module also names given the result of a call, and repeated calls of one function, that use no name
  computed before: such declarations stand side by side, while the steps of a script build on each other.

Nothing that holds a function or a comprehension is data. Only asked for units that look too large, so it
may walk the tree.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache

import tree_sitter

from aifirst_codebase.units.unit import Span, Unit

_IMPORTS = frozenset({
    "import_statement", "import_from_statement", "future_import_statement", "import_declaration", "import_list",
    "use_declaration", "extern_crate_declaration", "preproc_include", "using_directive", "using_declaration",
    "namespace_use_declaration", "import_header", "package_clause", "package_declaration", "import",
})  # fmt: skip
_COLLECTIONS = frozenset({
    "dictionary", "list", "tuple", "set", "object", "array", "composite_literal", "array_initializer",
    "initializer_list", "array_expression", "hash", "array_creation_expression", "initializer_expression",
    "enum_body", "enumerator_list", "expression_list", "collection_literal", "literal_value", "string_array",
    "symbol_array",
})  # fmt: skip
_TEXTS = frozenset({
    "string", "concatenated_string", "template_string", "raw_string_literal", "string_literal",
    "interpreted_string_literal", "heredoc_body", "nowdoc_body",
})  # fmt: skip
_ASSIGNMENTS = frozenset({
    "assignment", "assignment_expression", "variable_declarator", "const_spec", "var_spec", "const_item",
    "static_item", "init_declarator", "const_element", "property_declaration", "short_var_declaration",
})  # fmt: skip
_FIELDS = frozenset({"preproc_def", "field_declaration", "public_field_definition", "const_declaration",
                     "property_signature", "method_signature"})  # fmt: skip
_DECLARED = frozenset({"decorator", "struct_type"})
"""What a function declares beside what it does: options of a command, fields of a local type."""
_OPAQUE = frozenset({"macro_invocation", "macro_definition"})
"""Items whose inside is a stream of tokens to the grammar: what of it is code cannot be told."""
_WRAPPERS = frozenset({
    "expression_statement", "lexical_declaration", "variable_declaration", "export_statement", "declaration",
    "var_declaration", "const_declaration", "declaration_list",
})  # fmt: skip
_FUNCTIONS = ("lambda", "comprehension", "function", "arrow", "generator", "closure", "func_literal", "block")
_CODE = (*_FUNCTIONS, "call", "invocation", "new_")
_CALL = re.compile(rb"[\w\])}>]\(")
_CODE_WORDS = (b"=>", b"lambda", b" for ", b"func", b"fn ", b"fun ", b"new ")
_WORD = re.compile(rb"[A-Za-z_$]\w*")
_QUOTED = re.compile(rb"\"[^\"\n]*\"|'[^'\n]*'")
_Test = Callable[[str], bool]
_MAX_DEPTH = 12
_STATEMENT_DEPTH = 3
"""Below this only statements and what spans lines are looked into: a table in an expression does."""
_ENOUGH = 400
"""Nodes of a table to look at: one that is data so far is data to its end."""
_ROWS = 4
"""Entries of a collection in a function, from which it is a table although calls build them."""
_LINES = 2
"""Newlines in a literal inside an expression, from which it is a table or a text."""


def data_spans(root: tree_sitter.Node, data: bytes, unit: Unit) -> list[Span]:
    """The stretches of the unit's own bytes that are imports, data or declarations, in order."""
    around = root
    if unit.kind != "module":
        around = root.descendant_for_byte_range(unit.code_start, unit.code_end) or root
    found = _content_spans(around, data, unit)
    if unit.kind == "module":
        return _merged(sorted([*found, *_declarations(root, data, unit)]))
    return found


def _content_spans(root: tree_sitter.Node, data: bytes, unit: Unit) -> list[Span]:
    """Imports and data in the unit's own bytes; one walk, past what belongs to other units."""
    is_data = _is_table if unit.kind == "function" else _is_content
    spans = unit.spans
    starts = [start for start, _ in spans]
    found: list[Span] = []
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        first, last = node.start_byte, node.end_byte
        index = bisect_right(starts, first) - 1
        end = spans[index][1] if index >= 0 else 0
        if last <= end:
            if node.type in _IMPORTS or is_data(node, data):
                found.append((first, last))
                continue
        elif first >= end and (index + 1 == len(starts) or starts[index + 1] >= last):
            continue
        if depth < _STATEMENT_DEPTH or (depth < _MAX_DEPTH and _may_hold_data(node, data, unit)):
            stack.extend([(child, depth + 1) for child in reversed(node.named_children)])
    return found


def _may_hold_data(node: tree_sitter.Node, data: bytes, unit: Unit) -> bool:
    """Whether a node deeper in is worth a look: a statement of a module or class, or what spans lines."""
    if unit.kind != "function" and node.type in _WRAPPERS:
        return True
    return data.count(b"\n", node.start_byte, node.end_byte) >= _LINES


def _is_table(node: tree_sitter.Node, data: bytes) -> bool:
    """Whether a node in a function is a table or text that spans lines."""
    if node.type in _DECLARED:
        return _spans_lines(node)
    if (node.type not in _COLLECTIONS and node.type not in _TEXTS) or not _spans_lines(node):
        return False
    built = node.type in _COLLECTIONS and node.named_child_count >= _ROWS
    return not _holds(node, data, _is_function if built else _is_code)


def _is_content(node: tree_sitter.Node, data: bytes) -> bool:
    """Whether a node in a module or class is a table, a text, or a name given a literal."""
    if node.type in _ASSIGNMENTS or node.type in _FIELDS:
        return not _holds(node, data, _is_function if _is_constant(node, data) else _is_code)
    if node.type == "declaration":
        # A prototype in C: it has no body and no value.
        return (
            data.find(b"{", node.start_byte, node.end_byte)
            < 0
            > data.find(b"=", node.start_byte, node.end_byte)
        )
    if node.type in _OPAQUE:
        return _spans_lines(node)
    if node.type == "export_statement":
        return node.child_by_field_name("source") is not None
    if node.type in _COLLECTIONS:
        # A row counts by itself where another row of its table is computed.
        row = node.parent is not None and node.parent.type in _COLLECTIONS
        return (row or _spans_lines(node)) and not _holds(node, data, _is_function)
    if node.type not in _TEXTS:
        return False
    alone = node.parent is not None and node.parent.type == "expression_statement"
    return (alone or _spans_lines(node)) and not _holds(node, data, _is_code)


def _is_constant(node: tree_sitter.Node, data: bytes) -> bool:
    """Whether what is given a value is written in capitals."""
    declarator = node.child_by_field_name("declarator") or node
    name = declarator.child_by_field_name("left") or declarator.child_by_field_name("name")
    return name is not None and data[name.start_byte : name.end_byte].isupper()


def _spans_lines(node: tree_sitter.Node) -> bool:
    return node.end_point[0] - node.start_point[0] >= _LINES


def _declarations(root: tree_sitter.Node, data: bytes, unit: Unit) -> Iterator[Span]:
    """What stands side by side in a module: names given the result of a call, and calls of one function,
    that use no name computed before.
    """
    computed: set[bytes] = set()
    rows: dict[bytes, list[Span]] = {}
    for node in _simple_statements(root):
        if not _holds(node, data, _is_code) and not _is_call(node.type):
            continue
        name = node.child_by_field_name("left") or node.child_by_field_name("name")
        opening = data.find(b"(", node.start_byte, node.end_byte)
        begin = opening if _is_call(node.type) else name.end_byte if name is not None else -1
        if begin < 0:
            continue
        alone = computed.isdisjoint(_WORD.findall(_QUOTED.sub(b"", data[begin : node.end_byte])))
        if alone and _owns(unit, node) and not _holds(node, data, _is_function):
            if _is_call(node.type):
                called = data[node.start_byte : begin]
                rows.setdefault(called, []).append((node.start_byte, node.end_byte))
            else:
                yield node.start_byte, node.end_byte
        if name is not None and not _is_call(node.type):
            computed.update(_WORD.findall(data, name.start_byte, name.end_byte))
    for calls in rows.values():
        if len(calls) >= _ROWS:
            yield from calls


def _simple_statements(root: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """Assignments and calls that are statements of the module itself."""
    for statement in root.named_children:
        nodes = [statement]
        while nodes:
            node = nodes.pop()
            if node.type in _WRAPPERS:
                nodes.extend(reversed(node.named_children))
            elif node.type in _ASSIGNMENTS or _is_call(node.type):
                yield node


def _owns(unit: Unit, node: tree_sitter.Node) -> bool:
    index = bisect_right(unit.spans, (node.start_byte, 1 << 62)) - 1
    return index >= 0 and node.end_byte <= unit.spans[index][1]


def _merged(spans: list[Span]) -> list[Span]:
    """Sorted spans, each byte in one of them only."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _holds(node: tree_sitter.Node, data: bytes, is_such: _Test) -> bool:
    """Whether a node inside is such; the text rules most tables out without a walk."""
    first, last = node.start_byte, node.end_byte
    if (data.find(b"(", first, last) < 0 or _CALL.search(data, first, last) is None) and all(
        data.find(word, first, last) < 0 for word in _CODE_WORDS
    ):
        return False
    stack = list(node.named_children)
    looked_at = 0
    while stack and looked_at < _ENOUGH:
        looked_at += 1
        child = stack.pop()
        if is_such(child.type):
            return True
        if child.named_child_count:
            stack.extend(child.named_children)
    return False


@cache
def _is_call(node_type: str) -> bool:
    return node_type.startswith(("call", "function_call")) or node_type.endswith("invocation")


@cache
def _is_code(node_type: str) -> bool:
    return any(part in node_type for part in _CODE)


@cache
def _is_function(node_type: str) -> bool:
    return any(part in node_type for part in _FUNCTIONS)
