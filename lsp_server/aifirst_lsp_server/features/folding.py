"""Folding of glue: comment blocks, docstrings and tickets of more than one line.

Only glue: what editors fold by themselves, code, they fold better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import Snapshot


def register(server: Server) -> None:
    """Register the request."""

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE, empty=[])
    async def ranges(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        snapshot = await server.current(params.text_document.uri)
        return [] if snapshot is None else folding_ranges(snapshot)


def folding_ranges(snapshot: Snapshot) -> list[types.FoldingRange]:
    """A range for each run of glue lines: comments that follow each other without code between are one."""
    lines = snapshot.lines
    found: list[tuple[int, int, str]] = []
    for comment in snapshot.analysis.comments:
        if not comment.own_line and comment.kind == "comment":
            continue
        first, last = lines.line_of(comment.start), lines.line_of(max(comment.start, comment.end - 1))
        goes_on = found and (first, comment.kind, "comment") == (found[-1][1] + 1, "comment", found[-1][2])
        start = found.pop()[0] if goes_on else first
        found.append((start, last, comment.kind))
    kind = types.FoldingRangeKind.Comment
    return [types.FoldingRange(first, last, kind=kind) for first, last, _ in found if last > first]
