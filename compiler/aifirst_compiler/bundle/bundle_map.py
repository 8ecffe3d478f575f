"""The source map of a bundle: through the text that was bundled back to the files that were written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

import msgspec

from aifirst_compiler.bundle.write_bundle import Bundle
from aifirst_compiler.edits import Edit
from aifirst_compiler.source_maps.segment import Segment
from aifirst_compiler.source_maps.write import Followed, SourceMap, make_map, segments_of

_LINE_END: Final = 1 << 30


class Origin(NamedTuple):
    """Where a module's bundled text came from: a file's text and the edits that were made before it was bundled."""

    data: bytes
    edits: Sequence[Edit] = ()


def map_of_bundle(
    bundle: Bundle,
    file: str,
    held: Iterable[str],
    origin: Callable[[str], Origin],
    place: Callable[[str], str],
) -> SourceMap:
    """The map of a bundle in `file`. `held` are the paths of the held modules.

    `origin` gives what a module's text was made of, `place` the path that the map calls its file by. Held modules have
    maps of their own inside, by their paths in the bundle.
    """
    followed = {path: _followed(origin(path)) for path in bundle.sources}
    ends = [
        after.column if after is not None and after.line == segment.line else _LINE_END
        for segment, after in zip_longest(bundle.segments, bundle.segments[1:])
    ]
    segments = [
        traced
        for segment, end in zip(bundle.segments, ends, strict=True)
        for traced in _traced(segment, end, followed[bundle.sources[segment.source]])
    ]
    made = make_map(file, [place(path) for path in bundle.sources], segments)
    inside = {path: _map_of_held(path, origin(path), place(path)) for path in sorted(held)}
    return msgspec.structs.replace(made, x_aifirst_held=inside) if inside else made


def _followed(origin: Origin) -> Followed:
    return Followed(segments_of(origin.data, origin.edits))


def _traced(segment: Segment, end: int, through: Followed) -> Iterator[Segment]:
    """The stretch of the bundle from a segment to the column `end`, in pieces that each come from one place."""
    found = through.find(segment.source_line, segment.source_column)
    if found is not None:  # else an indentation that was made small, which belongs to what follows it
        line, column, name = found
        yield segment._replace(source_line=line, source_column=column, name=segment.name or name)
    further = segment.column - segment.source_column
    for inner in through.after(segment.source_line, segment.source_column):
        if inner.column + further >= end:
            return
        yield inner._replace(line=segment.line, column=inner.column + further, source=segment.source)


def _map_of_held(path: str, origin: Origin, place: str) -> SourceMap:
    return make_map(path, [place], segments_of(origin.data, origin.edits))
