"""The code of a unit as tokens, without glue and without formatting.

Two units with equal tokens do the same thing: only comments, docstrings, white space, the quotes of a
string, a trailing comma, a semicolon or (in Python) free parentheses differ. Read from the leaves of the
syntax tree; blocks that only indentation marks (Python) get brackets, so that moving a line out of a block
is a change.

Left out: parentheses among operators, the order of imports and anything that needs meaning rather than tokens.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right

import tree_sitter

from aifirst_codebase.glue.span import Comment
from aifirst_codebase.reading import Reading
from aifirst_codebase.units.unit import Unit

_QUOTE_FREE = frozenset({"python", "javascript", "typescript", "tsx", "jsx", "css"})
_SEMICOLON_FREE = frozenset({"javascript", "typescript", "tsx", "jsx"})
_WHOLE = ("string_content", "string_fragment", "raw_text", "heredoc_body", "jsx_text", "regex_pattern")
_STRINGS = re.compile(r"string|char|heredoc|rune_literal")
_ESCAPED_QUOTE = re.compile(rb"\\(['\"])")
_CLOSING = frozenset({b")", b"]", b"}"})
_TUPLES = frozenset({"tuple", "subscript", "tuple_pattern", "tuple_type", "tuple_expression"})
# Where parentheses change nothing: no operator beside them takes part of what is inside.
_FREE_PLACES = frozenset(
    {
        "assignment",
        "return_statement",
        "expression_statement",
        "for_statement",
        "assert_statement",
        "if_statement",
        "elif_clause",
        "while_statement",
        "argument_list",
        "keyword_argument",
        "with_item",
        "default_parameter",
        "import_from_statement",
    }
)
_FREE_TUPLE_PLACES = frozenset({"assignment", "return_statement", "expression_statement", "for_statement"})
_OPEN_BLOCK, _CLOSE_BLOCK = b"\x01{", b"\x01}"
_RUNS = frozenset({"published", "doctest"})


def code_tokens(reading: Reading, index: int) -> tuple[bytes, ...]:
    """The tokens of unit `index` without those of the units nested in it."""
    unit = reading.units[index]
    walk = _Walk(reading, {**_glue_in(reading, unit), **_nested_in(reading, index)})
    if index == 0:
        walk.visit(reading.tree.root_node)
    else:
        for node in _covering(reading.tree.root_node, unit.code_start, unit.code_end):
            walk.visit(node)
    return tuple(walk.tokens)


def _glue_in(reading: Reading, unit: Unit) -> dict[int, int]:
    """Where the glue of a unit, and of what is nested in it, begins and ends."""
    first, stop = 0, len(reading.comments)
    if unit.parent >= 0:
        first = bisect_left(reading.comments, unit.code_start, key=_start_of)
        stop = bisect_right(reading.comments, unit.code_end + 1, first, key=_start_of)
    return {c.start: c.end + 2 for c in reading.comments[first:stop] if c.kept not in _RUNS}


def _nested_in(reading: Reading, index: int) -> dict[int, int]:
    """Where the units directly in a unit begin and end; they follow it in the order of their starts."""
    end = reading.units[index].code_end if index else len(reading.data)
    nested: dict[int, int] = {}
    for at in range(index + 1, len(reading.units)):
        child = reading.units[at]
        if child.code_start > end:
            break
        if child.parent == index and child.code_end > child.code_start:
            nested[child.code_start] = child.code_end + 1
    return nested


def _start_of(comment: Comment) -> int:
    return comment.start


def code_text(reading: Reading, index: int) -> bytes:
    """The bytes of unit `index` without its glue: a cheap first comparison."""
    data = reading.data
    parts: list[bytes] = []
    comments = [c for c in reading.comments_of_units.get(index, ()) if c.kept not in _RUNS]
    at = 0
    for start, end in reading.units[index].spans:
        while at < len(comments) and comments[at].start < end:
            if start <= comments[at].start:
                parts.append(data[start : comments[at].start])
                start = min(comments[at].end, end)
            at += 1
        parts.append(data[start:end])
    return b"".join(parts)


def code_digest(reading: Reading, index: int | None = None) -> str:
    """A hash of the code of a unit, or of the whole file, that ignores glue and formatting."""
    digest = hashlib.sha256()
    for unit in range(len(reading.units)) if index is None else (index,):
        for token in code_tokens(reading, unit):
            digest.update(token)
            digest.update(b"\0")
        digest.update(b"\1")
    return digest.hexdigest()[:32]


def content_digest(reading: Reading, index: int) -> str:
    """A hash of the unit's own text, glue and formatting included."""
    digest = hashlib.sha256()
    for start, end in reading.units[index].spans:
        digest.update(reading.data[start:end])
        digest.update(b"\0")
    return digest.hexdigest()[:32]


