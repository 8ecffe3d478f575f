"""Joins two maps: of an output made of a text, and of that text made of the sources.

A tool that works on another's output speaks of that output; people want to hear of what they wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from aifirst_compiler.source_maps.read import MapReader
from aifirst_compiler.source_maps.segment import Segment

_LINE_END: Final = 1 << 30


def composed(outer: Sequence[Segment], inner: MapReader, *, verbatim: bool = False) -> list[Segment]:
    """The segments of `outer` in terms of the sources of `inner`, of whose output they speak.

    `verbatim` says that what stands between two segments of `outer` is the text between as it was, so that every segment
    of `inner` in it counts as well. A place of the text that has no source is left out.
    """
    return list(_composed(outer, inner, verbatim=verbatim))


def _composed(outer: Sequence[Segment], inner: MapReader, *, verbatim: bool) -> Iterator[Segment]:
    for segment, end in zip(outer, _ends(outer), strict=True):
        found = inner.before(segment.source_line, segment.source_column)
        if found is not None:
            exact = found.column == segment.source_column
            name = found.name if exact and found.name else segment.name
            yield segment._replace(
                source_line=found.source_line,
                source_column=found.source_column,
                source=found.source,
                name=name,
            )
        further = segment.column - segment.source_column
        for after in inner.after(segment.source_line, segment.source_column) if verbatim else ():
            if after.column + further >= end:
                break
            yield after._replace(line=segment.line, column=after.column + further)


def _ends(segments: Sequence[Segment]) -> Iterable[int]:
    """The column on its line that each segment reaches to."""
    for one, after in pairwise(segments):
        yield after.column if after.line == one.line else _LINE_END
    if segments:
        yield _LINE_END
