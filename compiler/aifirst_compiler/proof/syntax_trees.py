"""Compares two texts by their tree-sitter trees: every token and the shape around the tokens, comments left out.

Tokens alone would not do: where a newline that ends a statement is lost, `return` and the value below it keep their
tokens. The shape is the tree's own spelling of its named nodes, with the comments taken out. What was asked to go, and
what stands in its place, is left out on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import tree_sitter
from aifirst_codebase.languages.language import Language

from aifirst_compiler.edits import Edit

_INSIDE = r"(?: (?:[a-z_]+: )?\([a-z_ :]*(?:\([a-z_ :]*\)[a-z_ :]*)*\))*"
_COMMENT = re.compile(rf" ?(?:[a-z_]+: )?\((?:[a-z_]*comment|marginalia|html_block){_INSIDE}\)")
_NOT_NEWLINE = re.compile(rb"[^\r\n]")
Stretches = list[tuple[int, int]]


def first_difference(
    source: bytes,
    tree: tree_sitter.Tree,
    output: bytes,
    language: Language,
    edits: Sequence[Edit],
    *,
    shape: bool = True,
) -> str:
    """What differs first, empty where nothing does. `edits` made `output` from `source`."""
    parsed = language.parse(output)
    if parsed is None or (parsed.root_node.has_error and not tree.root_node.has_error):
        return "it does not parse any more"
    before, after = _stretches(edits)
    ours, theirs = _tokens(source, tree, before), _tokens(output, parsed, after)
    if language.kind == "markup":  # text on both sides of a comment is two tokens, and one without it
        ours, theirs = _unspaced(ours), _unspaced(theirs)
    if ours != theirs:
        at = next(
            (i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b),
            min(len(ours), len(theirs)),
        )
        told = [b"".join(tokens[at : at + 1])[:40].decode("utf-8", "replace") for tokens in (ours, theirs)]
        return f"the token {told[0]!r} became {told[1]!r}"
    if shape and language.kind != "markup" and shape_of(tree) != shape_of(parsed):
        return "" if _is_as_blanked(source, parsed, language, edits) else "its tokens are grouped differently"
    return ""


def _is_as_blanked(
    source: bytes, parsed: tree_sitter.Tree, language: Language, edits: Sequence[Edit]
) -> bool:
    """Whether the shape is that of the source with white space where comments stood, newlines where theirs were.

    A grammar that meets a comment where it has several readings may choose another one than without it.
    """
    blanked = bytearray(source)
    for start, end, text, _ in edits:
        if text.strip():
            return False
        blanked[start:end] = _NOT_NEWLINE.sub(b" ", source[start:end])
    again = language.parse(bytes(blanked))
    return again is not None and shape_of(again) == shape_of(parsed)


def _unspaced(tokens: Sequence[bytes]) -> list[bytes]:
    return [b"".join(b"".join(tokens).split())]


def shape_of(tree: tree_sitter.Tree) -> str:
    """The tree's named nodes without comments."""
    spelled = str(tree.root_node)
    return _COMMENT.sub("", spelled) if "comment" in spelled or "marginalia" in spelled else spelled


def _stretches(edits: Sequence[Edit]) -> tuple[Stretches, Stretches]:
    """What the edits replaced in the source, and what stands there in the output."""
    before: Stretches = []
    after: Stretches = []
    shift = 0
    for start, end, text, _ in edits:
        before.append((start, end))
        if text:
            after.append((start + shift, start + shift + len(text)))
        shift += len(text) - (end - start)
    return before, after


def _tokens(data: bytes, tree: tree_sitter.Tree, left_out: Stretches) -> list[bytes]:
    """The texts of the leaves that are not white space and not in a stretch."""
    found: list[bytes] = []
    cursor = tree.walk()
    down, onward, up = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
    stretches = iter(left_out)
    start_out, end_out = next(stretches, (len(data) + 1, len(data) + 1))
    while True:
        if down():
            continue
        leaf = cursor.node
        if leaf is not None:
            start, end = leaf.start_byte, leaf.end_byte
            while start >= end_out:
                start_out, end_out = next(stretches, (len(data) + 1, len(data) + 1))
            # A comment's leaf may hold the carriage return that ends its line.
            if start < start_out or (end > end_out and not data[end_out:end].isspace()):
                text = data[start:end].strip()
                if text:
                    found.append(text)
        while not onward():
            if not up():
                return found
