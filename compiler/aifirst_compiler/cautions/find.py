"""Finds the places of a file that compiling may disturb: code that reads source text, or runs text as code.

Each is told once a file and kind, at its first line. Calls are found by the syntax tree, after a look for the words;
a word in a comment or a string tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import tree_sitter
from aifirst_codebase.reading import Reading

from aifirst_compiler.cautions.kinds import CAUTIONS, Caution
from aifirst_compiler.compiled import Warned
from aifirst_compiler.run_time_docs.uses import RunTimeUses


def find_cautions(reading: Reading, uses: RunTimeUses, *, bundled: bool = False) -> tuple[Warned, ...]:
    """What to know before the output of this file is used, by line; more where it is to be `bundled`."""
    found = [_unknown(read.path, read.line) for read in uses.unknown if read.path == reading.path]
    cautions = CAUTIONS.get(_family(reading.language.name), ())
    for caution in cautions:
        if caution.bundles and not bundled:
            continue
        if any(word in reading.data for word in caution.words):
            at = next(_places(reading, caution), None)
            if at is not None:
                found.append(
                    Warned(
                        caution.code,
                        reading.path,
                        reading.lines.line_of(at) + 1,
                        caution.message,
                        caution.next_step,
                    )
                )
    return tuple(sorted(found, key=lambda warned: (warned.line, warned.code)))


def _unknown(path: str, line: int) -> Warned:
    return Warned(
        "unknown-documentation-read", path, line,
        "reads the documentation of objects that cannot be told, which may be gone after compiling",
        "name them in compile.keep, or keep all with --keep-docstrings",
    )  # fmt: skip


def _family(language: str) -> str:
    return "javascript" if language in ("typescript", "tsx") else language


def _places(reading: Reading, caution: Caution) -> Iterator[int]:
    """Where the caution's pattern stands in code."""
    for match in _compiled(caution.pattern).finditer(reading.data):
        at = match.start(match.lastindex or 0)
        node = reading.tree.root_node.descendant_for_byte_range(at, at + 1)
        if node is not None and not _is_text(node):
            yield at


@cache
def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.MULTILINE)


_TEXTS = frozenset({
    "comment", "string", "string_content", "string_fragment", "template_string", "escape_sequence", "html_comment",
})  # fmt: skip


def _is_text(node: tree_sitter.Node) -> bool:
    return node.type in _TEXTS
