"""One reading of a file: its tree, units, comments, glue and token counts, computed together.

Everything above the ground floor starts from a `Reading`. It is computed once per content; the tree is
walked by one query, and every byte is counted once. Broken source is read like any other: what parses
has its units, the rest belongs to the unit around it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

import tree_sitter

from aifirst_codebase.glue.find import comment_runs, find_comments, merge_spans
from aifirst_codebase.glue.published import keep_published
from aifirst_codebase.glue.span import Comment, GlueSpan
from aifirst_codebase.languages.language import Language
from aifirst_codebase.positions import LineIndex
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens.counter import TokenCounter
from aifirst_codebase.units.complexity import measure_complexity
from aifirst_codebase.units.split import split_units
from aifirst_codebase.units.unit import Unit

MAX_DEPTH_BYTES = 8_000_000


@dataclass(slots=False)
class Reading:
    """What is known of one file. `units[0]` is the module's own code; offsets are bytes of `source.data`.

    `tokens` counts the whole file, `glue_tokens` its glue spans. `tree` is the syntax tree.
    """

    source: SourceFile
    language: Language
    tree: tree_sitter.Tree
    units: list[Unit]
    comments: list[Comment]
    glue: list[GlueSpan]
    tokens: int
    glue_tokens: int
    children: dict[int, list[int]] = field(default_factory=dict[int, list[int]])

    @property
    def path(self) -> str:
        """The path from the project's root, with slashes."""
        return self.source.path

    @property
    def data(self) -> bytes:
        """The decoded text as UTF-8."""
        return self.source.data

    @cached_property
    def text(self) -> str:
        """The decoded text."""
        return self.source.text

    @cached_property
    def lines(self) -> LineIndex:
        """Conversion between bytes, lines and columns."""
        return LineIndex(self.source.data)

    @property
    def broken(self) -> bool:
        """Whether some of the file did not parse."""
        return self.tree.root_node.has_error

    @property
    def glue_ratio(self) -> float:
        """Glue tokens as a share of all tokens, 0 for an empty file."""
        return self.glue_tokens / self.tokens if self.tokens else 0.0

    def unit_at(self, byte: int) -> int:
        """The index of the unit that the byte belongs to."""
        starts, owners = self._owners
        return owners[bisect_right(starts, byte) - 1] if starts else 0

    @cached_property
    def _owners(self) -> tuple[list[int], list[int]]:
        return owners_of(self.units)


def owners_of(units: list[Unit]) -> tuple[list[int], list[int]]:
    """Starts of all spans in file order, and beside each the index of the unit it belongs to."""
    spans = sorted((span[0], index) for index, unit in enumerate(units) for span in unit.spans)
    return [start for start, _ in spans], [index for _, index in spans]


def read(source: SourceFile, language: Language, counter: TokenCounter, *, doctests: bool = False) -> Reading:
    """Read a decoded file. Never raises on broken text."""
    data = source.data
    tree = language.parser.parse(data)
    captures = tree_sitter.QueryCursor(language.reading_query).captures(tree.root_node)
    comments = find_comments(data, captures, language, doctests=doctests)
    blocks = [
        (c.start, c.end) for c in comments if c.own_line and c.kind == "comment" and c.kept != "licence"
    ]
    leading = captures.get("leading")
    if leading:
        blocks = sorted(blocks + [(n.start_byte, n.end_byte) for n in leading])
    units = split_units(
        data, captures, comment_runs(data, blocks),
        separator=language.data.separator, line_comment=language.data.line_comment.encode(),
    )  # fmt: skip
    if language.data.string_docs:
        keep_published(data, captures, comments, units, language)
    _own_comments(comments, units)
    glue = merge_spans(data, comments)
    measure_complexity(units, captures)
    tokens, glue_tokens = _count(data, units, glue, counter)
    return Reading(source, language, tree, units, comments, glue, tokens, glue_tokens)


def _own_comments(comments: list[Comment], units: list[Unit]) -> None:
    """Set the unit of every comment; both lists are in file order, so one merge does it."""
    if len(units) == 1:
        return
    starts, owners = owners_of(units)
    for comment in comments:
        comment.unit = owners[bisect_right(starts, comment.start) - 1]


def _count(data: bytes, units: list[Unit], glue: list[GlueSpan], counter: TokenCounter) -> tuple[int, int]:
    """Fill in the token and line counts of units and glue; returns those of the file."""
    count = counter.count
    ascii_text = data.decode("ascii") if data.isascii() else None
    exact = counter.splits_at_lines
    file_tokens = 0
    for unit in units:
        tokens = 0
        for start, end in unit.spans:
            tokens += count(ascii_text[start:end] if ascii_text is not None else data[start:end].decode())
            if exact and start and not _splits(data, start):
                exact = False
        unit.tokens = unit.total_tokens = tokens
        unit.lines = data.count(b"\n", unit.code_start, unit.code_end) + 1
        file_tokens += tokens
    for unit in reversed(units):
        if unit.parent >= 0:
            units[unit.parent].total_tokens += unit.total_tokens
    glue_tokens = 0
    for span in glue:
        tokens = count(
            ascii_text[span.start : span.end]
            if ascii_text is not None
            else data[span.start : span.end].decode()
        )
        span.tokens = tokens
        units[span.unit].glue_tokens += tokens
        glue_tokens += tokens
    if not exact:
        file_tokens = count(ascii_text if ascii_text is not None else data.decode())
    units[0].total_tokens = file_tokens
    return file_tokens, min(glue_tokens, file_tokens)


def _splits(data: bytes, start: int) -> bool:
    """Whether no token can reach over `start`: see `TokenCounter.splits_at_lines`."""
    return data[start - 1] == 10 and (33 <= data[start] < 127 or data[start] in b" \t") and data[start] != 47
