"""The source map of a bundle: through the text that was bundled back to the files that were written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from aifirst_compiler.bundle.write_bundle import Bundle
from aifirst_compiler.edits import Edit
from aifirst_compiler.source_maps.segment import Segment
from aifirst_compiler.source_maps.write import Followed, SourceMap, make_map, segments_of


class Origin(NamedTuple):
    """Where a module's bundled text came from: a file's text and the edits that were made before it was bundled."""

    data: bytes
    edits: Sequence[Edit] = ()


def map_of_bundle(
    bundle: Bundle,
    file: str,
    held: Mapping[str, bytes],
    origin: Callable[[str], Origin],
    place: Callable[[str], str],
) -> SourceMap:
    """The map of a bundle in `file`. `held` are the texts of the held modules by path.

    `origin` gives what a module's text was made of, `place` the path that the map calls its file by. Held modules have
    maps of their own inside, by their paths in the bundle.
    """
    followed = {path: _followed(origin(path)) for path in bundle.sources}
    segments = [_traced(segment, followed[bundle.sources[segment.source]]) for segment in bundle.segments]
    made = make_map(file, [place(path) for path in bundle.sources], segments)
    inside = {path: _map_of_held(path, origin(path), place(path)) for path in sorted(held)}
    return msgspec.structs.replace(made, x_aifirst_held=inside) if inside else made


def _followed(origin: Origin) -> Followed:
    return Followed(segments_of(origin.data, origin.edits))


def _traced(segment: Segment, through: Followed) -> Segment:
    found = through.find(segment.source_line, segment.source_column)
    if found is None:
        return segment
    line, column, name = found
    return segment._replace(source_line=line, source_column=column, name=segment.name or name)


def _map_of_held(path: str, origin: Origin, place: str) -> SourceMap:
    return make_map(path, [place], segments_of(origin.data, origin.edits))
