"""One reading of a file: its tree, units, comments, glue and token counts, computed together.

Everything above the ground floor starts from a `Reading`. It is computed once per content; the tree is
walked by one query, and every byte is counted once. Broken source is read like any other: what parses
has its units, the rest belongs to the unit around it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import tree_sitter

from aifirst_codebase.glue.find import block_ends, find_comments, merge_spans
from aifirst_codebase.glue.published import keep_doctests, keep_published
from aifirst_codebase.glue.span import Comment, GlueSpan
from aifirst_codebase.languages.bounded_parse import Bound
from aifirst_codebase.languages.language import READ_QUERIES, Language
from aifirst_codebase.languages.parse_again import KnownTree
from aifirst_codebase.positions import LineIndex
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens.counter import TokenCounter
from aifirst_codebase.units.complexity import measure_complexity
from aifirst_codebase.units.count_tokens import count_tokens
from aifirst_codebase.units.split import split_units
from aifirst_codebase.units.unit import PlacedSpan, Unit

_MATCH_LIMIT = 2048
"""Patterns that may be half matched at once: far more than ordinary code needs, and a bound on deep nesting."""
_MAX_DEPTH = 2000
"""Levels of the tree below which nothing is looked for: more than people write, and a bound on its cost."""

Match = dict[str, list[tree_sitter.Node]]
"""What a pattern captured at one place: nodes by the name of the capture."""


@dataclass(slots=False)
class Reading:
    """What is known of one file. `units[0]` is the module's own code; offsets are bytes of `source.data`.

    `tokens` counts the whole file, `glue_tokens` its glue spans. `tree` is the syntax tree; it is that of
    an empty text, and all is the module's own code, where `bound` says what kept the grammar from it.
    `matches` are those of the further queries that were asked for, None where none were.
    """

    source: SourceFile
    language: Language
    tree: tree_sitter.Tree
    units: list[Unit]
    comments: list[Comment]
    glue: list[GlueSpan]
    tokens: int
    glue_tokens: int
    bound: Bound | None = None
    matches: list[Match] | None = None
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
    def parsed(self) -> bool:
        """Whether the file has a tree."""
        return self.bound is None

    @property
    def broken(self) -> bool:
        """Whether some of the file did not parse."""
        return not self.parsed or self.tree.root_node.has_error

    @property
    def glue_ratio(self) -> float:
        """Glue tokens as a share of all tokens, 0 for an empty file."""
        return self.glue_tokens / self.tokens if self.tokens else 0.0

    @cached_property
    def comments_of_units(self) -> dict[int, list[Comment]]:
        """The comments of each unit that has any, by its index, in file order."""
        found: dict[int, list[Comment]] = {}
        for comment in self.comments:
            found.setdefault(comment.unit, []).append(comment)
        return found

    def unit_at(self, byte: int) -> int:
        """The index of the unit that the byte belongs to."""
        starts, owners = self.owners
        return owners[bisect_right(starts, byte) - 1] if starts else 0

    @cached_property
    def owners(self) -> tuple[list[int], list[int]]:
        """Starts of all units' spans in file order, and beside each the index of the unit it belongs to."""
        spans = _placed_spans(self.units)
        return [start for start, _, _ in spans], [index for _, _, index in spans]


def _placed_spans(units: list[Unit]) -> list[PlacedSpan]:
    return sorted([(start, end, index) for index, unit in enumerate(units) for start, end in unit.spans])


def read(
    source: SourceFile,
    language: Language,
    counter: TokenCounter,
    *,
    doctests: bool = False,
    further: Sequence[str] = (),
    known: KnownTree | None = None,
) -> Reading:
    """Read a decoded file. Never raises on broken text.

    `further` are query files whose matches are wanted too: in the same walk they cost a third of one of their own.
    `known` is the tree of a text that is typed in: it is brought up to date, and older readings with it lose theirs.
    """
    data = source.data
    parsed = language.parse_or_bound(data) if known is None else known.parse(language, data)
    bound = parsed if isinstance(parsed, str) else None
    tree = language.parser.parse(b"") if isinstance(parsed, str) else parsed
    matches: list[Match] | None = None
    if further:
        captures, matches = _capture_and_match(language, tree, further)
    else:
        captures = bounded_cursor(language.reading_query).captures(tree.root_node)
    comments = find_comments(data, captures, language, doctests=doctests)
    units = split_units(data, captures, block_ends(captures, comments), language)
    spans = _placed_spans(units)
    _own_comments(comments, spans)
    keep_published(data, captures, comments, units, language)
    if doctests:
        keep_doctests(data, comments, language)
    glue = merge_spans(data, comments)
    measure_complexity(units, spans, captures)
    tokens, glue_tokens = count_tokens(data, units, spans, glue, counter)
    return Reading(source, language, tree, units, comments, glue, tokens, glue_tokens, bound, matches)


def bounded_cursor(query: tree_sitter.Query) -> tree_sitter.QueryCursor:
    """A cursor for the query that costs bounded time on any tree."""
    cursor = tree_sitter.QueryCursor(query, match_limit=_MATCH_LIMIT)
    cursor.set_max_start_depth(_MAX_DEPTH)
    return cursor


def find_matches(language: Language, tree: tree_sitter.Tree, queries: Sequence[str]) -> list[Match]:
    """The matches of some query files in a walk of their own."""
    return [match for _, match in bounded_cursor(language.joined_query(queries)).matches(tree.root_node)]


def _capture_and_match(
    language: Language, tree: tree_sitter.Tree, further: Sequence[str]
) -> tuple[Match, list[Match]]:
    """What the reading's own queries capture, each node once, and the matches of the further ones, in one walk."""
    cursor = bounded_cursor(language.joined_query((*READ_QUERIES, *further)))
    found = cursor.matches(tree.root_node)
    if cursor.did_exceed_match_limit:
        # What is left out then depends on all patterns, and a file must read alike with and without the further ones.
        captures = bounded_cursor(language.reading_query).captures(tree.root_node)
        return captures, find_matches(language, tree, further)
    first = language.first_patterns(READ_QUERIES, further)
    captured: dict[str, dict[tree_sitter.Node, None]] = {}
    for pattern, match in found:
        if pattern < first:
            for name, nodes in match.items():
                captured.setdefault(name, {}).update(dict.fromkeys(nodes))
    matches = [match for pattern, match in found if pattern >= first]
    return {name: sorted(nodes, key=_place_of) for name, nodes in captured.items()}, matches


def _place_of(node: tree_sitter.Node) -> tuple[int, int]:
    return node.start_byte, -node.end_byte


def _own_comments(comments: list[Comment], spans: list[PlacedSpan]) -> None:
    """Set the unit of every comment; both lists are in file order, so one merge does it."""
    if not spans:
        return
    following = iter(spans)
    _, end, index = next(following)
    for comment in comments:
        while comment.start >= end:
            _, end, index = next(following)
        comment.unit = index
