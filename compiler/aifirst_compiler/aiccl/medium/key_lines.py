"""The key lines of a file's units, each with the bytes of the source that it shows.

Key are lines that steer, call, give a result, raise, or write to what outlives the call, and fields of classes; the
first line of a unit's documentation stands before them. Plain assignments to locals, imports and further
documentation are left out, and so is the rest of long lines: `…` stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

import tree_sitter
from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.reading import Reading, bounded_cursor

from aifirst_compiler.aiccl.low.happenings import block_patterns, known_patterns
from aifirst_compiler.aiccl.outline.signature import body_start, squeezed, text_without_comments

LEFT_OUT: Final = "…"
_STEERING: Final = (
    *("if_statement", "elif_clause", "else_clause", "for_statement", "for_in_statement", "while_statement"),
    *("do_statement", "try_statement", "except_clause", "except_group_clause", "finally_clause", "with_statement"),
    *("switch_statement", "match_statement", "case_clause", "switch_case", "switch_default", "catch_clause"),
    *("enhanced_for_statement", "foreach_statement", "try_with_resources_statement", "expression_switch_statement"),
    *("type_switch_statement", "select_statement", "expression_case", "type_case", "default_case"),
    *("communication_case", "switch_block_statement_group", "synchronized_statement", "using_statement"),
    *("return_statement", "raise_statement", "throw_statement", "assert_statement", "delete_statement"),
    *("go_statement", "defer_statement", "global_statement", "nonlocal_statement", "break_statement"),
    *("continue_statement", "field_declaration", "field_definition", "public_field_definition"),
    *("property_signature", "method_signature", "method_elem", "enum_assignment", "enum_constant"),
)  # fmt: skip
_PLAIN: Final = (
    *("expression_statement", "lexical_declaration", "variable_declaration", "short_var_declaration"),
    *("assignment_statement", "local_variable_declaration", "var_declaration", "const_declaration"),
    *("inc_statement", "dec_statement", "import_statement", "import_from_statement", "import_declaration"),
    *("package_clause", "package_declaration", "type_declaration", "pass_statement", "future_import_statement"),
)  # fmt: skip
_KEY: Final = re.compile(rb"[\w\])]\s*\(|\bawait\b|\byield\b|^[\w.]*[.\]][^=]*[^=!<>]=[^=]|^new ")
"""Found in those plain statements that are key."""
_LONGEST: Final = 60
_DOC_LINE: Final = re.compile(rb"""(?:[rRuU]{1,2}(?=["']))?[\s"'/*#!<>-]*([^\r\n]*?)[\s"'*/]*(?:[\r\n]|$)""")


class KeyLine(NamedTuple):
    """A line: `text` shows the bytes from `start` to `end`, which are `depth` blocks deep; `leaves_out` what follows.

    A line without text says that something is left out where nothing was shown before.
    """

    start: int
    end: int
    depth: int
    text: str
    leaves_out: bool = False

    @property
    def is_cut(self) -> bool:
        """Whether the line itself is longer than what is shown of it."""
        return len(self.text.removeprefix("# ")) >= _LONGEST

    def __str__(self) -> str:
        return "\t" * (1 + self.depth) + self.text + (LEFT_OUT if self.leaves_out else "")


class _Statement(NamedTuple):
    start: int
    end: int
    is_plain: bool


def key_lines(reading: Reading) -> list[list[KeyLine]]:
    """The key lines of every unit by its index."""
    captures = bounded_cursor(_query(reading.language.name)).captures(reading.tree.root_node)
    blocks = sorted((node.start_byte, node.end_byte) for node in captures.get("block", ()))
    found = {(node.start_byte, -node.end_byte): False for node in captures.get("steering", ())}
    for node in captures.get("plain", ()):
        found.setdefault((node.start_byte, -node.end_byte), True)
    statements = [_Statement(start, -end, plain) for (start, end), plain in sorted(found.items())]
    lines: list[list[KeyLine]] = [_doc_line(reading, index) for index in range(len(reading.units))]
    starts = [_body_start(reading, index) for index in range(len(reading.units))]
    for statement, around in _shown(statements, blocks):
        index = reading.unit_at(statement.start)
        if statement.start >= starts[index]:
            depth = sum(starts[index] < start for start in around)
            _add(reading, lines[index], statement, depth, index)
    return lines


def _shown(
    statements: Sequence[_Statement], blocks: Sequence[tuple[int, int]]
) -> Iterator[tuple[_Statement, list[int]]]:
    """The statements, each up to the block or statement in it, and where the blocks around it begin.

    What stands in the head of another statement is a part of that.
    """
    open_blocks: list[tuple[int, int]] = []
    next_block = head_end = 0
    for place, statement in enumerate(statements):
        while next_block < len(blocks) and blocks[next_block][0] <= statement.start:
            open_blocks.append(blocks[next_block])
            next_block += 1
        open_blocks = [block for block in open_blocks if block[1] > statement.start]
        if statement.start < head_end:
            continue
        end = statement.end
        if next_block < len(blocks) and blocks[next_block][0] < end:
            end = head_end = blocks[next_block][0]
        elif place + 1 < len(statements):
            end = min(end, statements[place + 1].start)
        yield _Statement(statement.start, end, statement.is_plain), [start for start, _ in open_blocks]


def _add(reading: Reading, lines: list[KeyLine], statement: _Statement, depth: int, index: int) -> None:
    start, end, is_plain = statement
    data = reading.data[start:end]
    if data.strip() in (b"pass", b"..."):
        return
    is_field = reading.units[index].kind == "class" and not depth
    if (is_plain and not is_field and not _KEY.search(data)) or _is_documentation(data, is_plain=is_plain):
        if not lines:
            lines.append(KeyLine(start, start, depth, "", True))
        elif not lines[-1].leaves_out and not data.lstrip().startswith((b'"""', b"'''", b'r"""')):
            lines[-1] = lines[-1]._replace(leaves_out=True)
        return
    text = squeezed(text_without_comments(reading, start, end)).rstrip(" :={;")
    if text:
        leaves_out = len(text) > _LONGEST
        lines.append(KeyLine(start, end, depth, text[:_LONGEST], leaves_out))


def _is_documentation(data: bytes, *, is_plain: bool) -> bool:
    return is_plain and data.lstrip(b"rRuUbB").startswith((b'"', b"'"))


def _body_start(reading: Reading, index: int) -> int:
    if not index:
        return -1
    start = body_start(reading, reading.units[index])
    return reading.units[index].name_end if start is None else start


def _doc_line(reading: Reading, index: int) -> list[KeyLine]:
    """The first line of what documents the unit, where something does."""
    for comment in reading.comments_of_units.get(index, ()):
        if comment.kind in ("docstring", "doc"):
            found = _DOC_LINE.match(reading.data, comment.start, comment.end)
            if found is None or not found[1]:
                return []
            text = " ".join(found[1].decode("utf-8", "replace").split())
            return [KeyLine(found.start(1), found.end(1), 0, f"# {text[:_LONGEST]}", len(text) > _LONGEST)]
    return []


@cache
def _query(name: str) -> tree_sitter.Query:
    language = language_named(name)
    grammar = language.grammar
    steering = [f"({kind})" for kind in _STEERING if grammar.id_for_node_kind(kind, True)]
    if not grammar.id_for_node_kind("else_clause", True) and grammar.id_for_node_kind("else", False):
        steering.append('"else"')
    plain = [f"({kind})" for kind in _PLAIN if grammar.id_for_node_kind(kind, True)]
    patterns = (f"[{' '.join(steering)}] @steering", f"[{' '.join(plain)}] @plain", *block_patterns(language))
    return known_patterns(language, patterns)