def _covering(root: tree_sitter.Node, start: int, end: int) -> list[tree_sitter.Node]:
    """The node of the definition with what wraps it, or several where no one node is exactly that."""
    node = root.descendant_for_byte_range(start, max(end - 1, start)) or root
    if node.start_byte >= start and node.end_byte <= end + 1:
        return [node]
    # A cursor: the node may have as many children as a file has definitions, and this is asked for each.
    found: list[tree_sitter.Node] = []
    cursor = node.walk()
    more = cursor.goto_first_child_for_byte(start) is not None
    while more and (child := cursor.node) is not None and child.start_byte <= end + 1:
        if child.start_byte >= start and child.end_byte <= end + 1:
            found.append(child)
        more = cursor.goto_next_sibling()
    return found


class _Walk:
    """Collects the tokens below a node; `skip` are stretches by where they start."""

    def __init__(self, reading: Reading, skip: dict[int, int]) -> None:
        self.tokens: list[bytes] = []
        self._data = reading.data
        self._skip = skip
        self._quotes = reading.language.name not in _QUOTE_FREE
        self._semicolons = reading.language.name not in _SEMICOLON_FREE
        self._indented = reading.language.data.string_docs

    def visit(self, top: tree_sitter.Node) -> None:
        """Walk in file order with an explicit stack: trees can be deeper than Python's recursion."""
        stack: list[tree_sitter.Node | bytes] = [top]
        while stack:
            item = stack.pop()
            if isinstance(item, bytes):
                self.tokens.append(item)
                continue
            if item.end_byte <= self._skip.get(item.start_byte, -1) or item.type == "line_continuation":
                continue
            if not item.child_count or _is_text(item):
                self._leaf(item)
            else:
                self._inside(item, stack)

    def _inside(self, node: tree_sitter.Node, stack: list[tree_sitter.Node | bytes]) -> None:
        block = self._indented and node.type == "block"
        if block:
            self.tokens.append(_OPEN_BLOCK)
            stack.append(_CLOSE_BLOCK)
        children = node.children
        if self._indented and _has_free_parentheses(node):
            children = [child for child in children if child.type not in {"(", ")"}]
            if children and children[-1].type == ",":
                children.pop()
        stack.extend(reversed(children))

    def _leaf(self, node: tree_sitter.Node) -> None:
        start, end = node.start_byte, node.end_byte
        if start == end:
            return
        token = self._data[start:end]
        kind = node.type
        if kind == ";" and not self._semicolons:
            return
        if not self._quotes:
            if kind == "string_end" or kind in {"'", '"'}:
                token = b'"'
            elif kind == "string_start":
                token = token.rstrip(b"'\"").lower() + b'"'
            elif _STRINGS.search(kind):
                token = _ESCAPED_QUOTE.sub(rb"\1", _plain_quotes(token))
        tokens = self.tokens
        if token in _CLOSING and tokens and tokens[-1] == b",":
            parent = node.parent
            if parent is None or parent.type not in _TUPLES or parent.named_child_count > 1:
                tokens.pop()
        tokens.append(token if token.isspace() or kind in _WHOLE else token.strip())


def _has_free_parentheses(node: tree_sitter.Node) -> bool:
    if node.type == "import_from_statement":
        return True
    if node.type not in {"parenthesized_expression", "tuple"} or node.parent is None:
        return False
    if node.type == "tuple":
        return node.named_child_count > 1 and node.parent.type in _FREE_TUPLE_PLACES
    return node.parent.type in _FREE_PLACES


def _plain_quotes(token: bytes) -> bytes:
    if len(token) > 1 and token[:1] == b"'" == token[-1:]:
        return b'"' + token[1:-1] + b'"'
    return token


def _is_text(node: tree_sitter.Node) -> bool:
    """Whether the node's own text counts, because between its children stands text that is no node."""
    if node.type in _WHOLE:
        return True
    if not _STRINGS.search(node.type):
        return False
    return all(child.type == "escape_sequence" or not child.is_named for child in node.children)
