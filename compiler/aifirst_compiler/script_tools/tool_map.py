"""The source map of what a tool has made, through the other tool before it where there was one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from aifirst_compiler.script_tools.node_process import Made
from aifirst_compiler.source_maps.compose import composed
from aifirst_compiler.source_maps.read import read_map_fields
from aifirst_compiler.source_maps.write import make_map


def joined_map(made: Made, file: str, sources: Sequence[str]) -> dict[str, object] | None:
    """The map of an output called `file`, made of `sources`; None where no map was asked for.

    It holds no text of the sources: they lie where it says.
    """
    if made.map is None:
        return None
    reader = read_map_fields(made.map, file)
    segments = (
        reader.segments
        if made.before is None
        else composed(reader.segments, read_map_fields(made.before, file))
    )
    return msgspec.json.decode(make_map(file, sources, segments).to_json())
